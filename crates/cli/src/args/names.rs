//! The words that some arguments may be, and what they mean to the library.

use cardseal::IvPolicy;
use clap::ValueEnum;

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum IvPolicyName {
    /// The request's IV or a fresh one.
    Any,
    /// The request's IV only.
    Same,
    /// A fresh IV only.
    Fresh,
}

impl From<IvPolicyName> for IvPolicy {
    fn from(name: IvPolicyName) -> Self {
        match name {
            IvPolicyName::Any => Self::Any,
            IvPolicyName::Same => Self::Same,
            IvPolicyName::Fresh => Self::Fresh,
        }
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
