//! SDK-HMAC-SHA256 and SDK-HMAC-SM3, the AK/SK signatures: no derived key, no region, no service.
//!
//! ```text
//! string to sign = ALGORITHM LF X-Sdk-Date LF hex(hash(canonical request))
//! signature      = hex(HMAC(SK, string to sign))
//! ```
//!
//! Source: the page "AK/SK signing: algorithm"; for SM3 the official SDKs.

use std::time::SystemTime;

use crate::cloud::huawei::canonical_request::{self, Hash, Prepared};
use crate::credential::Credentials;
use crate::sign::{Scheme, SignError, Signed, SigningInput, canon};

pub(super) const SHA256: Hash = Hash {
    content_header: "x-sdk-content-sha256",
    hex: canon::sha256_hex,
    hex_of_sha256: |sha256| Ok(canon::hex(sha256)),
};

const SM3: Hash = Hash {
    content_header: "x-sdk-content-sm3",
    hex: canon::sm3_hex,
    hex_of_sha256: |_| Err(SignError::BodyNeeded),
};

/// `sdk-hmac-sha256` and `sdk-hmac-sm3`.
///
/// Adds `x-sdk-date`, and `x-security-token` for temporary credentials. Signs every header without `_` in its name, as
/// the official Python SDK does, or the named ones. Those must include `x-sdk-date`, and the project, domain, token and
/// content hash if they are sent. With the default headers, a body that is not JSON is not signed, as in the SDKs; name
/// the headers to sign it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SdkHmac {
    /// SHA-256 throughout.
    Sha256,
    /// SM3 throughout.
    Sm3,
}

impl Scheme for SdkHmac {
    fn name(&self) -> &'static str {
        match self {
            Self::Sha256 => "sdk-hmac-sha256",
            Self::Sm3 => "sdk-hmac-sm3",
        }
    }

    fn stages(
        &self,
        input: &SigningInput<'_>,
        credentials: &Credentials,
        now: SystemTime,
    ) -> Result<Signed, SignError> {
        let secret = canon::secret_of(credentials)?;
        let (algorithm, hash, hmac) = match self {
            Self::Sha256 => ("SDK-HMAC-SHA256", &SHA256, HMAC_SHA256),
            Self::Sm3 => ("SDK-HMAC-SM3", &SM3, HMAC_SM3),
        };
        let Prepared {
            mut outgoing,
            date,
            query,
            canonical_request,
            signed_headers,
        } = canonical_request::prepare(input, credentials, now, hash)?;
        let hashed = (hash.hex)(canonical_request.as_bytes());
        let string_to_sign = format!("{algorithm}\n{date}\n{hashed}");
        let signature = canon::hex(&*hmac(secret.as_bytes(), string_to_sign.as_bytes())?);
        let authorization = format!(
            "{algorithm} Access={}, SignedHeaders={signed_headers}, Signature={signature}",
            credentials.id()
        );
        outgoing.set_signature("authorization", authorization)?;
        Ok(Signed {
            headers: outgoing.into_added(),
            query: Some(query),
            body: None,
            canonical_request,
            string_to_sign,
            signature,
            derived_keys: Vec::new(),
        })
    }
}

type HmacFn = fn(&[u8], &[u8]) -> Result<canon::DerivedKey, SignError>;
const HMAC_SHA256: HmacFn = canon::hmac_sha256;
const HMAC_SM3: HmacFn = canon::hmac_sm3;
