//! Sealing a whole body: `EncryptedBody` and `Encryption`.

use core::fmt;

use serde::Serialize;

use crate::entropy::{Draw, Entropy};
use crate::envelope::Opener;
use crate::error::{Error, ErrorKind};
use crate::recipient::Recipient;
use crate::secret::SessionKey;
use crate::suite::TAG_LEN;
use crate::wire::{self, Encryption, MAX_BODY, WHOLE_BODY};

/// A sealed request body, ready for the wire. Nothing in it is secret, and only the [`Opener`] born with it can
/// read the answer.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct Sealed {
    /// Base64 of the ciphertext, without its tag.
    pub encrypted_body: String,
    /// How it was sealed.
    pub encryption: Encryption,
}

impl Sealed {
    /// The request body: `{"EncryptedBody":…,"Encryption":{…}}`.
    pub fn to_json(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(self.encrypted_body.len().saturating_add(BODY_OVERHEAD));
        // Writing strings to a vector cannot fail.
        if serde_json::to_writer(&mut out, self).is_err() {
            out.clear();
        }
        out
    }
}

/// Room for everything but the ciphertext, for an RSA-4096 key.
const BODY_OVERHEAD: usize = 1024;

impl fmt::Debug for Sealed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sealed")
            .field("algorithm", &self.encryption.algorithm)
            .field("encrypted_body_len", &self.encrypted_body.len())
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

    pub(super) fn into_opener(self, recipient: &Recipient) -> Opener {
        Opener::new(recipient.suite, self.key, self.iv)
    }
}

pub(crate) fn seal_body(
    recipient: &Recipient,
    plaintext: &[u8],
    entropy: &dyn Entropy,
) -> Result<(Sealed, Opener), Error> {
    let most = most_plaintext(recipient)?;
    if plaintext.len() > most {
        return Err(Error::input(format!(
            "the body has {} bytes; at most {most} fit, because the service takes {MAX_BODY} bytes and base64 \
             adds a third; make the image smaller",
            plaintext.len()
        )));
    }
    let suite = recipient.suite;
    let session = Session::draw(recipient, entropy)?;
    // Room for the padding too, so that growing never leaves a copy of the plaintext behind.
    let mut buffer = Vec::with_capacity(suite.ciphertext_len(plaintext.len()));
    buffer.extend_from_slice(plaintext);
    let tag = match suite.encrypt(&session.key, &session.iv, &mut buffer) {
        Ok(tag) => tag,
        Err(error) => {
            crate::secret::wipe(&mut buffer);
            return Err(error);
        }
    };
    let sealed = Sealed {
        encrypted_body: wire::encode(&buffer),
        encryption: Encryption {
            ciphertext_blob: wire::encode(&session.blob),
            iv: wire::encode(&session.iv),
            algorithm: suite.algorithm().to_owned(),
            tag_list: tag.iter().map(|tag| wire::encode(tag)).collect(),
            encrypt_list: vec![WHOLE_BODY.to_owned()],
        },
    };
    Ok((sealed, session.into_opener(recipient)))
}

/// The most bytes of plaintext whose sealed body is within [`MAX_BODY`].
pub(crate) fn most_plaintext(recipient: &Recipient) -> Result<usize, Error> {
    let suite = recipient.suite;
    let tags = if suite.authenticates() {
        vec![wire::encode(&[0; TAG_LEN])]
    } else {
        Vec::new()
    };
    let empty = Sealed {
        encrypted_body: String::new(),
        encryption: Encryption {
            ciphertext_blob: wire::encode(&vec![0; recipient.key.blob_len()]),
            iv: wire::encode(&vec![0; suite.iv_len()]),
            algorithm: suite.algorithm().to_owned(),
            tag_list: tags,
            encrypt_list: vec![WHOLE_BODY.to_owned()],
        },
    };
    let room = MAX_BODY.saturating_sub(empty.to_json().len());
    let ciphertext = (room / 4).saturating_mul(3);
    // At most one block of padding: walk down from the ciphertext's length to the longest plaintext that fits.
    (0..=ciphertext)
        .rev()
        .take(64)
        .find(|plaintext| suite.ciphertext_len(*plaintext) <= ciphertext)
        .ok_or_else(|| Error::new(ErrorKind::Bug, "no plaintext fits"))
}
