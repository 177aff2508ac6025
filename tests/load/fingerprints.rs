//! Which keys and IVs came, by their first sixteen bytes: all of an SM4 key and of every IV, half of an AES key. Of 10^7
//! random ones, two that are alike have a chance of 10^-25.

use super::common::unb64;

/// What was drawn for some requests.
#[derive(Default)]
pub(crate) struct Drawn {
    keys: Vec<u128>,
    ivs: Vec<u128>,
}

impl Drawn {
    /// With room for so many, so that noting them is no growth.
    pub(crate) fn with_room(requests: usize) -> Self {
        Self {
            keys: room(requests),
            ivs: room(requests),
        }
    }

    pub(crate) fn note(&mut self, key: &[u8], iv: &[u8]) {
        self.keys.push(fingerprint(key));
        self.ivs.push(fingerprint(iv));
    }

    pub(crate) fn note_base64(&mut self, key: &str, iv: &str) {
        self.note(&unb64(key), &unb64(iv));
    }

    pub(crate) fn take(&mut self, other: Self) {
        self.keys.extend(other.keys);
        self.ivs.extend(other.ivs);
    }

    pub(crate) fn len(&self) -> usize {
        self.keys.len()
    }

    /// How many keys, and how many IVs, came before.
    pub(crate) fn repeated(self) -> (usize, usize) {
        (repeated(self.keys), repeated(self.ivs))
    }
}

/// Memory that is resident already.
pub(crate) fn room<T: Copy + From<u8>>(count: usize) -> Vec<T> {
    let mut room = vec![T::from(1); count];
    room.clear();
    room
}

fn fingerprint(bytes: &[u8]) -> u128 {
    let mut first = [0; 16];
    let len = bytes.len().min(16);
    first[..len].copy_from_slice(&bytes[..len]);
    u128::from_ne_bytes(first)
}

fn repeated(mut fingerprints: Vec<u128>) -> usize {
    fingerprints.sort_unstable();
    fingerprints
        .windows(2)
        .filter(|pair| pair[0] == pair[1])
        .count()
}

#[test]
fn what_comes_twice_is_counted() {
    let mut drawn = Drawn::default();
    for (key, iv) in [([1; 32], [1; 12]), ([2; 32], [2; 12]), ([1; 32], [3; 12])] {
        drawn.note(&key, &iv);
    }
    let mut other = Drawn::default();
    other.note(&[4; 16], &[2; 12]);
    other.note(&[1; 32], &[2; 12]);
    drawn.take(other);
    assert_eq!((drawn.len(), drawn.repeated()), (5, (2, 2)));
}
