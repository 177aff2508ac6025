//! The other signatures by hand: Tencent's v1, Ctyun's EOP and Huawei's, and a login at Huawei's IAM.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use cardseal_gateway::Running;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha1::Sha1;
use sha2::{Digest, Sha256};
use sm3::Sm3;

use super::{NOW, Request, Response, SECRET_ID, SECRET_KEY, Signer, hex};

macro_rules! hmac {
    ($hash:ty, $key:expr, $text:expr) => {{
        let mut mac = Hmac::<$hash>::new_from_slice($key.as_ref()).unwrap();
        mac.update($text.as_ref());
        mac.finalize().into_bytes().to_vec()
    }};
}

/// Signs these parameters, which lack only SecretId, Timestamp, Nonce and Signature unless the test gives its own.
pub(crate) fn sign_v1(method: &str, host: &str, parameters: &[(&str, &str)]) -> Request {
    let now = NOW.to_string();
    let mut all: Vec<(&str, &str)> = parameters.to_vec();
    for (name, value) in [
        ("SecretId", SECRET_ID),
        ("Timestamp", now.as_str()),
        ("Nonce", "11886"),
    ] {
        if !all.iter().any(|(known, _)| *known == name) {
            all.push((name, value));
        }
    }
    all.sort();
    let plain: Vec<_> = all
        .iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    let to_sign = format!("{method}{host}/?{}", plain.join("&"));
    let sha256 = all.contains(&("SignatureMethod", "HmacSHA256"));
    let code = if sha256 {
        hmac!(Sha256, SECRET_KEY, to_sign)
    } else {
        hmac!(Sha1, SECRET_KEY, to_sign)
    };
    let signature = STANDARD.encode(code);
    all.push(("Signature", &signature));
    let coded: Vec<_> = all
        .iter()
        .map(|(name, value)| format!("{}={}", encode(name), encode(value)))
        .collect();
    let text = coded.join("&");
    let mut request = Request {
        method: method.into(),
        target: "/".into(),
        headers: Vec::new(),
        body: Vec::new(),
    };
    request.set("Host", host);
    if method == "GET" {
        request.target = format!("/?{text}");
    } else {
        request.set("Content-Type", "application/x-www-form-urlencoded");
        request.body = text.into_bytes();
    }
    request
}

pub(super) fn encode(text: &str) -> String {
    let bytes = text.bytes();
    bytes
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                char::from(byte).to_string()
            }
            byte => format!("%{byte:02X}"),
        })
        .collect()
}

/// A request for an action of faceid.
pub(crate) fn faceid(action: &str, body: &Value) -> Request {
    let signer = Signer {
        service: "faceid".into(),
        host: "faceid.tencentcloudapi.com".into(),
        version: "2018-03-01".into(),
        ..Signer::default()
    };
    signer.sign(action, body.to_string())
}

/// EOP, with every input open to change. The defaults are signed at [`NOW`], which is after midnight in Beijing.
pub(crate) struct Eop {
    pub access_key: String,
    pub secret_key: String,
    pub date: String,
    pub app_key: String,
    pub names: String,
}

impl Default for Eop {
    fn default() -> Self {
        Eop {
            access_key: SECRET_ID.into(),
            secret_key: SECRET_KEY.into(),
            date: "20190226T004425Z".into(),
            app_key: "app-key-of-the-tests".into(),
            names: "appkey;ctyun-eop-request-id;eop-date".into(),
        }
    }
}

impl Eop {
    pub(crate) fn sign(&self, target: &str, body: impl Into<Vec<u8>>) -> Request {
        let mut request = Request {
            method: "POST".into(),
            target: target.into(),
            headers: Vec::new(),
            body: body.into(),
        };
        request
            .set("Host", "ai-global.ctapi.ctyun.cn")
            .set("Content-Type", "application/json;charset=UTF-8")
            .set("appkey", &self.app_key)
            .set(
                "ctyun-eop-request-id",
                "33dfa732-b27b-464f-b15a-21ed6845afd5",
            )
            .set("eop-date", &self.date);
        let query = target.split_once('?').map_or("", |(_, query)| query);
        let mut to_sign = String::new();
        for name in self.names.split(';') {
            to_sign.push_str(&format!("{name}:{}\n", request.header(name)));
        }
        to_sign.push_str(&format!(
            "\n{query}\n{}",
            hex(&Sha256::digest(&request.body))
        ));
        let key = hmac!(Sha256, self.secret_key, self.date);
        let key = hmac!(Sha256, key, self.access_key);
        let key = hmac!(Sha256, key, self.date[..8]);
        let signature = STANDARD.encode(hmac!(Sha256, key, to_sign));
        let value = format!(
            "{} Headers={} Signature={signature}",
            self.access_key, self.names
        );
        request.set("Eop-Authorization", &value);
        request
    }
}

/// SDK-HMAC-SHA256, SDK-HMAC-SM3 and V11-HMAC-SHA256, with every input open to change.
pub(crate) struct SdkHmac {
    pub scheme: &'static str,
    pub access_key: String,
    pub secret_key: String,
    pub date: String,
    pub content_type: String,
    /// Sent and signed beside the usual ones; in lower case.
    pub more: Vec<(&'static str, String)>,
    /// Sent and not signed.
    pub hidden: Option<&'static str>,
    /// The day of a derived key, where it is not the date's.
    pub day: Option<String>,
    /// What stands in the place of the body's hash.
    pub payload: Option<String>,
}

impl Default for SdkHmac {
    fn default() -> Self {
        SdkHmac {
            scheme: "SDK-HMAC-SHA256",
            access_key: SECRET_ID.into(),
            secret_key: SECRET_KEY.into(),
            date: "20190225T164425Z".into(),
            content_type: "application/json;charset=UTF-8".into(),
            more: Vec::new(),
            hidden: None,
            day: None,
            payload: None,
        }
    }
}

impl SdkHmac {
    /// `target` must be as the scheme codes it, its query sorted.
    pub(crate) fn sign(&self, target: &str, body: impl Into<Vec<u8>>) -> Request {
        let mut request = Request {
            method: "POST".into(),
            target: target.into(),
            headers: Vec::new(),
            body: body.into(),
        };
        request
            .set("Host", "ocr.cn-north-4.myhuaweicloud.com")
            .set("Content-Type", &self.content_type)
            .set("X-Sdk-Date", &self.date);
        for (name, value) in &self.more {
            request.set(name, value);
        }
        let mut names = vec!["content-type", "host", "x-sdk-date"];
        names.extend(self.more.iter().map(|(name, _)| *name));
        names.retain(|name| self.hidden != Some(*name));
        names.sort_unstable();
        let lines: String = names
            .iter()
            .map(|name| format!("{name}:{}\n", request.header(name)))
            .collect();
        let names = names.join(";");
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let payload = self.payload.clone();
        let payload = payload.unwrap_or_else(|| self.hash(&request.body));
        let canonical = format!("POST\n{path}/\n{query}\n{lines}\n{names}\n{payload}");
        let hashed = self.hash(canonical.as_bytes());
        let scheme = self.scheme;
        let (who, code) = if scheme.starts_with("V11") {
            let day = self.day.as_deref().unwrap_or(&self.date[..8]);
            let info = format!("{day}/cn-north-4/ocr");
            let extracted = hmac!(Sha256, self.access_key, self.secret_key);
            let key = hex(&hmac!(Sha256, extracted, format!("{info}\u{1}")));
            let to_sign = format!("{scheme}\n{}\n{info}\n{hashed}", self.date);
            let code = hmac!(Sha256, key, to_sign);
            (format!("Credential={}/{info}", self.access_key), code)
        } else {
            let to_sign = format!("{scheme}\n{}\n{hashed}", self.date);
            let code = match scheme {
                "SDK-HMAC-SM3" => hmac!(Sm3, self.secret_key, to_sign),
                _ => hmac!(Sha256, self.secret_key, to_sign),
            };
            (format!("Access={}", self.access_key), code)
        };
        let value = format!(
            "{scheme} {who}, SignedHeaders={names}, Signature={}",
            hex(&code)
        );
        request.set("Authorization", &value);
        request
    }

    fn hash(&self, bytes: &[u8]) -> String {
        match self.scheme {
            "SDK-HMAC-SM3" => hex(&Sm3::digest(bytes)),
            _ => hex(&Sha256::digest(bytes)),
        }
    }
}

/// A login at IAM, and the token it gets.
pub(crate) struct Token;

impl Token {
    /// The body that asks for a token of the default account, for this scope.
    pub(crate) fn login(scope: Value) -> Value {
        json!({"auth": {
            "identity": {"methods": ["password"], "password": {"user": {
                "name": SECRET_ID, "password": SECRET_KEY, "domain": {"name": "example-domain"},
            }}},
            "scope": scope,
        }})
    }

    pub(crate) fn request(body: &Value) -> Request {
        let mut request = Request {
            method: "POST".into(),
            target: "/v3/auth/tokens?nocatalog=true".into(),
            headers: Vec::new(),
            body: body.to_string().into_bytes(),
        };
        request
            .set("Host", "iam.cn-north-4.myhuaweicloud.com")
            .set("Content-Type", "application/json;charset=utf8");
        request
    }

    /// The answer to a login for this scope.
    pub(crate) fn response(gateway: &Running, scope: Value) -> Response {
        Token::request(&Token::login(scope)).send(gateway).unwrap()
    }

    /// A token for the default project.
    pub(crate) fn fresh(gateway: &Running) -> String {
        let response = Token::response(gateway, json!({"project": {"name": "cn-north-4"}}));
        assert_eq!(response.status, 201);
        response.header("x-subject-token").unwrap().to_owned()
    }
}
