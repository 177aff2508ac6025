//! Tencent Cloud: where it is, how it is signed for, and its actions.

pub mod endpoint;
pub(crate) mod error_codes;
pub mod id_card;
pub(crate) mod request_form;
pub mod sign_tc3;
pub mod sign_v1;

use std::sync::Arc;

use bytes::Bytes;
use http::header::{CONTENT_TYPE, HOST, HeaderMap, HeaderName, HeaderValue};
use http::{Method, Response};

pub use endpoint::Endpoint;
pub use id_card::{
    AdvancedInfo, CardSide, Config, EncryptedIdCard, IdCard, Recognized, ReflectDetail, Switch,
    Warning, WarningLevel,
};

use crate::call::Call;
use crate::cloud::Operation;
use crate::cloud::operation::{HashedBody, Unsigned};
use crate::credential::{Credentials, ProvideCredentials, StaticCredentials};
use crate::envelope::IvPolicy;
use crate::error::{Error, ErrorKind};
use crate::recipient::Recipient;
use crate::retry::RetryPolicy;
use crate::wire::EncryptedReply;

/// An account at Tencent Cloud and the way to reach it. Makes [`Call`]s; sends nothing by itself.
#[derive(Clone)]
pub struct Tencent {
    credentials: Arc<dyn ProvideCredentials>,
    endpoint: Endpoint,
    region: Option<String>,
    language: Option<Language>,
    signed_headers: &'static [&'static str],
    retry: RetryPolicy,
}

/// The language of the service's messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Language {
    /// `zh-CN`.
    Chinese,
    /// `en-US`.
    English,
}

/// Which headers the signature covers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum HeaderSet {
    /// `content-type;host`, as every official SDK signs.
    #[default]
    Usual,
    /// `content-type;host;x-tc-action`, as the current documentation signs: the action cannot be swapped.
    WithAction,
}

impl Tencent {
    /// Signs with these credentials, at the nearest endpoint, without a region.
    pub fn new(credentials: Credentials) -> Self {
        Self::with_provider(Arc::new(StaticCredentials::new(credentials)))
    }

    /// Signs with whatever the provider gives at the time of each attempt.
    pub fn with_provider(credentials: Arc<dyn ProvideCredentials>) -> Self {
        Self {
            credentials,
            endpoint: Endpoint::Nearest,
            region: None,
            language: None,
            signed_headers: sign_tc3::USUAL,
            retry: RetryPolicy::default(),
        }
    }

    /// Sends to another endpoint.
    #[must_use]
    pub fn at(mut self, endpoint: Endpoint) -> Self {
        self.endpoint = endpoint;
        self
    }

    /// Sends `X-TC-Region`. The OCR actions do not need it.
    ///
    /// # Errors
    /// `Input` where it is not a region's name (letters, digits, `-`).
    pub fn in_region(mut self, region: &str) -> Result<Self, Error> {
        endpoint::check_region(region)?;
        self.region = Some(region.to_owned());
        Ok(self)
    }

    /// Asks for messages in a language.
    #[must_use]
    pub fn speaking(mut self, language: Language) -> Self {
        self.language = Some(language);
        self
    }

    /// Chooses which headers the signature covers.
    #[must_use]
    pub fn signing(mut self, headers: HeaderSet) -> Self {
        self.signed_headers = match headers {
            HeaderSet::Usual => sign_tc3::USUAL,
            HeaderSet::WithAction => sign_tc3::WITH_ACTION,
        };
        self
    }

    /// Chooses how often and how long a refused-for-now request is tried again.
    #[must_use]
    pub fn retrying(mut self, retry: RetryPolicy) -> Self {
        self.retry = retry;
        self
    }

    /// `RecognizeEncryptedIDCardOCR`: seals the request for the recipient. Give the call to a client to send it.
    ///
    /// # Errors
    /// `Input` where the request is incomplete or too large, before anything is drawn or sealed.
    pub fn recognize_encrypted_id_card(
        &self,
        recipient: &Recipient,
        card: &EncryptedIdCard,
        policy: IvPolicy,
    ) -> Result<Call<id_card::RecognizeEncryptedIdCard>, Error> {
        let (body, pending) = id_card::seal(recipient, card, policy)?;
        self.call(id_card::SERVICE, id_card::VERSION, body, pending)
    }

    /// An unsigned POST of a JSON body for the action `O`.
    fn call<O: Operation>(
        &self,
        service: &'static str,
        version: &'static str,
        body: HashedBody,
        pending: O::Pending,
    ) -> Result<Call<O>, Error> {
        let origin = self.endpoint.origin(service)?;
        let mut headers = HeaderMap::new();
        headers.insert(HOST, value(origin.authority())?);
        // Lower case throughout, so that signing the value as sent and signing it lower-cased agree.
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        headers.insert(HeaderName::from_static("x-tc-action"), value(O::ACTION)?);
        headers.insert(HeaderName::from_static("x-tc-version"), value(version)?);
        if let Some(region) = &self.region {
            headers.insert(HeaderName::from_static("x-tc-region"), value(region)?);
        }
        if let Some(language) = self.language {
            let tag = match language {
                Language::Chinese => "zh-CN",
                Language::English => "en-US",
            };
            headers.insert(
                HeaderName::from_static("x-tc-language"),
                HeaderValue::from_static(tag),
            );
        }
        let unsigned = Unsigned {
            signer: &sign_tc3::Tc3,
            method: Method::POST,
            origin,
            headers,
            body,
            service: service.to_owned(),
            region: self.region.clone().unwrap_or_default(),
            signed_headers: self.signed_headers,
        };
        Ok(Call::new(
            unsigned,
            Arc::clone(&self.credentials),
            pending,
            self.retry,
        ))
    }
}

fn value(text: &str) -> Result<HeaderValue, Error> {
    HeaderValue::from_str(text)
        .map_err(|_| Error::input("a header value holds bytes that no header may hold"))
}

/// Parses a reply; the service's no becomes an error. The HTTP status is 200 for both.
pub(crate) fn read_reply(reply: &Response<Bytes>) -> Result<EncryptedReply, Error> {
    let parsed = match EncryptedReply::parse(reply.body()) {
        Ok(parsed) => parsed,
        Err(_) if !reply.status().is_success() => return Err(unexpected_status(reply)),
        Err(error) => return Err(error),
    };
    if let Some(error) = refusal(&parsed) {
        return Err(error);
    }
    if !reply.status().is_success() {
        return Err(unexpected_status(reply));
    }
    Ok(parsed)
}

fn unexpected_status(reply: &Response<Bytes>) -> Error {
    let status = reply.status().as_u16();
    let why = if reply.status().is_redirection() {
        "a redirect, which is never followed, because it would carry the signed request elsewhere"
    } else {
        "which the service itself never sends; look at the proxies and gateways in between"
    };
    Error::new(
        ErrorKind::Transport,
        format!("the reply has HTTP status {status}, {why}"),
    )
}

/// The service's no, where a reply is one: whose fault it is, and what to do.
pub fn refusal(reply: &EncryptedReply) -> Option<Error> {
    let refusal = reply.refusal()?;
    Some(error_codes::to_error(refusal, reply.request_id()))
}
