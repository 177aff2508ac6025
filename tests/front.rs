//! The front: how many types a user meets, from `src/lib.rs`, the one place that makes types public.
//!
//! The types of each cloud's module (accounts, requests, answers, choices, roles) and the row of their table of error
//! codes grow with the clouds and are counted apart; so are those that only a feature brings which is off by default. The
//! rest is what has to be understood before anything works: it may become fewer, and more only where this test is changed.

#[path = "logs/public_types.rs"]
#[allow(dead_code, reason = "the tests of logs use the rest")]
mod public_types;

use std::collections::BTreeSet;

/// The most types beside the clouds'.
const MOST: usize = 60;

/// The modules of the clouds, and the table of their error codes.
const CLOUDS: [&str; 4] = ["tencent::", "ctyun::", "huawei::", "service_codes::"];

/// The modules of features that are off by default.
const ON_REQUEST: [&str; 2] = ["pkcs11::", "testing::"];

#[test]
fn no_more_types_than_needed_are_public() {
    let is_in = |modules: &[&str], name: &str| modules.iter().any(|it| name.starts_with(it));
    let all = public_types::everything();
    let (clouds, rest): (BTreeSet<&String>, BTreeSet<&String>) = all
        .iter()
        .filter(|name| !is_in(&ON_REQUEST, name))
        .partition(|name| is_in(&CLOUDS, name));
    for module in CLOUDS.iter().chain(&ON_REQUEST) {
        assert!(all.iter().any(|name| name.starts_with(module)), "{module}");
    }
    println!(
        "REACHED {} public types beside {} of the clouds",
        rest.len(),
        clouds.len()
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
