//! What an answer and its key do not protect, in one place, so that every command says it alike.

use cardseal::Recipient;

/// For an answer that came under the request's own IV.
pub(crate) fn of_reused_iv(authenticated: bool) -> &'static str {
    if authenticated {
        "the answer repeats the request's SM4-GCM nonce: whoever saw both inside TLS learns the XOR of the two \
         plaintexts and can forge answers; --iv-policy fresh refuses such answers"
    } else {
        "the answer was sealed under the request's IV, which shows whether the two begin alike"
    }
}

/// For a key below today's strength.
pub(crate) fn of_key(recipient: &Recipient) -> Option<String> {
    let name = recipient.key_name();
    let bits: u32 = name.strip_prefix("RSA-")?.parse().ok()?;
    (bits < 2048).then(|| {
        format!("the key is {name}, below today's strength; the service's SM2 key is stronger")
    })
}
