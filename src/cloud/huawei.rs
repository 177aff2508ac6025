//! Huawei Cloud and G42: endpoints, signatures and OCR.

mod canonical_request;
pub(crate) mod credential;
pub mod endpoint;
pub(crate) mod error_codes;
mod reply;
pub(crate) mod id_card;
pub(crate) mod sign_sdk_hmac;
mod sign_token;
pub(crate) mod sign_v11_hmac;
pub(crate) mod token;

use core::fmt;
use core::time::Duration;
use std::borrow::Cow;

use bytes::Bytes;
use http::header::{HeaderMap, HeaderName, HeaderValue};

pub use credential::{
    EcsAgency, credentials_from, default_credentials, profile_credentials, profile_if_there,
    profile_in,
};
pub use id_card::{Detections, IdCard, IdCardRequest, Recognized, Side, Switch, Verification};
pub use token::IamLogin;

use crate::account::{Account, account_settings};
use crate::call::{Call, Reader};
use crate::cloud::raw::RawAnswer;
use crate::cloud::raw::RawCall;
use crate::credential::{CredentialsProvider, VariableNames};
use crate::endpoint::Endpoint;
use crate::error::Error;
use crate::retry::RetryPolicy;
use crate::sign::{Signer, canon};
use crate::unsigned::{HashedBody, Unsigned};
use sign_sdk_hmac::SdkHmac;
use sign_token::AuthToken;
use sign_v11_hmac::V11Hmac;

/// The environment variables of the vendor's own SDKs.
pub const VARIABLES: VariableNames = VariableNames {
    token: Some("HUAWEICLOUD_SDK_SECURITY_TOKEN"),
    ..VariableNames::pair("HUAWEICLOUD_SDK_AK", "HUAWEICLOUD_SDK_SK")
};

/// The vendor's advice on being throttled is to wait two to five seconds (FAQ ocr_01_0041).
const FIRST_DELAY: Duration = Duration::from_secs(2);

/// An account's project at Huawei Cloud or G42. It makes [`Call`]s and sends nothing itself.
///
/// A project belongs to one region, so there is no fallback endpoint. A throttled call is retried twice, after at least
/// two seconds, as the vendor advises.
#[derive(Clone)]
pub struct Huawei {
    account: Account,
    region: String,
    proof: Proof,
    project_id: String,
    domain_id: Option<String>,
    enterprise_project_id: Option<String>,
    content_hash: ContentHash,
}

/// How requests are signed with AK/SK.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Signature {
    /// SDK-HMAC-SHA256.
    #[default]
    SdkHmacSha256,
    /// SDK-HMAC-SM3.
    SdkHmacSm3,
    /// V11-HMAC-SHA256, with a key derived for the day, the region (which must be known) and the service `ocr`.
    V11HmacSha256,
}

/// How a request is authenticated.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Proof {
    Signature(Signature),
    Token,
}

/// Whether the body's hash is sent in its own header.
#[derive(Clone, Copy, PartialEq, Eq)]
enum ContentHash {
    Signed,
    SentToo,
}

account_settings!(Huawei: retry);

impl Huawei {
    /// Signs with SDK-HMAC-SHA256 and these credentials (AK/SK): a fixed pair, or a provider that is asked before each
    /// attempt.
    ///
    /// # Errors
    /// `Input` if the project id is invalid (letters, digits, `-`, `_`).
    pub fn new(
        credentials: impl Into<CredentialsProvider>,
        endpoint: Endpoint,
        project_id: &str,
    ) -> Result<Self, Error> {
        let proof = Proof::Signature(Signature::default());
        Self::proving(proof, credentials.into(), endpoint, project_id)
    }

    /// Sends a token of this login instead of a signature. The vendor recommends AK/SK.
    ///
    /// # Errors
    /// As [`Huawei::new`]; also `Input` for UAE-Abu Dhabi-OP5, where OCR accepts no tokens.
    pub fn with_tokens(
        login: &IamLogin,
        endpoint: Endpoint,
        project_id: &str,
    ) -> Result<Self, Error> {
        endpoint::check_takes_tokens(&endpoint)?;
        Self::proving(Proof::Token, login.tokens(), endpoint, project_id)
    }

    fn proving(
        proof: Proof,
        credentials: CredentialsProvider,
        endpoint: Endpoint,
        project_id: &str,
    ) -> Result<Self, Error> {
        check_id("project id", project_id)?;
        let retry = RetryPolicy {
            first_delay: FIRST_DELAY,
            ..RetryPolicy::default()
        };
        Ok(Self {
            region: endpoint.region_name().to_owned(),
            account: Account::new(credentials, endpoint).retry(retry),
            proof,
            project_id: project_id.to_owned(),
            domain_id: None,
            enterprise_project_id: None,
            content_hash: ContentHash::Signed,
        })
    }

    /// Chooses the signature.
    ///
    /// # Errors
    /// `Input` if tokens are used, because then nothing is signed.
    pub fn signature(mut self, signature: Signature) -> Result<Self, Error> {
        if self.proof == Proof::Token {
            return Err(Error::input(
                "requests with a token are not signed; give AK/SK to have them signed",
            ));
        }
        self.proof = Proof::Signature(signature);
        Ok(self)
    }

    /// Sends `X-Domain-Id` instead of `X-Project-Id`, for the APIs of global services.
    ///
    /// # Errors
    /// `Input` if it is not an id (letters, digits, `-`, `_`).
    pub fn domain_id(mut self, domain_id: &str) -> Result<Self, Error> {
        check_id("domain id", domain_id)?;
        self.domain_id = Some(domain_id.to_owned());
        Ok(self)
    }

    /// Sends `Enterprise-Project-Id`: the project that is billed.
    ///
    /// # Errors
    /// `Input` if it is not an id (letters, digits, `-`, `_`).
    pub fn enterprise_project_id(mut self, id: &str) -> Result<Self, Error> {
        check_id("enterprise project id", id)?;
        self.enterprise_project_id = Some(id.to_owned());
        Ok(self)
    }

    /// Also sends the body's hash as `X-Sdk-Content-Sha256`, or as `X-Sdk-Content-Sm3` for SM3.
    #[must_use]
    pub fn content_hash_header(mut self) -> Self {
        self.content_hash = ContentHash::SentToo;
        self
    }

    /// Recognises an identity card. Pass the call to a client to send it.
    ///
    /// # Errors
    /// `Input` if the image is over 10 MB of base64.
    pub fn id_card(&self, request: &IdCardRequest) -> Result<Call<Recognized>, Error> {
        let request = RawCall {
            body: Bytes::from_owner(request.body()?),
            ..RawCall::new(http::Method::POST, &self.ocr_path(id_card::NAME)?)?
        };
        self.sign_later(Cow::Borrowed(id_card::NAME), request, id_card::reader())
    }

    /// Calls another OCR API of the project, such as `general-text`, with this JSON object.
    ///
    /// # Errors
    /// `Input` if the name is invalid, or the body is not a JSON object.
    pub fn ocr(&self, name: &str, json: impl Into<Vec<u8>>) -> Result<Call<RawAnswer>, Error> {
        self.call(RawCall::post(&self.ocr_path(name)?, json)?)
    }

    /// Calls any API at this endpoint. The path is as on the vendor's page, with the project id inserted.
    ///
    /// # Errors
    /// Only `Bug`: every header value was checked before.
    pub fn call(&self, request: RawCall) -> Result<Call<RawAnswer>, Error> {
        self.sign_later(Cow::Owned(request.path.clone()), request, reply::reader())
    }

    fn ocr_path(&self, name: &str) -> Result<String, Error> {
        check_id("API's name", name)?;
        Ok(format!("/v2/{}/ocr/{name}", self.project_id))
    }

    fn sign_later<T>(
        &self,
        action: Cow<'static, str>,
        request: RawCall,
        reader: Reader<T>,
    ) -> Result<Call<T>, Error> {
        let mut headers = HeaderMap::new();
        let mut set = |name: &'static str, text: &str| {
            let value = HeaderValue::from_str(text)
                .map_err(|_| Error::input("a header value holds bytes that no header may hold"))?;
            headers.insert(HeaderName::from_static(name), value);
            Ok::<(), Error>(())
        };
        set("content-type", "application/json;charset=UTF-8")?;
        match &self.domain_id {
            Some(domain) => set("x-domain-id", domain)?,
            None => set("x-project-id", &self.project_id)?,
        }
        if let Some(id) = &self.enterprise_project_id {
            set("enterprise-project-id", id)?;
        }
        if self.content_hash == ContentHash::SentToo {
            match self.proof {
                Proof::Signature(Signature::SdkHmacSm3) => {
                    set("x-sdk-content-sm3", &canon::sm3_hex(&request.body))?;
                }
                _ => set("x-sdk-content-sha256", &canon::sha256_hex(&request.body))?,
            }
        }
        let unsigned = Unsigned {
            cloud: "huawei",
            action,
            signer: self.signer(),
            method: request.method,
            origins: self.account.origins(endpoint::CLOUD, endpoint::OCR)?,
            path: Cow::Owned(request.path),
            query: request.query,
            headers,
            request_id_header: None,
            body: HashedBody::from(request.body),
            service: Cow::Borrowed(endpoint::OCR),
            region: self.region.clone(),
            signed_headers: None,
        };
        Ok(self.account.call(unsigned, reader))
    }

    fn signer(&self) -> &'static dyn Signer {
        match self.proof {
            Proof::Signature(Signature::SdkHmacSha256) => &SdkHmac::Sha256,
            Proof::Signature(Signature::SdkHmacSm3) => &SdkHmac::Sm3,
            Proof::Signature(Signature::V11HmacSha256) => &V11Hmac,
            Proof::Token => &AuthToken,
        }
    }
}

impl fmt::Debug for Huawei {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Huawei")
            .field("account", &self.account)
            .field("project_id", &self.project_id)
            .finish_non_exhaustive()
    }
}

/// Ids stand in paths and headers.
fn check_id(what: &str, id: &str) -> Result<(), Error> {
    let fine = !id.is_empty()
        && id
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
    if fine {
        return Ok(());
    }
    Err(Error::input(format!(
        "the {what} may hold only letters, digits, `-` and `_`, and not be empty"
    )))
}
