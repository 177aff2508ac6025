//! The fast path through a reply with a sealed body, as the service writes it. Everything else is left to the slow path.

use super::encryption::ReplyEncryption;
use super::text::Text;
use super::{ANSWER_MEMBERS, Parts};
use crate::wire::json::Scan;

/// Fills in the parts of an answer with a sealed body; `None` if the slow path has to look at it.
pub(super) fn read(reply: &[u8], parts: &mut Parts) -> Option<()> {
    let mut has_response = false;
    let mut scan = Scan::new(reply);
    scan.object(|scan, name| match name {
        b"Response" => {
            has_response = true;
            read_response(scan, parts)
        }
        // Of a refusal in the older form.
        b"code" => None,
        _ => scan.value(),
    })?;
    scan.end()?;
    has_response.then_some(())
}

fn read_response(scan: &mut Scan<'_>, parts: &mut Parts) -> Option<()> {
    scan.object(|scan, name| match name {
        b"EncryptedBody" => {
            parts.encrypted_body = Some(Text::plain(scan.string()?)?);
            Some(())
        }
        b"Encryption" => parts
            .encryption
            .insert(ReplyEncryption::default())
            .scan(scan),
        b"RequestId" => {
            parts.request_id = Some(Text::plain(scan.string()?)?);
            Some(())
        }
        b"Error" => None,
        _ if ANSWER_MEMBERS.iter().any(|one| one.as_bytes() == name) => says_nothing(scan),
        _ => scan.value(),
    })
}

/// A card member in clear as an answer with a sealed body has it: null or empty.
fn says_nothing(scan: &mut Scan<'_>) -> Option<()> {
    match scan.peek()? {
        b'"' => scan.string()?.written.is_empty().then_some(()),
        b'[' => scan.list(|_| None),
        b'{' => scan.object(|_, _| None),
        _ => scan.word(b"null"),
    }
}
