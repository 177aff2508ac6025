//! SM2 key wrapping: the standard's own example, the crate `sm2` as an
//! independent implementation, and the sources of random bytes that fail.

use cardseal_kernels::WrapError;
use cardseal_kernels::sm2::{Backend, PointRejected, WrapKey};
use sm2::elliptic_curve::rand_core::{TryCryptoRng, TryRng};
use sm2::elliptic_curve::sec1::ToSec1Point;
use sm2::elliptic_curve::{Group, PrimeField};
use sm2::pke::{DecryptingKey, EncryptingKey};
use sm2::{ProjectivePoint, PublicKey, Scalar, SecretKey};
use sm3::{Digest, Sm3};
use std::convert::Infallible;

type Bytes32 = [u8; 32];

/// Hands out fixed scalars, one for each request, the last one for ever.
struct Fixed<'a> {
    scalars: &'a [Bytes32],
    drawn: usize,
}

impl Fixed<'_> {
    fn draw(&mut self, buffer: &mut [u8]) {
        let place = self.drawn.min(self.scalars.len() - 1);
        buffer.copy_from_slice(&self.scalars[place]);
        self.drawn += 1;
    }
}

impl TryRng for Fixed<'_> {
    type Error = Infallible;
    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        unreachable!("scalars are drawn as bytes")
    }
    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        unreachable!("scalars are drawn as bytes")
    }
    fn try_fill_bytes(&mut self, buffer: &mut [u8]) -> Result<(), Infallible> {
        self.draw(buffer);
        Ok(())
    }
}

impl TryCryptoRng for Fixed<'_> {}

/// A fixed stream of bytes that looks random: SM3 of a counter.
struct Stream(u64);

impl Stream {
    fn next(&mut self) -> Bytes32 {
        self.0 += 1;
        Sm3::digest(self.0.to_be_bytes()).into()
    }
}

fn hex32(text: &str) -> Bytes32 {
    hex::decode(text).unwrap().try_into().unwrap()
}

fn scalar(bytes: &Bytes32) -> Scalar {
    Option::from(Scalar::from_repr((*bytes).into())).expect("a scalar in range")
}

fn small(number: u64) -> Scalar {
    Scalar::from(number)
}

fn bytes(scalar: &Scalar) -> Bytes32 {
    scalar.to_repr().into()
}

fn coordinates(point: &ProjectivePoint) -> (Bytes32, Bytes32) {
    let encoded = point.to_affine().to_sec1_point(false);
    let encoded = encoded.as_bytes();
    (
        encoded[1..33].try_into().unwrap(),
        encoded[33..].try_into().unwrap(),
    )
}

/// The key on every backend of this CPU, of which the portable one is always there.
fn on_every_backend(x: &Bytes32, y: &Bytes32) -> Vec<(Backend, WrapKey)> {
    let keys: Vec<_> = Backend::available()
        .map(|backend| {
            let key = WrapKey::with_backend(x, y, backend).expect("available");
            (backend, key.unwrap())
        })
        .collect();
    assert!(
        keys.iter()
            .any(|(backend, _)| *backend == Backend::Portable)
    );
    keys
}

/// Both implementations' view of one public key; of ours, each backend's.
struct Pair {
    ours: Vec<(Backend, WrapKey)>,
    theirs: EncryptingKey,
}

impl Pair {
    fn new(point: &ProjectivePoint) -> Self {
        let (x, y) = coordinates(point);
        Self {
            ours: on_every_backend(&x, &y),
            theirs: EncryptingKey::new(PublicKey::from_affine(point.to_affine()).unwrap()),
        }
    }

    fn ours(&self, scalars: &[Bytes32], message: &[u8]) -> (Vec<u8>, usize) {
        let of_each = self.ours.iter().map(|(backend, key)| {
            let mut source = Fixed { scalars, drawn: 0 };
            let ciphertext = key.wrap::<Infallible>(message, &mut |buffer| {
                source.draw(buffer);
                Ok(())
            });
            (backend, (ciphertext.unwrap(), source.drawn))
        });
        let found = of_each.reduce(|(first, found), (backend, other)| {
            assert_eq!(found, other, "{first} and {backend}, k {scalars:02x?}");
            (first, found)
        });
        found.expect("a backend").1
    }

    fn theirs(&self, scalars: &[Bytes32], message: &[u8]) -> (Vec<u8>, usize) {
        let mut source = Fixed { scalars, drawn: 0 };
        let ciphertext = self.theirs.encrypt(&mut source, message).unwrap();
        (ciphertext, source.drawn)
    }

    fn agree(&self, scalars: &[Bytes32], message: &[u8]) -> Vec<u8> {
        let ours = self.ours(scalars, message);
        assert_eq!(ours, self.theirs(scalars, message), "k {scalars:02x?}");
        ours.0
    }
}

#[test]
fn the_example_of_gb_t_32918_5_is_reproduced() {
    // GB/T 32918.5-2017, annex C: message "encryption standard".
    let keys = on_every_backend(
        &hex32("09f9df311e5421a150dd7d161e4bc5c672179fad1833fc076bb08ff356f35020"),
        &hex32("ccea490ce26775a52dc6ea718cc1aa600aed05fbf35e084a6632f6072da9ad13"),
    );
    let k = hex32("59276e27d506861a16680f3ad9c02dccef3cc1fa3cdbe4ce6d54b80deac1bc21");
    let c1 = "0404ebfc718e8d1798620432268e77feb6415e2ede0e073c0f4f640ecd2e149a73\
              e858f9d81e5430a57b36daab8f950a3c64e6ee6a63094d99283aff767e124df0";
    let c3 = "59983c18f809e262923c53aec295d30383b54e39d609d160afcb1908d0bd8766";
    let c2 = "21886ca989ca9c7d58087307ca93092d651efa";
    for (backend, key) in keys {
        let ciphertext = key
            .wrap::<Infallible>(b"encryption standard", &mut |buffer| {
                buffer.copy_from_slice(&k);
                Ok(())
            })
            .unwrap();
        assert_eq!(hex::encode(ciphertext), [c1, c3, c2].concat(), "{backend}");
    }
    let ran: Vec<_> = Backend::available().map(Backend::name).collect();
    println!("the example of GB/T 32918.5 ran on: {}", ran.join(", "));
}

#[test]
fn random_keys_scalars_and_messages_agree() {
    let mut stream = Stream(0);
    let text: Vec<u8> = (0..40u64).flat_map(|_| stream.next()).collect();
    for _ in 0..60 {
        let point = ProjectivePoint::mul_by_generator(&scalar(&stream.next()));
        let pair = Pair::new(&point);
        for _ in 0..40 {
            let word = stream.next();
            let length = match word[0] % 4 {
                0 => 16,
                1 => 1 + usize::from(word[1] % 4),
                2 => 30 + usize::from(word[1] % 5),
                _ => 1 + usize::from(u16::from_be_bytes([word[1], word[2]]) % 1200),
            };
            pair.agree(&[stream.next(), stream.next()], &text[..length]);
        }
    }
}

#[test]
fn edge_scalars_and_special_keys_agree() {
    // 2^256 - n, the one scalar for which the last addition doubles.
    let exceptional = hex32(
        "00000001000000000000000000000000\
                             8dfc2094de39fad4ac440bf6c62abedd",
    );
    let power = |bit: u64| (0..bit).fold(Scalar::ONE, |power, _| power + power);
    let mut scalars: Vec<Scalar> = (1..=66).map(small).collect();
    for bit in (0..51).map(|row| 5 * row).chain([1, 254, 255]) {
        let power = power(bit);
        scalars.extend([
            power,
            power + Scalar::ONE,
            power - small(1),
            power * small(31),
        ]);
    }
    scalars.push(scalar(&exceptional));
    scalars.push(scalar(&exceptional) + Scalar::ONE);
    scalars.push(scalar(&exceptional) - Scalar::ONE);
    let opposites: Vec<Scalar> = scalars.iter().map(|k| -k).collect();
    scalars.extend(opposites);
    scalars.retain(|k| *k != Scalar::ZERO);

    let keys = [
        Scalar::ONE,
        -Scalar::ONE,
        small(2),
        small(31),
        -small(32),
        power(255),
        -power(250),
        scalar(&exceptional),
    ];
    for key in keys {
        let pair = Pair::new(&ProjectivePoint::mul_by_generator(&key));
        for k in &scalars {
            pair.agree(&[bytes(k)], b"sixteen byte key");
        }
    }
}

/// The first multiples of a point, from 1 on, whose coordinate starts with a
/// zero byte.
fn short_multiples(point: &ProjectivePoint, of_y: bool) -> Vec<u64> {
    let mut sum = ProjectivePoint::IDENTITY;
    (1u64..)
        .filter(|_| {
            sum += point;
            let (x, y) = coordinates(&sum);
            (if of_y { y } else { x })[0] == 0
        })
        .take(3)
        .collect()
}

#[test]
fn coordinates_with_leading_zeros_agree() {
    let generator = ProjectivePoint::GENERATOR;
    let ordinary = Pair::new(&(generator * small(0x1234_5678_9abc)));
    for of_y in [false, true] {
        for short in short_multiples(&generator, of_y) {
            // As the recipient's key,
            let pair = Pair::new(&(generator * small(short)));
            pair.agree(&[bytes(&small(77))], b"key");
            // as C1,
            let ciphertext = ordinary.agree(&[bytes(&small(short))], b"key");
            assert_eq!(ciphertext[if of_y { 33 } else { 1 }], 0);
        }
        // and as the shared point.
        let point = generator * small(0x1234_5678_9abc);
        for short in short_multiples(&point, of_y) {
            ordinary.agree(&[bytes(&small(short))], b"key");
        }
    }
}

#[test]
fn what_is_wrapped_can_be_unwrapped() {
    let mut stream = Stream(1 << 32);
    for _ in 0..50 {
        let secret = SecretKey::from_slice(&stream.next()).unwrap();
        let pair = Pair::new(&secret.public_key().to_projective());
        let (message, k) = (stream.next(), stream.next());
        let (ciphertext, _) = pair.ours(&[k], &message[..16]);
        let opened = DecryptingKey::new(secret).decrypt(&ciphertext).unwrap();
        assert_eq!(opened, message[..16]);
    }
}

/// The first byte of keystream for k under `point`, by other code than ours.
fn keystream_byte(point: &ProjectivePoint, k: &Scalar) -> u8 {
    let (x, y) = coordinates(&(point * k));
    Sm3::new()
        .chain_update(x)
        .chain_update(y)
        .chain_update([0, 0, 0, 1])
        .finalize()[0]
}

#[test]
fn an_all_zero_keystream_asks_for_another_scalar() {
    let point = ProjectivePoint::mul_by_generator(&small(0xfeed_face));
    let pair = Pair::new(&point);
    let (zero, usable): (Vec<_>, Vec<_>) = (1..2000)
        .map(small)
        .partition(|k| keystream_byte(&point, k) == 0);
    assert!(zero.len() >= 3, "about one in 256 is expected");
    for bad in &zero {
        let scalars = [bytes(bad), bytes(&zero[0]), bytes(&usable[0])];
        let (ciphertext, drawn) = pair.ours(&scalars, b"K");
        assert_eq!(drawn, 3);
        assert_eq!(ciphertext, pair.ours(&scalars[2..], b"K").0);
        assert_eq!((ciphertext, drawn), pair.theirs(&scalars, b"K"));
        // Two bytes of keystream are not both zero: the same k serves.
        assert_eq!(pair.ours(&scalars, b"KK").1, 1);
    }

    for (backend, key) in &pair.ours {
        let mut drawn = 0;
        let stuck = key.wrap::<Infallible>(b"K", &mut |buffer| {
            drawn += 1;
            buffer.copy_from_slice(&bytes(&zero[0]));
            Ok(())
        });
        let expected = (Err(WrapError::EntropyStuck), 64);
        assert_eq!((stuck, drawn), expected, "{backend}");
    }
}

#[test]
fn scalars_out_of_range_are_drawn_again() {
    let pair = Pair::new(&ProjectivePoint::GENERATOR);
    let order = hex32("fffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d54123");
    let good = bytes(&small(12345));
    let (ciphertext, drawn) = pair.ours(&[[0; 32], order, [0xff; 32], good], b"key");
    assert_eq!((ciphertext, drawn), (pair.ours(&[good], b"key").0, 4));
}

#[test]
fn a_source_that_fails_or_sticks_is_an_error() {
    let (x, y) = coordinates(&ProjectivePoint::GENERATOR);
    let key = WrapKey::from_affine(&x, &y).unwrap();
    let failed = key.wrap(b"key", &mut |_| Err("no entropy"));
    assert_eq!(failed, Err(WrapError::Entropy("no entropy")));
    for byte in [0x00, 0xff] {
        let mut drawn = 0;
        let stuck = key.wrap::<Infallible>(b"key", &mut |buffer| {
            drawn += 1;
            buffer.fill(byte);
            Ok(())
        });
        assert_eq!((stuck, drawn), (Err(WrapError::EntropyStuck), 64));
    }
}

#[test]
fn messages_of_impossible_length_are_refused() {
    let (x, y) = coordinates(&ProjectivePoint::GENERATOR);
    let key = WrapKey::from_affine(&x, &y).unwrap();
    let wrap = |message: &[u8]| {
        key.wrap::<Infallible>(message, &mut |buffer| {
            buffer.fill(7);
            Ok(())
        })
    };
    assert_eq!(wrap(b""), Err(WrapError::MessageEmpty));
    assert_eq!(wrap(&[1; 65536]).unwrap().len(), 65536 + 97);
    let limit = WrapError::MessageTooLong { limit: 65536 };
    assert_eq!(wrap(&[1; 65537]), Err(limit));
}

#[test]
fn only_points_on_the_curve_are_keys() {
    let (x, y) = coordinates(&ProjectivePoint::GENERATOR);
    let prime = hex32("fffffffeffffffffffffffffffffffffffffffff00000000ffffffffffffffff");
    let refused = |x: &Bytes32, y: &Bytes32| WrapKey::from_affine(x, y).err();
    assert_eq!(refused(&x, &y), None);
    assert_eq!(refused(&y, &x), Some(PointRejected::NotOnCurve));
    assert_eq!(refused(&[0; 32], &[0; 32]), Some(PointRejected::NotOnCurve));
    for bit in 0..256 {
        let mut wrong = y;
        wrong[bit / 8] ^= 1 << (bit % 8);
        assert!(refused(&x, &wrong).is_some(), "bit {bit}");
    }
    let out_of_range = Some(PointRejected::CoordinateOutOfRange);
    assert_eq!(refused(&prime, &y), out_of_range);
    assert_eq!(refused(&x, &prime), out_of_range);
    assert_eq!(refused(&[0xff; 32], &y), out_of_range);
}
