//! The names in a policy: OCR's actions and sub-accounts.

use core::fmt;

/// The prefix of an action's name in a policy.
pub(crate) const SERVICE: &str = "ocr";

/// The actions whose resource may be a sub-account. All other actions accept only `*`.
pub(crate) const NARROWABLE: [&str; 4] = [
    "QueryQpsForConsole",
    "QueryCallForConsole",
    "QueryCostTimeForConsole",
    "GetIntelligentScanSDKListForConsole",
];

/// Longer than any action's name, in bytes.
const LONGEST: usize = 128;

/// The name of an OCR action, without the service: `IDCardOCR`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ActionName(String);

/// The account id of a sub-account, in digits.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct SubAccount(String);

/// The text is not a valid name. It is not quoted, because it may be a secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NotAName {
    /// Not an action's name.
    #[error(
        "an action's name has letters, digits and `_` only, without the service before it, as in IDCardOCR"
    )]
    Action,
    /// Not a sub-account's id.
    #[error("a sub-account is named by its UIN, which has digits only; the console shows it")]
    SubAccount,
}

impl ActionName {
    /// Accepts letters, digits and `_`, at most 128.
    ///
    /// # Errors
    /// [`NotAName::Action`] for anything else.
    pub fn parse(text: &str) -> Result<Self, NotAName> {
        let fine = |c: char| c.is_ascii_alphanumeric() || c == '_';
        if text.is_empty() || text.len() > LONGEST || !text.chars().all(fine) {
            return Err(NotAName::Action);
        }
        Ok(Self(text.to_owned()))
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether a policy can allow it only for one sub-account's resources.
    pub fn is_narrowable(&self) -> bool {
        is_narrowable(&self.0)
    }

    /// As a policy writes it: `ocr:IDCardOCR`.
    pub(crate) fn in_policy(&self) -> String {
        format!("{SERVICE}:{}", self.0)
    }
}

impl fmt::Display for ActionName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl SubAccount {
    /// Accepts 1 to 16 digits.
    ///
    /// # Errors
    /// [`NotAName::SubAccount`] for anything else.
    pub fn parse(text: &str) -> Result<Self, NotAName> {
        let digits = text.bytes().all(|byte| byte.is_ascii_digit());
        if !(1..=16).contains(&text.len()) || !digits {
            return Err(NotAName::SubAccount);
        }
        Ok(Self(text.to_owned()))
    }

    /// Its six-segment description: `qcs::ocr:::subUin/UIN`.
    pub(crate) fn resource(&self) -> String {
        format!("qcs::{SERVICE}:::subUin/{}", self.0)
    }
}

pub(crate) fn is_narrowable(name: &str) -> bool {
    NARROWABLE.contains(&name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_has_letters_digits_and_low_lines_only() {
        for name in ["IDCardOCR", "a", "A_1"] {
            assert_eq!(ActionName::parse(name).unwrap().as_str(), name);
        }
        let long = "A".repeat(129);
        for text in [
            "",
            "ocr:IDCardOCR",
            "IDCard*",
            "ID Card",
            "身份证",
            "a-b",
            &long,
        ] {
            assert_eq!(ActionName::parse(text), Err(NotAName::Action), "{text}");
        }
        assert!(SubAccount::parse("0001").is_ok());
        for text in ["", "12a", "*", "${uin}", "12345678901234567"] {
            assert_eq!(SubAccount::parse(text), Err(NotAName::SubAccount), "{text}");
        }
    }
}
