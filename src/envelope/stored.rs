//! An opener as text, for a later process: `{"Algorithm":…,"Key":…,"Iv":…,"Asked":…,"Sealed":[…]}`.
//!
//! Other programs write only the first three members. Such an opener knows neither what was requested nor what was
//! sealed.

use base64ct::{Base64, Encoding};
use cardseal_crypto::{Provider, SessionKey, base64};
use serde::{Deserialize, Deserializer};
use zeroize::Zeroizing;

use crate::envelope::asked::Asked;
use crate::envelope::marks::{self, Marks};
use crate::envelope::opener::{Opener, Request};
use crate::envelope::session::Iv;
use crate::error::{Error, ErrorKind};
use crate::personal::Personal;
use crate::recipient::suite_facts;
use crate::wire;

impl Opener {
    /// Turns the opener into text, so that a later process can open the reply:
    /// `{"Algorithm":…,"Key":"<base64>","Iv":"<base64>","Asked":…,"Sealed":["<base64>",…]}`. `Asked` is the name of a
    /// sealed whole body, or the list of sealed members. `Sealed` identifies the request if it is sent back as its own
    /// reply. The text contains the session key: store it where only its owner can read it (a file of mode 0600) and
    /// delete it after the reply is opened.
    ///
    /// # Errors
    /// `Provider` if the key is in a module that does not export it.
    pub fn expose_for_storage(self) -> Result<Zeroizing<String>, Error> {
        let bug = |_| Error::new(ErrorKind::Bug, "an opener cannot be written");
        let (facts, iv) = (self.facts(), self.iv);
        let request = match &self.request {
            None => String::new(),
            Some(request) => format!(
                ",\"Asked\":{},\"Sealed\":{}",
                serde_json::to_string(&request.asked).map_err(bug)?,
                serde_json::to_string(&encoded(&request.sealed)).map_err(bug)?
            ),
        };
        let key = self.session.export().ok_or_else(|| {
            Error::new(
                ErrorKind::Provider,
                "the session key cannot leave the crypto module; open the answer in this process",
            )
        })?;
        if key.expose_key_bytes().len() != facts.key_len {
            return Err(Error::new(
                ErrorKind::Bug,
                "the crypto provider handed out a session key of another length than its suite's; open the answer in \
                 this process, and report it",
            ));
        }
        // Allocated in full before it is filled: a growing string would leave copies of the key behind. The key is
        // encoded in base64 without table look-ups.
        let room = request.len().saturating_add(256);
        let mut text = Zeroizing::new(String::with_capacity(room));
        let mut place = Zeroizing::new([0; 64]);
        let key = Base64::encode(key.expose_key_bytes(), &mut *place)
            .map_err(|_| Error::new(ErrorKind::Bug, "a session key has more than 48 bytes"))?;
        for part in [
            "{\"Algorithm\":\"",
            facts.algorithm,
            "\",\"Key\":\"",
            key,
            "\",\"Iv\":\"",
            &base64::encode(iv.as_bytes()),
            "\"",
            &request,
            "}",
        ] {
            text.push_str(part);
        }
        Ok(text)
    }

    /// Restores an opener from the text of [`Opener::expose_for_storage`], with the built-in provider. Text with only
    /// the first three members, as other programs write it, gives an opener that does not know its request: it accepts
    /// the request itself as a reply.
    ///
    /// # Errors
    /// `Input` if the text does not have exactly that shape. No message contains the text.
    #[cfg(any(feature = "kernels", feature = "rust-crypto"))]
    pub fn restore(text: &[u8]) -> Result<Self, Error> {
        Self::restore_with(text, crate::providers::built_in())
    }

    /// [`Opener::restore`] with the ciphers of this provider.
    ///
    /// # Errors
    /// `Input` if the text does not have exactly that shape, or the provider has no such suite.
    pub fn restore_with(text: &[u8], provider: &Provider) -> Result<Self, Error> {
        let malformed = || {
            Error::input(
                "the opener is not {\"Algorithm\",\"Key\",\"Iv\"}, or those with {\"Asked\",\"Sealed\"}, as it was \
                 written when the request was sealed",
            )
        };
        let text = core::str::from_utf8(text).map_err(|_| malformed())?;
        let stored: Stored = wire::json::read_object(text).map_err(|_| malformed())?;
        let request = match (stored.asked, stored.sealed) {
            (None, None) => None,
            (Some(asked), Some(sealed)) => Some(Request {
                asked,
                sealed: decoded(&sealed).ok_or_else(malformed)?,
            }),
            _ => return Err(malformed()),
        };
        let suite = provider.suite(&stored.algorithm).ok_or_else(malformed)?;
        let facts = suite_facts::of(&**suite)
            .map_err(|defect| Error::new(ErrorKind::Bug, defect.to_string()))?;
        let mut place = Zeroizing::new([0; 64]);
        let key = Base64::decode(stored.key.expose(), &mut *place).map_err(|_| malformed())?;
        let iv = wire::decode(&stored.iv).map_err(|_| malformed())?;
        if iv.len() != facts.iv_len || key.len() != facts.key_len {
            return Err(malformed());
        }
        let key = SessionKey::restore(key).ok_or_else(malformed)?;
        let session = suite.restore(key).ok_or_else(malformed)?;
        let iv = Iv::copy_of(&iv).ok_or_else(malformed)?;
        Ok(Self {
            facts,
            session,
            iv,
            request,
        })
    }
}

fn encoded(marks: &Marks) -> Vec<String> {
    marks.iter().map(|mark| base64::encode(mark)).collect()
}

fn decoded(texts: &[String]) -> Option<Marks> {
    let decode = |text: &String| wire::decode_exact::<{ marks::LEN }>(text).ok();
    let marks: Option<Vec<_>> = texts.iter().map(decode).collect();
    marks.map(Marks::restored)
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Stored {
    algorithm: String,
    key: Personal,
    iv: String,
    #[serde(default, deserialize_with = "present")]
    asked: Option<Asked>,
    #[serde(default, deserialize_with = "present")]
    sealed: Option<Vec<String>>,
}

/// A member that may be absent but must not be null.
fn present<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}
