//! What an answer and its key do not protect, in one place, so that every command says it alike.

use cardseal::Recipient;

/// For an answer under the request's own IV, or under another, from a suite with or without tags.
pub(crate) fn of_iv(has_tags: bool, reused: bool) -> Option<&'static str> {
    match (has_tags, reused) {
        (true, true) => Some(
            "the answer repeats the request's SM4-GCM nonce: whoever saw both inside TLS learns the XOR of the two \
             plaintexts and can forge answers; --iv-policy fresh refuses such answers",
        ),
        (true, false) => None,
        (false, true) => Some(
            "AES-256-CBC carries no tag: only TLS vouches for this answer, which was sealed under the request's IV",
        ),
        (false, false) => Some(
            "AES-256-CBC carries no tag, and the answer came under another IV than the request's: whoever could change \
             it may have written its first 16 bytes; --iv-policy same refuses such answers",
        ),
    }
}

/// For what a tag proves and no member of an answer stands in.
pub(crate) const OF_A_REQUEST: &str = "the tag is good, but what was opened is no answer: the opener file does not say \
     what the request was, so this may be the request itself, sent back; seal with `cardseal seal`, whose opener files \
     say it";

/// For an opener that another program made: said behind what was sealed.
pub(crate) const REPLY_DECIDED: &str =
    "; the opener file does not say what was asked, so the reply decided that";

/// For a key below today's strength.
pub(crate) fn of_key(recipient: &Recipient) -> Option<String> {
    let name = recipient.key_name();
    let bits: u32 = name.strip_prefix("RSA-")?.parse().ok()?;
    (bits < 2048).then(|| {
        format!("the key is {name}, below today's strength; the service's SM2 key is stronger")
    })
}
