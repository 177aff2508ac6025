//! Wrapping a session key: this crate against its peers, in one run.
//!
//! `cargo bench --locked --manifest-path benches/peers/Cargo.toml`, on one core (`taskset -c 1`). Samples of
//! all contenders alternate, so that what else the machine does hits them
//! alike; each figure is the median of 41 samples, and the ratio is of those.

use cardseal_kernels::{rsa, sm2 as ours};
use openssl::encrypt::Encrypter;
use openssl::pkey::PKey;
use openssl::rsa::Padding;
use sm2::elliptic_curve::rand_core::{TryCryptoRng, TryRng};
use std::convert::Infallible;
use std::hint::black_box;
use std::time::{Duration, Instant};

const SAMPLES: usize = 41;
const SAMPLE: Duration = Duration::from_millis(20);

/// A counter through a multiplier: cheap, so that only wrapping is measured.
struct Cheap(u64);

impl Cheap {
    fn fill(&mut self, buffer: &mut [u8]) {
        for byte in buffer {
            self.0 = self.0.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(1);
            *byte = (self.0 >> 56) as u8 | 1;
        }
    }
}

impl TryRng for Cheap {
    type Error = Infallible;
    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        self.try_next_u64().map(|word| word as u32)
    }
    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        let mut bytes = [0; 8];
        self.fill(&mut bytes);
        Ok(u64::from_le_bytes(bytes))
    }
    fn try_fill_bytes(&mut self, buffer: &mut [u8]) -> Result<(), Infallible> {
        self.fill(buffer);
        Ok(())
    }
}

impl TryCryptoRng for Cheap {}

type Contender<'a> = (&'a str, Box<dyn FnMut() + 'a>);

/// Prints the median time of each contender and how often the first one's it
/// takes.
fn race(title: &str, mut contenders: Vec<Contender<'_>>) {
    let mut times = vec![Vec::new(); contenders.len()];
    for _ in 0..SAMPLES {
        for ((_, work), times) in contenders.iter_mut().zip(&mut times) {
            let (start, mut rounds) = (Instant::now(), 0u32);
            while start.elapsed() < SAMPLE {
                for _ in 0..8 {
                    work();
                }
                rounds += 8;
            }
            times.push(start.elapsed().as_secs_f64() * 1e6 / f64::from(rounds));
        }
    }
    println!("{title}");
    let mut first = None;
    for ((name, _), times) in contenders.iter().zip(&mut times) {
        times.sort_by(f64::total_cmp);
        let (least, median) = (times[0], times[SAMPLES / 2]);
        let first = *first.get_or_insert(median);
        println!(
            "  {name:<34} {median:>8.2} us  (least {least:>7.2})  {:>6.2}",
            median / first
        );
    }
}

fn sm2_wrap() {
    let generator = ::sm2::ProjectivePoint::GENERATOR * ::sm2::Scalar::from(0x1234_5678u64);
    let public = ::sm2::PublicKey::from_affine(generator.to_affine()).unwrap();
    let encoded = public.to_sec1_bytes();
    let (x, y): ([u8; 32], [u8; 32]) = (
        encoded[1..33].try_into().unwrap(),
        encoded[33..65].try_into().unwrap(),
    );
    let key = ours::WrapKey::from_affine(&x, &y).unwrap();
    let peer = ::sm2::pke::EncryptingKey::new(public);
    // SubjectPublicKeyInfo of an EC key on the curve 1.2.156.10197.1.301.
    let header = hex::decode("3059301306072a8648ce3d020106082a811ccf5501822d034200").unwrap();
    let openssl_key = PKey::public_key_from_der(&[&header[..], &encoded[..]].concat()).unwrap();
    let message = [0x4bu8; 16];
    let (mut source, mut peer_source) = (Cheap(1), Cheap(1));
    let mut buffer = vec![0; 256];
    let mut contenders: Vec<Contender<'_>> = vec![
        (
            "this crate",
            Box::new(|| {
                let wrapped = key.wrap::<Infallible>(black_box(&message), &mut |bytes| {
                    source.fill(bytes);
                    Ok(())
                });
                black_box(wrapped.unwrap());
            }),
        ),
        (
            "crate sm2 0.14",
            Box::new(|| {
                black_box(peer.encrypt(&mut peer_source, black_box(&message)).unwrap());
            }),
        ),
    ];
    let openssl = Encrypter::new(&openssl_key)
        .and_then(|encrypter| encrypter.encrypt(&message, &mut buffer).map(|_| encrypter));
    match openssl {
        Ok(encrypter) => contenders.push((
            "OpenSSL, context kept",
            Box::new(move || {
                encrypter.encrypt(black_box(&message), &mut buffer).unwrap();
            }),
        )),
        Err(error) => println!("OpenSSL does not take the SM2 key: {error}"),
    }
    race("SM2 wrap, 16 bytes", contenders);
    race(
        "SM2 key parsing",
        vec![(
            "this crate, table included",
            Box::new(|| {
                black_box(ours::WrapKey::from_affine(black_box(&x), &y).unwrap());
            }),
        )],
    );
}

fn rsa_wrap(bits: u32) {
    let generated = openssl::rsa::Rsa::generate(bits).unwrap();
    let modulus = generated.n().to_vec();
    let key = rsa::WrapKey::new(&modulus).unwrap();
    let peer = ::rsa::PublicKey::new(
        ::rsa::BoxedUint::from_be_slice_vartime(&modulus),
        ::rsa::BoxedUint::from(65537u64),
    )
    .unwrap();
    let openssl_key =
        openssl::rsa::Rsa::public_key_from_der(&generated.public_key_to_der().unwrap()).unwrap();
    let message = [0x4bu8; 32];
    let (mut source, mut peer_source) = (Cheap(1), Cheap(1));
    let mut buffer = vec![0; modulus.len()];

    // What is measured is also right.
    let wrapped = key
        .wrap::<Infallible>(&message, &mut |bytes| {
            source.fill(bytes);
            Ok(())
        })
        .unwrap();
    let length = generated
        .private_decrypt(&wrapped, &mut buffer, Padding::PKCS1)
        .unwrap();
    assert_eq!(buffer[..length], message, "OpenSSL unwraps it");

    race(
        &format!("RSA-{bits} wrap, 32 bytes"),
        vec![
            (
                "this crate",
                Box::new(|| {
                    let wrapped = key.wrap::<Infallible>(black_box(&message), &mut |bytes| {
                        source.fill(bytes);
                        Ok(())
                    });
                    black_box(wrapped.unwrap());
                }),
            ),
            (
                "crate rsa 0.10.0",
                Box::new(|| {
                    let padding = ::rsa::Pkcs1v15Encrypt;
                    let wrapped = peer.encrypt(&mut peer_source, padding, black_box(&message));
                    black_box(wrapped.unwrap());
                }),
            ),
            (
                "OpenSSL (own random padding)",
                Box::new(|| {
                    openssl_key
                        .public_encrypt(black_box(&message), &mut buffer, Padding::PKCS1)
                        .unwrap();
                }),
            ),
        ],
    );
}

fn main() {
    println!("{}", openssl::version::version());
    sm2_wrap();
    for bits in [1024, 2048] {
        rsa_wrap(bits);
    }
}
