//! Signature schemes by name, such as `tc3-hmac-sha256`.
//!
//! A client signs its requests itself. Use this module to send a request by other means, or to find out why a signature
//! was refused: [`Signed`] has every stage of it.

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

/// Finds a scheme by its name; `None` if there is no such scheme. [`REGISTRY`] lists all.
pub fn by_scheme(name: &str) -> Option<&'static dyn Signer> {
    REGISTRY
        .iter()
        .copied()
        .find(|signer| signer.scheme() == name)
}
