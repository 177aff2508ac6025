//! The front: how many types a user meets, from `src/lib.rs`, the one place that makes types public.
//!
//! The words of each cloud (cards, requests, choices) grow with the clouds and are counted apart. The rest is what has
//! to be understood before anything works: it may become fewer, and more only where this test is changed.

#[path = "logs/public_types.rs"]
#[allow(dead_code, reason = "the tests of logs use the rest")]
mod public_types;

use std::collections::BTreeSet;

/// The most types beside the clouds' own. Two of them are for who keeps account of requests: the watch, and what it is told.
const MOST: usize = 90;

/// The clouds' own words: what is asked, what is answered, and what can be chosen.
const CLOUDS_OWN: &[&str] = &[
    "tencent::AdvancedInfo",
    "tencent::Area",
    "tencent::CardSide",
    "tencent::Config",
    "tencent::FaceidAction",
    "tencent::FaceidRequest",
    "tencent::HeaderSet",
    "tencent::IdCard",
    "tencent::IdCardRequest",
    "tencent::Language",
    "tencent::Point",
    "tencent::Recognized",
    "tencent::RecognizedInClear",
    "tencent::RecognizedText",
    "tencent::ReflectDetail",
    "tencent::SealedAnswer",
    "tencent::Switch",
    "tencent::TextLine",
    "tencent::TextRequest",
    "tencent::Warning",
    "tencent::WarningLevel",
    "tencent::Word",
    "tencent::WordPlace",
    "ctyun::Alphabet",
    "ctyun::BusinessLicense",
    "ctyun::Capability",
    "ctyun::DriverLicense",
    "ctyun::IdCard",
    "ctyun::Recognized",
    "ctyun::TextLine",
    "ctyun::VehicleLicense",
    "huawei::Detections",
    "huawei::IdCard",
    "huawei::IdCardRequest",
    "huawei::Recognized",
    "huawei::Side",
    "huawei::Signature",
    "huawei::Switch",
    "huawei::Verification",
    "ctyun::EncryptedBody",
    "ctyun::RawRequest",
    "huawei::RawRequest",
    "tencent::Parameters",
    "tencent::RawRequest",
    "tencent::V1",
];

#[test]
fn no_more_types_than_needed_are_public() {
    let all = public_types::everything();
    let own: BTreeSet<String> = CLOUDS_OWN.iter().map(|name| (*name).to_owned()).collect();
    let gone: Vec<&String> = own.difference(&all).collect();
    assert!(gone.is_empty(), "public no more: {gone:?}");
    let rest: Vec<&String> = all.difference(&own).collect();
    println!(
        "REACHED {} public types beside {} of the clouds' own",
        rest.len(),
        own.len()
    );
    assert!(
        rest.len() <= MOST,
        "{} types are more than {MOST}, which takes a reason: {rest:#?}",
        rest.len()
    );
}

#[test]
fn exports_are_counted() {
    let lib = "pub use a::{A, b, C_D, Ef};\npub mod tencent {\n    pub use x::{\n        Gh, Ij,\n    };\n}\npub use k::Kl;";
    let names: Vec<String> = public_types::exported(lib, "").into_iter().collect();
    assert_eq!(names, ["A", "Ef", "Kl", "tencent::Gh", "tencent::Ij"]);
}
