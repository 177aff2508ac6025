//! Testing one's own code without a service or a gateway: it takes what runs a call as a function, and a test gives it one
//! that answers from memory. What the library would say of the answer, it says here.
//!
//! `cargo run --locked --example without_a_service` runs the test that it shows.

use std::time::SystemTime;

use bytes::Bytes;
use cardseal::tencent::{IdCardRequest, RecognizedInClear, Tencent};
use cardseal::{Call, Credentials, Error, ErrorKind, Image, Next, Settled};
use http::Response;

/// Code of one's own: a refusal of the picture is the customer's to mend, anything else is ours.
fn onboard(
    tencent: &Tencent,
    picture: Vec<u8>,
    run: impl FnOnce(Call<RecognizedInClear>) -> Result<RecognizedInClear, Error>,
) -> Result<String, String> {
    let told = |error: Error| match error.kind() {
        ErrorKind::Input | ErrorKind::Service => "please take the picture again".to_owned(),
        _ => "please come back later".to_owned(),
    };
    let card = IdCardRequest::new(Image::from_bytes(picture).map_err(told)?);
    // In clear, so that whoever has no private key can answer. `cardseal-gateway` answers what is sealed.
    let call = tencent.recognize_id_card(&card).map_err(told)?;
    let answer = run(call).map_err(told)?;
    Ok(answer.card.name.expose().to_owned())
}

/// Answers a call's request with this status and text.
fn answering<T>(status: u16, text: &str) -> impl FnOnce(Call<T>) -> Result<T, Error> {
    let text = text.to_owned();
    move |mut call| {
        let Next::Send(request) = call.next(SystemTime::now())? else {
            panic!("credentials that are given need no request")
        };
        assert_eq!(request.headers()["X-TC-Action"], "IDCardOCR");
        let reply = Response::builder().status(status).body(Bytes::from(text));
        match call.settle(Ok(reply.unwrap())) {
            Settled::Done(answer) => Ok(answer),
            Settled::Fail(error) => Err(error),
            _ => panic!("an answer is not asked for again"),
        }
    }
}

pub(crate) fn main() {
    let tencent =
        Tencent::new(Credentials::new("AKIDexample", "example-secret".to_owned()).unwrap());
    let picture = || b"\xFF\xD8\xFF\xDA\0\x10instead of one\xFF\xD9".to_vec();

    let card = r#"{"Response":{"Name":"张三","RequestId":"1"}}"#;
    assert_eq!(
        onboard(&tencent, picture(), answering(200, card)),
        Ok("张三".to_owned())
    );

    let blurred = r#"{"Response":{"Error":{"Code":"FailedOperation.ImageBlur","Message":"blur"},"RequestId":"2"}}"#;
    let again = Err("please take the picture again".to_owned());
    assert_eq!(onboard(&tencent, picture(), answering(200, blurred)), again);
    let nothing = |_| panic!("what is no picture is not sent");
    assert_eq!(onboard(&tencent, b"no picture".to_vec(), nothing), again);

    let later = Err("please come back later".to_owned());
    assert_eq!(
        onboard(&tencent, picture(), answering(502, "<html>")),
        later
    );
    println!("four customers, each told what is theirs to do");
}
