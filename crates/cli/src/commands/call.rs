//! `call`: any other action of any cloud, signed; its answer is printed as it came.

mod pictures;

use std::path::Path;

use cardseal::RawAnswer;
use cardseal::ctyun::{Capability, RawCall};
use cardseal::tencent::{self, Parameters, Tencent, V1};
use cardseal_explorer::{Action, check, find};
use serde_json::{Map, Value};
use zeroize::Zeroizing;

use crate::accounts;
use crate::args::{Call, CloudName, LanguageTag, MethodName, SignMethodName};
use crate::caveats;
use crate::exit::{Failure, Whose};
use crate::input;
use crate::output::Output;
use crate::printable::{self, printable};
use crate::recording::Recording;
use crate::unread;

/// The largest body any of the clouds takes.
const MOST_BODY: usize = 12 << 20;

pub(super) fn run(arguments: &Call, output: &Output) -> Result<(), Failure> {
    check_cloud(arguments)?;
    let mut body = body(arguments)?;
    let action = action(arguments);
    pictures::check(arguments.cloud, action, &body, output)?;
    if let Some(action) = action {
        warn(arguments, action, &body, output);
    }
    let body = std::mem::take(&mut *body);
    let client = accounts::client(&arguments.reach)?;
    let (cloud, call) = match arguments.cloud {
        CloudName::Tencent => ("tencent", at_tencent(arguments, body, output)?),
        CloudName::Ctyun => {
            let path = ctyun_path(&arguments.action);
            let request = by_path(arguments.method, path, body)?;
            ("ctyun", accounts::ctyun(&arguments.reach)?.call(request)?)
        }
        CloudName::Huawei => ("huawei", at_huawei(arguments, body)?),
    };
    let mut recording = Recording::start(&arguments.ledger, cloud, output);
    let answer = recording
        .run(&client, call, |answer| &answer.request_id)
        .inspect_err(|error| unread::keep(error, output))?;
    output.print_exactly(answer.json.expose().as_bytes())?;
    if let Some(seal) = &answer.seal
        && let Some(caveat) = caveats::of_iv(seal.authenticated, seal.iv_reused)
    {
        output.warn(caveat);
    }
    if !answer.request_id.is_empty() {
        output.note(&format!("request id {}", printable(&answer.request_id)));
    }
    Ok(())
}

/// What only Tencent has is refused elsewhere: it would be left out in silence.
fn check_cloud(arguments: &Call) -> Result<(), Failure> {
    if arguments.cloud == CloudName::Tencent {
        return Ok(());
    }
    for (option, is_given) in [
        (
            "--sign-method",
            arguments.sign_method != SignMethodName::Tc3,
        ),
        ("--language", arguments.language.is_some()),
        ("--seal-for", arguments.seal_for.is_some()),
    ] {
        if is_given {
            return Err(Failure::usage(format!(
                "{option} is for tencent; leave it out"
            )));
        }
    }
    Ok(())
}

fn at_tencent(
    arguments: &Call,
    body: Vec<u8>,
    output: &Output,
) -> Result<cardseal::Call<RawAnswer>, Failure> {
    let mut account = accounts::tencent(&arguments.reach)?;
    if let Some(language) = arguments.language {
        account = account.language(match language {
            LanguageTag::Chinese => tencent::Language::Chinese,
            LanguageTag::English => tencent::Language::English,
        });
    }
    if let Some(key) = &arguments.seal_for {
        return sealed(arguments, &account, key, body, output);
    }
    let version = arguments.version.as_deref().unwrap_or_default();
    let request = tencent::RawCall::new(&arguments.service, &arguments.action, version)?;
    let parameters = || Parameters::from_json(&body);
    let request = match (arguments.method, arguments.sign_method) {
        (MethodName::Post, SignMethodName::Tc3) => request.json(body)?,
        (MethodName::Get, SignMethodName::Tc3) => request.query(parameters()?),
        (MethodName::Get, v1) => request.v1_query(hash(v1), parameters()?),
        (MethodName::Post, v1) => request.v1_form(hash(v1), parameters()?),
    };
    Ok(account.call(request)?)
}

fn hash(method: SignMethodName) -> V1 {
    match method {
        SignMethodName::V1Sha256 => V1::HmacSha256,
        SignMethodName::V1Sha1 | SignMethodName::Tc3 => V1::HmacSha1,
    }
}

/// A faceid action whose members go sealed.
fn sealed(
    arguments: &Call,
    account: &Tencent,
    key: &Path,
    body: Vec<u8>,
    output: &Output,
) -> Result<cardseal::Call<RawAnswer>, Failure> {
    let is_usual =
        arguments.method == MethodName::Post && arguments.sign_method == SignMethodName::Tc3;
    if !is_usual {
        return Err(Failure::usage(
            "--seal-for goes with POST and tc3 only; leave --method and --sign-method out",
        ));
    }
    let recipient = input::read_key(key)?;
    let request = tencent::FaceidRequest::new(&arguments.action, body)?;
    let absent = request.missing_members()?;
    if !absent.is_empty() {
        output.warn(&format!(
            "the body lacks members that this action takes sealed: {}",
            absent.join(", ")
        ));
    }
    Ok(account.call_faceid(&recipient, &request)?)
}

/// The path that a capability has for most accounts, or the path that is given.
fn ctyun_path(action: &str) -> &str {
    let capability = match action {
        "id-card" => Capability::IdCard,
        "general-text" => Capability::GeneralText,
        "business-license" => Capability::BusinessLicense,
        "driver-license" => Capability::DriverLicense,
        "vehicle-license" => Capability::VehicleLicense,
        path => return path,
    };
    capability.usual_path()
}

fn at_huawei(arguments: &Call, body: Vec<u8>) -> Result<cardseal::Call<RawAnswer>, Failure> {
    let huawei = accounts::huawei(&arguments.reach)?;
    if arguments.action.starts_with('/') {
        let request = by_path(arguments.method, &arguments.action, body)?;
        return Ok(huawei.call(request)?);
    }
    if arguments.method == MethodName::Get {
        return Err(Failure::usage(
            "huawei's OCR takes POST; for a GET of another API give the whole path as --action",
        ));
    }
    match arguments.version.as_deref() {
        None | Some("v2") => Ok(huawei.ocr(&arguments.action, body)?),
        Some(_) => Err(Failure::usage(
            "huawei's OCR is v2; for another version give the whole path as --action",
        )),
    }
}

/// A request of an API that its path names. A GET has the body's members in its query.
fn by_path(method: MethodName, path: &str, body: Vec<u8>) -> Result<RawCall, Failure> {
    if method == MethodName::Post {
        return Ok(RawCall::post(path, body)?);
    }
    let body = Zeroizing::new(body);
    let members: Map<String, Value> = serde_json::from_slice(&body).map_err(|_| {
        Failure::usage("the body is not a JSON object; a GET's query is made of its members")
    })?;
    let mut pairs = Vec::new();
    for (name, value) in &members {
        let text = match value {
            Value::Null => continue,
            Value::String(text) => text.clone(),
            Value::Bool(_) | Value::Number(_) => value.to_string(),
            Value::Array(_) | Value::Object(_) => {
                return Err(Failure::usage(format!(
                    "the body's member `{}` is a list or an object, which a query cannot hold; give it as text",
                    printable::name(name)
                )));
            }
        };
        pairs.push((name.as_str(), text));
    }
    let pairs = pairs.iter().map(|(name, text)| (*name, text.as_str()));
    Ok(RawCall::get(path)?.query(pairs))
}

fn body(arguments: &Call) -> Result<Zeroizing<Vec<u8>>, Failure> {
    match &arguments.body {
        Some(path) => input::read(path, "the body", MOST_BODY, Whose::Usage),
        None => Ok(Zeroizing::new(b"{}".to_vec())),
    }
}

/// The action as the catalogue knows it.
fn action(arguments: &Call) -> Option<&'static Action> {
    let name = arguments.action.as_str();
    // Huawei's path may be given whole.
    let name = match arguments.cloud {
        CloudName::Huawei => name.rsplit('/').next().unwrap_or(name),
        CloudName::Tencent | CloudName::Ctyun => name,
    };
    find(arguments.cloud.into(), name)
}

/// What the catalogue has against a body. The service decides: it may have learnt more.
fn warn(arguments: &Call, action: &Action, body: &[u8], output: &Output) {
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
