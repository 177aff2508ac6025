//! The pictures in a body: a key goes nowhere, and what is no picture goes to no action that takes nothing else.

use cardseal::PictureFault;
use cardseal_explorer::{Action, PICTURES};
use cardseal_sniff::NotTaken;
use serde_json::{Map, Value};

use crate::args::CloudName;
use crate::exit::Failure;
use crate::output::Output;

/// Looks at every member that has a picture's name. `action` is the action, where it is known.
pub(super) fn check(
    cloud: CloudName,
    action: Option<&Action>,
    body: &[u8],
    output: &Output,
) -> Result<(), Failure> {
    // What is no object is refused elsewhere, with its reason.
    let members: Map<String, Value> = serde_json::from_slice(body).unwrap_or_default();
    for name in PICTURES {
        let texts = match members.get(name) {
            Some(Value::String(text)) => vec![text.as_str()],
            Some(Value::Array(texts)) => texts.iter().filter_map(Value::as_str).collect(),
            _ => continue,
        };
        for fault in texts.into_iter().filter_map(PictureFault::of_base64) {
            judge(cloud, action, name, &fault, output)?;
        }
    }
    if let Some(url) = members.get("ImageUrl").and_then(Value::as_str)
        && cloud == CloudName::Tencent
        && let Some(fault) = PictureFault::of_url(url)
    {
        output.warn(&format!("{fault}; the service may refuse the body"));
    }
    Ok(())
}

fn judge(
    cloud: CloudName,
    action: Option<&Action>,
    name: &str,
    fault: &PictureFault,
    output: &Output,
) -> Result<(), Failure> {
    // Said of this member, whatever its name.
    let told = fault.to_string().replacen("ImageBase64", name, 1);
    if fault.is_key() {
        return Err(Failure::usage(format!("{told}; nothing was sent")));
    }
    let (is_taken, is_certain) = match (action, fault) {
        (Some(action), PictureFault::NotTaken(why)) => (action.takes(why), is_no_picture(why)),
        // The other clouds do not say what they make of other base64.
        (Some(_), _) => (false, cloud == CloudName::Tencent),
        (None, _) => (false, false),
    };
    match (is_taken, is_certain) {
        (true, _) => Ok(()),
        (false, true) => Err(Failure::usage(format!("{told}; nothing was sent"))),
        (false, false) => {
            output.warn(&format!("{told}; the service may refuse the body"));
            Ok(())
        }
    }
}

/// Whether a file is another than a picture of a kind that the services read: a picture that is cut short may be read in part.
fn is_no_picture(why: &NotTaken) -> bool {
    matches!(why, NotTaken::Other(_))
}
