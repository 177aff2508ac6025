//! The last stage: the reply, edited or not, is opened by what was kept when its request was sealed.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use cardseal::{EncryptedReply, IvPolicy, Opener, RawAnswer, Settled};
use http::Response;
use serde::Serialize;
use zeroize::Zeroizing;

use super::accounts::{Accounts, Aim};
use super::diagnosis;
use super::exchanges::{Exchange, Opening};
use super::send;
use super::told::{Check, Refused, Told, told};

/// What the reply says.
#[derive(Serialize)]
pub(crate) struct OpenedReply {
    /// JSON; or what was opened and is none: text, or the base64 of bytes that are none either.
    json: Zeroizing<String>,
    notes: Vec<Told>,
}

impl OpenedReply {
    /// The same, its text changed so.
    pub(crate) fn with_each(mut self, change: impl Fn(String) -> String) -> Self {
        self.json = Zeroizing::new(change(std::mem::take(&mut self.json)));
        self
    }
}

pub(crate) fn open(
    accounts: &Accounts,
    aim: Aim<'_>,
    exchange: &mut Exchange,
    policy: IvPolicy,
    reply: &str,
) -> Result<OpenedReply, Refused> {
    let http = || Response::new(Bytes::copy_from_slice(reply.as_bytes()));
    match &mut exchange.opening {
        Opening::Body(opener) => {
            let parsed = EncryptedReply::parse(reply.as_bytes())
                .map_err(|error| Refused::by(Check::ReplyForm, &error))?;
            if let Some(refusal) = cardseal::tencent::refusal(&parsed) {
                return Err(Refused::by(Check::Service, &refusal));
            }
            let opener = Opener::restore(opener.as_bytes())
                .map_err(|error| Refused::by(Check::Decryption, &error))?;
            let opened = match opener.open(&parsed, policy) {
                Ok(opened) => opened,
                Err(error) => {
                    return unreadable(&error)
                        .ok_or_else(|| diagnosis::of(exchange, &parsed, policy, reply));
                }
            };
            let text = String::from_utf8_lossy(opened.expose_plaintext()).into_owned();
            Ok(OpenedReply {
                json: Zeroizing::new(text),
                notes: notes(opened.iv_reused(), opened.authenticated()),
            })
        }
        Opening::Call(call) => {
            let Some(mut call) = call.take() else {
                return Err(Refused::new(
                    Check::ReplyEnvelope,
                    "this answer was opened once already, and its key is gone; seal the request again",
                    "该应答已解密过一次，密钥已销毁；请重新加密请求",
                ));
            };
            match call.settle_at(Ok(http()), std::time::SystemTime::now()) {
                Settled::Done(answer) => Ok(of_answer(&answer)),
                Settled::Fail(error) => {
                    unreadable(&error).ok_or_else(|| Refused::by(Check::Decryption, &error))
                }
                _ => Err(Refused::by(Check::Service, &call.out_of_time())),
            }
        }
        Opening::Clear => {
            let answer = send::settle(accounts, aim, http())?
                .map_err(|error| Refused::by(Check::Service, &error))?;
            let mut result = of_answer(&answer);
            result.notes.push(told(
                "the reply came in clear: there was nothing to open",
                "应答为明文，无需解密",
            ));
            Ok(result)
        }
    }
}

/// What was paid for and is not JSON is shown all the same.
fn unreadable(error: &cardseal::Error) -> Option<OpenedReply> {
    Some(unread(error.opened_text()?))
}

/// Nothing of it is lost: what is no text is shown in base64, since it is opened once.
fn unread(opened: &[u8]) -> OpenedReply {
    let mut notes = vec![told(
        "it was opened, and its tag is right, but it is not the JSON that the service promises: report it to the service, \
             and do not pay for it again",
        "已解密，认证标签正确，但内容不是服务方约定的 JSON：请报告服务方，不要重复付费调用",
    )];
    let text = match std::str::from_utf8(opened) {
        Ok(text) => text.to_owned(),
        Err(_) => {
            notes.push(told(
                "its bytes are no UTF-8; what is shown is their base64",
                "内容不是 UTF-8；此处显示的是其 base64",
            ));
            STANDARD.encode(opened)
        }
    };
    OpenedReply {
        json: Zeroizing::new(text),
        notes,
    }
}

fn of_answer(answer: &RawAnswer) -> OpenedReply {
    OpenedReply {
        json: Zeroizing::new(answer.json.expose().to_owned()),
        notes: answer
            .seal
            .as_ref()
            .map(|seal| notes(seal.iv_reused, seal.authenticated))
            .unwrap_or_default(),
    }
}

/// What the answer's seal does not protect.
fn notes(iv_reused: bool, authenticated: bool) -> Vec<Told> {
    let tag = match authenticated {
        true => told(
            "authenticated: its tag proves that it was made with this request's session key",
            "已认证：认证标签证明应答由本次请求的会话密钥生成",
        ),
        false => told(
            "not authenticated: AES-256-CBC has no tag, so only TLS protects this answer",
            "未认证：AES-256-CBC 没有认证标签，只有 TLS 能保证应答未被篡改",
        ),
    };
    let iv = match (iv_reused, authenticated) {
        (false, _) => told("it came under an IV of its own", "应答使用了新的 IV"),
        (true, true) => told(
            "it came under the request's own IV, as the service's guide says; with SM4-GCM that repeats a nonce, and whoever \
             saw both ciphertexts inside TLS learns the XOR of the two plaintexts",
            "应答按服务指南复用了请求的 IV；对 SM4-GCM 而言即重复使用 nonce，在 TLS 内看到两份密文者可得到两份明文的异或",
        ),
        (true, false) => told(
            "it came under the request's own IV, as the service's guide says",
            "应答按服务指南复用了请求的 IV",
        ),
    };
    vec![tag, iv]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_read_is_shown_without_loss() {
        let shown = unread("{\"Name\":\"张三\"".as_bytes());
        assert_eq!(
            (&**shown.json, shown.notes.len()),
            ("{\"Name\":\"张三\"", 1)
        );
        // A name in GBK.
        let shown = unread(b"\xd5\xc5\xc8\xfd");
        assert_eq!((&**shown.json, shown.notes.len()), ("1cXI/Q==", 2));
        assert_eq!(&**unread(b"").json, "");
    }
}
