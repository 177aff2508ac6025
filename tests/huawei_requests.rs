//! What Huawei's client puts into a request beside the signature, without a network.

mod common;

use cardseal::huawei::{Huawei, RawCall, Signature, VARIABLES, endpoint};
use cardseal::{Credentials, CredentialsProvider};
use common::driving::{at, sends};
use common::variables::variables;
use http::HeaderMap;

const PROJECT: &str = "0123456789abcdef0123456789abcdef";

fn account(source: impl Into<CredentialsProvider>) -> Huawei {
    let endpoint = endpoint::in_region("cn-north-4").unwrap();
    Huawei::new(source, endpoint, PROJECT).unwrap()
}

/// The headers of the first request.
fn headers(huawei: &Huawei) -> HeaderMap {
    let mut call = huawei.call(RawCall::post("/v2/x", "{}").unwrap()).unwrap();
    sends(&mut call, at(1_704_164_645)).headers().clone()
}

/// The hashes are of `{}`, as `openssl dgst` gives them.
#[test]
fn the_contents_hash_is_sent_as_the_signature_makes_it() {
    let sha256 = (
        "x-sdk-content-sha256",
        "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a",
    );
    let sm3 = (
        "x-sdk-content-sm3",
        "f1a823aaaaafe40e113c7f04dd72c289faf86252c4a9b57cf1d3c9e12547f9ad",
    );
    for (signature, (sent, hash), (other, _)) in [
        (Signature::SdkHmacSha256, sha256, sm3),
        (Signature::V11HmacSha256, sha256, sm3),
        (Signature::SdkHmacSm3, sm3, sha256),
    ] {
        let pair = Credentials::new("AccessKey", "SecretKey".to_owned()).unwrap();
        let huawei = account(pair).signature(signature).unwrap();
        let without = headers(&huawei);
        assert!(!without.contains_key(sent) && !without.contains_key(other));
        let with = headers(&huawei.content_hash_header());
        assert_eq!(with[sent], hash, "{signature:?}");
        assert!(!with.contains_key(other), "{signature:?}");
    }
}

#[test]
fn the_environment_gives_temporary_credentials_too() {
    let environment = variables(&[
        ("HUAWEICLOUD_SDK_AK", "AKenv"),
        ("HUAWEICLOUD_SDK_SK", "SKenv"),
        ("HUAWEICLOUD_SDK_SECURITY_TOKEN", "TOKENenv"),
    ]);
    let source = CredentialsProvider::variables(VARIABLES, environment);
    let sent = headers(&account(source));
    assert_eq!(sent["x-security-token"], "TOKENenv");
    let authorization = sent["authorization"].to_str().unwrap();
    assert!(authorization.contains("Access=AKenv, "), "{authorization}");
}
