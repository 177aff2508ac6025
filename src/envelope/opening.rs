//! Opening single members of an answer where they stand.

use crate::envelope::path;
use crate::error::{Error, OpenError};
use cardseal_crypto::Wiped;

use crate::personal::Personal;
use crate::wire::json::Members;
use cardseal_crypto::Tag;

/// More sealed members than any action has; each costs a pass over the answer.
const MOST_NAMED: usize = 64;

/// Opens the named members of `inner` where they stand and leaves `Encryption` out.
pub(super) fn open_in_place(
    inner: &str,
    named: &[String],
    tags: &[Option<Tag>],
    decrypt: impl Fn(&str, Option<&Tag>) -> Result<Wiped, Error>,
) -> Result<Wiped, Error> {
    if named.len() > MOST_NAMED {
        return Err(OpenError.into());
    }
    let mut text = without_encryption(inner)?;
    for (place, (name, tag)) in named.iter().zip(tags).enumerate() {
        if named.iter().take(place).any(|earlier| earlier == name) {
            return Err(OpenError.into());
        }
        let steps = path::parse(name)?;
        let mut out = Wiped::new(Vec::with_capacity(text.len()));
        let current = core::str::from_utf8(&text).map_err(|_| OpenError)?;
        path::rewrite(current, &steps, &mut out, &mut |value, out| {
            let ciphertext: Personal = serde_json::from_str(value).map_err(|_| OpenError)?;
            let plaintext = decrypt(ciphertext.expose(), tag.as_ref())?;
            let plaintext = core::str::from_utf8(&plaintext).map_err(|_| OpenError)?;
            // Escaping makes a character six at most.
            make_room(
                out,
                plaintext
                    .len()
                    .saturating_mul(6)
                    .saturating_add(current.len()),
            );
            Ok(path::write_string(plaintext, out)?)
        })?;
        text = out;
    }
    Ok(text)
}

fn without_encryption(inner: &str) -> Result<Wiped, OpenError> {
    let members = Members::parse(inner).map_err(|_| OpenError)?;
    let mut out = Wiped::new(Vec::with_capacity(inner.len()));
    out.push(b'{');
    let kept = members.0.iter().filter(|(name, _)| name != "Encryption");
    for (place, (name, value)) in kept.enumerate() {
        path::separate(place, &mut out);
        path::write_name(name, &mut out)?;
        out.extend_from_slice(value.get().as_bytes());
    }
    out.push(b'}');
    Ok(out)
}

/// Room for `more` bytes. A vector that grows by itself leaves its old contents behind unwiped; this moves them.
fn make_room(buffer: &mut Wiped, more: usize) {
    if buffer.capacity().saturating_sub(buffer.len()) < more {
        let mut larger = Wiped::new(Vec::with_capacity(buffer.len().saturating_add(more)));
        larger.extend_from_slice(buffer);
        *buffer = larger;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What has room stays where it is; what has none is moved, and its old place wiped with it.
    #[test]
    fn room_is_made_before_it_is_needed() {
        for (more, stays) in [(0, true), (7, true), (8, true), (9, false), (1000, false)] {
            let mut bytes = Wiped::new(Vec::with_capacity(12));
            bytes.extend_from_slice(b"text");
            let place = bytes.as_ptr();
            make_room(&mut bytes, more);
            assert_eq!(bytes.as_slice(), b"text");
            assert!(bytes.capacity() - bytes.len() >= more, "room for {more}");
            assert_eq!(bytes.as_ptr() == place, stays, "{more}");
        }
    }
}
