//! Any action of any service, by its name: what to send, in which of the service's forms.
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
use cardseal_crypto::{OsRandom, ProviderError, SecureRandom};

/// A request for any action. Without a form it is a POST of the JSON object `{}`.
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
#[derive(Clone)]
pub struct RawRequest {
    pub(super) action: Action,
    pub(super) form: Form,
    pub(super) payload: PayloadSigning,
}

impl RawRequest {
    /// The service by its short name (`ocr`), whatever host it is reached at; the action as its page spells it; and
    /// the version (`2018-11-19`).
    ///
    /// # Errors
    /// `Input` where one of them holds more than letters, digits, `.`, `_` and `-`.
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
    /// `Input` where it is not one JSON object without duplicate members.
    pub fn json(mut self, object: impl Into<Vec<u8>>) -> Result<Self, Error> {
        let object = Wiped::new(object.into());
        envelope::parse_object(&object)?;
        self.form = Form::Json(HashedBody::wiped(object));
        Ok(self)
    }

    /// A GET with the parameters in its query, 32 KB at most. Proxies log queries: nothing personal should stand in
    /// one.
    #[must_use]
    pub fn query(mut self, parameters: Parameters) -> Self {
        self.form = Form::Query(parameters);
        self
    }

    /// A POST of the parameters as `multipart/form-data`, for the few actions that take it.
    ///
    /// # Errors
    /// `Bug` where the operating system gives no randomness for the boundary.
    pub fn multipart(self, parameters: &Parameters) -> Result<Self, Error> {
        let mut random = [0; 16];
        OsRandom.fill(&mut random).map_err(ProviderError::from)?;
        // Lower case throughout, so that signing the value as sent and signing it lower-cased agree.
        let boundary = canon::hex(&random);
        let body = parameters.to_multipart(&boundary)?;
        self.raw_wiped(&format!("multipart/form-data; boundary={boundary}"), body)
    }

    /// A POST of these bytes under this content type, both exactly as they are: a multipart body of one's own with
    /// its boundary, or `application/octet-stream`.
    ///
    /// # Errors
    /// `Input` where the content type is no header value: printable ASCII without line breaks.
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

    /// A GET under the older signature v1, everything in its query, the token of temporary credentials too; 32 KB at
    /// most.
    #[must_use]
    pub fn v1_query(mut self, signature: V1, parameters: Parameters) -> Self {
        self.form = Form::OldQuery(signature, parameters);
        self
    }

    /// A POST of a form under the older signature v1; 1 MB at most.
    #[must_use]
    pub fn v1_form(mut self, signature: V1, parameters: Parameters) -> Self {
        self.form = Form::OldBody(signature, parameters);
        self
    }

    /// Leaves the body out of the signature (`X-TC-Content-SHA256: UNSIGNED-PAYLOAD`): whoever gets between can
    /// change it. Not documented for OCR.
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

/// What reads the answer of any action that comes in clear.
pub(crate) fn reader() -> Reader<RawAnswer> {
    Reader::new(reply::read_clear, |reply| Ok(in_clear(reply)))
}

/// An answer that came in clear.
pub(super) fn in_clear(reply: ClearReply) -> RawAnswer {
    RawAnswer::in_clear(
        RawJson::of(reply.inner),
        reply.request_id.unwrap_or_default(),
    )
}
