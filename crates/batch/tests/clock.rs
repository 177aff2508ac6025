//! A clock that goes back, or stands at another day: no rate, no wait and no result of a batch depends on it.

use std::fs;
use std::path::Path;

/// The host's clock may be set while a batch runs. What is measured here is measured by a clock that never goes back, and
/// what happened when is the ledger's to say.
#[test]
fn no_part_of_a_batch_reads_the_hosts_clock() {
    let mut files = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src")];
    let (mut read, mut by_instant) = (0, 0);
    while let Some(path) = files.pop() {
        if path.is_dir() {
            files.extend(
                fs::read_dir(path)
                    .unwrap()
                    .map(|entry| entry.unwrap().path()),
            );
            continue;
        }
        let text = fs::read_to_string(&path).unwrap();
        assert!(!text.contains("SystemTime"), "{}", path.display());
        by_instant += text.matches("Instant::now()").count();
        read += 1;
    }
    assert!(read > 20 && by_instant > 5, "{read} files, {by_instant}");
}
