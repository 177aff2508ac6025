//! Who may ask: tokens from a file, kept as digests, and compared in constant time whatever their length.

use std::fmt;

use sha2::{Digest, Sha256};
use subtle::{Choice, ConditionallySelectable, ConstantTimeEq};

/// Shorter ones are mistakes.
const SHORTEST: usize = 8;

/// A short token can be guessed by a program on the same machine.
const RECOMMENDED: usize = 20;

const LONGEST: usize = 512;

/// More than anybody rotates.
const MOST: usize = 16;

/// The tokens that are accepted: usually one, two while one takes the place of another, or one for each program.
pub struct Tokens {
    digests: Vec<[u8; 32]>,
    has_short: bool,
}

/// Which token was presented. What one seals, another cannot open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Caller(u8);

/// Why a file holds no tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TokenError {
    /// There is none.
    #[error("the token file is empty; write a token of 20 characters or more into it")]
    Empty,
    /// A line is none.
    #[error(
        "line {line} of the token file is no token: 8 to 512 visible ASCII characters, no space among them"
    )]
    NoToken {
        /// From 1.
        line: usize,
    },
    /// It begins with a byte order mark, which nobody sees.
    #[error(
        "the token file begins with a byte order mark, which is no part of a token; save it without one"
    )]
    ByteOrderMark,
    /// There are more than 16.
    #[error("the token file has more than 16 lines; one is enough")]
    TooMany,
}

impl Tokens {
    /// The tokens of a file, a line each.
    ///
    /// # Errors
    /// [`TokenError`], which quotes nothing.
    pub fn parse(text: &str) -> Result<Self, TokenError> {
        let mut tokens = Self {
            digests: Vec::new(),
            has_short: false,
        };
        if text.starts_with('\u{feff}') {
            return Err(TokenError::ByteOrderMark);
        }
        for (line, token) in text.lines().enumerate() {
            let is_token = (SHORTEST..=LONGEST).contains(&token.len())
                && token.bytes().all(|byte| byte.is_ascii_graphic());
            if !is_token {
                let line = line.saturating_add(1);
                return Err(TokenError::NoToken { line });
            }
            if tokens.digests.len() == MOST {
                return Err(TokenError::TooMany);
            }
            tokens.has_short |= token.len() < RECOMMENDED;
            tokens.digests.push(Sha256::digest(token).into());
        }
        match tokens.digests.is_empty() {
            true => Err(TokenError::Empty),
            false => Ok(tokens),
        }
    }

    /// True if one has fewer than 20 characters.
    pub fn has_short(&self) -> bool {
        self.has_short
    }

    /// Whose token this is. All are compared, and each wholly.
    pub(crate) fn caller(&self, presented: &[u8]) -> Option<Caller> {
        let presented: [u8; 32] = Sha256::digest(presented).into();
        let mut found = Choice::from(0);
        let mut caller = 0_u8;
        for (index, digest) in (0_u8..).zip(&self.digests) {
            let same = digest.ct_eq(&presented);
            caller.conditional_assign(&index, same);
            found |= same;
        }
        bool::from(found).then_some(Caller(caller))
    }
}

impl fmt::Debug for Tokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tokens")
            .field("count", &self.digests.len())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_line_is_a_caller_and_nothing_else_is() {
        let tokens = Tokens::parse("first-token-of-two-0\nsecond-token-of-two\r\n").unwrap();
        let first = tokens.caller(b"first-token-of-two-0").unwrap();
        let second = tokens.caller(b"second-token-of-two").unwrap();
        assert_ne!(first, second);
        for wrong in [
            "",
            "first-token-of-two-",
            "first-token-of-two-01",
            "second-token-of-tw0",
        ] {
            assert_eq!(tokens.caller(wrong.as_bytes()), None, "{wrong}");
        }
        assert!(tokens.has_short());
        assert!(!format!("{tokens:?}").contains("first"));
    }

    #[test]
    fn what_is_no_token_is_refused_by_its_line() {
        assert_eq!(Tokens::parse("").unwrap_err(), TokenError::Empty);
        for (text, line) in [
            ("short\n", 1),
            ("\n", 1),
            ("long-enough-1\nwith a space\n", 2),
            ("密钥密钥密钥", 1),
        ] {
            assert_eq!(
                Tokens::parse(text).unwrap_err(),
                TokenError::NoToken { line },
                "{text}"
            );
        }
        assert_eq!(
            Tokens::parse("\u{feff}long-enough-1\n").unwrap_err(),
            TokenError::ByteOrderMark
        );
        let many = "long-enough-1\n".repeat(17);
        assert_eq!(Tokens::parse(&many).unwrap_err(), TokenError::TooMany);
    }
}
