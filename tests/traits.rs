//! The traits that users expect of public types, and those that secrets must not have (tests/compile_fail/).

use std::fmt::Debug;

use cardseal::{
    BlockingClient, Call, Client, CredentialsProvider, Encryption, Endpoint, Image, Next, Opened,
    Opener, Proxy, RateLimits, RawAnswer, RawJson, Recipient, RetryPolicy, Sealed, SealedFields,
    Settled, TransportOptions, ctyun, huawei, signing, tencent,
};

fn prints<T: Debug>() {}
fn clones<T: Clone + Debug + Send + Sync>() {}

#[test]
fn a21_every_public_type_prints_and_what_is_shared_clones() {
    // `missing_debug_implementations` is on for the whole library, and `.ci/run lints` lets no warning pass.
    assert!(include_str!("../src/lib.rs").contains("#![warn(missing_debug_implementations)]"));
    prints::<Call<()>>();
    prints::<Next>();
    prints::<Settled<()>>();
    prints::<Opener>();
    prints::<Opened>();
    prints::<Sealed>();
    prints::<SealedFields>();
    prints::<RateLimits>();
    prints::<RawAnswer>();
    prints::<signing::SigningInput<'_>>();
    prints::<signing::Payload<'_>>();
    prints::<signing::Signed>();

    clones::<Client>();
    clones::<BlockingClient>();
    clones::<TransportOptions>();
    clones::<Proxy>();
    clones::<RetryPolicy>();
    clones::<Endpoint>();
    clones::<CredentialsProvider>();
    clones::<Recipient>();
    clones::<Encryption>();
    clones::<Image>();
    clones::<RawJson>();
    clones::<tencent::Tencent>();
    clones::<tencent::IdCardRequest>();
    clones::<tencent::TextRequest>();
    clones::<tencent::FaceidRequest>();
    clones::<tencent::RawCall>();
    clones::<tencent::Parameters>();
    clones::<ctyun::Ctyun>();
    clones::<ctyun::RawCall>();
    clones::<huawei::Huawei>();
    clones::<huawei::IdCardRequest>();
    clones::<huawei::RawCall>();
}

/// Cloning a picture of 5 MB costs no copy of it.
#[test]
fn a21_a_request_with_a_large_picture_clones_cheaply() {
    let image = Image::from_bytes_unchecked(vec![7; 5_000_000]).unwrap();
    let request = tencent::IdCardRequest::new(image);
    let started = std::time::Instant::now();
    let clones: Vec<_> = (0..100_000).map(|_| request.clone()).collect();
    // A copy of each would be 500 GB.
    assert_eq!(clones.len(), 100_000);
    assert!(started.elapsed() < std::time::Duration::from_secs(30));
}
