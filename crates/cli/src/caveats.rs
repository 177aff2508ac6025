//! What an answer and its key do not protect, in one place, so that every command says it alike.

use cardseal::Recipient;

/// For an answer under the request's own IV, or under another, from a suite with or without tags.
pub(crate) fn of_iv(has_tags: bool, reused: bool) -> Option<&'static str> {
    match (has_tags, reused) {
        (true, true) => Some(
            "the answer repeats the request's SM4-GCM nonce: anyone who saw both inside TLS learns the XOR of the \
             two plaintexts and can forge answers; --iv-policy fresh rejects such answers",
        ),
        (true, false) => None,
        (false, true) => Some(
            "AES-256-CBC has no tag: only TLS protects this answer, which was sealed under the request's IV",
        ),
        (false, false) => Some(
            "AES-256-CBC has no tag, and the answer was sealed under another IV than the request's: an attacker who \
             changed it may have chosen its first 16 bytes; --iv-policy same rejects such answers",
        ),
    }
}

/// For what a tag proves and no member of an answer stands in.
pub(crate) const OF_A_REQUEST: &str = "the tag is valid, but the opened text is not an answer: the opener file does \
    not identify the request, so this may be the request itself, sent back; seal with `cardseal seal`, whose opener \
    files identify it";

/// For an opener that another program made: said behind what was sealed.
pub(crate) const REPLY_DECIDED: &str =
    "; the opener file does not say what was requested, so the reply decided";

/// For a key below today's strength.
pub(crate) fn of_key(recipient: &Recipient) -> Option<String> {
    let name = recipient.key_name();
    let bits: u32 = name.strip_prefix("RSA-")?.parse().ok()?;
    (bits < 2048).then(|| {
        format!("the key is {name}, which is weak by today's standards; the service's SM2 key is stronger")
    })
}
