//! One ID card, encrypted where the cloud can, signed, sent and read. What can be wrong on this side is judged before
//! anything is sent.

use std::time::Duration;

use cardseal::tencent::{CardSide, IdCardRequest};
use cardseal::{BlockingClient, Call, Image, IvPolicy, Recipient, TransportOptions, huawei};
use serde::Serialize;
use zeroize::Zeroizing;

use super::wanted::{Picture, Recognize};
use super::{account, json};
use crate::fault::Fault;

#[derive(Serialize)]
struct Sealed<'a, T> {
    request_id: &'a str,
    result: &'a T,
    iv_reused: bool,
    authenticated: bool,
}

#[derive(Serialize)]
struct InClear<'a, T> {
    request_id: &'a str,
    result: &'a T,
}

/// `{"request_id","result"}`, as `cardseal recognize --json` prints it; with `iv_reused` and `authenticated` if the
/// answer was sealed.
///
/// # Errors
/// With the exit code of the command line.
pub fn recognize(mut what: Recognize<'_>) -> Result<Zeroizing<Vec<u8>>, Fault> {
    let what = &mut what;
    match what.cloud {
        "tencent" => tencent(what),
        "ctyun" => ctyun(what),
        "huawei" => huawei(what),
        _ => Err(Fault::input(
            "there is no such cloud; choose tencent, ctyun or huawei",
        )),
    }
}

fn tencent(what: &mut Recognize<'_>) -> Result<Zeroizing<Vec<u8>>, Fault> {
    let key = what.key.ok_or_else(|| {
        Fault::input("tencent needs key, the public key that Tencent's support provides")
    })?;
    let recipient = Recipient::parse(key)?;
    let side = side(what)?;
    let mut card = IdCardRequest::new(picture(what)?);
    if let Some(side) = side {
        card = card.side(match side {
            Side::Front => CardSide::Front,
            Side::Back => CardSide::Back,
        });
    }
    let account = account::tencent(what)?;
    let call = account.recognize_encrypted_id_card(&recipient, &card, IvPolicy::BySuite)?;
    let answer = run(what, call)?;
    json::write(&Sealed {
        request_id: &answer.request_id,
        result: &answer.card,
        iv_reused: answer.iv_reused,
        authenticated: answer.authenticated,
    })
}

fn ctyun(what: &mut Recognize<'_>) -> Result<Zeroizing<Vec<u8>>, Fault> {
    check_clear(what, "ctyun")?;
    if what.side.is_some() {
        return Err(Fault::input("ctyun takes only a picture; leave side out"));
    }
    let image = picture(what)?;
    let call = account::ctyun(what)?.id_cards(std::slice::from_ref(&image))?;
    let answer = run(what, call)?;
    json::write(&InClear {
        request_id: &answer.request_id,
        result: &answer.found,
    })
}

fn huawei(what: &mut Recognize<'_>) -> Result<Zeroizing<Vec<u8>>, Fault> {
    check_clear(what, "huawei")?;
    let side = side(what)?;
    let mut card = huawei::IdCardRequest::new(picture(what)?);
    if let Some(side) = side {
        card = card.side(match side {
            Side::Front => huawei::Side::Front,
            Side::Back => huawei::Side::Back,
        });
    }
    let call = account::huawei(what)?.id_card(&card)?;
    let answer = run(what, call)?;
    json::write(&InClear {
        request_id: &answer.request_id,
        result: &answer.card,
    })
}

/// A day: nobody waits longer, and sums of times stay in range.
const LONGEST_MS: u64 = 86_400_000;

/// A client of its own for each call: connections that are kept would be shared with a process that is forked off.
fn run<T>(what: &Recognize<'_>, call: Call<T>) -> Result<T, Fault> {
    let mut options = TransportOptions::default();
    if let Some(time) = what.deadline_ms {
        options = options.deadline(Duration::from_millis(time.min(LONGEST_MS)));
    }
    Ok(BlockingClient::with_options(&options)?.run(call)?)
}

/// What only an encrypted request has is refused where the request goes in clear.
fn check_clear(what: &Recognize<'_>, cloud: &str) -> Result<(), Fault> {
    match what.key {
        None => Ok(()),
        Some(_) => Err(Fault::input(format!(
            "{cloud} has no encrypted ID-card OCR, so key has no use; leave it out to send the card in clear inside TLS"
        ))),
    }
}

fn picture(what: &mut Recognize<'_>) -> Result<Image, Fault> {
    match what.picture.take() {
        Some(Picture::Bytes(bytes)) => Ok(Image::from_bytes(bytes)?),
        Some(Picture::Base64(text)) => Ok(Image::from_base64(text)?),
        Some(Picture::Url(url)) => Ok(Image::from_url(url)?),
        None => Err(Fault::input("there is no picture; give image or url")),
    }
}

enum Side {
    Front,
    Back,
}

fn side(what: &Recognize<'_>) -> Result<Option<Side>, Fault> {
    match what.side {
        None => Ok(None),
        Some("front") => Ok(Some(Side::Front)),
        Some("back") => Ok(Some(Side::Back)),
        Some(_) => Err(Fault::input("there is no such side; give front or back")),
    }
}
