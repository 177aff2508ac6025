//! `call`: any other action of any cloud, signed; its answer is printed as it came.

use cardseal::{ctyun, huawei, tencent};
use cardseal_explorer::{check, find};
use zeroize::Zeroizing;

use crate::accounts;
use crate::args::{Call, CloudName};
use crate::exit::{Failure, Whose};
use crate::input;
use crate::output::Output;
use crate::printable::printable;
use crate::recording::Recording;

/// The largest body any of the clouds takes.
const MOST_BODY: usize = 12 << 20;

pub(super) fn run(arguments: &Call, output: &Output) -> Result<(), Failure> {
    let mut body = body(arguments)?;
    warn(arguments, &body, output);
    let body = std::mem::take(&mut *body);
    let client = accounts::client(&arguments.reach)?;
    let (cloud, call) = match arguments.cloud {
        CloudName::Tencent => {
            let version = arguments.version.as_deref().unwrap_or_default();
            let request = tencent::RawRequest::new(&arguments.service, &arguments.action, version)?;
            let tencent = accounts::tencent(&arguments.reach)?;
            ("tencent", tencent.call(request.json(body)?)?)
        }
        CloudName::Ctyun => {
            let request = ctyun::RawRequest::post(&arguments.action, body)?;
            ("ctyun", accounts::ctyun(&arguments.reach)?.call(request)?)
        }
        CloudName::Huawei => {
            let huawei = accounts::huawei(&arguments.reach)?;
            let call = match arguments.version.as_deref() {
                _ if arguments.action.starts_with('/') => {
                    huawei.call(huawei::RawRequest::post(&arguments.action, body)?)?
                }
                None | Some("v2") => huawei.ocr(&arguments.action, body)?,
                Some(_) => {
                    return Err(Failure::usage(
                        "huawei's OCR is v2; for another version give the whole path as --action",
                    ));
                }
            };
            ("huawei", call)
        }
    };
    let mut recording = Recording::start(&arguments.ledger, cloud, output);
    let answer = recording.run(&client, call, |answer| &answer.request_id)?;
    output.print_exactly(answer.json.expose().as_bytes())?;
    if !answer.request_id.is_empty() {
        output.note(&format!("request id {}", printable(&answer.request_id)));
    }
    Ok(())
}

fn body(arguments: &Call) -> Result<Zeroizing<Vec<u8>>, Failure> {
    match &arguments.body {
        Some(path) => input::read(path, "the body", MOST_BODY, Whose::Usage),
        None => Ok(Zeroizing::new(b"{}".to_vec())),
    }
}

/// What the catalogue has against a body, where it knows the action. The service decides: it may have learnt more.
fn warn(arguments: &Call, body: &[u8], output: &Output) {
    let name = arguments.action.as_str();
    // Huawei's path may be given whole.
    let name = match arguments.cloud {
        CloudName::Huawei => name.rsplit('/').next().unwrap_or(name),
        CloudName::Tencent | CloudName::Ctyun => name,
    };
    let Some(action) = find(arguments.cloud.into(), name) else {
        return;
    };
    if arguments.cloud == CloudName::Tencent && action.service != arguments.service {
        output.warn(&format!(
            "{} belongs to the service {}; give --service {}",
            action.name, action.service, action.service
        ));
    }
    // What is no object is refused by the library, with its reason.
    for finding in serde_json::from_slice(body)
        .map(|body| check(action, &body))
        .unwrap_or_default()
    {
        output.warn(&format!("{finding}; the service may refuse the body"));
    }
}
