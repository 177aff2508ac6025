//! Which IV a reply may use, and the risk of each choice.

/// Which IV a reply may be sealed under.
///
/// According to its guide, the service seals the reply under the request's IV. If no tag authenticates a reply
/// (AES-256-CBC), only a fixed IV protects its first block: an attacker who can change the reply and choose the IV can
/// turn one known block into any text of up to 15 bytes. The policies that accept another IV with such a suite are
/// therefore not the default.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum IvPolicy {
    /// Depends on the suite. With a tag (SM4-GCM): the request's IV or a fresh one;
    /// [`Opened::iv_reused`](crate::Opened::iv_reused) tells which. Without a tag (AES-256-CBC): only the request's IV.
    #[default]
    BySuite,
    /// Only the request's IV.
    Same,
    /// Only a fresh IV. With SM4-GCM, a reply under the request's IV repeats a nonce; this policy rejects it before
    /// anything is decrypted, although both ciphertexts have crossed the network by then. With AES-256-CBC it has the
    /// risk of [`IvPolicy::AcceptForgeableFirstBlock`].
    Fresh,
    /// Either IV, even without a tag. With AES-256-CBC, an attacker who can change the reply can then choose its first
    /// 16 bytes, and the change cannot be detected.
    AcceptForgeableFirstBlock,
}

impl IvPolicy {
    /// Whether to accept a reply under the request's IV (`reused`) or another one, for a suite with or without tags.
    pub(super) fn takes(self, authenticates: bool, reused: bool) -> bool {
        match self {
            Self::BySuite => authenticates || reused,
            Self::Same => reused,
            Self::Fresh => !reused,
            Self::AcceptForgeableFirstBlock => true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_suite_without_a_tag_takes_the_requests_iv_only_unless_told_otherwise() {
        assert_eq!(IvPolicy::default(), IvPolicy::BySuite);
        for (policy, with_tag, without) in [
            // Under a fresh IV, then under the request's.
            (IvPolicy::BySuite, [true, true], [false, true]),
            (IvPolicy::Same, [false, true], [false, true]),
            (IvPolicy::Fresh, [true, false], [true, false]),
            (
                IvPolicy::AcceptForgeableFirstBlock,
                [true, true],
                [true, true],
            ),
        ] {
            let takes = |tag| [false, true].map(|reused| policy.takes(tag, reused));
            assert_eq!(
                (takes(true), takes(false)),
                (with_tag, without),
                "{policy:?}"
            );
        }
    }
}
