//! Tencent Cloud: endpoints, signatures and actions.

pub mod endpoint;
pub(crate) mod error_codes;
mod image_json;
pub(crate) mod parameters;
pub(crate) mod reply;
pub(crate) mod request_form;
pub(crate) mod sign_tc3;
pub(crate) mod sign_v1;
pub(crate) mod action;
pub(crate) mod form;
mod raw_request;
#[cfg(any(feature = "async", feature = "blocking"))]
mod rate_limits;
pub(crate) mod faceid;
pub(crate) mod credential;
pub(crate) mod id_card;
pub(crate) mod ocr;

use std::borrow::Cow;

pub use faceid::{FaceidAction, FaceidRequest, SealedAnswer};
pub use id_card::{
    AdvancedInfo, CardSide, Config, IdCard, IdCardRequest, Recognized, RecognizedInClear,
    ReflectDetail, Switch, Warning, WarningLevel,
};
pub use ocr::{RecognizedText, TextRequest};
pub use parameters::Parameters;
pub use raw_request::RawRequest;
pub use reply::{refusal, refusal_within};

use crate::account::{Account, account_settings};
use crate::call::{Call, Reader};
use crate::cloud::raw::RawAnswer;
use crate::credential::CredentialsProvider;
use crate::envelope::IvPolicy;
use crate::error::Error;
use crate::recipient::Recipient;
use crate::unsigned::Unsigned;
use action::Action;
use form::{Common, Form, PayloadSigning};

/// An account at Tencent Cloud. It makes [`Call`]s and sends nothing itself.
#[derive(Clone)]
pub struct Tencent {
    account: Account,
    region: Option<String>,
    language: Option<Language>,
    signed_headers: &'static [&'static str],
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

impl Language {
    fn tag(self) -> &'static str {
        match self {
            Self::Chinese => "zh-CN",
            Self::English => "en-US",
        }
    }
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

account_settings!(Tencent: new, endpoint, fallback_endpoint, retry);

impl Tencent {
    fn of(credentials: CredentialsProvider) -> Self {
        Self {
            account: Account::new(credentials, endpoint::nearest()),
            region: None,
            language: None,
            signed_headers: sign_tc3::USUAL,
        }
    }

    /// Sends `X-TC-Region`. The OCR actions do not need it.
    ///
    /// # Errors
    /// `Input` if it is not a region's name (letters, digits, `-`).
    pub fn region(mut self, region: &str) -> Result<Self, Error> {
        endpoint::check_region(region)?;
        self.region = Some(region.to_owned());
        Ok(self)
    }

    /// Sets the language of the service's messages.
    #[must_use]
    pub fn language(mut self, language: Language) -> Self {
        self.language = Some(language);
        self
    }

    /// Sets which headers the signature covers.
    #[must_use]
    pub fn signed_headers(mut self, headers: HeaderSet) -> Self {
        self.signed_headers = match headers {
            HeaderSet::Usual => sign_tc3::USUAL,
            HeaderSet::WithAction => sign_tc3::WITH_ACTION,
        };
        self
    }

    /// `RecognizeEncryptedIDCardOCR`: seals the request for the recipient. Pass the call to a client to send it.
    ///
    /// # Errors
    /// `Input` if the request is incomplete or too large; checked before anything is drawn or sealed.
    pub fn recognize_encrypted_id_card(
        &self,
        recipient: &Recipient,
        card: &IdCardRequest,
        policy: IvPolicy,
    ) -> Result<Call<Recognized>, Error> {
        let (body, reader) = id_card::seal(recipient, card, policy)?;
        self.signed_call(id_card::ENCRYPTED, Form::Json(body), reader)
    }

    /// `IDCardOCR`: request and answer in clear, protected only by TLS.
    ///
    /// # Errors
    /// `Input` if the request is incomplete or too large.
    pub fn recognize_id_card(
        &self,
        card: &IdCardRequest,
    ) -> Result<Call<RecognizedInClear>, Error> {
        let body = id_card::in_clear(card)?;
        self.signed_call(id_card::CLEAR, Form::Json(body), id_card::clear_reader())
    }

    /// `GeneralBasicOCR`: every line of text in a picture or a page of a PDF, in clear.
    ///
    /// # Errors
    /// `Input` if the request is too large.
    pub fn recognize_text(&self, text: &TextRequest) -> Result<Call<RecognizedText>, Error> {
        self.signed_call(ocr::GENERAL_BASIC, Form::Json(text.body()?), ocr::reader())
    }

    /// A faceid action that uses the envelope: seals the members that its table lists. To call it in clear, use
    /// [`Tencent::call`].
    ///
    /// # Errors
    /// `Input` if the request cannot be sealed in its present form; checked before anything is drawn or sealed.
    pub fn call_faceid(
        &self,
        recipient: &Recipient,
        request: &FaceidRequest,
    ) -> Result<Call<RawAnswer>, Error> {
        let (body, reader) = request.seal(recipient)?;
        let action = Action::of("faceid", request.action().name(), faceid::VERSION);
        self.signed_call(action, Form::Json(body), reader)
    }

    /// Any action of any service, in clear.
    ///
    /// # Errors
    /// `Input` if a parameter is one that the account or the signature sets.
    pub fn call(&self, request: RawRequest) -> Result<Call<RawAnswer>, Error> {
        let RawRequest {
            action,
            form,
            payload,
        } = request;
        let unsigned = self.unsigned(action, form, payload)?;
        Ok(self.account.call(unsigned, raw_request::reader()))
    }

    fn signed_call<T>(
        &self,
        action: Action,
        form: Form,
        reader: Reader<T>,
    ) -> Result<Call<T>, Error> {
        let unsigned = self.unsigned(action, form, PayloadSigning::Signed)?;
        Ok(self.account.call(unsigned, reader))
    }

    fn unsigned(
        &self,
        action: Action,
        form: Form,
        payload: PayloadSigning,
    ) -> Result<Unsigned, Error> {
        let laid_out = form.lay_out(&Common {
            action: &action,
            region: self.region.as_deref(),
            language: self.language,
            payload,
        })?;
        Ok(Unsigned {
            cloud: "tencent",
            origins: self.account.origins(endpoint::CLOUD, &action.service)?,
            action: action.name,
            signer: laid_out.signer,
            method: laid_out.method,
            path: Cow::Borrowed("/"),
            query: laid_out.query,
            headers: laid_out.headers,
            request_id_header: None,
            body: laid_out.body,
            service: action.service,
            region: self.region.clone().unwrap_or_default(),
            signed_headers: Some(self.signed_headers),
        })
    }
}
