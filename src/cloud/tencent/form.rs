//! The forms of a request, and how each is built before it is signed.
//!
//! | form | signature | parameters | limit |
//! |---|---|---|---|
//! | JSON, raw | TC3 | the body of a POST | 10 MB |
//! | query | TC3 | the query of a GET, in the order of the names | 32 KB |
//! | v1 query | v1 | the query of a GET, including the common ones | 32 KB |
//! | v1 form | v1 | the body of a POST, including the common ones | 1 MB |
//!
//! Source: the service's pages "Request structure" and "Common parameters".

use std::borrow::Cow;

use bytes::Bytes;
use http::Method;
use http::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, InvalidHeaderValue};

use crate::cloud::tencent::Language;
use crate::cloud::tencent::action::Action;
use crate::cloud::tencent::parameters::Parameters;
use crate::cloud::tencent::sign_tc3::Tc3;
use crate::cloud::tencent::sign_v1::V1;
use crate::error::Error;
use crate::sign::Signer;
use crate::unsigned::HashedBody;
use cardseal_crypto::{OsRandom, SecureRandom};

/// The content of a request and its signature version.
pub(crate) enum Form {
    Json(HashedBody),
    Raw {
        content_type: HeaderValue,
        body: HashedBody,
    },
    Query(Parameters),
    OldQuery(V1, Parameters),
    OldBody(V1, Parameters),
}

/// Whether the signature covers the body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PayloadSigning {
    Signed,
    LeftOut,
}

/// The common parameters, besides an action's own.
pub(crate) struct Common<'a> {
    pub(crate) action: &'a Action,
    pub(crate) region: Option<&'a str>,
    pub(crate) language: Option<Language>,
    pub(crate) payload: PayloadSigning,
}

/// A request built from a form.
pub(crate) struct LaidOut {
    pub(crate) signer: &'static dyn Signer,
    pub(crate) method: Method,
    pub(crate) query: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: HashedBody,
}

const URL_ENCODED: HeaderValue = HeaderValue::from_static("application/x-www-form-urlencoded");

impl Form {
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Json(_) => "JSON",
            Self::Raw { .. } => "raw",
            Self::Query(_) => "query",
            Self::OldQuery(..) => "v1 query",
            Self::OldBody(..) => "v1 form",
        }
    }

    pub(crate) fn lay_out(self, common: &Common<'_>) -> Result<LaidOut, Error> {
        let has_body = matches!(self, Self::Json(_) | Self::Raw { .. });
        if common.payload == PayloadSigning::LeftOut && !has_body {
            return Err(Error::input(
                "only a JSON or raw body can be left out of the signature; a query or a form is what is signed",
            ));
        }
        match self {
            // All lower case, so that the signature is the same whether the value is lower-cased or not.
            Self::Json(body) => common.post(HeaderValue::from_static("application/json"), body),
            Self::Raw { content_type, body } => common.post(content_type, body),
            Self::Query(parameters) => Ok(LaidOut {
                signer: &Tc3,
                method: Method::GET,
                // Sorted by name, so that a service that sorts and one that does not read the same.
                query: parameters.to_query(&[]),
                headers: common.headers(URL_ENCODED)?,
                body: HashedBody::from(Vec::new()),
            }),
            Self::OldQuery(signature, parameters) => Ok(LaidOut {
                signer: signer(signature),
                method: Method::GET,
                query: common.among(&parameters)?,
                headers: HeaderMap::new(),
                body: HashedBody::from(Vec::new()),
            }),
            Self::OldBody(signature, parameters) => Ok(LaidOut {
                signer: signer(signature),
                method: Method::POST,
                query: String::new(),
                headers: HeaderMap::from_iter([(CONTENT_TYPE, URL_ENCODED)]),
                body: HashedBody::from(common.among(&parameters)?.into_bytes()),
            }),
        }
    }
}

fn signer(signature: V1) -> &'static dyn Signer {
    match signature {
        V1::HmacSha1 => &V1::HmacSha1,
        V1::HmacSha256 => &V1::HmacSha256,
    }
}

impl Common<'_> {
    fn post(&self, content_type: HeaderValue, body: HashedBody) -> Result<LaidOut, Error> {
        let mut headers = self.headers(content_type)?;
        if self.payload == PayloadSigning::LeftOut {
            headers.insert(
                HeaderName::from_static("x-tc-content-sha256"),
                HeaderValue::from_static("UNSIGNED-PAYLOAD"),
            );
        }
        Ok(LaidOut {
            signer: &Tc3,
            method: Method::POST,
            query: String::new(),
            headers,
            body,
        })
    }

    /// TC3 puts the common parameters into headers.
    fn headers(&self, content_type: HeaderValue) -> Result<HeaderMap, Error> {
        let texts = [
            ("x-tc-action", Some(self.action.name.clone())),
            ("x-tc-version", Some(self.action.version.clone())),
            (
                "x-tc-region",
                self.region.map(|region| Cow::Owned(region.to_owned())),
            ),
            (
                "x-tc-language",
                self.language.map(|it| Cow::Borrowed(it.tag())),
            ),
        ];
        // These, the content type, and the marker of an unsigned payload.
        let mut headers = HeaderMap::with_capacity(texts.len().saturating_add(2));
        headers.insert(CONTENT_TYPE, content_type);
        for (name, text) in texts {
            if let Some(text) = text {
                let value = header_value(text).map_err(|_| {
                    Error::input(format!("`{name}` holds bytes that no header may hold"))
                })?;
                headers.insert(HeaderName::from_static(name), value);
            }
        }
        Ok(headers)
    }

    /// Signature v1 puts them among the action's own.
    fn among(&self, parameters: &Parameters) -> Result<String, Error> {
        parameters.check_free()?;
        let mut more = vec![
            ("Action", self.action.name.clone().into_owned()),
            ("Version", self.action.version.clone().into_owned()),
            ("Nonce", nonce()?.to_string()),
        ];
        more.extend(self.region.map(|region| ("Region", region.to_owned())));
        let language = self.language.map(Language::tag);
        more.extend(language.map(|tag| ("Language", tag.to_owned())));
        Ok(parameters.to_query(&more))
    }
}

/// A header value that shares static text without a copy.
fn header_value(text: Cow<'static, str>) -> Result<HeaderValue, InvalidHeaderValue> {
    let bytes = match text {
        Cow::Borrowed(text) => Bytes::from_static(text.as_bytes()),
        Cow::Owned(text) => Bytes::from(text),
    };
    HeaderValue::from_maybe_shared(bytes)
}

/// A positive number that was not used with this timestamp before.
fn nonce() -> Result<u32, Error> {
    let mut random = [0; 4];
    OsRandom.fill(&mut random)?;
    Ok(u32::from_be_bytes(random).max(1))
}
