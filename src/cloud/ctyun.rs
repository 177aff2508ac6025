//! Ctyun: where it is, how it is signed for, and its capabilities.

pub mod endpoint;
pub(crate) mod error_codes;
pub mod id_card;
pub mod interface_encryption;
pub mod ocr;
mod picture;
mod reply;
pub mod sign_eop;
mod tolerant;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use http::Method;
use http::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};

pub use endpoint::Endpoint;
pub use id_card::IdCard;
pub use interface_encryption::{EncryptedBody, InterfaceEncryption, OpenAnswer};
pub use ocr::{BusinessLicense, Capability, DriverLicense, Recognized, TextLine, VehicleLicense};
pub use picture::Alphabet;

use crate::call::Call;
use crate::cloud::account::Account;
use crate::cloud::answer::Answer;
use crate::cloud::api_request::{self, ApiRequest};
use crate::cloud::image::Image;
use crate::credential::{Credentials, ProvideCredentials, StaticCredentials, VariableNames};
use crate::error::Error;
use crate::retry::RetryPolicy;
use crate::sign::SignedHeaders;
use crate::unsigned::{HashedBody, Unsigned};
use cardseal_crypto::Wiped;
use interface_encryption::AnswerOpener;
use ocr::FromResult;

/// The environment variables of the vendor's own tools.
pub const VARIABLES: VariableNames = VariableNames {
    app_key: Some("CTYUN_APP_KEY"),
    ..VariableNames::pair("CTYUN_AK", "CTYUN_SK")
};

/// An account at Ctyun and the way to reach it. Makes [`Call`]s; sends nothing by itself.
///
/// The credentials need an app key ([`Credentials::with_app_key`]) for every capability of the AI gateway.
#[derive(Clone)]
pub struct Ctyun {
    account: Account,
    endpoints: Vec<Endpoint>,
    paths: BTreeMap<Capability, String>,
    alphabet: Alphabet,
    encryption: Option<Arc<dyn InterfaceEncryption>>,
}

impl Ctyun {
    /// Signs with these credentials, at the AI gateway.
    pub fn new(credentials: Credentials) -> Self {
        Self::with_provider(Arc::new(StaticCredentials::new(credentials)))
    }

    /// Signs with whatever the provider gives at the time of each attempt.
    pub fn with_provider(credentials: Arc<dyn ProvideCredentials>) -> Self {
        Self {
            account: Account::new(credentials),
            endpoints: vec![Endpoint::Global],
            paths: BTreeMap::new(),
            alphabet: Alphabet::default(),
            encryption: None,
        }
    }

    /// Sends to another endpoint.
    #[must_use]
    pub fn at(mut self, endpoint: Endpoint) -> Self {
        self.endpoints = vec![endpoint];
        self
    }

    /// Names one more endpoint, for the attempts after one that could not be reached. Without it a request goes to
    /// one endpoint only: data must not move silently.
    #[must_use]
    pub fn failing_over_to(mut self, endpoint: Endpoint) -> Self {
        self.endpoints.push(endpoint);
        self
    }

    /// Says where a capability is for this account, in place of [`Capability::usual_path`].
    ///
    /// # Errors
    /// `Input` where the path is not `/…` in visible, percent-encoded ASCII without `?` and `#`.
    pub fn serving(mut self, capability: Capability, path: &str) -> Result<Self, Error> {
        api_request::check_path(path)?;
        self.paths.insert(capability, path.to_owned());
        Ok(self)
    }

    /// Chooses how pictures are written.
    #[must_use]
    pub fn writing(mut self, alphabet: Alphabet) -> Self {
        self.alphabet = alphabet;
        self
    }

    /// Encrypts bodies before they are signed. Default: nothing does.
    #[must_use]
    pub fn encrypting(mut self, encryption: Arc<dyn InterfaceEncryption>) -> Self {
        self.encryption = Some(encryption);
        self
    }

    /// Chooses how often and how long a refused-for-now request is tried again.
    #[must_use]
    pub fn retrying(mut self, retry: RetryPolicy) -> Self {
        self.account.retry = retry;
        self
    }

    /// Recognises identity cards: one for each picture that shows one. Give the call to a client to send it.
    ///
    /// # Errors
    /// `Input` where there are not 1 to 50 pictures, or one is a URL or over 10 MB of base64.
    pub fn id_cards(&self, images: &[Image]) -> Result<Call<Recognized<Vec<IdCard>>>, Error> {
        let body = picture::list(images, self.alphabet)?;
        self.recognize(Capability::IdCard, body)
    }

    /// Recognises lines of text.
    ///
    /// # Errors
    /// As [`Ctyun::id_cards`].
    pub fn general_text(&self, images: &[Image]) -> Result<Call<Recognized<Vec<TextLine>>>, Error> {
        let body = picture::list(images, self.alphabet)?;
        self.recognize(Capability::GeneralText, body)
    }

    /// Recognises a business licence.
    ///
    /// # Errors
    /// `Input` where the image is a URL or over 7 MB of base64.
    pub fn business_license(
        &self,
        image: &Image,
    ) -> Result<Call<Recognized<Vec<BusinessLicense>>>, Error> {
        let body = picture::license("BusinessCardOCR", image, self.alphabet)?;
        self.recognize(Capability::BusinessLicense, body)
    }

    /// Recognises a driver licence.
    ///
    /// # Errors
    /// As [`Ctyun::business_license`].
    pub fn driver_license(
        &self,
        image: &Image,
    ) -> Result<Call<Recognized<Vec<DriverLicense>>>, Error> {
        let body = picture::license("DriversLicense", image, self.alphabet)?;
        self.recognize(Capability::DriverLicense, body)
    }

    /// Recognises a vehicle licence. What the member `Action` must be is not public, so say what the vendor told
    /// you.
    ///
    /// # Errors
    /// As [`Ctyun::business_license`]; and where `action` is empty.
    pub fn vehicle_license(
        &self,
        image: &Image,
        action: &str,
    ) -> Result<Call<Recognized<Vec<VehicleLicense>>>, Error> {
        if action.is_empty() {
            return Err(Error::input(
                "the vehicle licence needs an Action; see the console's sample of a request",
            ));
        }
        let body = picture::license(action, image, self.alphabet)?;
        self.recognize(Capability::VehicleLicense, body)
    }

    /// Calls any API. `appkey` is sent and signed where the credentials hold one. The query is sorted by name and
    /// encoded in one way, and what is signed is what is sent.
    ///
    /// # Errors
    /// What the interface encryption says, where there is one.
    pub fn call(&self, request: ApiRequest) -> Result<Call<Answer>, Error> {
        let (unsigned, opener) = self.unsigned(request, SignedHeaders::Usual)?;
        Ok(self.account.call(unsigned, ocr::any_reader(opener)))
    }

    fn recognize<T: FromResult + 'static>(
        &self,
        capability: Capability,
        body: Wiped,
    ) -> Result<Call<Recognized<T>>, Error> {
        let path = self.paths.get(&capability);
        let path = path.map_or(capability.usual_path(), String::as_str);
        let request = ApiRequest {
            body,
            ..ApiRequest::new(Method::POST, path)?
        };
        // The AI gateway wants an app key: credentials without one are refused before anything is sent.
        let signed_headers = SignedHeaders::Named(sign_eop::WITH_APP_KEY);
        let (unsigned, opener) = self.unsigned(request, signed_headers)?;
        Ok(self.account.call(unsigned, ocr::reader(opener)))
    }

    /// The request to sign, and what opens its answer.
    fn unsigned(
        &self,
        request: ApiRequest,
        signed_headers: SignedHeaders<'static>,
    ) -> Result<(Unsigned, AnswerOpener), Error> {
        let (body, opener) =
            interface_encryption::encrypt(self.encryption.as_deref(), request.body)?;
        let mut headers = HeaderMap::new();
        let json = HeaderValue::from_static("application/json;charset=UTF-8");
        headers.insert(CONTENT_TYPE, json);
        let origins: Result<Vec<_>, Error> = self.endpoints.iter().map(Endpoint::origin).collect();
        let unsigned = Unsigned {
            action: Cow::Owned(request.path.clone()),
            signer: &sign_eop::Eop,
            method: request.method,
            origins: origins?,
            path: Cow::Owned(request.path),
            query: request.query,
            headers,
            request_id_header: Some(HeaderName::from_static(sign_eop::REQUEST_ID)),
            body: HashedBody::wiped(body),
            service: Cow::Borrowed(""),
            region: String::new(),
            signed_headers,
        };
        Ok((unsigned, opener))
    }
}
