//! The service's older signature v1, with HmacSHA1 or HmacSHA256, over the parameters of a query or a form.
//!
//! ```text
//! string to sign = METHOD host / ? name=value&name=value…    by ASCII order of the names, values not encoded
//! signature      = base64(HMAC(secret key, string to sign))
//! ```
//!
//! Source: the service's page "Signature v1". It does not mention `_` in names, which two of the SDKs sign as `.`;
//! here, as in the other SDKs, a name is signed unchanged. The hash is SHA-256 only if `SignatureMethod` is
//! `HmacSHA256`; without it, SHA-1. Version 3 ([`Tc3`](super::sign_tc3::Tc3)) allows a body ten times as large, and
//! JSON.

use std::collections::BTreeMap;
use std::time::SystemTime;

use http::Method;
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use secrecy::ExposeSecret;

use crate::cloud::tencent::request_form::{self, Form};
use crate::credential::Credentials;
use crate::sign::outgoing::Outgoing;
use crate::sign::query::{self, Plus};
use crate::sign::{Payload, Scheme, SignError, Signed, SigningInput, canon};

/// The longest body, in bytes: 1 MB.
const MOST_POST: usize = 1 << 20;

/// The alternative to a scheme whose requests must be short.
const USE_TC3: &str = "; use tc3-hmac-sha256 (TC3) with POST, which allows 10 MiB";

/// `tencent-v1-hmac-sha1` and `tencent-v1-hmac-sha256`.
///
/// The parameters are in the query of a GET or in the form of a POST. They must include `Nonce` (a positive number, new
/// for each request), because signing draws no randomness. The signature adds `SecretId`, `Timestamp`, `Token` and, for
/// HmacSHA256, `SignatureMethod`. The complete signed query or form is in [`Signed::query`] or [`Signed::body`]; no
/// header is added.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum V1 {
    /// HMAC-SHA1, the meaning of an absent `SignatureMethod`.
    HmacSha1,
    /// HMAC-SHA256.
    HmacSha256,
}

impl Scheme for V1 {
    fn name(&self) -> &'static str {
        match self {
            Self::HmacSha1 => "tencent-v1-hmac-sha1",
            Self::HmacSha256 => "tencent-v1-hmac-sha256",
        }
    }

    fn stages(
        &self,
        input: &SigningInput<'_>,
        credentials: &Credentials,
        now: SystemTime,
    ) -> Result<Signed, SignError> {
        let outgoing = Outgoing::of(input, &AUTHORIZATION)?;
        if input.path != "/" {
            return Err(SignError::BadPath { wanted: "be `/`" });
        }
        let place = Place::of(input.method)?;
        let mut parameters = Parameters::parse(place.text(input, &outgoing)?)?;
        parameters.check()?;
        parameters.set("SecretId", credentials.id())?;
        parameters.set("Timestamp", &canon::unix_seconds(now)?.to_string())?;
        if let Some(token) = credentials.token() {
            parameters.set("Token", token.expose_secret())?;
        }
        self.set_method(&mut parameters)?;

        let string_to_sign = format!(
            "{}{}/?{}",
            input.method,
            outgoing.single("host")?,
            parameters.unencoded()
        );
        let signature = self.mac(canon::secret_of(credentials)?, &string_to_sign)?;
        let whole = parameters.signed_with(&signature);
        place.check(whole.len())?;
        let (query, body) = match place {
            Place::Query => (Some(whole), None),
            Place::Form => (None, Some(whole.into())),
        };
        Ok(Signed {
            headers: outgoing.into_added(),
            query,
            body,
            canonical_request: string_to_sign.clone(),
            string_to_sign,
            signature,
            derived_keys: Vec::new(),
        })
    }
}

impl V1 {
    fn set_method(self, parameters: &mut Parameters) -> Result<(), SignError> {
        const NAME: &str = "SignatureMethod";
        match self {
            Self::HmacSha256 => parameters.set(NAME, "HmacSHA256"),
            // If absent, it stays absent, as in the page's own example.
            Self::HmacSha1 if parameters.0.contains_key(NAME) => parameters.set(NAME, "HmacSHA1"),
            Self::HmacSha1 => Ok(()),
        }
    }

    fn mac(self, secret: &str, string_to_sign: &str) -> Result<String, SignError> {
        let (key, message) = (secret.as_bytes(), string_to_sign.as_bytes());
        Ok(match self {
            Self::HmacSha1 => canon::base64(&*canon::hmac_sha1(key, message)?),
            Self::HmacSha256 => canon::base64(&*canon::hmac_sha256(key, message)?),
        })
    }
}

/// Where the parameters are.
#[derive(Clone, Copy)]
enum Place {
    Query,
    Form,
}

impl Place {
    fn of(method: &Method) -> Result<Self, SignError> {
        match *method {
            Method::GET => Ok(Self::Query),
            Method::POST => Ok(Self::Form),
            _ => Err(SignError::BadMethod {
                wanted: "GET or POST",
            }),
        }
    }

    /// The text of the parameters; the other place must be empty.
    fn text<'a>(
        self,
        input: &SigningInput<'a>,
        outgoing: &Outgoing<'_>,
    ) -> Result<&'a str, SignError> {
        match self {
            Self::Query => {
                if !input.payload.is_empty() {
                    return Err(SignError::UnexpectedBody);
                }
                self.check(input.query.len())?;
                Ok(input.query)
            }
            Self::Form => {
                if !input.query.is_empty() {
                    return Err(SignError::UnexpectedQuery);
                }
                if Form::of(outgoing.single(CONTENT_TYPE.as_str())?) != Form::UrlEncoded {
                    return Err(SignError::BadContentType {
                        wanted: "application/x-www-form-urlencoded; for JSON use tc3-hmac-sha256 (TC3)",
                    });
                }
                let Payload::Bytes(body) = input.payload else {
                    return Err(SignError::BodyNeeded);
                };
                self.check(body.len())?;
                core::str::from_utf8(body).map_err(|_| SignError::BadQuery)
            }
        }
    }

    fn check(self, bytes: usize) -> Result<(), SignError> {
        match self {
            Self::Query => request_form::check_get(bytes, USE_TC3),
            Self::Form if bytes > MOST_POST => Err(SignError::TooLong {
                bytes,
                most: MOST_POST,
                instead: USE_TC3,
            }),
            Self::Form => Ok(()),
        }
    }
}

/// Decoded values by name, in the order of the names' bytes.
struct Parameters(BTreeMap<String, String>);

impl Parameters {
    fn parse(text: &str) -> Result<Self, SignError> {
        let mut parameters = BTreeMap::new();
        for (name, value) in query::parse(text, Plus::Blank)? {
            // The service uses one of two duplicates, and it is not documented which.
            if name.is_empty() || parameters.contains_key(&name) {
                return Err(SignError::BadParameter { name });
            }
            parameters.insert(name, value);
        }
        // An old signature is replaced and not signed.
        parameters.remove("Signature");
        Ok(Self(parameters))
    }

    fn check(&self) -> Result<(), SignError> {
        for (name, part) in [
            ("Action", "action"),
            ("Version", "version"),
            ("Region", "region"),
        ] {
            let value = self.0.get(name);
            if value.is_some_and(|value| !canon::is_token(value)) {
                return Err(SignError::BadScope { part });
            }
        }
        let nonce = self.0.get("Nonce").ok_or(SignError::MissingParameter {
            name: "Nonce",
            advice: "add a positive number, new for each request",
        })?;
        let digits = nonce.bytes().all(|byte| byte.is_ascii_digit());
        if !digits || !nonce.parse::<u64>().is_ok_and(|nonce| nonce > 0) {
            return Err(SignError::BadParameter {
                name: "Nonce".to_owned(),
            });
        }
        Ok(())
    }

    fn set(&mut self, name: &str, value: &str) -> Result<(), SignError> {
        match self.0.insert(name.to_owned(), value.to_owned()) {
            Some(sent) if sent != value => Err(SignError::Conflict {
                name: name.to_owned(),
            }),
            _ => Ok(()),
        }
    }

    fn unencoded(&self) -> String {
        let pairs: Vec<String> = self.0.iter().map(|(n, v)| format!("{n}={v}")).collect();
        pairs.join("&")
    }

    /// The complete query or form, percent-encoded, with the signature last.
    fn signed_with(&self, signature: &str) -> String {
        let pairs = self.0.iter().map(|(n, v)| (n.as_str(), v.as_str()));
        query::write(pairs.chain([("Signature", signature)]))
    }
}
