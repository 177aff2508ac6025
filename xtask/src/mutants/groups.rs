//! What is changed together, and the tests that are there to notice it.

/// Files, and the tests that protect them.
pub(super) struct Group {
    pub(super) name: &'static str,
    /// Globs, as cargo-mutants takes them. A file belongs to the first group that names it.
    pub(super) files: &'static [&'static str],
    /// Whatever holds one of these in its name, which begins with its module's, or with `test_` and its file's.
    pub(super) tests: &'static [&'static str],
    pub(super) weight: Weight,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Weight {
    /// Opening, verifying, the IV policy and the parsing of keys: nothing may be missed here.
    Critical,
    Usual,
}

/// What stands among the critical files and is for sealing only.
pub(super) const SEALING: [&str; 3] = [
    "src/envelope/body.rs",
    "src/envelope/padding.rs",
    "src/envelope/session.rs",
];

/// The library's.
pub(super) const LIBRARY: &[Group] = &[
    Group {
        name: "keys",
        files: &["src/recipient.rs", "src/recipient/**", "src/error/**"],
        tests: &["test_key", "test_limits", "test_printing"],
        weight: Weight::Critical,
    },
    Group {
        name: "suites",
        files: &[
            "src/providers.rs",
            "src/stack.rs",
            "src/crypto/self_test.rs",
            "src/envelope/body.rs",
            "src/envelope/padding.rs",
            "src/envelope/session.rs",
        ],
        tests: &[
            "crypto::",
            "envelope::",
            "test_sealing",
            "test_known_answers",
            "test_lying_provider",
            "test_printing",
        ],
        weight: Weight::Critical,
    },
    Group {
        name: "opening",
        files: &[
            "src/envelope.rs",
            "src/envelope/**",
            "src/wire.rs",
            "src/wire/**",
        ],
        tests: &[
            "envelope::",
            "wire::",
            "test_open",
            "test_fields",
            "test_limits",
            "test_printing",
        ],
        weight: Weight::Critical,
    },
    Group {
        name: "answers",
        files: &[
            "src/personal.rs",
            "src/wiped_text.rs",
            "src/cloud/tencent/id_card/**",
            "src/cloud/tencent/id_card.rs",
            "src/cloud/tencent/reply.rs",
        ],
        tests: &[
            "personal::",
            "wiped_text::",
            "id_card::",
            "test_answer_types",
            "test_tencent",
            "test_sealing",
            "test_limits",
            "test_calls::a_reply",
            "test_printing",
        ],
        weight: Weight::Critical,
    },
    Group {
        name: "sign",
        files: &[
            "src/sign.rs",
            "src/signing.rs",
            "src/sign/**",
            "src/cloud/*/sign_*.rs",
            "src/cloud/huawei/canonical_request.rs",
        ],
        tests: &[
            "sign::",
            "sign_",
            "canonical_request::",
            "test_sign",
            "test_printing",
        ],
        weight: Weight::Usual,
    },
    Group {
        name: "calls",
        files: &[
            "src/error.rs",
            "src/account.rs",
            "src/call.rs",
            "src/call/**",
            "src/retry.rs",
            "src/clock.rs",
            "src/client.rs",
            "src/client/run.rs",
            "src/client/watch.rs",
            "src/client/unfollowed.rs",
            "src/endpoint.rs",
            "src/endpoint/**",
            "src/unsigned.rs",
            "src/rate_limit.rs",
            "src/transport.rs",
            "src/transport/**",
            "src/credential.rs",
            "src/credential/**",
        ],
        tests: &[
            "error::",
            "call::",
            "retry::",
            "clock::",
            "client::",
            "rate_limit::",
            "credential::",
            "test_calls",
            "test_credential",
            "test_process",
            "test_printing",
        ],
        weight: Weight::Usual,
    },
    Group {
        name: "tencent",
        files: &["src/cloud/tencent.rs", "src/cloud/tencent/**"],
        tests: &[
            "cloud::tencent",
            "test_tencent",
            "test_credential",
            "test_limits",
            "test_sealing",
            "test_printing",
        ],
        weight: Weight::Usual,
    },
    Group {
        name: "ctyun",
        files: &["src/cloud/ctyun.rs", "src/cloud/ctyun/**"],
        tests: &["cloud::ctyun", "test_ctyun"],
        weight: Weight::Usual,
    },
    Group {
        name: "huawei",
        files: &["src/cloud/huawei.rs", "src/cloud/huawei/**"],
        tests: &["cloud::huawei", "test_huawei", "test_printing"],
        weight: Weight::Usual,
    },
    Group {
        name: "clouds",
        files: &["src/cloud.rs", "src/cloud/*.rs"],
        tests: &[
            "cloud::",
            "test_tencent",
            "test_ctyun",
            "test_huawei_calls",
            "test_limits",
            "test_printing",
        ],
        weight: Weight::Usual,
    },
];

/// Crates of the workspace that are a group each, with all of their own tests.
pub(super) const CRATES: [&str; 7] = [
    "batch", "policy", "ledger", "sidecar", "queue", "prepare", "ffi",
];

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::mutants::sources::glob;

    #[test]
    fn every_group_has_files_and_tests_and_a_name_of_its_own() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
        let mut names = Vec::from(CRATES);
        names.extend(LIBRARY.iter().map(|group| group.name));
        names.sort_unstable();
        assert!(names.windows(2).all(|pair| pair[0] != pair[1]), "{names:?}");
        for group in LIBRARY {
            assert!(!group.tests.is_empty(), "{}", group.name);
            for file in group.files {
                let folder = file.split('*').next().unwrap();
                let folder = folder.rsplit_once('/').map_or(folder, |(folder, _)| folder);
                let there = if file.contains('*') {
                    root.join(folder).is_dir()
                } else {
                    root.join(file).is_file()
                };
                assert!(there, "{}: {file}", group.name);
            }
        }
        for name in CRATES {
            assert!(
                root.join("crates").join(name).join("src").is_dir(),
                "{name}"
            );
        }
    }

    #[test]
    fn what_is_for_sealing_only_stands_among_the_critical_files() {
        for file in SEALING {
            let holds = |group: &&Group| {
                group
                    .files
                    .iter()
                    .any(|pattern| glob(pattern).is_match(file))
            };
            assert!(
                LIBRARY
                    .iter()
                    .find(holds)
                    .is_some_and(|group| group.weight == Weight::Critical),
                "{file}"
            );
        }
    }
}
