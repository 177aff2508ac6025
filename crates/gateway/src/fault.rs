//! The faults that a gateway can simulate, one line each.
//!
//! `wire.rs` simulates the wire faults for every cloud; each cloud's `faults.rs` simulates the others.

use std::fmt;
use std::str::FromStr;

use crate::Suite;

/// Defines the enum, its list and its names from one table, so that they always agree.
macro_rules! faults {
    ($($variant:ident $name:literal $does:literal)+) => {
        /// A fault that is simulated on every request.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum Fault {
            $(#[doc = concat!("`", $name, "`: ", $does, ".")] $variant,)+
        }

        impl Fault {
            /// Every fault.
            pub const ALL: &[Fault] = &[$(Fault::$variant,)+];

            /// The name on the command line.
            pub fn name(self) -> &'static str {
                match self { $(Fault::$variant => $name,)+ }
            }

            /// A short description.
            pub fn describe(self) -> &'static str {
                match self { $(Fault::$variant => $does,)+ }
            }
        }
    };
}

faults! {
    // On the wire
    DropConnection       "drop-connection"        "the connection is closed without an answer"
    SlowHeader           "slow-header"            "the answer's first byte comes after the fault delay"
    SlowBody             "slow-body"              "the answer's body trickles in over the fault delay"
    TruncateBody         "truncate-body"          "the connection is closed in the middle of the body"
    Http500              "http-500"               "status 500 with an HTML page"
    Redirect             "redirect"               "status 307 to another path of this gateway"
    OversizeReply        "oversize-reply"         "a chunked body of 64 MiB"
    BadJson              "bad-json"               "the JSON stops in the middle"
    EmptyReply           "empty-reply"            "status 200 with an empty body"
    // The answer as a whole
    Throttled            "throttled"              "too many requests a second, always"
    ThrottledOnce        "throttled-once"         "too many requests a second, for the first request only"
    InternalError        "internal-error"         "an internal error of the service, always"
    Expired              "expired"                "the signature is too old, always"
    TokenExpired         "token-expired"          "the first IAM token that is used has expired (huawei)"
    DuplicateMemberOuter "duplicate-member-outer" "EncryptedBody is duplicated in the answer"
    ClearText            "clear-text"             "the card is in clear and nothing is encrypted"
    ClearTextBeside      "clear-text-beside"      "the card is in clear beside the encrypted body"
    // The envelope
    WrongAlgorithm       "wrong-algorithm"        "Algorithm names the other suite"
    WrongEncryptList     "wrong-encrypt-list"     "EncryptList names EncryptionBody"
    WrongIvLength        "wrong-iv-length"        "Iv is one byte short"
    LooseBase64          "loose-base64"           "EncryptedBody has a line break in its Base64"
    OtherKey             "other-key"              "the body is encrypted under another data key"
    WrongTag             "wrong-tag"              "one bit of the tag is wrong (sm4-gcm)"
    ShortTag             "short-tag"              "the tag is cut to 12 bytes (sm4-gcm)"
    MissingTag           "missing-tag"            "TagList is empty (sm4-gcm)"
    ExtraTag             "extra-tag"              "TagList has one entry too many"
    BadPadding           "bad-padding"            "the body's padding is invalid (aes-256-cbc)"
    // The plaintext
    DuplicateMemberInner "duplicate-member-inner" "Name is duplicated in the encrypted object"
    NotUtf8              "not-utf8"               "the encrypted object is not UTF-8"
    InnerNotJson         "inner-not-json"         "the encrypted body is not JSON"
}

impl Fault {
    /// Whether the fault affects an encrypted answer of this suite: AES-256-CBC has no tag, SM4-GCM no padding, and IAM
    /// tokens are not used with either.
    pub fn applies_to(self, suite: Suite) -> bool {
        match self {
            Fault::WrongTag | Fault::ShortTag | Fault::MissingTag => suite.has_tag(),
            Fault::BadPadding => !suite.has_tag(),
            Fault::TokenExpired => false,
            _ => true,
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Fault {
    type Err = UnknownFault;

    fn from_str(name: &str) -> Result<Self, UnknownFault> {
        Fault::ALL
            .iter()
            .copied()
            .find(|fault| fault.name() == name)
            .ok_or(UnknownFault)
    }
}

/// The text names no [`Fault`]; the message lists them.
#[derive(Debug, PartialEq, Eq)]
pub struct UnknownFault;

impl fmt::Display for UnknownFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("no such fault: use one of")?;
        Fault::ALL
            .iter()
            .try_for_each(|fault| write!(f, " {fault}"))
    }
}

impl std::error::Error for UnknownFault {}
