//! What a process keeps resident.

use std::fs::read_to_string;

/// Bytes resident now; of this process where none is named.
pub(crate) fn resident(process: Option<u32>) -> usize {
    let process = process.map_or_else(|| "self".to_owned(), |id| id.to_string());
    let status = read_to_string(format!("/proc/{process}/status")).unwrap();
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))
        .unwrap();
    let kibibytes: usize = line.trim().trim_end_matches(" kB").parse().unwrap();
    kibibytes * 1024
}

/// The middle one of some measurements.
pub(crate) fn middle(measured: &[usize]) -> usize {
    let mut sorted = measured.to_vec();
    sorted.sort_unstable();
    sorted[sorted.len() / 2]
}

#[test]
fn the_middle_one() {
    assert_eq!(middle(&[9, 1, 5, 4, 7]), 5);
}

/// Bytes in so many MiB, for people.
pub(crate) fn mebibytes(bytes: usize) -> String {
    format!("{} MiB", bytes >> 20)
}
