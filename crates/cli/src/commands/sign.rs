//! `sign`: a request as text in, the headers of its signature out; every stage with `--explain`, and the first byte
//! that another program computed otherwise with `--against`.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use cardseal::signing::{self, RequestText, StageFile};
use cardseal::{Clock, Credentials, Error, Signed, SignedHeaders, SystemClock};
use serde::Serialize;
use serde_json::{Map, Value};

use crate::args::Sign;
use crate::exit::{Failure, Whose};
use crate::input;
use crate::output::{Form, Output};

/// A request of the largest size a scheme signs, and its head.
const MOST_REQUEST: usize = 13 * 1024 * 1024;

/// The stages of one request.
const MOST_STAGES: usize = 14 * 1024 * 1024;

#[derive(Serialize)]
struct Shown<'a> {
    canonical_request: &'a str,
    string_to_sign: &'a str,
    signature: &'a str,
    headers: Map<String, Value>,
    /// What to send in place of the request's own, where the signature goes there.
    #[serde(skip_serializing_if = "Option::is_none")]
    query: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    body: Option<String>,
    /// With `--explain`: the SHA-256 of each derived key.
    #[serde(skip_serializing_if = "Option::is_none")]
    derived_keys: Option<Map<String, Value>>,
}

pub fn run(arguments: &Sign, output: &Output) -> Result<(), Failure> {
    let signer = signing::by_scheme(&arguments.scheme).ok_or_else(no_such_scheme)?;
    let text = input::read(
        &arguments.request,
        "the request",
        MOST_REQUEST,
        Whose::Usage,
    )?;
    let request = RequestText::parse(&text).map_err(Error::from)?;
    let theirs = arguments
        .against
        .as_deref()
        .map(|path| {
            let stages = input::read(path, "the stage file", MOST_STAGES, Whose::Usage)?;
            Ok::<_, Failure>(StageFile::parse(&stages).map_err(Error::from)?)
        })
        .transpose()?;
    let secret = input::read_secret(&arguments.secret_key_file)?;
    let credentials = Credentials::new(arguments.secret_id.as_str(), secret.as_str())?;

    let service = arguments
        .service
        .clone()
        .unwrap_or_else(|| first_label(&request));
    let names: Vec<&str> = arguments
        .signed_headers
        .iter()
        .flat_map(|names| names.split(';'))
        .collect();
    let signed_headers = match arguments.signed_headers {
        Some(_) => SignedHeaders::Named(&names),
        None => SignedHeaders::Usual,
    };
    let region = arguments.region.as_deref().unwrap_or_default();
    let input = request.signing_input(&service, region, signed_headers);
    let signed = signer
        .sign(&input, &credentials, time(arguments)?)
        .map_err(Error::from)?;

    show(&signed, theirs.as_ref(), arguments, output)?;
    match theirs.and_then(|theirs| signing::first_difference(&signed, &theirs)) {
        Some(difference) => Err(Failure::new(Whose::Credential, difference.to_string())),
        None => Ok(()),
    }
}

fn show(
    signed: &Signed,
    theirs: Option<&StageFile>,
    arguments: &Sign,
    output: &Output,
) -> Result<(), Failure> {
    let body = signed
        .body
        .as_deref()
        .map(|body| String::from_utf8_lossy(body).into_owned());
    if output.form() == Form::Json {
        let derived_keys = arguments.explain.then(|| {
            let keys = signed.derived_keys.iter();
            keys.map(|(name, print)| ((*name).to_owned(), print.as_str().into()))
                .collect()
        });
        let shown = Shown {
            canonical_request: &signed.canonical_request,
            string_to_sign: &signed.string_to_sign,
            signature: &signed.signature,
            headers: headers(signed)
                .map(|(name, value)| (name, value.into()))
                .collect(),
            query: signed.query.as_deref(),
            body,
            derived_keys,
        };
        return output.print_json(&shown, 0);
    }
    let mut text = String::new();
    if arguments.explain || theirs.is_some() {
        text.push_str(&signing::explain(signed, theirs));
    }
    for (name, value) in headers(signed) {
        text.push_str(&format!("{name}: {value}\n"));
    }
    if let Some(query) = &signed.query {
        text.push_str(&format!("?{query}\n"));
    }
    if let Some(body) = body {
        text.push_str(&format!("\n{body}\n"));
    }
    output.print(text.as_bytes())
}

/// The headers to set, as text.
fn headers(signed: &Signed) -> impl Iterator<Item = (String, String)> {
    signed.headers.iter().map(|(name, value)| {
        (
            name.as_str().to_owned(),
            String::from_utf8_lossy(value.as_bytes()).into_owned(),
        )
    })
}

/// `--time`, or now.
fn time(arguments: &Sign) -> Result<SystemTime, Failure> {
    match arguments.time {
        None => Ok(SystemClock.now()),
        Some(seconds) => UNIX_EPOCH
            .checked_add(Duration::from_secs(seconds))
            .ok_or_else(|| Failure::usage("--time is out of range; give Unix seconds")),
    }
}

/// The service's short name where it is not given: the first label of the host, as in `ocr.tencentcloudapi.com`.
fn first_label(request: &RequestText) -> String {
    let host = request.headers.get("host");
    let host = host.and_then(|host| host.to_str().ok()).unwrap_or_default();
    host.split(['.', ':']).next().unwrap_or_default().to_owned()
}

fn no_such_scheme() -> Failure {
    let names: Vec<_> = signing::REGISTRY
        .iter()
        .map(|signer| signer.scheme())
        .collect();
    Failure::usage(format!(
        "there is no such --scheme; there are {}",
        names.join(", ")
    ))
}
