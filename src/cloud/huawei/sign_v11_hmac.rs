//! V11-HMAC-SHA256, the AK/SK signature with a key derived for one day, region and service.
//!
//! ```text
//! info           = day/region/service
//! okm            = HKDF-SHA256(key SK, salt AK, info), 32 bytes
//! string to sign = V11-HMAC-SHA256 LF X-Sdk-Date LF info LF hex(SHA256(canonical request))
//! signature      = hex(HMAC(hex(okm), string to sign))        the key is the hex text, not the bytes
//! ```
//!
//! Source: the official SDKs (Python and Java agree); HKDF is RFC 5869.

use std::time::SystemTime;

use zeroize::Zeroizing;

use crate::cloud::huawei::canonical_request::{self, Prepared};
use crate::cloud::huawei::sign_sdk_hmac::SHA256;
use crate::credential::Credentials;
use crate::sign::canon::{self, DerivedKey};
use crate::sign::{Scheme, SignError, Signed, SigningInput};

const ALGORITHM: &str = "V11-HMAC-SHA256";

/// `v11-hmac-sha256`. Needs region and service; otherwise as [`SdkHmac`](super::sign_sdk_hmac::SdkHmac).
#[derive(Debug, Clone, Copy)]
pub(crate) struct V11Hmac;

impl Scheme for V11Hmac {
    fn name(&self) -> &'static str {
        "v11-hmac-sha256"
    }

    fn stages(
        &self,
        input: &SigningInput<'_>,
        credentials: &Credentials,
        now: SystemTime,
    ) -> Result<Signed, SignError> {
        canon::check_scope("region", input.region)?;
        canon::check_scope("service", input.service)?;
        let secret = canon::secret_of(credentials)?;
        let Prepared {
            mut outgoing,
            date,
            query,
            canonical_request,
            signed_headers,
        } = canonical_request::prepare(input, credentials, now, &SHA256)?;
        let day = date.get(..8).ok_or(SignError::BadTime)?;
        let info = format!("{day}/{}/{}", input.region, input.service);
        let keys = derive(secret, credentials.id(), &info)?;

        let hashed = canon::sha256_hex(canonical_request.as_bytes());
        let string_to_sign = format!("{ALGORITHM}\n{date}\n{info}\n{hashed}");
        let signature = canon::hex(&*canon::hmac_sha256(
            &*keys.signing,
            string_to_sign.as_bytes(),
        )?);
        let authorization = format!(
            "{ALGORITHM} Credential={}/{info}, SignedHeaders={signed_headers}, Signature={signature}",
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
            derived_keys: vec![
                ("prk", canon::sha256_hex(&*keys.extracted)),
                ("okm", canon::sha256_hex(&*keys.expanded)),
            ],
        })
    }
}

struct Keys {
    extracted: DerivedKey,
    expanded: DerivedKey,
    signing: Zeroizing<[u8; 64]>,
}

/// Here HKDF is two HMACs, because 32 bytes are one block of its output (RFC 5869, 2.2 and 2.3 with N = 1).
fn derive(secret: &str, id: &str, info: &str) -> Result<Keys, SignError> {
    let extracted = canon::hmac_sha256(id.as_bytes(), secret.as_bytes())?;
    let expanded = canon::hmac_sha256(&*extracted, &[info.as_bytes(), &[1]].concat())?;
    let mut signing = Zeroizing::new([0; 64]);
    base16ct::lower::encode(&*expanded, &mut *signing).map_err(|_| SignError::EmptySecret)?;
    Ok(Keys {
        extracted,
        expanded,
        signing,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    // The intermediate keys of the official Python SDK's unit test.
    #[test]
    fn the_derived_keys_are_the_published_ones() {
        let keys = derive("SecretKey", "AccessKey", "20200608/test-region-1/demo").unwrap();
        assert_eq!(
            canon::hex(&*keys.extracted),
            "17c5acdeaa5614fd3f3cd248b48147c1f78d4c90825525146d8378e56f8cad8b"
        );
        let okm = "5f2c01cbdf35366c541e012b779258a826d7376e6ff5238d76d85000690e1b50";
        assert_eq!(canon::hex(&*keys.expanded), okm);
        assert_eq!(&*keys.signing, okm.as_bytes());
    }
}
