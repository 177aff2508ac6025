//! cardseal itself, through its public interface.

use std::convert::Infallible;
use std::hint::black_box;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use cardseal::crypto::{Provider, built_in};
use cardseal::signing::by_scheme;
use cardseal::signing::{Payload, SigningInput};
use cardseal::tencent::{IdCardRequest, Tencent};
use cardseal::{Credentials, EncryptedReply, Image, IvPolicy, Next, Opener, Recipient};
use cardseal_kernels::{Backend, Sm4Gcm, aes256_cbc, rsa, sm2};
use http::{HeaderMap, HeaderValue, Method};

use crate::contender::{Measured, Ready, timed};
use crate::fixture::{b64, random_bytes, split_tag};
use crate::work::{Job, Suite, Work, account};

pub fn prepare(job: &Job) -> Ready {
    match job.work {
        Work::Sm4GcmSeal => sm4_gcm_seal(job, None),
        Work::Sm4GcmOpen => sm4_gcm_open(job),
        Work::AesCbcEncrypt => aes_cbc_encrypt(job),
        Work::AesCbcDecrypt => aes_cbc_decrypt(job),
        Work::Sm2Wrap => sm2_wrap(job),
        Work::RsaWrap => rsa_wrap(job),
        Work::Request(_) => request(job, recipient(job, built_in())),
        Work::Image(_) => image(job, recipient(job, built_in())),
        Work::Reply(suite) => reply(job, suite, built_in().clone()),
    }
}

/// SM4-GCM on one backend, or on the best. In place, again and again.
pub fn sm4_gcm_seal(job: &Job, backend: Option<Backend>) -> Ready {
    let key: [u8; 16] = job.key[..].try_into().expect("16 bytes");
    let nonce: [u8; 12] = job.iv[..].try_into().expect("12 bytes");
    let seal = move |buffer: &mut [u8]| {
        let cipher = match backend {
            Some(backend) => Sm4Gcm::with_backend(black_box(&key), backend).expect("available"),
            None => Sm4Gcm::new(black_box(&key)),
        };
        cipher.seal_in_place(&nonce, b"", buffer).expect("short")
    };
    let mut buffer = job.input.clone();
    let tag = seal(&mut buffer);
    let output = [&buffer[..], &tag].concat();
    let run = move |times| {
        timed(times, || {
            black_box(seal(black_box(&mut buffer)));
        })
    };
    Ok((output, Box::new(run)))
}

/// From one place to another, as libgcrypt does it.
fn sm4_gcm_open(job: &Job) -> Ready {
    let key: [u8; 16] = job.key[..].try_into().expect("16 bytes");
    let nonce: [u8; 12] = job.iv[..].try_into().expect("12 bytes");
    let (sealed, tag) = split_tag(&job.input);
    let open = move |buffer: &mut [u8]| {
        Sm4Gcm::new(black_box(&key))
            .open_into(&nonce, b"", black_box(&sealed), &tag, buffer)
            .expect("genuine");
    };
    let mut buffer = vec![0; job.input.len() - 16];
    open(&mut buffer);
    let output = buffer.clone();
    let run = move |times| timed(times, || open(black_box(&mut buffer)));
    Ok((output, Box::new(run)))
}

/// In place, padding and all, again and again.
fn aes_cbc_encrypt(job: &Job) -> Ready {
    let key: [u8; 32] = job.key[..].try_into().expect("32 bytes");
    let iv: [u8; 16] = job.iv[..].try_into().expect("16 bytes");
    let padding = 16 - job.input.len() % 16;
    let mut buffer = job.input.clone();
    buffer.resize(job.input.len() + padding, padding as u8);
    let encrypt = move |buffer: &mut [u8]| {
        aes256_cbc::encrypt(black_box(&key), &iv, buffer.as_chunks_mut().0);
    };
    encrypt(&mut buffer);
    let output = buffer.clone();
    let run = move |times| timed(times, || encrypt(black_box(&mut buffer)));
    Ok((output, Box::new(run)))
}

/// From one place to another, as OpenSSL and libgcrypt do it, and the padding checked.
fn aes_cbc_decrypt(job: &Job) -> Ready {
    let key: [u8; 32] = job.key[..].try_into().expect("32 bytes");
    let iv: [u8; 16] = job.iv[..].try_into().expect("16 bytes");
    let sealed = job.input.clone();
    let decrypt = move |buffer: &mut [u8]| {
        let (from, to) = (black_box(&sealed).as_chunks().0, buffer.as_chunks_mut().0);
        aes256_cbc::decrypt::into(black_box(&key), &iv, from, to);
        let padding = usize::from(*buffer.last().expect("a block"));
        let len = buffer.len() - padding;
        assert!(
            padding <= 16
                && buffer[len..]
                    .iter()
                    .all(|byte| usize::from(*byte) == padding)
        );
        len
    };
    let mut buffer = vec![0; job.input.len()];
    let len = decrypt(&mut buffer);
    let output = buffer[..len].to_vec();
    let run = move |times| {
        timed(times, || {
            black_box(decrypt(black_box(&mut buffer)));
        })
    };
    Ok((output, Box::new(run)))
}

fn sm2_wrap(job: &Job) -> Ready {
    let point = job.key.last_chunk::<64>().expect("an SM2 key");
    let (x, y) = point.split_at(32);
    let key = sm2::WrapKey::from_affine(x.try_into().expect("32"), y.try_into().expect("32"));
    let key = key.expect("on the curve");
    wrapping(job, move |message| {
        key.wrap::<Infallible>(message, &mut fill).expect("wrapped")
    })
}

fn rsa_wrap(job: &Job) -> Ready {
    let public = openssl::rsa::Rsa::public_key_from_der(&job.key).expect("an RSA key");
    let key = rsa::WrapKey::new(&public.n().to_vec()).expect("a good modulus");
    wrapping(job, move |message| {
        key.wrap::<Infallible>(message, &mut fill).expect("wrapped")
    })
}

fn fill(bytes: &mut [u8]) -> Result<(), Infallible> {
    random_bytes(bytes);
    Ok(())
}

fn wrapping(job: &Job, wrap: impl Fn(&[u8]) -> Vec<u8> + 'static) -> Ready {
    let message = job.input.clone();
    let output = wrap(&message);
    let run = move |times| {
        timed(times, || {
            black_box(wrap(black_box(&message)));
        })
    };
    Ok((output, Box::new(run)))
}

pub fn recipient(job: &Job, provider: &Provider) -> Recipient {
    Recipient::parse_with(&job.key, provider).expect("a good key")
}

pub fn request(job: &Job, recipient: Recipient) -> Ready {
    let plaintext = job.input.clone();
    let signing = Signing::new();
    let make = move || {
        let (sealed, opener) = recipient.seal(black_box(&plaintext)).expect("sealed");
        let authorization = signing.authorization(Payload::Sha256(sealed.sha256()));
        (sealed, opener, authorization)
    };
    let (sealed, _, authorization) = make();
    let output = [authorization.as_bytes(), b"\n", sealed.as_json()].concat();
    let run = move |times| {
        timed(times, || {
            black_box(make());
        })
    };
    Ok((output, Box::new(run)))
}

pub fn image(job: &Job, recipient: Recipient) -> Ready {
    let card = IdCardRequest::new(Image::from_bytes_unchecked(&job.input[..]).expect("an image"));
    let tencent = Tencent::new(credentials());
    let make = move || {
        let mut call = tencent
            .recognize_encrypted_id_card(&recipient, black_box(&card), IvPolicy::BySuite)
            .expect("sealed");
        let Ok(Next::Send(request)) = call.next(now()) else {
            panic!("nothing to send");
        };
        (call, request)
    };
    let (_, request) = make();
    let authorization = request.headers()["authorization"].as_bytes();
    let output = [authorization, b"\n", request.body()].concat();
    let run = move |times| {
        timed(times, || {
            black_box(make());
        })
    };
    Ok((output, Box::new(run)))
}

/// The largest image that can be sent to this key.
pub fn largest_image(key: &[u8]) -> usize {
    let recipient = Recipient::parse(key).expect("a good key");
    let tencent = Tencent::new(credentials());
    let fits = |bytes: usize| {
        let card =
            IdCardRequest::new(Image::from_bytes_unchecked(vec![0; bytes]).expect("an image"));
        tencent
            .recognize_encrypted_id_card(&recipient, &card, IvPolicy::BySuite)
            .is_ok()
    };
    let (mut fitting, mut too_large) = (1, cardseal::MAX_BODY);
    while too_large - fitting > 1 {
        let middle = usize::midpoint(fitting, too_large);
        *(if fits(middle) {
            &mut fitting
        } else {
            &mut too_large
        }) = middle;
    }
    fitting
}

/// Bytes of the second-level cache that replies may take before they are opened.
const CACHE: usize = 256 * 1024;

pub fn reply(job: &Job, suite: Suite, provider: Provider) -> Ready {
    let stored = format!(
        r#"{{"Algorithm":"{}","Key":"{}","Iv":"{}"}}"#,
        suite.algorithm(),
        b64(&job.key),
        b64(&job.iv)
    );
    let body = job.input.clone();
    let opener = move || Opener::restore_with(stored.as_bytes(), &provider).expect("an opener");
    let open = |(opener, body): (Opener, Vec<u8>)| {
        let reply = EncryptedReply::parse(black_box(body)).expect("a reply");
        opener.open(&reply, IvPolicy::BySuite).expect("genuine")
    };
    let output = open((opener(), body.clone())).expose_plaintext().to_vec();
    // An opener opens once, and a reply is taken as it came from the network: they are made before the clock starts, and
    // no more of them at once than lie in the cache, where a reply lies that has just come.
    let at_once = (CACHE / (body.len() + 1024)).max(1) as u32;
    let run = move |times: u32| {
        let (mut left, mut total) = (times, Measured::default());
        while left > 0 {
            let now = left.min(at_once);
            let given = (0..now).map(|_| (opener(), body.clone()));
            let mut given: Vec<(Opener, Vec<u8>)> = given.collect();
            let measured = timed(now, || {
                black_box(open(given.pop().expect("one each")));
            });
            (total.time, total.heap) = (total.time + measured.time, measured.heap);
            left -= now;
        }
        total
    };
    Ok((output, Box::new(run)))
}

/// A request's headers and account, as they stand before it is signed.
pub struct Signing {
    headers: HeaderMap,
    credentials: Credentials,
}

impl Signing {
    pub fn new() -> Self {
        let mut headers = HeaderMap::new();
        headers.insert("host", HeaderValue::from_static(account::HOST));
        let content_type = HeaderValue::from_static(account::CONTENT_TYPE);
        headers.insert("content-type", content_type);
        Self {
            headers,
            credentials: credentials(),
        }
    }

    /// The `Authorization` of a request with this body.
    pub fn authorization(&self, payload: Payload<'_>) -> HeaderValue {
        let input = SigningInput {
            method: &Method::POST,
            path: "/",
            query: "",
            headers: &self.headers,
            payload,
            service: account::SERVICE,
            region: "",
            signed_headers: None,
        };
        let signed = by_scheme("tc3-hmac-sha256")
            .expect("a scheme")
            .sign(&input, &self.credentials, now())
            .expect("signed");
        let mut headers = signed.headers.into_iter();
        let (_, value) = headers
            .find(|(name, _)| name == "authorization")
            .expect("the signature");
        value
    }
}

fn credentials() -> Credentials {
    Credentials::new(account::ID, account::SECRET).expect("credentials")
}

fn now() -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(account::TIMESTAMP)
}
