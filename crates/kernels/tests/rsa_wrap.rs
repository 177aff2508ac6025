//! RSA key wrapping: 300 published encryptions with known padding, the crate
//! `rsa` and a big-integer crate as independent implementations, on every
//! backend, and the sources of random bytes that fail.

use cardseal_kernels::WrapError;
use cardseal_kernels::rsa::{Backend, ModulusRejected, WrapKey};
use num_bigint::BigUint;
use rsa::rand_core::{TryCryptoRng, TryRng};
use rsa::traits::PublicKeyParts;
use rsa::{Pkcs1v15Encrypt, PrivateKey};
use sm3::{Digest, Sm3};
use std::convert::Infallible;

/// A fixed stream of bytes that looks random: SM3 of a counter.
struct Stream {
    counter: u64,
    rest: Vec<u8>,
}

impl Stream {
    fn new(counter: u64) -> Self {
        let rest = Vec::new();
        Self { counter, rest }
    }

    fn fill(&mut self, buffer: &mut [u8]) {
        for byte in buffer {
            if self.rest.is_empty() {
                self.counter += 1;
                self.rest = Sm3::digest(self.counter.to_be_bytes()).to_vec();
            }
            *byte = self.rest.pop().unwrap();
        }
    }

    fn bytes(&mut self, length: usize) -> Vec<u8> {
        let mut bytes = vec![0; length];
        self.fill(&mut bytes);
        bytes
    }
}

impl TryRng for Stream {
    type Error = Infallible;
    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        Ok(u32::from_be_bytes(self.bytes(4).try_into().unwrap()))
    }
    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        Ok(u64::from_be_bytes(self.bytes(8).try_into().unwrap()))
    }
    fn try_fill_bytes(&mut self, buffer: &mut [u8]) -> Result<(), Infallible> {
        self.fill(buffer);
        Ok(())
    }
}

impl TryCryptoRng for Stream {}

/// The key on every backend of this CPU, of which the library's is always one.
fn on_every_backend(modulus: &[u8]) -> Vec<(Backend, WrapKey)> {
    let keys: Vec<_> = Backend::available()
        .map(|backend| {
            let key = WrapKey::with_backend(modulus, backend).expect("available");
            (backend, key.unwrap())
        })
        .collect();
    assert!(keys.iter().any(|(backend, _)| *backend == Backend::Library));
    keys
}

fn wrap(key: &WrapKey, message: &[u8], source: &mut Stream) -> Vec<u8> {
    key.wrap::<Infallible>(message, &mut |buffer| {
        source.fill(buffer);
        Ok(())
    })
    .unwrap()
}

#[test]
fn the_published_encryptions_are_reproduced() {
    let vectors = include_str!("../../../vectors/wrap/rsa_pkcs1v15_encrypt.txt");
    let mut keys = None;
    let (mut all, mut of_1024_bits) = (0, 0);
    for line in vectors.lines().filter(|line| !line.starts_with('#')) {
        let fields: Vec<&str> = line.split(' ').collect();
        if let ["key", modulus] = fields[..] {
            let modulus = hex::decode(modulus).unwrap();
            let bits = BigUint::from_bytes_be(&modulus).bits();
            keys = Some((on_every_backend(&modulus), bits));
            continue;
        }
        let [message, padding, expected]: [Vec<u8>; 3] = fields
            .iter()
            .map(|field| hex::decode(field).unwrap())
            .collect::<Vec<_>>()
            .try_into()
            .unwrap();
        let (keys, bits) = keys.as_ref().unwrap();
        for (backend, key) in keys {
            let mut requests = 0;
            let ciphertext = key.wrap::<Infallible>(&message, &mut |buffer| {
                requests += 1;
                buffer.copy_from_slice(&padding);
                Ok(())
            });
            assert_eq!(ciphertext.unwrap(), expected, "{backend}");
            assert_eq!(requests, 1, "padding without zeros is drawn at once");
        }
        all += 1;
        of_1024_bits += usize::from(*bits == 1024);
    }
    assert_eq!((all, of_1024_bits), (300, 120));
    println!("REACHED PKCS#1 v1.5: {all} seeded encryptions, {of_1024_bits} of them RSA-1024");
    let ran: Vec<_> = Backend::available().map(Backend::name).collect();
    println!("the published encryptions ran on: {}", ran.join(", "));
}

#[test]
fn the_power_is_right_at_every_size() {
    let mut source = Stream::new(0);
    let sizes = [
        1024u32, 1025, 1032, 1088, 1535, 1536, 1537, 2040, 2047, 2048, 2049, 3071, 3072, 3073,
        4095, 4096,
    ];
    for bits in sizes.into_iter().flat_map(|bits| [bits; 6]) {
        let length = bits.div_ceil(8) as usize;
        let top = BigUint::from(1u8) << (bits - 1);
        let random = BigUint::from_bytes_be(&source.bytes(length)) % &top;
        let modulus = (top | random) | BigUint::from(1u8);
        check_power(&modulus, length, &mut source);
    }
    // The largest modulus of each width, and the smallest of 1024 bits.
    for bits in [1024u32, 1536, 2048, 3072, 4096] {
        let largest = (BigUint::from(1u8) << bits) - 1u8;
        check_power(&largest, bits as usize / 8, &mut source);
    }
    let smallest = (BigUint::from(1u8) << 1023u32) + 1u8;
    check_power(&smallest, 128, &mut source);
}

/// Random blocks under random moduli, against the big-integer crate; `CARDSEAL_CASES` sets how many.
#[test]
fn random_powers() {
    let cases = match std::env::var("CARDSEAL_CASES") {
        Ok(count) => count.parse().expect("a number in CARDSEAL_CASES"),
        Err(_) => 200u32,
    };
    let mut source = Stream::new(3 << 32);
    for _ in 0..cases {
        let mut modulus = source.bytes(128);
        modulus[0] |= 0x80;
        modulus[127] |= 1;
        check_power(&BigUint::from_bytes_be(&modulus), 128, &mut source);
    }
    println!("REACHED {cases} random RSA-1024 powers on every backend, 0 differences");
}

fn check_power(modulus: &BigUint, length: usize, source: &mut Stream) {
    let message = source.bytes(32);
    let padding: Vec<u8> = source
        .bytes(length - 35)
        .iter()
        .map(|byte| byte.max(&1))
        .copied()
        .collect();
    let block = [&[0, 2], &padding[..], &[0], &message[..]].concat();
    let power = BigUint::from_bytes_be(&block).modpow(&BigUint::from(65537u32), modulus);
    let power = power.to_bytes_be();
    let expected = [&vec![0; length - power.len()][..], &power].concat();
    for (backend, key) in on_every_backend(&modulus.to_bytes_be()) {
        let ciphertext = key.wrap::<Infallible>(&message, &mut |buffer| {
            buffer.copy_from_slice(&padding);
            Ok(())
        });
        assert_eq!(ciphertext.unwrap(), expected, "{backend}, n = {modulus:x}");
    }
}

#[test]
fn what_is_wrapped_can_be_unwrapped() {
    let mut source = Stream::new(1 << 32);
    for bits in [1024, 1024, 1536, 2048] {
        let secret = PrivateKey::new(&mut source, bits).unwrap();
        for (backend, key) in on_every_backend(&secret.n().to_be_bytes()) {
            for length in [0, 1, 16, 32, bits / 8 - 12, bits / 8 - 11] {
                let message = source.bytes(length);
                let ciphertext = wrap(&key, &message, &mut source);
                assert_eq!(ciphertext.len(), bits / 8);
                let opened = secret.decrypt(Pkcs1v15Encrypt, &ciphertext).unwrap();
                assert_eq!(opened, message, "{backend}");
            }
        }
    }
}

/// A modulus so large that the block can be read off nothing but its power;
/// good for tests of the padding through the front door.
fn key_1024() -> (WrapKey, BigUint) {
    let modulus = (BigUint::from(1u8) << 1024u32) - 105u8;
    (WrapKey::new(&modulus.to_bytes_be()).unwrap(), modulus)
}

#[test]
fn padding_bytes_that_come_as_zero_are_drawn_again() {
    let (key, modulus) = key_1024();
    // First draw: every third byte zero. Then one byte at a time: 0, 0, i, ...
    let mut sizes = Vec::new();
    let mut singles = 0u8;
    let ciphertext = key.wrap::<Infallible>(&[0x4b; 16], &mut |buffer| {
        if sizes.is_empty() {
            for (place, byte) in buffer.iter_mut().enumerate() {
                *byte = if place.is_multiple_of(3) { 0 } else { 0xaa };
            }
        } else {
            singles += 1;
            buffer.fill(if singles.is_multiple_of(3) {
                singles
            } else {
                0
            });
        }
        sizes.push(buffer.len());
        Ok(())
    });
    let mut redrawn = (1u8..).map(|place| place * 3);
    let padding: Vec<u8> = (0..109u32)
        .map(|place| {
            if place.is_multiple_of(3) {
                redrawn.next().unwrap()
            } else {
                0xaa
            }
        })
        .collect();
    let block = [&[0, 2], &padding[..], &[0], &[0x4b; 16]].concat();
    let power = BigUint::from_bytes_be(&block).modpow(&BigUint::from(65537u32), &modulus);
    assert_eq!(BigUint::from_bytes_be(&ciphertext.unwrap()), power);
    assert_eq!(sizes[0], 109);
    assert_eq!(sizes[1..], [1; 37 * 3]);
}

#[test]
fn a_source_that_fails_or_sticks_is_an_error() {
    let (key, _) = key_1024();
    let failed = key.wrap(b"key", &mut |_| Err("no entropy"));
    assert_eq!(failed, Err(WrapError::Entropy("no entropy")));
    let mut requests = 0;
    let failed_later = key.wrap(b"key", &mut |buffer| {
        requests += 1;
        buffer.fill(0);
        if requests > 5 {
            Err("no entropy")
        } else {
            Ok(())
        }
    });
    assert_eq!(failed_later, Err(WrapError::Entropy("no entropy")));
    let mut requests = 0;
    let stuck = key.wrap::<Infallible>(b"key", &mut |buffer| {
        requests += 1;
        buffer.fill(0);
        Ok(())
    });
    assert_eq!((stuck, requests), (Err(WrapError::EntropyStuck), 64));
}

#[test]
fn messages_too_long_are_refused() {
    let (key, _) = key_1024();
    let mut source = Stream::new(7);
    assert_eq!(wrap(&key, &[1; 117], &mut source).len(), 128);
    let refused = key.wrap::<Infallible>(&[1; 118], &mut |_| unreachable!());
    assert_eq!(refused, Err(WrapError::MessageTooLong { limit: 117 }));
}

#[test]
fn only_odd_numbers_of_supported_size_are_moduli() {
    let modulus = |bits: u32| (BigUint::from(1u8) << (bits - 1)) + 1u8;
    let refused = |number: &BigUint| WrapKey::new(&number.to_bytes_be()).err();
    for bits in [1024, 1025, 2048, 4096] {
        assert_eq!(refused(&modulus(bits)), None);
        assert_eq!(refused(&(modulus(bits) + 1u8)), Some(ModulusRejected::Even));
    }
    for bits in [1, 512, 1023, 4097, 16384] {
        let expected = ModulusRejected::SizeUnsupported {
            bits: bits as usize,
        };
        assert_eq!(
            refused(&modulus(bits.max(2))),
            Some(match bits {
                1 => ModulusRejected::SizeUnsupported { bits: 2 },
                _ => expected,
            })
        );
    }
    let nothing = Some(ModulusRejected::SizeUnsupported { bits: 0 });
    assert_eq!(WrapKey::new(&[]).err(), nothing);
    assert_eq!(WrapKey::new(&[0; 256]).err(), nothing);
    // Zero bytes in front, as DER has them, do not make a modulus longer.
    let padded = [&[0, 0], &modulus(1024).to_bytes_be()[..]].concat();
    let key = WrapKey::new(&padded).unwrap();
    assert_eq!(wrap(&key, b"key", &mut Stream::new(9)).len(), 128);
}
