//! Huawei Cloud and G42: how they are signed for.

mod canonical_request;
pub mod sign_sdk_hmac;
pub mod sign_v11_hmac;
