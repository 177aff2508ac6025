//! Wiping many bytes at once.

use zeroize::Zeroize;

/// Overwrites `bytes` with zeros, whatever the compiler thinks of it: what `zeroize` does, a word at a time and not a
/// byte.
pub fn wipe(bytes: &mut [u8]) {
    // SAFETY: `u64` has no padding and takes every bit pattern, and so does `u8`: whatever is written through one can
    // be read through the other.
    let (head, words, tail) = unsafe { bytes.align_to_mut::<u64>() };
    head.zeroize();
    words.zeroize();
    tail.zeroize();
}

#[cfg(test)]
mod tests {
    #[test]
    fn everything_is_wiped_and_nothing_else() {
        for start in 0..9 {
            for len in 0..40 {
                let mut bytes = [0xa5; 64];
                super::wipe(&mut bytes[start..start + len]);
                for (at, byte) in bytes.iter().enumerate() {
                    let inside = (start..start + len).contains(&at);
                    assert_eq!(*byte == 0, inside, "{start}, {len}, {at}");
                }
            }
        }
    }
}
