//! Sealing a whole body: `{"EncryptedBody":…,"Encryption":{…}}`, in one buffer.
//!
//! Every size is known in advance, so no buffer grows. The session writes the body in place and hashes the JSON on the
//! way; the provider decides how many passes that takes.

use core::fmt;
use core::ops::Range;
use std::sync::OnceLock;

use serde::ser::{Serialize, SerializeStruct, Serializer};

use cardseal_crypto::{Facts, Plaintext, ProviderError, Tag, Wiped, base64};

use crate::envelope::asked::Asked;
use crate::envelope::marks::Marks;
use crate::envelope::opener::Opener;
use crate::envelope::padding::Padded;
use crate::envelope::session::{Drawn, Iv};
use crate::error::{Error, ErrorKind};
use crate::recipient::Recipient;
use crate::stack;
use crate::wire::{Encryption, MAX_BODY, WholeBody};

/// A sealed request body, ready to send. It contains nothing readable, and only the [`Opener`] that was made with it
/// can open the reply.
pub struct Sealed {
    json: Vec<u8>,
    body: Range<usize>,
    sha256: [u8; 32],
    parts: Parts,
    /// The same in base64, computed on first use.
    encryption: OnceLock<Encryption>,
}

impl Sealed {
    /// The request body as JSON.
    pub fn as_json(&self) -> &[u8] {
        &self.json
    }

    /// The request body as JSON.
    pub fn into_json(self) -> Vec<u8> {
        self.json
    }

    /// SHA-256 of the JSON, computed while it was written. A signature needs it.
    pub fn sha256(&self) -> &[u8; 32] {
        &self.sha256
    }

    /// Base64 of the ciphertext, without its tag.
    pub fn encrypted_body(&self) -> &str {
        let body = self.json.get(self.body.clone()).unwrap_or_default();
        core::str::from_utf8(body).unwrap_or_default()
    }

    /// How it was sealed.
    pub fn encryption(&self) -> &Encryption {
        self.encryption.get_or_init(|| self.parts.encryption())
    }
}

impl Serialize for Sealed {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut sealed = serializer.serialize_struct("Sealed", 2)?;
        sealed.serialize_field("EncryptedBody", self.encrypted_body())?;
        sealed.serialize_field("Encryption", self.encryption())?;
        sealed.end()
    }
}

impl fmt::Debug for Sealed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sealed")
            .field("algorithm", &self.parts.algorithm)
            .field("json_len", &self.json.len())
            .finish_non_exhaustive()
    }
}

/// The content of the `Encryption` member of a whole body, before base64.
struct Parts {
    whole: WholeBody,
    algorithm: &'static str,
    blob: Vec<u8>,
    iv: Iv,
    tag: Option<Tag>,
}

// The JSON around the body, without blanks. Base64 and the suites' names need no escaping.
const HEAD: &str = "{\"EncryptedBody\":\"";
const BLOB: &str = "\",\"Encryption\":{\"CiphertextBlob\":\"";
const IV: &str = "\",\"Iv\":\"";
const ALGORITHM: &str = "\",\"Algorithm\":\"";
const TAGS: &str = "\",\"TagList\":[";
const LIST: &str = "],\"EncryptList\":[\"";
const END: &str = "\"]}}";

impl Parts {
    fn encryption(&self) -> Encryption {
        Encryption {
            ciphertext_blob: base64::encode(&self.blob),
            iv: base64::encode(self.iv.as_bytes()),
            algorithm: self.algorithm.to_owned(),
            tag_list: self.tag.iter().map(|tag| base64::encode(tag)).collect(),
            encrypt_list: vec![self.whole.name().to_owned()],
        }
    }

    /// Writes the JSON that follows the body's base64.
    fn append_to(&self, json: &mut Vec<u8>) -> Option<()> {
        json.extend_from_slice(BLOB.as_bytes());
        base64::append(&self.blob, json)?;
        json.extend_from_slice(IV.as_bytes());
        base64::append(self.iv.as_bytes(), json)?;
        json.extend_from_slice(ALGORITHM.as_bytes());
        json.extend_from_slice(self.algorithm.as_bytes());
        json.extend_from_slice(TAGS.as_bytes());
        if let Some(tag) = &self.tag {
            json.push(b'"');
            base64::append(tag, json)?;
            json.push(b'"');
        }
        json.extend_from_slice(LIST.as_bytes());
        json.extend_from_slice(self.whole.name().as_bytes());
        json.extend_from_slice(END.as_bytes());
        Some(())
    }
}

/// Bytes of the JSON that follows the body's base64.
fn rest_len(recipient: &Recipient, whole: WholeBody) -> usize {
    let facts = recipient.facts();
    let texts = [
        BLOB,
        IV,
        ALGORITHM,
        facts.algorithm,
        TAGS,
        LIST,
        whole.name(),
        END,
    ];
    let in_base64 = [recipient.wrapped_len(), facts.iv_len];
    let quoted_tag = match facts.tag_len {
        0 => 0,
        len => base64::encoded_len(len).saturating_add(2),
    };
    let texts = texts.map(str::len).into_iter();
    texts
        .chain(in_base64.map(base64::encoded_len))
        .chain([quoted_tag])
        .sum()
}

/// Seals a plaintext. Writes the JSON into `buffer`, whose memory is reused and whose content is discarded.
pub(crate) fn seal_body(
    recipient: &Recipient,
    whole: WholeBody,
    plaintext: &dyn Plaintext,
    buffer: Vec<u8>,
) -> Result<(Sealed, Opener), Error> {
    stack::leaving_no_stack(|| seal(recipient, whole, plaintext, buffer))
}

fn seal(
    recipient: &Recipient,
    whole: WholeBody,
    plaintext: &dyn Plaintext,
    buffer: Vec<u8>,
) -> Result<(Sealed, Opener), Error> {
    check_size(recipient, whole, plaintext.len())?;
    let drawn = Drawn::of(recipient)?;
    let facts = recipient.facts();
    let padded = Padded::of(plaintext, facts)?;
    let body = HEAD.len()..HEAD.len().saturating_add(base64::encoded_len(padded.len()));
    let mut parts = Parts {
        whole,
        algorithm: facts.algorithm,
        blob: drawn.blob,
        iv: drawn.iv,
        tag: None,
    };
    let foreseen = body.end.saturating_add(rest_len(recipient, whole));

    let mut json = buffer;
    json.clear();
    json.reserve_exact(foreseen);
    json.extend_from_slice(HEAD.as_bytes());
    let mut is_whole = false;
    let mut rest = |tag: Option<&Tag>, json: &mut Vec<u8>| {
        // Written exactly once, and up to the end of the body.
        if is_whole || json.len() != body.end || !json.starts_with(HEAD.as_bytes()) {
            return Err(misfit());
        }
        parts.tag = agreed_tag(tag, facts)?;
        parts.append_to(json).ok_or_else(misfit)?;
        is_whole = true;
        Ok(())
    };
    let session = &drawn.session;
    let sha256 = match session.seal_body(drawn.iv.as_bytes(), &padded, &mut json, &mut rest) {
        Ok(sha256) if is_whole && json.len() == foreseen => sha256,
        failed => {
            // A provider may have written the body there before it was sealed.
            drop(Wiped::new(json));
            return Err(failed.err().unwrap_or_else(misfit).into());
        }
    };
    let sealed = Sealed {
        json,
        body,
        sha256,
        parts,
        encryption: OnceLock::new(),
    };
    let mut marks = Marks::default();
    let text = sealed.encrypted_body();
    marks
        .add_base64(sealed.parts.tag.as_ref(), text)
        .filter(|()| text.len() == sealed.body.len())
        .ok_or_else(misfit)?;
    let opener = Opener::new(
        facts,
        drawn.session,
        sealed.parts.iv,
        Asked::Whole(whole),
        marks,
    );
    Ok((sealed, opener))
}

/// A suite with tags returns one; a suite without returns none.
pub(super) fn agreed_tag(tag: Option<&Tag>, facts: &Facts) -> Result<Option<Tag>, ProviderError> {
    match tag {
        Some(tag) if facts.tag_len == tag.len() => Ok(Some(*tag)),
        None if facts.tag_len == 0 => Ok(None),
        _ => Err(ProviderError::defect("a tag is missing, or one too many")),
    }
}

fn misfit() -> ProviderError {
    ProviderError::defect("a sealed body has another length than foreseen")
}

fn check_size(recipient: &Recipient, whole: WholeBody, len: usize) -> Result<(), Error> {
    let most = most_plaintext(recipient, whole)?;
    if len <= most {
        return Ok(());
    }
    Err(Error::input(format!(
        "the body has {len} bytes; at most {most} fit, because the service takes {MAX_BODY} bytes and base64 \
         adds a third; make the image smaller, as `cardseal prepare` or --fit does"
    )))
}

/// The longest plaintext, in bytes, whose sealed body is at most [`MAX_BODY`].
pub(crate) fn most_plaintext(recipient: &Recipient, whole: WholeBody) -> Result<usize, Error> {
    let facts = recipient.facts();
    let others = HEAD.len().saturating_add(rest_len(recipient, whole));
    let ciphertext = (MAX_BODY.saturating_sub(others) / 4).saturating_mul(3);
    // At most one block of padding: walk down from the ciphertext's length to the longest plaintext that fits.
    (0..=ciphertext)
        .rev()
        .take(512)
        .find(|plaintext| facts.sealed_len(*plaintext) <= ciphertext)
        .ok_or_else(|| Error::new(ErrorKind::Bug, "no plaintext fits"))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// For every suite: the room reserved is the room used, and what is written by hand is what serde writes.
    #[test]
    fn the_json_is_as_long_as_foreseen_and_as_serde_writes_it() {
        let keys = [
            &include_bytes!("../../vectors/keys/tencent-demo-rsa.b64")[..],
            &include_bytes!("../../vectors/keys/tencent-demo-sm2.b64")[..],
        ];
        for key in keys {
            let recipient = Recipient::parse(key).unwrap();
            for len in [0, 1, 15, 16, 17, 156, 10_000] {
                let plaintext = vec![b'x'; len];
                let (sealed, _) = seal_body(
                    &recipient,
                    WholeBody::EncryptedBody,
                    &plaintext.as_slice(),
                    Vec::new(),
                )
                .unwrap();
                assert_eq!(sealed.json.capacity(), sealed.json.len(), "{len} bytes");
                assert_eq!(
                    sealed.body.end + rest_len(&recipient, WholeBody::EncryptedBody),
                    sealed.json.len()
                );
                assert_eq!(serde_json::to_vec(&sealed).unwrap(), sealed.json);
            }
        }
    }
}
