//! Ctyun: endpoints, signature and capabilities.

pub mod endpoint;
pub(crate) mod error_codes;
pub(crate) mod interface_encryption;
mod picture;
mod reply;
pub(crate) mod sign_eop;
mod tolerant;
pub(crate) mod id_card;
pub(crate) mod ocr;

use core::fmt;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use bytes::Bytes;
use http::Method;
use http::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};

pub use id_card::IdCard;
pub use interface_encryption::{EncryptedBody, InterfaceEncryption, OpenAnswer};
pub use ocr::{BusinessLicense, Capability, DriverLicense, Recognized, TextLine, VehicleLicense};
pub use picture::Alphabet;

use crate::account::{Account, account_settings};
use crate::call::Call;
use crate::cloud::image::Image;
use crate::cloud::raw::RawAnswer;
use crate::cloud::raw::{self, RawCall};
use crate::credential::{CredentialsProvider, VariableNames};
use crate::error::Error;
use crate::unsigned::{HashedBody, Unsigned};
use cardseal_crypto::Wiped;
use interface_encryption::AnswerOpener;
use ocr::FromResult;

/// The environment variables of the vendor's own tools.
pub const VARIABLES: VariableNames = VariableNames {
    app_key: Some("CTYUN_APP_KEY"),
    ..VariableNames::pair("CTYUN_AK", "CTYUN_SK")
};

/// An account at Ctyun. It makes [`Call`]s and sends nothing itself.
///
/// The credentials need an app key ([`Credentials::with_app_key`](crate::Credentials::with_app_key)) for every capability
/// of the AI gateway.
#[derive(Clone)]
pub struct Ctyun {
    account: Account,
    paths: BTreeMap<Capability, String>,
    alphabet: Alphabet,
    encryption: Option<Arc<dyn InterfaceEncryption>>,
}

account_settings!(Ctyun: new, endpoint, fallback_endpoint, retry);

impl Ctyun {
    fn of(credentials: CredentialsProvider) -> Self {
        Self {
            account: Account::new(credentials, endpoint::ai_gateway()),
            paths: BTreeMap::new(),
            alphabet: Alphabet::default(),
            encryption: None,
        }
    }

    /// Sets the path of a capability for this account, instead of [`Capability::usual_path`].
    ///
    /// # Errors
    /// `Input` if the path is not `/…` in visible, percent-encoded ASCII without `?` and `#`.
    pub fn capability_path(mut self, capability: Capability, path: &str) -> Result<Self, Error> {
        raw::check_path(path)?;
        self.paths.insert(capability, path.to_owned());
        Ok(self)
    }

    /// Sets the base64 alphabet for pictures.
    #[must_use]
    pub fn base64_alphabet(mut self, alphabet: Alphabet) -> Self {
        self.alphabet = alphabet;
        self
    }

    /// Encrypts bodies before they are signed. Default: no encryption.
    #[must_use]
    pub fn interface_encryption(mut self, encryption: Arc<dyn InterfaceEncryption>) -> Self {
        self.encryption = Some(encryption);
        self
    }

    /// Recognises identity cards, one for each picture that shows one. Pass the call to a client to send it.
    ///
    /// # Errors
    /// `Input` if there are not 1 to 50 pictures, or one is a URL or over 10 MB of base64.
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
    /// `Input` if the image is a URL or over 7 MB of base64.
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

    /// Recognises a vehicle licence. The value of the member `Action` is not public; pass the value that the vendor
    /// gave you.
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

    /// Calls any API. `appkey` is sent and signed if the credentials have one. The query is sorted by name and encoded
    /// uniformly; it is sent exactly as signed.
    ///
    /// # Errors
    /// The error of the interface encryption, if there is one.
    pub fn call(&self, request: RawCall) -> Result<Call<RawAnswer>, Error> {
        let (unsigned, opener) = self.unsigned(request, None)?;
        Ok(self.account.call(unsigned, ocr::any_reader(opener)))
    }

    fn recognize<T: FromResult + 'static>(
        &self,
        capability: Capability,
        body: Wiped,
    ) -> Result<Call<Recognized<T>>, Error> {
        let path = self.paths.get(&capability);
        let path = path.map_or(capability.usual_path(), String::as_str);
        let request = RawCall {
            body: Bytes::from_owner(body),
            ..RawCall::new(Method::POST, path)?
        };
        // The AI gateway needs an app key: credentials without one are rejected before anything is sent.
        let signed_headers = Some(sign_eop::WITH_APP_KEY);
        let (unsigned, opener) = self.unsigned(request, signed_headers)?;
        Ok(self.account.call(unsigned, ocr::reader(opener)))
    }

    /// The request to sign, and the opener of its answer.
    fn unsigned(
        &self,
        request: RawCall,
        signed_headers: Option<&'static [&'static str]>,
    ) -> Result<(Unsigned, AnswerOpener), Error> {
        let (body, opener) =
            interface_encryption::encrypt(self.encryption.as_deref(), request.body)?;
        let mut headers = HeaderMap::new();
        let json = HeaderValue::from_static("application/json;charset=UTF-8");
        headers.insert(CONTENT_TYPE, json);
        let unsigned = Unsigned {
            cloud: "ctyun",
            action: Cow::Owned(request.path.clone()),
            signer: &sign_eop::Eop,
            method: request.method,
            origins: self.account.origins(endpoint::CLOUD, endpoint::AI)?,
            path: Cow::Owned(request.path),
            query: request.query,
            headers,
            request_id_header: Some(HeaderName::from_static(sign_eop::REQUEST_ID)),
            body: HashedBody::from(body),
            service: Cow::Borrowed(""),
            region: String::new(),
            signed_headers,
        };
        Ok((unsigned, opener))
    }
}

impl fmt::Debug for Ctyun {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ctyun")
            .field("account", &self.account)
            .field("paths", &self.paths)
            .field("encrypts", &self.encryption.is_some())
            .finish_non_exhaustive()
    }
}
