//! The first stage: the request in clear becomes what is sent as the body.

use std::time::SystemTime;

use cardseal::{Call, MAX_BODY, Next, RawAnswer, Recipient, SharedNonce};
use serde_json::{Map, Value};
use zeroize::Zeroizing;

use super::accounts::{Accounts, Aim};
use super::exchanges::{Exchange, Opening};
use super::picture::{self, Doubt};
use super::told::{Check, Refused, Told, told};
use crate::catalogue::check::check;
use crate::catalogue::finding::Finding;
use crate::catalogue::{self, Cloud, Envelope};

/// A body to send, and what opens its answer.
pub(crate) struct Body {
    pub(crate) text: Zeroizing<String>,
    pub(crate) exchange: Exchange,
    /// What the service may not like of it, and of the pictures in it.
    pub(crate) findings: Vec<Finding>,
    pub(crate) doubts: Vec<Doubt>,
    pub(crate) notes: Vec<Told>,
}

/// Seals `inner` as its action says; what takes no envelope stays as it is.
pub(crate) fn seal(
    accounts: &Accounts,
    aim: Aim<'_>,
    key: Option<&[u8]>,
    inner: &str,
    nonce: SharedNonce,
) -> Result<Body, Refused> {
    let members = object(inner)?;
    let findings = findings(aim, &members);
    let doubts = picture::in_request(aim.action, &members)?;
    let envelope = aim.action.envelope();
    if envelope == Envelope::None {
        return Ok(Body {
            text: Zeroizing::new(inner.to_owned()),
            exchange: Exchange::clear(),
            findings,
            doubts,
            notes: vec![told(
                "this action takes no envelope: request and reply are in clear inside TLS",
                "该接口不支持加密信封：请求与应答在 TLS 内以明文传输",
            )],
        });
    }
    let recipient = recipient(key)?;
    let (text, exchange) = if aim.action.service == "faceid" {
        let with = |nonce| accounts.faceid(aim, &recipient, inner.as_bytes(), nonce);
        let call = with(nonce).map_err(|refused| {
            // What is refused until the repeated nonce is accepted is refused for it.
            match with(SharedNonce::AcceptRepeatedGcmNonce) {
                Ok(_) => repeated_nonce(&recipient),
                Err(_) => refused,
            }
        })?;
        of_call(call, envelope, &recipient)?
    } else {
        of_body(&recipient, inner)?
    };
    Ok(Body {
        text,
        exchange,
        findings,
        doubts,
        notes: vec![told(
            format!(
                "sealed under {} for {}, SHA-256 {}",
                recipient.algorithm(),
                recipient.key_name(),
                recipient.fingerprint()
            ),
            format!(
                "已用 {} 加密，公钥 {}，SHA-256 {}",
                recipient.algorithm(),
                recipient.key_name(),
                recipient.fingerprint()
            ),
        )],
    })
}

/// Told by what the page has for it.
fn repeated_nonce(recipient: &Recipient) -> Refused {
    let suite = recipient.algorithm();
    Refused::new(
        Check::Request,
        format!(
            "several members would share one nonce under {suite}, which gives away the XOR of their values and lets both be \
             forged; choose an RSA key (Test key: AES-256-CBC · RSA), or tick “Accept the repeated nonce”"
        ),
        format!(
            "多个参数在 {suite} 下会共用一个 nonce，这会泄露其异或值，且两者都可被伪造；请选用 RSA 公钥（测试密钥：AES-256-CBC · RSA），\
             或勾选“接受重复的 nonce”"
        ),
    )
}

fn recipient(key: Option<&[u8]>) -> Result<Recipient, Refused> {
    let key = key.ok_or_else(|| {
        Refused::new(
            Check::Key,
            "there is no public key; choose the file that the service handed out, or send to the embedded gateway",
            "没有公钥：请选择服务方提供的公钥文件，或改为发送到内置网关",
        )
    })?;
    Recipient::parse(key).map_err(|error| Refused::by(Check::Key, &error.into()))
}

fn of_body(recipient: &Recipient, inner: &str) -> Result<(Zeroizing<String>, Exchange), Refused> {
    let by = |error| Refused::by(Check::Request, &error);
    let (sealed, opener) = recipient.seal(inner.as_bytes()).map_err(by)?;
    let length = sealed.as_json().len();
    if length > MAX_BODY {
        return Err(Refused::new(
            Check::Request,
            format!(
                "the sealed request has {length} bytes and the service takes {MAX_BODY}; let the picture be prepared"
            ),
            format!(
                "加密后的请求为 {length} 字节，服务最多接受 {MAX_BODY} 字节；请让图片先经过处理"
            ),
        ));
    }
    let text = String::from_utf8(sealed.into_json()).unwrap_or_default();
    let opener = opener.expose_for_storage().map_err(by)?;
    let mut exchange = Exchange::new(Opening::Body(opener), Some(recipient));
    let sealed: Value = serde_json::from_str(&text).unwrap_or_default();
    let iv = sealed.pointer("/Encryption/Iv").and_then(Value::as_str);
    exchange.iv = iv.unwrap_or_default().to_owned();
    Ok((Zeroizing::new(text), exchange))
}

/// The body that the call would send. It is signed again later, as all bodies are.
fn of_call(
    mut call: Call<RawAnswer>,
    envelope: Envelope,
    recipient: &Recipient,
) -> Result<(Zeroizing<String>, Exchange), Refused> {
    let next = call.next(SystemTime::now());
    let next = next.map_err(|error| Refused::by(Check::Request, &error))?;
    let text = match next {
        Next::Send(request) => String::from_utf8(request.body().to_vec()).unwrap_or_default(),
        _ => String::new(),
    };
    let opening = match envelope {
        Envelope::Answer => Opening::Call(Some(Box::new(call))),
        _ => Opening::Clear,
    };
    Ok((
        Zeroizing::new(text),
        Exchange::new(opening, Some(recipient)),
    ))
}

/// The request as one JSON object; where it is none, the place.
fn object(inner: &str) -> Result<Map<String, Value>, Refused> {
    let not_one = |line: usize, column: usize| {
        Refused::new(
            Check::Request,
            format!("the inner request is not a JSON object: look at line {line}, column {column}"),
            format!("明文请求不是 JSON 对象：请检查第 {line} 行第 {column} 列"),
        )
    };
    let value = serde_json::from_str(inner);
    match value.map_err(|error| not_one(error.line(), error.column()))? {
        Value::Object(members) => {
            // A member that is duplicated is lost in the map; the library's own check finds it.
            if let Err(error) = cardseal::ctyun::RawCall::post("/", inner) {
                return Err(Refused::by(Check::Request, &error));
            }
            Ok(members)
        }
        _ => Err(not_one(1, 1)),
    }
}

/// What the catalogue has against it. Of a request that is sealed whole, it is the twin in clear that knows.
fn findings(aim: Aim<'_>, members: &Map<String, Value>) -> Vec<Finding> {
    let twin = match aim.action.name {
        "RecognizeEncryptedIDCardOCR" => catalogue::find(Cloud::Tencent, "IDCardOCR"),
        _ => None,
    };
    check(twin.unwrap_or(aim.action), members)
}
