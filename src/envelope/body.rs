//! Sealing a whole body: `{"EncryptedBody":…,"Encryption":{…}}`, in one buffer.
//!
//! Every size is known in advance. The plaintext is written at the end of the place its base64 will take, encrypted
//! there, and encoded from there towards the front, piece by piece; each piece is hashed for the signature while it
//! is in the cache. So nothing grows, and no copy of the plaintext is ever made.

use core::fmt;
use core::ops::Range;

use serde::ser::{Serialize, SerializeStruct, Serializer};
use sha2::{Digest, Sha256};
use zeroize::Zeroize;

use crate::entropy::{Draw, Entropy};
use crate::envelope::Opener;
use crate::error::{Error, ErrorKind};
use crate::recipient::Recipient;
use crate::secret::{self, SessionKey};
use crate::suite::{TAG_LEN, Tag};
use crate::wire::{self, Encryption, MAX_BODY, WholeBody};

/// A sealed request body, ready for the wire. Nothing in it is secret, and only the [`Opener`] born with it can
/// read the answer.
pub struct Sealed {
    json: Vec<u8>,
    body: Range<usize>,
    encryption: Encryption,
    sha256: [u8; 32],
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
        &self.encryption
    }
}

impl Serialize for Sealed {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut sealed = serializer.serialize_struct("Sealed", 2)?;
        sealed.serialize_field("EncryptedBody", self.encrypted_body())?;
        sealed.serialize_field("Encryption", &self.encryption)?;
        sealed.end()
    }
}

impl fmt::Debug for Sealed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sealed")
            .field("algorithm", &self.encryption.algorithm)
            .field("json_len", &self.json.len())
            .finish_non_exhaustive()
    }
}

/// What was drawn and wrapped for one request.
pub(super) struct Session {
    pub(super) key: SessionKey,
    pub(super) iv: Vec<u8>,
    pub(super) blob: Vec<u8>,
}

impl Session {
    /// Draws the session key, then the IV, then wraps the key.
    pub(super) fn draw(recipient: &Recipient, entropy: &dyn Entropy) -> Result<Self, Error> {
        let mut draw = Draw::new(entropy);
        let key = SessionKey::draw(recipient.suite.key_len(), &mut draw)?;
        let mut iv = vec![0; recipient.suite.iv_len()];
        draw.fill_key(&mut iv)?;
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
        encryption(recipient, &self.blob, &self.iv, tags, encrypt_list)
    }

    pub(super) fn into_opener(self, recipient: &Recipient) -> Opener {
        Opener::new(recipient.suite, self.key, self.iv)
    }
}

fn encryption(
    recipient: &Recipient,
    blob: &[u8],
    iv: &[u8],
    tags: &[Tag],
    encrypt_list: Vec<String>,
) -> Encryption {
    Encryption {
        ciphertext_blob: wire::encode(blob),
        iv: wire::encode(iv),
        algorithm: recipient.suite.algorithm().to_owned(),
        tag_list: tags.iter().map(|tag| wire::encode(tag)).collect(),
        encrypt_list,
    }
}

const HEAD: &[u8] = b"{\"EncryptedBody\":\"";
const MIDDLE: &[u8] = b"\",\"Encryption\":";
const END: &[u8] = b"}";

/// Bytes that are encoded at a time: a multiple of 3, and small enough that the encoded piece is hashed from the
/// first-level cache.
const PIECE: usize = 6 * 1024;

/// Writes the whole plaintext into the place it is given.
pub(crate) type WritePlaintext<'w> = dyn FnMut(&mut [u8]) -> Result<(), Error> + 'w;

/// Seals a plaintext of `len` bytes that `write` puts where it is to be encrypted.
pub(crate) fn seal_body(
    recipient: &Recipient,
    whole: WholeBody,
    len: usize,
    write: &mut WritePlaintext<'_>,
    entropy: &dyn Entropy,
) -> Result<(Sealed, Opener), Error> {
    secret::leaving_no_stack(|| seal(recipient, whole, len, write, entropy))
}

fn seal(
    recipient: &Recipient,
    whole: WholeBody,
    len: usize,
    write: &mut WritePlaintext<'_>,
    entropy: &dyn Entropy,
) -> Result<(Sealed, Opener), Error> {
    let rest = rest_len(recipient, whole)?;
    let most = most_with(recipient, rest)?;
    if len > most {
        return Err(Error::input(format!(
            "the body has {len} bytes; at most {most} fit, because the service takes {MAX_BODY} bytes and base64 \
             adds a third; make the image smaller"
        )));
    }
    let suite = recipient.suite;
    let session = Session::draw(recipient, entropy)?;

    let ciphertext_len = suite.ciphertext_len(len);
    let body = HEAD.len()..HEAD.len().saturating_add(wire::encoded_len(ciphertext_len));
    let mut json = Vec::with_capacity(body.end.saturating_add(rest));
    json.extend_from_slice(HEAD);
    json.resize(body.end, 0);
    let place = json.get_mut(body.clone()).unwrap_or_default();
    let start = place.len().saturating_sub(ciphertext_len);
    let buffer = place.get_mut(start..).unwrap_or_default();

    let written = match buffer.get_mut(..len) {
        Some(plaintext) => write(plaintext),
        None => Err(Error::new(ErrorKind::Bug, "the body's place is too small")),
    };
    let tag = match written.and_then(|()| suite.encrypt(&session.key, &session.iv, buffer, len)) {
        Ok(tag) => tag,
        Err(error) => {
            json.zeroize();
            return Err(error);
        }
    };

    let mut hash = Sha256::new_with_prefix(HEAD);
    encode_towards_front(place, start, &mut hash)?;
    let encryption = session.encryption(recipient, tag.as_slice(), vec![whole.name().to_owned()]);
    json.extend_from_slice(MIDDLE);
    serde_json::to_writer(&mut json, &encryption)
        .map_err(|_| Error::new(ErrorKind::Bug, "the Encryption member could not be written"))?;
    json.extend_from_slice(END);
    hash.update(json.get(body.end..).unwrap_or_default());
    let sealed = Sealed {
        json,
        body,
        encryption,
        sha256: hash.finalize().into(),
    };
    Ok((sealed, session.into_opener(recipient)))
}

/// Encodes the bytes from `start` to the end into base64 that fills the whole place, front to back. A piece is
/// copied out first: what is written never passes what is still to be read, but may touch the piece in hand.
fn encode_towards_front(place: &mut [u8], start: usize, hash: &mut Sha256) -> Result<(), Error> {
    let bug = || Error::new(ErrorKind::Bug, "the body could not be encoded");
    let mut piece = [0; PIECE];
    let (mut read, mut written) = (start, 0_usize);
    while read < place.len() {
        let end = read.saturating_add(PIECE).min(place.len());
        let raw = place.get(read..end).ok_or_else(bug)?;
        let held = piece.get_mut(..raw.len()).ok_or_else(bug)?;
        held.copy_from_slice(raw);
        let out = place.get_mut(written..).ok_or_else(bug)?;
        let count = wire::encode_into(held, out).ok_or_else(bug)?;
        hash.update(out.get(..count).ok_or_else(bug)?);
        read = end;
        written = written.saturating_add(count);
    }
    Ok(())
}

/// Bytes of the JSON after the body's base64.
fn rest_len(recipient: &Recipient, whole: WholeBody) -> Result<usize, Error> {
    let suite = recipient.suite;
    let tags: &[Tag] = if suite.authenticates() {
        &[[0; TAG_LEN]]
    } else {
        &[]
    };
    // Of the right lengths; the contents do not matter.
    let shape = encryption(
        recipient,
        &vec![0; recipient.key.blob_len()],
        &vec![0; suite.iv_len()],
        tags,
        vec![whole.name().to_owned()],
    );
    let member = serde_json::to_string(&shape)
        .map_err(|_| Error::new(ErrorKind::Bug, "the Encryption member could not be written"))?;
    Ok(MIDDLE
        .len()
        .saturating_add(member.len())
        .saturating_add(END.len()))
}

/// The most bytes of plaintext whose sealed body is within [`MAX_BODY`].
pub(crate) fn most_plaintext(recipient: &Recipient, whole: WholeBody) -> Result<usize, Error> {
    most_with(recipient, rest_len(recipient, whole)?)
}

/// The same, where the length of the JSON after the body is known.
fn most_with(recipient: &Recipient, rest: usize) -> Result<usize, Error> {
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

    /// Around every edge of a piece, the encoding in place is the library's encoding.
    #[test]
    fn encoding_in_place_is_encoding() {
        let lens = (0..40).chain((1..4).flat_map(|n| n * PIECE - 4..n * PIECE + 5));
        for len in lens {
            let bytes: Vec<u8> = (0..len).map(|at| (at * 7 + at / 251) as u8).collect();
            let expected = wire::encode(&bytes);
            let mut place = vec![0xee; expected.len()];
            let start = place.len() - len;
            place[start..].copy_from_slice(&bytes);
            let mut hash = Sha256::new();
            encode_towards_front(&mut place, start, &mut hash).unwrap();
            assert_eq!(place, expected.as_bytes(), "{len} bytes");
            assert_eq!(hash.finalize(), Sha256::digest(&expected));
        }
    }
}
