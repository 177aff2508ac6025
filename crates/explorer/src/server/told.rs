//! What people are told, in both languages, and the check that refused what they sent.

use std::fmt;

use cardseal::{Error, ErrorKind};
use serde::Serialize;

use super::config::Chinese;
use crate::errors::find_error_codes;

/// One sentence.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Told {
    pub(crate) en: String,
    pub(crate) zh: String,
}

pub(crate) fn told(en: impl Into<String>, zh: impl Into<String>) -> Told {
    Told {
        en: en.into(),
        zh: zh.into(),
    }
}

/// Who looked at what was sent, in the order in which they do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Check {
    /// The library: the public key.
    Key,
    /// The library: the request before anything is sealed.
    Request,
    /// The library: the text to sign.
    Canonical,
    /// Who signs.
    Credentials,
    /// The request as HTTP.
    Http,
    /// The way to the service.
    Network,
    /// The service: the signature.
    Signature,
    /// The service: the envelope.
    ServiceEnvelope,
    /// The service: anything else.
    Service,
    /// The library: the form of the reply.
    ReplyForm,
    /// The library: the reply against its request.
    ReplyEnvelope,
    /// The library: what the ciphertext opens to.
    Decryption,
    /// The usage record.
    Ledger,
}

/// A refusal: by which check, in one sentence.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Refused {
    pub(crate) check: Check,
    pub(crate) message: Told,
    /// The service's code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) code: Option<Box<str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) request_id: Option<Box<str>>,
    /// What the library says in English; its Chinese ends the Chinese sentence.
    #[serde(skip)]
    quoted: Option<Box<str>>,
}

impl Refused {
    pub(crate) fn new(check: Check, en: impl Into<String>, zh: impl Into<String>) -> Self {
        Self {
            check,
            message: told(en, zh),
            code: None,
            request_id: None,
            quoted: None,
        }
    }

    /// A refusal that ends with what the library says: after `en` in English, after `zh` in Chinese.
    pub(crate) fn quoting(check: Check, en: &str, zh: &str, quoted: impl fmt::Display) -> Self {
        let quoted = quoted.to_string();
        Self {
            quoted: Some(quoted.as_str().into()),
            ..Self::new(check, format!("{en}{quoted}"), zh)
        }
    }

    /// The same, each of its texts changed so.
    pub(crate) fn with_each(self, change: impl Fn(String) -> String) -> Self {
        Self {
            message: told(change(self.message.en), change(self.message.zh)),
            code: self.code.map(|text| change(text.into()).into()),
            request_id: self.request_id.map(|text| change(text.into()).into()),
            quoted: self.quoted.map(|text| change(text.into()).into()),
            ..self
        }
    }

    /// The same, whole in Chinese too.
    pub(crate) fn in_chinese(mut self, chinese: &Chinese) -> Self {
        if let Some(quoted) = self.quoted.take() {
            let said = chinese(&quoted);
            // A sentence may begin as this one does.
            match said.starts_with(self.message.zh.as_str()) {
                true => self.message.zh = said,
                false => self.message.zh.push_str(&said),
            }
        }
        self
    }

    /// An error of the library, told as this check's where it does not say itself whose it is.
    pub(crate) fn by(check: Check, error: &Error) -> Self {
        let check = match error.kind() {
            ErrorKind::Key => Check::Key,
            ErrorKind::Credential if error.service_code().is_none() => Check::Credentials,
            ErrorKind::Transport => Check::Network,
            ErrorKind::Protocol => Check::ReplyForm,
            _ => error.service_code().map_or(check, check_of_code),
        };
        let told = match error.service_code() {
            Some(code) => {
                let zh = match find_error_codes(code, None).first() {
                    Some(row) => format!("{code}：{}；{}", row.meaning_zh, row.advice_zh),
                    None => format!("{code}；请在服务方文档中查询该错误码"),
                };
                // That the service refused, the check's name says.
                let en = error.to_string();
                let en = en.strip_prefix("the service refused: ").unwrap_or(&en);
                Self::new(check, en, zh)
            }
            None => {
                let zh = format!("{}：", kind_in_chinese(error.kind()));
                Self::quoting(check, "", &zh, error)
            }
        };
        Self {
            code: error.service_code().map(Into::into),
            request_id: error.request_id().map(Into::into),
            ..told
        }
    }
}

/// Which of the service's checks speaks through a code.
fn check_of_code(code: &str) -> Check {
    let signature = [
        "APIG.0301",
        "APIG.0303",
        "APIG.0307",
        "APIGW.0301",
        "APIGW.0303",
        "APIGW.0307",
        "CTAPI_10002",
        "CTAPI_10009",
    ];
    let envelope = [
        "FailedOperation.UnKnowError",
        "FailedOperation.DecryptSystemError",
    ];
    // A permission that is missing is no fault of the signature's.
    let authentication =
        code.starts_with("AuthFailure") && code != "AuthFailure.UnauthorizedOperation";
    if envelope.contains(&code) || code == "InvalidParameter.UnsupportEncryptField" {
        Check::ServiceEnvelope
    } else if authentication || signature.contains(&code) {
        Check::Signature
    } else {
        Check::Service
    }
}

fn kind_in_chinese(kind: ErrorKind) -> &'static str {
    match kind {
        ErrorKind::Input => "请求检查未通过",
        ErrorKind::Key => "公钥被拒绝",
        ErrorKind::Credential => "凭证不可用",
        ErrorKind::Signing => "请求无法签名",
        ErrorKind::Transport => "网络错误",
        ErrorKind::Throttled => "服务限流",
        ErrorKind::Service => "服务方返回错误",
        ErrorKind::Protocol => "应答格式检查未通过",
        ErrorKind::Open => "解密失败",
        _ => "内部错误",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_names_the_check_that_it_speaks_for() {
        for (code, check) in [
            ("AuthFailure.SignatureFailure", Check::Signature),
            ("APIG.0301", Check::Signature),
            ("CTAPI_10009", Check::Signature),
            ("CTAPI_BAD_REQUEST", Check::Service),
            ("APIGW.0201", Check::Service),
            ("APIG.0308", Check::Service),
            ("AuthFailure.UnauthorizedOperation", Check::Service),
            ("FailedOperation.UnKnowError", Check::ServiceEnvelope),
            ("FailedOperation.ImageBlur", Check::Service),
            ("InvalidParameterValue", Check::Service),
        ] {
            assert_eq!(check_of_code(code), check, "{code}");
        }
    }
}
