//! Sealing a whole body: `{"EncryptedBody":…,"Encryption":{…}}`, in one buffer.
//!
//! Every size is known in advance, so nothing grows. The body passes through one small buffer, a piece at a time: see
//! [`Pieces`]. No copy of the plaintext is ever made.

use core::fmt;
use core::ops::Range;
use std::sync::OnceLock;

use serde::ser::{Serialize, SerializeStruct, Serializer};

use crate::entropy::{Draw, Entropy};
use crate::envelope::{Opener, Pieces, Plaintext};
use crate::error::{Error, ErrorKind};
use crate::recipient::Recipient;
use crate::secret::{self, SessionKey};
use crate::suite::{Iv, TAG_LEN, Tag};
use crate::wire::{self, Encryption, MAX_BODY, WholeBody};

/// A sealed request body, ready for the wire. Nothing in it is secret, and only the [`Opener`] born with it can
/// read the answer.
pub struct Sealed {
    json: Vec<u8>,
    body: Range<usize>,
    sha256: [u8; 32],
    parts: Parts,
    /// The same in base64, once somebody asks for it.
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

    /// SHA-256 of the JSON, made while it was written: what a signature needs of the body.
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

/// What was drawn and wrapped for one request.
pub(super) struct Session {
    pub(super) key: SessionKey,
    pub(super) iv: Iv,
    pub(super) blob: Vec<u8>,
}

impl Session {
    /// Draws the session key, then the IV, then wraps the key.
    pub(super) fn draw(recipient: &Recipient, entropy: &dyn Entropy) -> Result<Self, Error> {
        let mut draw = Draw::new(entropy);
        let key = SessionKey::draw(recipient.suite.key_len(), &mut draw)?;
        let iv = Iv::draw(recipient.suite.iv_len(), &mut draw)?;
        let blob = recipient.key.wrap(&key, &mut draw)?;
        Ok(Self { key, iv, blob })
    }

    /// The `Encryption` member for these tags and this list.
    pub(super) fn encryption(
        &self,
        recipient: &Recipient,
        tags: &[Tag],
        encrypt_list: Vec<String>,
    ) -> Encryption {
        Encryption {
            ciphertext_blob: wire::encode(&self.blob),
            iv: wire::encode(self.iv.as_bytes()),
            algorithm: recipient.suite.algorithm().to_owned(),
            tag_list: tags.iter().map(|tag| wire::encode(tag)).collect(),
            encrypt_list,
        }
    }

    pub(super) fn into_opener(self, recipient: &Recipient) -> Opener {
        Opener::new(recipient.suite, self.key, self.iv)
    }
}

/// What the `Encryption` member of a whole body says, not in base64 yet.
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
            ciphertext_blob: wire::encode(&self.blob),
            iv: wire::encode(self.iv.as_bytes()),
            algorithm: self.algorithm.to_owned(),
            tag_list: self.tag.iter().map(|tag| wire::encode(tag)).collect(),
            encrypt_list: vec![self.whole.name().to_owned()],
        }
    }

    /// Writes the JSON that follows the body's base64.
    fn append_to(&self, json: &mut Vec<u8>) -> Option<()> {
        json.extend_from_slice(BLOB.as_bytes());
        wire::append_encoded(&self.blob, json)?;
        json.extend_from_slice(IV.as_bytes());
        wire::append_encoded(self.iv.as_bytes(), json)?;
        json.extend_from_slice(ALGORITHM.as_bytes());
        json.extend_from_slice(self.algorithm.as_bytes());
        json.extend_from_slice(TAGS.as_bytes());
        if let Some(tag) = &self.tag {
            json.push(b'"');
            wire::append_encoded(tag, json)?;
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
    let suite = recipient.suite;
    let texts = [
        BLOB,
        IV,
        ALGORITHM,
        suite.algorithm(),
        TAGS,
        LIST,
        whole.name(),
        END,
    ];
    let in_base64 = [recipient.key.blob_len(), suite.iv_len()];
    let quoted_tag = if suite.authenticates() {
        wire::encoded_len(TAG_LEN).saturating_add(2)
    } else {
        0
    };
    let texts = texts.map(str::len).into_iter();
    texts
        .chain(in_base64.map(wire::encoded_len))
        .chain([quoted_tag])
        .sum()
}

/// Seals a plaintext. The JSON is written into `buffer`, whose memory is used and whose content is not.
pub(crate) fn seal_body(
    recipient: &Recipient,
    whole: WholeBody,
    plaintext: &dyn Plaintext,
    buffer: Vec<u8>,
    entropy: &dyn Entropy,
) -> Result<(Sealed, Opener), Error> {
    secret::leaving_no_stack(|| seal(recipient, whole, plaintext, buffer, entropy))
}

fn seal(
    recipient: &Recipient,
    whole: WholeBody,
    plaintext: &dyn Plaintext,
    buffer: Vec<u8>,
    entropy: &dyn Entropy,
) -> Result<(Sealed, Opener), Error> {
    let len = plaintext.len();
    let most = most_plaintext(recipient, whole)?;
    if len > most {
        return Err(Error::input(format!(
            "the body has {len} bytes; at most {most} fit, because the service takes {MAX_BODY} bytes and base64 \
             adds a third; make the image smaller"
        )));
    }
    let session = Session::draw(recipient, entropy)?;

    let ciphertext_len = recipient.suite.ciphertext_len(len);
    let body = HEAD.len()..HEAD.len().saturating_add(wire::encoded_len(ciphertext_len));
    let mut json = buffer;
    json.clear();
    json.reserve_exact(body.end.saturating_add(rest_len(recipient, whole)));
    json.extend_from_slice(HEAD.as_bytes());
    let mut pieces = Pieces::new(plaintext, &mut json);
    let tag = recipient
        .suite
        .encrypt_body(&session.key, session.iv.as_bytes(), &mut pieces)?;
    let parts = Parts {
        whole,
        algorithm: recipient.suite.algorithm(),
        blob: session.blob,
        iv: session.iv,
        tag,
    };
    let sha256 = pieces.finish(|json| parts.append_to(json))?;
    let sealed = Sealed {
        json,
        body,
        sha256,
        parts,
        encryption: OnceLock::new(),
    };
    Ok((
        sealed,
        Opener::new(recipient.suite, session.key, session.iv),
    ))
}

/// The most bytes of plaintext whose sealed body is within [`MAX_BODY`].
pub(crate) fn most_plaintext(recipient: &Recipient, whole: WholeBody) -> Result<usize, Error> {
    let rest = rest_len(recipient, whole);
    let others = HEAD.len().saturating_add(rest);
    let ciphertext = (MAX_BODY.saturating_sub(others) / 4).saturating_mul(3);
    // At most one block of padding: walk down from the ciphertext's length to the longest plaintext that fits.
    (0..=ciphertext)
        .rev()
        .take(64)
        .find(|plaintext| recipient.suite.ciphertext_len(*plaintext) <= ciphertext)
        .ok_or_else(|| Error::new(ErrorKind::Bug, "no plaintext fits"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entropy::OsEntropy;
    use crate::suite::body::PIECE;

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
                    &OsEntropy,
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

    /// Around every edge of a piece, the same body and hash as in one go, by libraries.
    #[test]
    fn sealing_in_pieces_is_sealing() {
        use crate::suite::REGISTRY;
        use sha2::{Digest, Sha256};
        let lens = (0..70).chain((1..4).flat_map(|n| n * PIECE - 20..n * PIECE + 20));
        for len in lens {
            let plaintext: Vec<u8> = (0..len).map(|at| (at * 7 + at / 251) as u8).collect();
            for suite in REGISTRY {
                let key = SessionKey::restore(&vec![3; suite.key_len()]).unwrap();
                let iv = vec![5; suite.iv_len()];
                let (mut json, bytes) = (HEAD.as_bytes().to_vec(), plaintext.as_slice());
                let mut pieces = Pieces::new(&bytes, &mut json);
                let tag = suite.encrypt_body(&key, &iv, &mut pieces).unwrap();
                let hash = pieces.finish(|json| {
                    json.extend_from_slice(b"the rest");
                    Some(())
                });

                let mut whole = plaintext.clone();
                whole.resize(suite.ciphertext_len(len), 0);
                let expected_tag = suite.encrypt(&key, &iv, &mut whole, len).unwrap();
                let expected = format!("{HEAD}{}the rest", wire::encode(&whole));
                let label = format!("{suite:?}, {len} bytes");
                assert_eq!(tag, expected_tag, "{label}: tag");
                assert!(json == expected.as_bytes(), "{label}: body");
                assert_eq!(
                    hash.unwrap()[..],
                    Sha256::digest(&expected)[..],
                    "{label}: hash"
                );
            }
        }
    }
}
