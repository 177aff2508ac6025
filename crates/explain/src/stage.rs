//! The stages on the way to a signature.

use core::fmt;

use cardseal::signing::Signed;

use crate::visible::visible;

/// A stage on the way to a signature.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Stage {
    /// The canonical request.
    CanonicalRequest,
    /// The string to sign.
    StringToSign,
    /// The derived key with this name.
    DerivedKey(String),
    /// The signature.
    Signature,
}

impl fmt::Display for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::CanonicalRequest => f.write_str("canonical request"),
            Self::StringToSign => f.write_str("string to sign"),
            Self::DerivedKey(name) => write!(f, "derived key `{}`", visible(name)),
            Self::Signature => f.write_str("signature"),
        }
    }
}

/// One stage of our computation, and of theirs if they have it. A derived key that we do not have is an empty text.
pub(crate) struct Row<'a> {
    pub(crate) stage: Stage,
    pub(crate) ours: &'a str,
    pub(crate) theirs: Option<&'a str>,
}

/// What another program computed, by stage.
#[derive(Clone, Copy, Default)]
pub(crate) struct Theirs<'a> {
    pub(crate) canonical_request: Option<&'a str>,
    pub(crate) string_to_sign: Option<&'a str>,
    pub(crate) derived_keys: &'a [(String, String)],
    pub(crate) signature: Option<&'a str>,
}

/// The stages in the order of the computation.
pub(crate) fn rows<'a>(ours: &'a Signed, theirs: Theirs<'a>) -> Vec<Row<'a>> {
    let mut rows = vec![
        Row {
            stage: Stage::CanonicalRequest,
            ours: &ours.canonical_request,
            theirs: theirs.canonical_request,
        },
        Row {
            stage: Stage::StringToSign,
            ours: &ours.string_to_sign,
            theirs: theirs.string_to_sign,
        },
    ];
    for (name, fingerprint) in &ours.derived_keys {
        let same_name = theirs
            .derived_keys
            .iter()
            .find(|(theirs, _)| theirs == name);
        rows.push(Row {
            stage: Stage::DerivedKey((*name).to_owned()),
            ours: fingerprint,
            theirs: same_name.map(|(_, fingerprint)| fingerprint.as_str()),
        });
    }
    for (name, fingerprint) in theirs.derived_keys {
        if !ours.derived_keys.iter().any(|(ours, _)| ours == name) {
            rows.push(Row {
                stage: Stage::DerivedKey(name.clone()),
                ours: "",
                theirs: Some(fingerprint),
            });
        }
    }
    rows.push(Row {
        stage: Stage::Signature,
        ours: &ours.signature,
        theirs: theirs.signature,
    });
    rows
}
