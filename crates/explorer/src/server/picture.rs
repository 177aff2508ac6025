//! A picture that was dropped on the page or pasted into a field: looked at, and made one that the service takes.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use cardseal::PictureFault;
use cardseal_prepare::{Limits, prepare as prepare_picture};
use cardseal_sniff::{Kind, NotTaken, check};
use serde_json::{Map, Value, json};
use zeroize::Zeroizing;

use super::told::{Check, Refused};
use crate::catalogue::Action;

pub(crate) use crate::catalogue::pictures::PICTURES;

const BEFORE: (&str, &str) = ("the picture: ", "图片无法处理：");

pub(crate) fn prepare(picture: &[u8]) -> Result<Value, Refused> {
    let prepared = prepare_picture(picture, &Limits::default())
        .map_err(|error| Refused::quoting(Check::Request, BEFORE.0, BEFORE.1, error))?;
    let report = &prepared.report;
    Ok(json!({
        "base64": STANDARD.encode(&prepared.image),
        "changed": report.changed,
        "before": { "width": report.input.width, "height": report.input.height, "bytes": report.input.bytes },
        "after": { "width": report.output.width, "height": report.output.height, "bytes": report.output.bytes },
        "metadata": report.input.metadata,
        "turned": report.input.orientation > 1,
    }))
}

/// Refuses a file that is no picture, nor anything else that the action takes: nothing else leaves this machine.
pub(crate) fn look(action: &Action, picture: &[u8]) -> Result<(), Refused> {
    match against(action, picture) {
        Some(why) => Err(Refused::quoting(Check::Request, BEFORE.0, BEFORE.1, why)),
        None => Ok(()),
    }
}

/// What the service may not like of a picture in the request: the member's name, and why.
pub(crate) type Doubt = (&'static str, NotTaken);

/// Looks at the pictures in a request. A key among them is refused; what else is no picture is the service's to judge.
pub(crate) fn in_request(
    action: &Action,
    members: &Map<String, Value>,
) -> Result<Vec<Doubt>, Refused> {
    let mut doubts = Vec::new();
    for name in PICTURES {
        let texts = match members.get(name) {
            Some(Value::String(text)) => vec![text.as_str()],
            Some(Value::Array(texts)) => texts.iter().filter_map(Value::as_str).collect(),
            _ => continue,
        };
        for text in texts {
            let bytes = STANDARD.decode(text).map(Zeroizing::new);
            let why = match bytes {
                _ if text.is_empty() => None,
                // In whatever form, and in whatever it was wrapped.
                _ if PictureFault::of_base64(text).is_some_and(|fault| fault.is_key()) => {
                    Some(NotTaken::Other(Kind::Key))
                }
                Ok(bytes) => against(action, &bytes),
                Err(_) => None,
            };
            match why {
                Some(why @ NotTaken::Other(Kind::Key)) => {
                    let (en, zh) = (format!("{name}: "), format!("{name}："));
                    return Err(Refused::quoting(Check::Request, &en, &zh, why));
                }
                Some(why) => doubts.push((name, why)),
                None => {}
            }
        }
    }
    Ok(doubts)
}

fn against(action: &Action, file: &[u8]) -> Option<NotTaken> {
    let why = check(file).err()?;
    (!action.takes(&why)).then_some(why)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::{Cloud, find};

    #[test]
    fn what_an_action_takes_beside_pictures_is_let_through() {
        let (pdf, tiff) = (&b"%PDF-1.7\n"[..], &b"II*\0\x08\0\0\0"[..]);
        let video = b"\0\0\0\x20ftypisom\0\0\x02\0isomiso2avc1mp41";
        let text = find(Cloud::Tencent, "GeneralBasicOCR").unwrap();
        let card = find(Cloud::Tencent, "IDCardOCR").unwrap();
        let face = find(Cloud::Tencent, "DetectAIFakeFaces").unwrap();
        let huawei = find(Cloud::Huawei, "id-card").unwrap();
        for (action, file, taken) in [
            (text, pdf, true),
            (card, pdf, false),
            (huawei, tiff, true),
            (card, tiff, false),
            (face, &video[..], true),
            (card, &video[..], false),
            (face, b"-----BEGIN PRIVATE KEY-----\n", false),
            (text, b"not a picture, nor a page", false),
            (card, b"", false),
        ] {
            assert_eq!(
                look(action, file).is_ok(),
                taken,
                "{} {file:?}",
                action.name
            );
        }
    }
}
