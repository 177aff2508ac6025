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
