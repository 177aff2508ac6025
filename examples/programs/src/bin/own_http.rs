//! A call over an HTTP library of one's own, here ureq: [`Call`] gives the requests and takes their replies, and nothing of
//! cardseal sends anything. It works with `default-features = false` and a provider of ciphers.
//!
//! `cargo run --locked --manifest-path examples/programs/Cargo.toml --bin own_http KEY-FILE PICTURE ENDPOINT`. The credentials come from the environment.

use std::error::Error;
use std::io::Read;
use std::path::Path;
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use cardseal::tencent::{IdCardRequest, Tencent};
use cardseal::{
    Call, CredentialsProvider, Endpoint, Image, IvPolicy, Next, Recipient, Settled,
    TransportFailure, tencent,
};
use http::{Request, Response};

/// More than any answer has.
const LARGEST: u64 = 16 << 20;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [key, picture, endpoint] = arguments.as_slice() else {
        return Err("usage: own_http KEY-FILE PICTURE ENDPOINT".into());
    };
    let tencent = Tencent::new(CredentialsProvider::environment(tencent::VARIABLES))
        .endpoint(Endpoint::custom(endpoint)?);
    let recipient = Recipient::parse(&std::fs::read(key)?)?;
    let card = IdCardRequest::new(Image::from_path(Path::new(picture))?);
    let call = tencent.recognize_encrypted_id_card(&recipient, &card, IvPolicy::BySuite)?;
    println!("{}", run(call)?.card.name.expose());
    Ok(())
}

/// Sends what the call gives until it is settled. A call that takes too long is dropped, by whoever runs this.
fn run<T>(mut call: Call<T>) -> Result<T, cardseal::Error> {
    let agent: ureq::Agent = ureq::Agent::config_builder()
        // A request goes where it is signed for, and an answer with an error's status is an answer.
        .max_redirects(0)
        .http_status_as_error(false)
        .timeout_global(Some(Duration::from_secs(30)))
        .build()
        .into();
    loop {
        let wait = match call.next(SystemTime::now())? {
            Next::Wait(time) => time,
            Next::Send(request) | Next::Fetch { request, .. } => {
                match call.settle(send(&agent, request)) {
                    Settled::Done(answer) => return Ok(answer),
                    Settled::Fail(error) => return Err(error),
                    Settled::Retry { after } => after,
                    _ => return Err(cardseal::Error::transport("a step that is not known here")),
                }
            }
            _ => return Err(cardseal::Error::transport("a step that is not known here")),
        };
        std::thread::sleep(wait);
    }
}

/// The reply, or why there is none. Whether the request may have arrived decides if it is sent again.
fn send(agent: &ureq::Agent, request: Request<Bytes>) -> Result<Response<Bytes>, TransportFailure> {
    let (parts, body) = request.into_parts();
    let reply = agent.run(Request::from_parts(parts, &*body));
    let (parts, body) = reply.map_err(failure)?.into_parts();
    let mut bytes = Vec::new();
    let read = body.into_reader().take(LARGEST).read_to_end(&mut bytes);
    let reason = |error: std::io::Error| TransportFailure::Broken {
        reason: error.to_string(),
    };
    read.map_err(reason)?;
    Ok(Response::from_parts(parts, bytes.into()))
}

fn failure(error: ureq::Error) -> TransportFailure {
    let reason = error.to_string();
    match error {
        ureq::Error::HostNotFound | ureq::Error::ConnectionFailed => {
            TransportFailure::NotConnected { reason }
        }
        ureq::Error::Timeout(_) => TransportFailure::TimedOut,
        _ => TransportFailure::Broken { reason },
    }
}

#[cfg(test)]
mod tests {
    use std::net::{Ipv4Addr, SocketAddr};

    use cardseal::{Credentials, ErrorKind};
    use cardseal_gateway::{GatewayConfig, KeyPair, Running, Suite};

    use super::*;

    #[test]
    fn a_call_runs_to_its_end() {
        let pair = KeyPair::generate(Suite::Sm4GcmSm2).unwrap();
        let recipient = Recipient::parse(pair.public_pem().as_bytes()).unwrap();
        let config = GatewayConfig::new(vec![pair], "AKIDexample", "example-secret".to_owned());
        let gateway = Running::start(config, SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).unwrap();
        let credentials = Credentials::new("AKIDexample", "example-secret".to_owned()).unwrap();
        let tencent = Tencent::new(credentials).endpoint(Endpoint::custom(&gateway.url()).unwrap());
        let call = || {
            let card = IdCardRequest::new(Image::from_url("https://example.com/card.jpg").unwrap());
            tencent
                .recognize_encrypted_id_card(&recipient, &card, IvPolicy::BySuite)
                .unwrap()
        };
        assert_eq!(run(call()).unwrap().card.name.expose(), "证件样本");
        drop(gateway);
        assert_eq!(run(call()).unwrap_err().kind(), ErrorKind::Transport);
    }
}
