//! A request to any action of any service, in any of the service's forms.
//!
//! Source: the service's pages "Request structure", "Signature v3" and "Signature v1".

use core::fmt;
use std::borrow::Cow;

use cardseal_crypto::Wiped;
use http::HeaderValue;

use crate::call::Reader;
use crate::cloud::raw::{RawAnswer, RawJson};
use crate::cloud::tencent::action::Action;
use crate::cloud::tencent::form::{Form, PayloadSigning};
use crate::cloud::tencent::parameters::Parameters;
use crate::cloud::tencent::reply;
use crate::cloud::tencent::sign_v1::V1;
use crate::envelope;
use crate::error::Error;
use crate::sign::canon;
use crate::unsigned::HashedBody;
use crate::wire::ClearReply;
use cardseal_crypto::{OsRandom, SecureRandom};

/// A request to any action. By default it is a POST of the JSON object `{}`.
///
/// ```no_run
/// use cardseal::tencent::{RawRequest, Tencent};
/// use cardseal::{BlockingClient, Error};
///
/// # fn list(tencent: &Tencent) -> Result<(), Error> {
/// let request = RawRequest::new("cvm", "DescribeInstances", "2017-03-12")?
///     .json(r#"{"Limit":1}"#)?;
/// let answer = BlockingClient::new()?.run(tencent.call(request)?)?;
/// println!("{}", answer.json.expose());
/// # Ok(())
/// # }
/// ```
pub struct RawRequest {
    pub(super) action: Action,
    pub(super) form: Form,
    pub(super) payload: PayloadSigning,
}

impl RawRequest {
    /// The service by its short name (`ocr`), independent of the host; the action in its page's spelling; and the
    /// version (`2018-11-19`).
    ///
    /// # Errors
    /// `Input` if one of them contains other characters than letters, digits, `.`, `_` and `-`.
    pub fn new(service: &str, action: &str, version: &str) -> Result<Self, Error> {
        for (part, text) in [
            ("service", service),
            ("action", action),
            ("version", version),
        ] {
            if !canon::is_token(text) {
                return Err(Error::input(format!(
                    "the {part} may hold only letters, digits, `.`, `_` and `-`, and not be empty"
                )));
            }
        }
        Ok(Self {
            action: Action {
                service: Cow::Owned(service.to_owned()),
                name: Cow::Owned(action.to_owned()),
                version: Cow::Owned(version.to_owned()),
            },
            form: Form::Json(HashedBody::from(b"{}".to_vec())),
            payload: PayloadSigning::Signed,
        })
    }

    /// A POST of this JSON object, byte for byte.
    ///
    /// # Errors
    /// `Input` if it is not one JSON object without duplicate members.
    pub fn json(mut self, object: impl Into<Vec<u8>>) -> Result<Self, Error> {
        let object = Wiped::new(object.into());
        envelope::parse_object(&object)?;
        self.form = Form::Json(HashedBody::wiped(object));
        Ok(self)
    }

    /// A GET with the parameters in its query, at most 32 KB. Proxies log queries, so do not put personal data into
    /// one.
    #[must_use]
    pub fn query(mut self, parameters: Parameters) -> Self {
        self.form = Form::Query(parameters);
        self
    }

    /// A POST of the parameters as `multipart/form-data`, for the few actions that take it.
    ///
    /// # Errors
    /// `Bug` if the operating system's random generator fails.
    pub fn multipart(self, parameters: &Parameters) -> Result<Self, Error> {
        let mut random = [0; 16];
        OsRandom.fill(&mut random)?;
        // Lower case throughout, so that signing the value as sent and signing it lower-cased agree.
        let boundary = canon::hex(&random);
        let body = parameters.to_multipart(&boundary)?;
        self.raw_wiped(&format!("multipart/form-data; boundary={boundary}"), body)
    }

    /// A POST of exactly these bytes with exactly this content type: your own multipart body with its boundary, or
    /// `application/octet-stream`.
    ///
    /// # Errors
    /// `Input` if the content type is not a header value: printable ASCII without line breaks.
    pub fn raw(self, content_type: &str, body: impl Into<Vec<u8>>) -> Result<Self, Error> {
        self.raw_wiped(content_type, Wiped::new(body.into()))
    }

    fn raw_wiped(mut self, content_type: &str, body: Wiped) -> Result<Self, Error> {
        let printable = |byte: u8| byte == b' ' || byte.is_ascii_graphic();
        let content_type = Some(content_type)
            .filter(|text| !text.is_empty() && text.bytes().all(printable))
            .and_then(|text| HeaderValue::from_str(text).ok())
            .ok_or_else(|| {
                Error::input("the content type may hold only printable ASCII, and not be empty")
            })?;
        self.form = Form::Raw {
            content_type,
            body: HashedBody::wiped(body),
        };
        Ok(self)
    }

    /// A GET with the older signature v1. Everything is in its query, including the token of temporary credentials; at
    /// most 32 KB.
    #[must_use]
    pub fn v1_query(mut self, signature: V1, parameters: Parameters) -> Self {
        self.form = Form::OldQuery(signature, parameters);
        self
    }

    /// A POST of a form with the older signature v1; at most 1 MB.
    #[must_use]
    pub fn v1_form(mut self, signature: V1, parameters: Parameters) -> Self {
        self.form = Form::OldBody(signature, parameters);
        self
    }

    /// Does not sign the body (`X-TC-Content-SHA256: UNSIGNED-PAYLOAD`), so an attacker in between can change it. Not
    /// documented for OCR.
    #[must_use]
    pub fn unsigned_body(mut self) -> Self {
        self.payload = PayloadSigning::LeftOut;
        self
    }
}

impl fmt::Debug for RawRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RawRequest")
            .field("action", &self.action)
            .field("form", &self.form.name())
            .finish_non_exhaustive()
    }
}

/// Reads an answer in clear, of any action.
pub(crate) fn reader() -> Reader<RawAnswer> {
    Reader::new(reply::read_clear, |reply| Ok(in_clear(reply)))
}

/// An answer in clear.
pub(super) fn in_clear(reply: ClearReply) -> RawAnswer {
    RawAnswer::in_clear(
        RawJson::of(reply.inner),
        reply.request_id.unwrap_or_default(),
    )
}
