//! Signature schemes by name: `tc3-hmac-sha256` and its kin.
//!
//! A client signs by itself. This is for those who send a request by other means, and for those who look for the
//! reason why a signature was refused: [`Signed`] holds every stage of it.

use crate::cloud::ctyun::sign_eop::Eop;
use crate::cloud::huawei::sign_sdk_hmac::SdkHmac;
use crate::cloud::huawei::sign_v11_hmac::V11Hmac;
use crate::cloud::tencent::sign_tc3::Tc3;
use crate::cloud::tencent::sign_v1::V1;
pub use crate::sign::{Payload, SignError, Signed, Signer, SigningInput};

/// Every scheme.
pub static REGISTRY: &[&dyn Signer] = &[
    &Tc3,
    &V1::HmacSha1,
    &V1::HmacSha256,
    &Eop,
    &SdkHmac::Sha256,
    &SdkHmac::Sm3,
    &V11Hmac,
];

/// Finds a scheme by its name. `None` where no scheme has it; [`REGISTRY`] holds those that there are.
pub fn by_scheme(name: &str) -> Option<&'static dyn Signer> {
    REGISTRY
        .iter()
        .copied()
        .find(|signer| signer.scheme() == name)
}
