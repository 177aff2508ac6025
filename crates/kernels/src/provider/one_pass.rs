//! A body on its way from plaintext to the JSON that is sent, in one pass, one cache-sized piece at a time.
//!
//! Each piece of plaintext is written into one small buffer, encrypted there, and encoded from there to the end of the
//! JSON. While a piece is encrypted, the text of the piece before it is there to be hashed, and the kernels do both in
//! one loop. So the plaintext stands in one small buffer only, which is wiped, and the JSON is written once, front to
//! back.

use cardseal_crypto::{Plaintext, ProviderError, Rest, Tag, base64, wipe};

use crate::block::Block;
use crate::sha256::{Sha256, TextBlock};

/// A multiple of 3 blocks, which base64 makes into 64 bytes of text, one block of the hash; and small enough that
/// the piece, its text and the keys lie in the first-level cache.
const PIECE: usize = 384 * size_of::<Block>();

/// A cipher on its way through a body.
pub(super) trait Pass: Sized {
    /// Encrypts the next whole blocks in place and hashes `text` meanwhile.
    fn blocks(
        &mut self,
        blocks: &mut [Block],
        hash: &mut Sha256,
        text: &[TextBlock],
    ) -> Result<(), ProviderError>;

    /// Encrypts what is left, less than a block, and gives the tag if there is one.
    fn end(self, tail: &mut [u8]) -> Result<Option<Tag>, ProviderError>;
}

/// Seals `body` to the end of `json`: see [`Session::seal_body`](cardseal_crypto::Session::seal_body).
pub(super) fn seal(
    mut pass: impl Pass,
    body: &dyn Plaintext,
    json: &mut Vec<u8>,
    rest: &mut Rest<'_>,
) -> Result<[u8; 32], ProviderError> {
    let mut piece = Piece([[0; 16]; PIECE / 16]);
    let (mut hash, mut hashed) = (Sha256::new(), 0);
    let mut taken = 0;
    let tag = loop {
        let len = PIECE.min(body.len() - taken);
        let place = piece.first(len)?;
        body.write(taken, place)?;
        taken += len;
        let (blocks, tail) = place.as_chunks_mut();
        pass.blocks(blocks, &mut hash, unhashed(json, &mut hashed))?;
        if taken < body.len() {
            base64::append(place, json).ok_or_else(no_room)?;
            continue;
        }
        let tag = pass.end(tail)?;
        base64::append(place, json).ok_or_else(no_room)?;
        break tag;
    };
    rest(tag.as_ref(), json)?;
    Ok(hash.finish(json.get(hashed..).ok_or_else(no_room)?))
}

/// The whole blocks of text that are written and not hashed yet; they count as hashed from now on.
fn unhashed<'j>(json: &'j [u8], hashed: &mut usize) -> &'j [TextBlock] {
    let (text, _) = json.get(*hashed..).unwrap_or_default().as_chunks();
    *hashed += text.as_flattened().len();
    text
}

/// The one place where plaintext stands: ciphertext by the end, unless something failed.
struct Piece([Block; PIECE / 16]);

impl Piece {
    fn first(&mut self, len: usize) -> Result<&mut [u8], ProviderError> {
        let all = self.0.as_flattened_mut();
        all.get_mut(..len).ok_or_else(no_room)
    }
}

impl Drop for Piece {
    fn drop(&mut self) {
        wipe(self.0.as_flattened_mut());
    }
}

fn no_room() -> ProviderError {
    ProviderError::defect("the body does not fit its place")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::provider;
    use cardseal_crypto::SessionKey;
    use sha2::{Digest, Sha256 as Reference};

    struct Bytes(Vec<u8>);

    impl Plaintext for Bytes {
        fn len(&self) -> usize {
            self.0.len()
        }

        fn write(&self, at: usize, piece: &mut [u8]) -> Result<(), ProviderError> {
            piece.copy_from_slice(&self.0[at..at + piece.len()]);
            Ok(())
        }
    }

    /// Around every edge of a piece, the same body, tag and hash as step by step.
    #[test]
    fn one_pass_gives_what_step_by_step_gives() {
        let lens = (0..70).chain((1..4).flat_map(|n| n * PIECE - 20..n * PIECE + 20));
        for len in lens {
            let plain: Vec<u8> = (0..len).map(|at| (at * 7 + at / 251) as u8).collect();
            for suite in provider().suites() {
                let facts = suite.facts();
                if len % facts.block_len != 0 {
                    continue;
                }
                let key = SessionKey::restore(&vec![3; facts.key_len]).unwrap();
                let session = suite.restore(key).unwrap();
                let iv = vec![5; facts.iv_len];
                let mut json = b"{\"Head\":\"".to_vec();
                let mut seen = None;
                let hash = session
                    .seal_body(&iv, &Bytes(plain.clone()), &mut json, &mut |tag, json| {
                        seen = tag.copied();
                        json.extend_from_slice(b"the rest");
                        Ok(())
                    })
                    .unwrap();

                let mut whole = plain.clone();
                let tag = session.seal(&iv, &mut whole).unwrap();
                let expected = format!("{{\"Head\":\"{}the rest", base64::encode(&whole));
                let label = format!("{suite:?}, {len} bytes");
                assert_eq!(seen, tag, "{label}: tag");
                assert!(json == expected.as_bytes(), "{label}: body");
                assert_eq!(hash[..], Reference::digest(&expected)[..], "{label}: hash");
            }
        }
    }

    /// The text of the pieces before is hashed beside a piece, as much of it as makes whole blocks.
    #[test]
    fn text_is_hashed_once_and_in_whole_blocks() {
        let (mut json, mut hashed) = (b"{\"".to_vec(), 0);
        assert!(unhashed(&json, &mut hashed).is_empty());
        json.extend(vec![b'x'; PIECE / 3 * 4]);
        assert_eq!(unhashed(&json, &mut hashed).len(), PIECE / 48);
        assert_eq!(hashed, PIECE / 3 * 4);
        assert!(unhashed(&json, &mut hashed).is_empty());
    }
}
