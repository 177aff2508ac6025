//! What a process keeps resident.

use std::fs::read_to_string;

/// Bytes resident now; of this process where none is named.
pub fn resident(process: Option<u32>) -> usize {
    let process = process.map_or_else(|| "self".to_owned(), |id| id.to_string());
    let status = read_to_string(format!("/proc/{process}/status")).unwrap();
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))
        .unwrap();
    let kibibytes: usize = line.trim().trim_end_matches(" kB").parse().unwrap();
    kibibytes * 1024
}

/// Bytes in so many MiB, for people.
pub fn mebibytes(bytes: usize) -> String {
    format!("{} MiB", bytes >> 20)
}
