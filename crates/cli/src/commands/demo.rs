//! `demo`: both suites end to end, over real HTTP, against a service side in this process.

use std::sync::{Arc, Mutex, PoisonError};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use cardseal::tencent::{CardSide, Config, IdCard, IdCardRequest, Recognized, Switch, Tencent};
use cardseal::{BlockingClient, Credentials, Endpoint, Image, IvPolicy, Recipient};
use cardseal_gateway::{GatewayConfig, KeyPair, RequestLog, Running, Suite};
use serde::Serialize;
use zeroize::Zeroizing;

use crate::args::Demo;
use crate::card;
use crate::commands::keygen::key_failure;
use crate::exit::{Failure, Whose};
use crate::output::{Form, Output};
use crate::speech;

/// The image of the service's own example.
const IMAGE: &str =
    "https://ocr-demo-1254418846.cos.ap-guangzhou.myqcloud.com/card/IDCardOCR/IDCardOCR1.jpg";

#[derive(Serialize)]
struct Shown<'a> {
    suite: &'static str,
    request_id: &'a str,
    result: &'a IdCard,
    iv_reused: bool,
    authenticated: bool,
}

/// One suite's way there and back.
struct Trip {
    suite: Suite,
    recipient: Recipient,
    answer: Recognized,
    log: Option<RequestLog>,
}

/// What the gateway says of its requests.
type Logs = Arc<Mutex<Vec<RequestLog>>>;

pub(super) fn run(arguments: &Demo, output: &Output) -> Result<(), Failure> {
    let suites: Vec<Suite> = match arguments.suite {
        Some(name) => vec![name.into()],
        None => Suite::ALL.to_vec(),
    };
    let pairs = suites
        .iter()
        .map(|suite| KeyPair::generate(*suite))
        .collect::<Result<Vec<_>, _>>()
        .map_err(|error| key_failure(&error))?;
    let recipients = pairs
        .iter()
        .map(|pair| Recipient::parse(pair.public_b64().as_bytes()))
        .collect::<Result<Vec<_>, _>>()?;

    let (id, secret) = (random_text()?, random_text()?);
    let logs = Logs::default();
    let gateway = start(pairs, &id, &secret, &logs)?;
    let tencent = Tencent::new(Credentials::new(id.as_str(), secret.as_str())?)
        .endpoint(Endpoint::custom(&gateway.url())?);
    let client = BlockingClient::new()?;

    let mut trips = Vec::new();
    for (suite, recipient) in suites.into_iter().zip(recipients) {
        let call = tencent.recognize_encrypted_id_card(
            &recipient,
            &documented_request()?,
            IvPolicy::BySuite,
        )?;
        let answer = client.run(call)?;
        let log = logs.lock().unwrap_or_else(PoisonError::into_inner).pop();
        trips.push(Trip {
            suite,
            recipient,
            answer,
            log,
        });
    }
    match output.form() {
        Form::Json => print_json(&trips, output),
        Form::Text => output.print(tell(&trips, &gateway.url()).as_bytes()),
    }
}

fn start(pairs: Vec<KeyPair>, id: &str, secret: &str, logs: &Logs) -> Result<Running, Failure> {
    let mut config = GatewayConfig::new(pairs, id, secret);
    let logs = Arc::clone(logs);
    config.on_request = Some(Arc::new(move |request| {
        logs.lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(request.clone());
    }));
    Running::start(config, ([127, 0, 0, 1], 0).into()).map_err(|error| {
        Failure::new(
            Whose::Transport,
            format!(
                "the gateway cannot listen on 127.0.0.1: {error}; check the loopback interface"
            ),
        )
    })
}

/// The request of the service's guide to encrypting sensitive data.
fn documented_request() -> Result<IdCardRequest, Failure> {
    Ok(IdCardRequest::new(Image::from_url(IMAGE)?)
        .side(CardSide::Front)
        .config(Config::of([Switch::TempIdWarn])))
}

/// A credential that is of no use to anybody once this process ends.
fn random_text() -> Result<Zeroizing<String>, Failure> {
    let mut bytes = Zeroizing::new([0_u8; 24]);
    getrandom::fill(bytes.as_mut()).map_err(|error| {
        Failure::new(
            Whose::Bug,
            format!("the operating system's random generator failed: {error}"),
        )
    })?;
    Ok(Zeroizing::new(URL_SAFE_NO_PAD.encode(bytes.as_slice())))
}

fn print_json(trips: &[Trip], output: &Output) -> Result<(), Failure> {
    let shown: Vec<_> = trips
        .iter()
        .map(|trip| Shown {
            suite: trip.suite.name(),
            request_id: &trip.answer.request_id,
            result: &trip.answer.card,
            iv_reused: trip.answer.iv_reused,
            authenticated: trip.answer.authenticated,
        })
        .collect();
    let room = trips.iter().map(|trip| card::room(&trip.answer.card)).sum();
    output.print_json(&shown, room)
}

fn tell(trips: &[Trip], url: &str) -> String {
    let mut text = speech::said(&format!(
        "The service side of this demo runs at {url}, with keys and credentials made for it."
    ));
    text.push('\n');
    for trip in trips {
        let Trip {
            suite,
            recipient,
            answer,
            log,
        } = trip;
        let (sent, received) = log
            .as_ref()
            .map_or((0, 0), |log| (log.request_bytes, log.response_bytes));
        let steps = [
            (
                "key",
                format!(
                    "{}, SHA-256 {}",
                    recipient.key_name(),
                    recipient.fingerprint()
                ),
            ),
            (
                "request",
                format!("{IMAGE}, CardSide FRONT, Config TempIdWarn"),
            ),
            (
                "sealed",
                format!("{} under a fresh session key and IV", recipient.algorithm()),
            ),
            ("signed", "TC3-HMAC-SHA256".to_owned()),
            (
                "sent",
                format!("{sent} bytes over HTTP, {received} bytes back"),
            ),
            ("request id", answer.request_id.clone()),
            ("iv_reused", answer.iv_reused.to_string()),
            ("authenticated", answer.authenticated.to_string()),
        ];
        text.push_str(&format!("\n{suite}\n"));
        for (step, value) in steps {
            let value = speech::said(&value);
            text.push_str(&format!("  {step:<16}{value}\n"));
        }
        text.push_str(&card::listing(&answer.card, "  "));
    }
    #[cfg(feature = "explorer")]
    text.push_str(&format!(
        "\n{}\n",
        speech::said(
            "To see each step in a browser, and to change bytes on the way: cardseal explorer"
        )
    ));
    text
}
