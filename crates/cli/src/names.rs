//! The words that some arguments may be, and what they mean to the library.

use cardseal::IvPolicy;
use clap::ValueEnum;

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum IvPolicyName {
    /// The request's IV or a fresh one. Under AES-256-CBC, an attacker who can change the reply can then choose its
    /// first 16 bytes.
    Any,
    /// The request's IV only.
    Same,
    /// Only a fresh IV. Under AES-256-CBC it has the same risk as `any`.
    Fresh,
}

/// The policy of this name; without one, the suite's own.
pub(crate) fn iv_policy(name: Option<IvPolicyName>) -> IvPolicy {
    match name {
        None => IvPolicy::BySuite,
        Some(IvPolicyName::Any) => IvPolicy::AcceptForgeableFirstBlock,
        Some(IvPolicyName::Same) => IvPolicy::Same,
        Some(IvPolicyName::Fresh) => IvPolicy::Fresh,
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum CloudName {
    /// Tencent Cloud.
    Tencent,
    /// Ctyun.
    Ctyun,
    /// Huawei Cloud or G42.
    Huawei,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum SideName {
    /// The side with the portrait.
    Front,
    /// The side with the national emblem.
    Back,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum MethodName {
    /// The parameters in the query. Proxies log queries.
    #[value(name = "GET")]
    Get,
    /// The parameters in the body.
    #[value(name = "POST")]
    Post,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum SignMethodName {
    /// The current signature, in headers: TC3-HMAC-SHA256.
    Tc3,
    /// The older signature among the parameters, with HMAC-SHA1.
    #[value(name = "v1-sha1")]
    V1Sha1,
    /// The older signature among the parameters, with HMAC-SHA256.
    #[value(name = "v1-sha256")]
    V1Sha256,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum LanguageTag {
    /// Chinese.
    #[value(name = "zh-CN")]
    Chinese,
    /// English.
    #[value(name = "en-US")]
    English,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum AuthName {
    /// A signature with the access key.
    Aksk,
    /// A token of IAM's, for which a user logs in.
    IamToken,
}
