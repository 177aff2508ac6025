//! Checks a suite's facts. They are read once, when a key is loaded or an opener is restored, and must be valid,
//! because buffers are sized by the lengths and the name is written into JSON unescaped.

use cardseal_crypto::{Facts, ProviderError, Suite};

/// The longest name of an algorithm.
const LONGEST_NAME: usize = 64;

/// Reads and checks the facts of a suite.
///
/// # Errors
/// A defect, if no suite can have these facts.
pub(crate) fn of(suite: &dyn Suite) -> Result<&'static Facts, ProviderError> {
    let facts = suite.facts();
    check(facts).map_err(|what| {
        ProviderError::defect(format!("the facts of a suite cannot be right: {what}"))
    })?;
    Ok(facts)
}

fn check(facts: &Facts) -> Result<(), &'static str> {
    let name = facts.algorithm.as_bytes();
    let is_plain = |byte: &u8| byte.is_ascii_graphic() && !b"\"\\".contains(byte);
    let tagless_blocks = facts.block_len.checked_rem(16);
    let rules = [
        (
            (1..=LONGEST_NAME).contains(&name.len()) && name.iter().all(is_plain),
            "its name is not 1 to 64 visible characters without quotes and backslashes",
        ),
        (
            (1..=32).contains(&facts.key_len),
            "its key has not 1 to 32 bytes",
        ),
        (
            (8..=16).contains(&facts.iv_len),
            "its IV has not 8 to 16 bytes",
        ),
        (
            (1..=255).contains(&facts.block_len),
            "its block has not 1 to 255 bytes",
        ),
        (
            matches!(facts.tag_len, 0 | 16),
            "its tag has neither 16 bytes nor none",
        ),
        // What was sealed is known again by blocks of 16 bytes where no tag tells it.
        (
            facts.authenticates() || tagless_blocks == Some(0),
            "it has no tag, and blocks that are no multiple of 16 bytes",
        ),
    ];
    match rules.iter().find(|(holds, _)| !holds) {
        Some((_, what)) => Err(what),
        None => Ok(()),
    }
}
