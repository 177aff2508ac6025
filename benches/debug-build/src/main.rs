//! What a debug build of a user's program pays for a large picture: the processor time of one sealed request.
#![forbid(unsafe_code)]

use std::time::SystemTime;

use cardseal::tencent::{IdCardRequest, Tencent};
use cardseal::{Credentials, Image, IvPolicy, Recipient};
use rustix::time::{ClockId, clock_gettime};

const BYTES: usize = 4_000_000;
const ROUNDS: usize = 9;

const KEYS: [(&str, &str); 2] = [
    (
        "AES-256-CBC",
        include_str!("../../../vectors/keys/tencent-demo-rsa.b64"),
    ),
    (
        "SM4-GCM",
        include_str!("../../../vectors/keys/tencent-demo-sm2.b64"),
    ),
];

fn main() {
    let account = Tencent::new(Credentials::new("an-id", "a-key").expect("credentials"));
    for (suite, key) in KEYS {
        let recipient = Recipient::parse(key.as_bytes()).expect("a published key");
        let mut rounds: Vec<f64> = (0..ROUNDS)
            .map(|_| {
                let image = Image::from_bytes_unchecked(vec![0x33; BYTES]).expect("not empty");
                let card = IdCardRequest::new(image);
                let started = processor_time();
                let call =
                    account.recognize_encrypted_id_card(&recipient, &card, IvPolicy::default());
                let request = call.expect("sealed").next(SystemTime::now());
                std::hint::black_box(request.expect("signed"));
                processor_time() - started
            })
            .collect();
        rounds.sort_by(f64::total_cmp);
        println!(
            "{suite}: {:.1} ms of processor time for a picture of {BYTES} bytes, the middle one of {ROUNDS} rounds",
            rounds[ROUNDS / 2] * 1e3
        );
    }
}

/// Of this process, in the kernel too.
fn processor_time() -> f64 {
    let now = clock_gettime(ClockId::ProcessCPUTime);
    now.tv_sec as f64 + now.tv_nsec as f64 / 1e9
}
