//! The envelope: parse a key, seal a body, open its reply, store an opener for another process.

use cardseal::{EncryptedReply, IvPolicy, MAX_BODY, Opened, Opener, Recipient, tencent};
use zeroize::Zeroizing;

use crate::fault::Fault;

/// Room for what stands around the sealed bytes, and for the zero that ends text in C: a body that grows would be moved.
const AROUND: usize = 1024;

/// The service's public key, in any form of [`Recipient::parse`].
///
/// # Errors
/// Exit code 3, with the reason.
pub fn parse(key: &[u8]) -> Result<Recipient, Fault> {
    Ok(Recipient::parse(key)?)
}

/// A sealed body, `{"EncryptedBody":…,"Encryption":{…}}`, and the opener of its reply.
///
/// # Errors
/// Exit code 2 if the body is too large, 70 if the operating system's generator fails.
pub fn seal(recipient: &Recipient, plaintext: &[u8]) -> Result<(Vec<u8>, Opener), Fault> {
    let room = (plaintext.len() / 3)
        .saturating_mul(4)
        .saturating_add(AROUND)
        .min(MAX_BODY.saturating_add(1));
    let (sealed, opener) = recipient.seal_into(Vec::with_capacity(room), plaintext)?;
    Ok((sealed.into_json(), opener))
}

/// The plaintext of a reply, `{"Response":{…}}` or the inner object, as the command `open` reads it.
///
/// # Errors
/// Exit code 7 if the reply is a refusal by the service, 8 if it cannot be opened.
pub fn open(opener: Opener, reply: &[u8]) -> Result<Opened, Fault> {
    let reply = EncryptedReply::parse(reply).map_err(|error| Fault::from(error).exiting(8))?;
    if let Some(error) = tencent::refusal(&reply) {
        return Err(Fault::from(error).exiting(7));
    }
    let opened = opener
        .open_as_requested(&reply, IvPolicy::BySuite)
        .map_err(|error| Fault::from(error).of_request(reply.request_id()))?;
    match tencent::refusal_within(&opened, &reply) {
        Some(error) => Err(Fault::from(error).exiting(7)),
        None => Ok(opened),
    }
}

/// An opener as text, for another process. The text holds the session key.
///
/// # Errors
/// Exit code 70 if the key is in a module that does not export it.
pub fn store(opener: Opener) -> Result<Zeroizing<String>, Fault> {
    Ok(opener.expose_for_storage()?)
}

/// An opener from the text of [`store`].
///
/// # Errors
/// Exit code 2 if it is not such a text.
pub fn restore(text: &[u8]) -> Result<Opener, Fault> {
    Ok(Opener::restore(text)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sealed_body_has_room_for_one_more_byte_and_little_besides() {
        for key in ["sm2", "rsa"] {
            let path = format!(
                "{}/../../vectors/keys/tencent-demo-{key}.b64",
                env!("CARGO_MANIFEST_DIR")
            );
            let recipient = parse(&std::fs::read(path).unwrap()).unwrap();
            for len in [0, 1, 15, 16, 17, 156, 300_000] {
                let (body, _) = seal(&recipient, &vec![b'x'; len]).unwrap();
                let room = len / 3 * 4 + AROUND;
                assert_eq!(body.capacity(), room, "it was moved");
                assert!(body.len() < room, "{key}, {len}");
            }
        }
    }
}
