//! Which IV an answer may come under, and what each choice gives up.

/// Which IV an answer may have been sealed under.
///
/// The service answers under the request's IV, says its guide. Where no tag proves an answer (AES-256-CBC), the IV is
/// what keeps its first block from being rewritten: whoever can change a reply makes any text of up to 15 bytes out of
/// one block that he knows, by choosing the IV. So the choices that take another IV there are not the default.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum IvPolicy {
    /// What the suite can bear. Where a tag proves the answer (SM4-GCM): the request's IV or a fresh one, and
    /// [`Opened::iv_reused`](crate::Opened::iv_reused) tells which. Where none does (AES-256-CBC): the request's IV only.
    #[default]
    BySuite,
    /// The request's IV only.
    Same,
    /// A fresh IV only. With SM4-GCM an answer under the request's IV repeats a nonce; this refuses it before
    /// anything is decrypted. The ciphertexts have crossed the network by then all the same. With AES-256-CBC it
    /// gives up what [`IvPolicy::AcceptForgeableFirstBlock`] gives up.
    Fresh,
    /// Either IV, also where no tag proves the answer. Whoever can change a reply under AES-256-CBC then rewrites its
    /// first 16 bytes as he likes, and what he wrote cannot be told from what the service wrote.
    AcceptForgeableFirstBlock,
}

impl IvPolicy {
    /// Whether an answer under the request's IV (`reused`), or another, is taken from a suite with or without tags.
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
