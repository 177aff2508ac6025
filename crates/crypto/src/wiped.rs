//! Bytes that are wiped on drop, including spare capacity: plaintext, padding, scratch.

use core::fmt;
use core::ops::{Deref, DerefMut};

/// Overwrites `bytes` with zeros so that the compiler cannot remove it. They may be megabytes, so this uses fast memory
/// writes instead of single bytes.
pub fn wipe(bytes: &mut [u8]) {
    bytes.fill(0);
    // The compiler must assume that the zeros are read here.
    zeroize::optimization_barrier(bytes);
}

/// Bytes that are wiped on drop, including spare capacity.
#[derive(Default)]
pub struct Wiped(Vec<u8>);

impl Wiped {
    /// Takes bytes to wipe on drop. A vector that grows leaves its old memory unwiped, so allocate enough first.
    pub fn new(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }

    /// Wipes the bytes now and leaves it empty.
    pub fn wipe(&mut self) {
        let all = self.0.capacity();
        self.0.resize(all, 0);
        wipe(&mut self.0);
        self.0.clear();
    }
}

impl Drop for Wiped {
    fn drop(&mut self) {
        self.wipe();
    }
}

impl fmt::Debug for Wiped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Wiped({} bytes)", self.0.len())
    }
}

impl AsRef<[u8]> for Wiped {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

impl Deref for Wiped {
    type Target = Vec<u8>;

    fn deref(&self) -> &Vec<u8> {
        &self.0
    }
}

impl DerefMut for Wiped {
    fn deref_mut(&mut self) -> &mut Vec<u8> {
        &mut self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wiping_leaves_nothing_and_keeps_the_memory() {
        let mut bytes = Wiped::new(b"110101199003071233".to_vec());
        bytes.truncate(3);
        let capacity = bytes.capacity();
        bytes.wipe();
        assert!(bytes.is_empty());
        assert_eq!(bytes.capacity(), capacity);
    }

    #[test]
    fn everything_is_wiped_and_nothing_else() {
        for start in 0..9 {
            for len in 0..40 {
                let mut bytes = [0xa5; 64];
                wipe(&mut bytes[start..start + len]);
                for (at, byte) in bytes.iter().enumerate() {
                    let inside = (start..start + len).contains(&at);
                    assert_eq!(*byte == 0, inside, "{start}, {len}, {at}");
                }
            }
        }
    }

    #[test]
    fn debug_shows_the_length_only() {
        let wiped = Wiped::new(b"11".to_vec());
        assert_eq!(format!("{wiped:?}"), "Wiped(2 bytes)");
    }
}
