//! Labels for credentials: a label distinguishes a credential from others but cannot be used as one.

use sha2::{Digest, Sha256};

/// The minimum length of an id whose ends may be shown.
const LONG: usize = 24;

/// The label of a credential, made from its public half: for a long id, its ends and six digits of its hash; otherwise
/// twelve digits of its hash. Empty for credentials without an id, such as a token.
pub fn credential_label(id: &str) -> String {
    if id.is_empty() {
        return String::new();
    }
    let hash: String = Sha256::digest(id.as_bytes())
        .iter()
        .take(6)
        .map(|byte| format!("{byte:02x}"))
        .collect();
    let plain = id.len() >= LONG && id.bytes().all(|byte| byte.is_ascii_alphanumeric());
    let ends = id
        .get(..4)
        .zip(id.len().checked_sub(4).and_then(|at| id.get(at..)));
    match (ends, hash.get(..6)) {
        (Some((front, back)), Some(short)) if plain => format!("{front}…{back}-{short}"),
        _ => format!("id-{hash}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_tells_ids_apart_and_shows_little() {
        // sha256sum of the id.
        assert_eq!(credential_label("test-id"), "id-6cc41d5ec590");
        let one = credential_label("AKIDz8krbsJ5yKBZQpn74WFkmLPx3EXAMPLE");
        let two = credential_label("AKIDz8krbsJ5yKBZQpn74WFkmLPx4EXAMPLE");
        assert!(one.starts_with("AKID…MPLE-") && one.len() < 20, "{one}");
        assert_ne!(one, two);
        assert_eq!(credential_label(""), "");
    }
}
