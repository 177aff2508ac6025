//! `sign`: a request as text in, the headers of its signature out; every stage with `--explain`; with `--against` the
//! first byte that another program computed otherwise, and the usual reason for it.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use cardseal::signing;
use cardseal::signing::{SignError, Signed};
use cardseal::{Credentials, Error};
use cardseal_explain::{
    RequestText, StageFile, first_difference, service_of, stages_as_text, warnings,
};
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

pub(super) fn run(arguments: &Sign, output: &Output) -> Result<(), Failure> {
    let signer = signing::by_scheme(&arguments.scheme).ok_or_else(no_such_scheme)?;
    let text = input::read(
        &arguments.request,
        "the request",
        MOST_REQUEST,
        Whose::Usage,
    )?;
    let request = RequestText::parse(&text)
        .map_err(|error| Failure::usage(format!("the request's text is malformed: {error}")))?;
    let theirs = arguments
        .against
        .as_deref()
        .map(|path| {
            let stages = input::read(path, "the stage file", MOST_STAGES, Whose::Usage)?;
            StageFile::parse(&stages)
                .map_err(|error| Failure::usage(format!("the stage file cannot be read: {error}")))
        })
        .transpose()?;
    let secret = input::read_secret(&arguments.secret_key_file)?;
    let credentials = Credentials::new(arguments.secret_id.as_str(), secret.as_str())?;

    let host = host(&request);
    let service = arguments
        .service
        .as_deref()
        .or_else(|| service_of(host))
        .unwrap_or_default();
    let names: Vec<&str> = arguments
        .signed_headers
        .iter()
        .flat_map(|names| names.split(';'))
        .collect();
    let signed_headers = arguments.signed_headers.as_ref().map(|_| names.as_slice());
    let region = arguments.region.as_deref().unwrap_or_default();
    let input = request.signing_input(service, region, signed_headers);
    let signed = signer
        .sign(&input, &credentials, time(arguments)?)
        .map_err(|error| unsigned(error, host))?;

    for warning in warnings(&request, &signed) {
        output.warn(&warning.to_string());
    }
    show(&signed, theirs.as_ref(), arguments, output)?;
    match theirs.and_then(|theirs| first_difference(&signed, &theirs)) {
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
        text.push_str(&stages_as_text(signed, theirs));
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
        None => Ok(SystemTime::now()),
        Some(seconds) => UNIX_EPOCH
            .checked_add(Duration::from_secs(seconds))
            .ok_or_else(|| Failure::usage("--time is out of range; give Unix seconds")),
    }
}

fn host(request: &RequestText) -> &str {
    let host = request.headers.get("host");
    host.and_then(|host| host.to_str().ok()).unwrap_or_default()
}

/// Why it is not signed. What the scheme signs beside the request is asked for by its option.
fn unsigned(error: SignError, host: &str) -> Failure {
    match error {
        SignError::MissingScope { part: "service" } => Failure::usage(format!(
            "the host `{}` does not name the service, which this scheme signs; give --service, such as --service ocr",
            cut(host)
        )),
        SignError::MissingScope { part } => Failure::usage(format!(
            "this scheme signs the {part}, but none is given; give --{part}"
        )),
        error => Error::from(error).into(),
    }
}

/// As much of a text as shows what it is.
fn cut(text: &str) -> String {
    text.chars().take(40).collect()
}

fn no_such_scheme() -> Failure {
    let names: Vec<_> = signing::REGISTRY
        .iter()
        .map(|signer| signer.scheme())
        .collect();
    Failure::usage(format!(
        "there is no such --scheme; choose one of {}",
        names.join(", ")
    ))
}
