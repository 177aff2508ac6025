//! A call stage by stage: what each holds, that the gateway takes it, and that no credential is in any.

use std::net::Ipv4Addr;

use cardseal_gateway::{GatewayConfig, KeyPair, Running, Suite};
use serde_json::{Value, json};

use crate::client::{Page, and, called};

const INNER: &str =
    r#"{"ImageUrl":"https://example.com/card.jpg","Config":"{\"CropPortrait\":true}"}"#;
const ENCRYPTED: &str = "RecognizeEncryptedIDCardOCR";

/// Seals, sends and opens; gives what each said.
fn through(page: &Page, call: &Value, more: Value) -> [Value; 3] {
    let sealed = page.ask("seal", &and(call.clone(), more));
    assert!(sealed["refused"].is_null(), "{sealed}");
    let sent = page.ask(
        "send",
        &and(
            call.clone(),
            json!({"signed_request": sealed["signed_request"]}),
        ),
    );
    assert!(sent["refused"].is_null(), "{sent}");
    let opened = page.ask(
        "open",
        &and(
            call.clone(),
            json!({"exchange": sealed["exchange"], "reply": sent["body"], "policy": "by-suite"}),
        ),
    );
    assert!(opened["refused"].is_null(), "{opened}");
    [sealed, sent, opened]
}

#[test]
fn both_suites_are_sealed_signed_sent_and_opened() {
    let page = Page::new();
    let call = called(ENCRYPTED, "embedded");
    for (suite, algorithm) in [("sm4-gcm", "SM4-GCM"), ("aes-256-cbc", "AES-256-CBC")] {
        let [sealed, sent, opened] = through(&page, &call, json!({"inner": INNER, "suite": suite}));
        let body: Value = serde_json::from_str(sealed["body"].as_str().unwrap()).unwrap();
        assert_eq!(body["Encryption"]["Algorithm"], algorithm);
        assert_eq!(
            (sealed["sealed"].as_bool(), sent["status"].as_u64()),
            (Some(true), Some(200))
        );

        let canonical = sealed["canonical_request"].as_str().unwrap();
        assert!(
            canonical.starts_with("POST\n/\n\ncontent-type:application/json"),
            "{canonical}"
        );
        let string = sealed["string_to_sign"].as_str().unwrap();
        assert!(string.starts_with("TC3-HMAC-SHA256\n") && string.contains("/ocr/tc3_request\n"));
        let signed = sealed["signed_request"].as_str().unwrap();
        assert!(
            signed.starts_with("POST / HTTP/1.1\nhost: 127.0.0.1:"),
            "{signed}"
        );
        assert!(signed.ends_with(sealed["body"].as_str().unwrap()));
        assert!(signed.contains("Credential={SecretId}/"), "{signed}");

        let card: Value = serde_json::from_str(opened["json"].as_str().unwrap()).unwrap();
        assert_eq!(card["Name"], "证件样本");
        let advanced: Value = serde_json::from_str(card["AdvancedInfo"].as_str().unwrap()).unwrap();
        assert!(
            advanced["Portrait"]
                .as_str()
                .unwrap()
                .starts_with("iVBORw0KGgo")
        );
        assert!(opened["notes"].to_string().contains("IV"), "{opened}");
    }
}

#[test]
fn every_cloud_and_a_faceid_action_of_each_kind_goes_through() {
    let page = Page::new();
    for (cloud, action, inner) in [
        (
            "tencent",
            "IDCardOCR",
            r#"{"ImageUrl":"https://example.com/card.jpg"}"#,
        ),
        (
            "tencent",
            "GeneralBasicOCR",
            r#"{"ImageBase64":"/9j/4AAQSkZJRg=="}"#,
        ),
        (
            "tencent",
            "IdCardVerification",
            r#"{"IdCard":"11010119900307123X","Name":"张三"}"#,
        ),
        (
            "tencent",
            "GetFaceIdResult",
            r#"{"FaceIdToken":"00000000-0000-0000-0000-000000000000"}"#,
        ),
        (
            "tencent",
            "DetectAIFakeFaces",
            r#"{"FaceInput":"/9j/4AAQSkZJRg==","FaceInputType":1}"#,
        ),
        ("ctyun", "id-card", r#"{"data":["/9j/4AAQSkZJRg=="]}"#),
        (
            "huawei",
            "id-card",
            r#"{"url":"https://example.com/card.jpg"}"#,
        ),
    ] {
        let call = json!({"cloud": cloud, "action": action, "region": "", "target": "embedded"});
        let more = json!({"inner": inner, "suite": "sm4-gcm", "accept_repeated_nonce": true});
        let [sealed, _, opened] = through(&page, &call, more);
        assert!(
            opened["json"].as_str().unwrap().starts_with('{'),
            "{action}: {opened}"
        );
        let takes_envelope = !matches!(action, "IDCardOCR" | "GeneralBasicOCR" | "id-card");
        assert_eq!(sealed["sealed"], takes_envelope, "{action}");
    }
}

#[test]
fn no_credential_reaches_the_page() {
    let pairs = vec![KeyPair::generate(Suite::Sm4GcmSm2).unwrap()];
    let key = pairs[0].public_b64();
    let (id, secret, token) = (
        "AKIDexplorer",
        "the-secret-key-of-this-test",
        "the-token-of-this-test",
    );
    let mut config = GatewayConfig::new(pairs, id, secret);
    config.session_token = Some(token.into());
    config.app_key = Some("the-app-key-of-this-test".into());
    let gateway = Running::start(config, (Ipv4Addr::LOCALHOST, 0).into()).unwrap();
    let variables = [
        ("TENCENTCLOUD_SECRET_ID", id),
        ("TENCENTCLOUD_SECRET_KEY", secret),
        ("TENCENTCLOUD_TOKEN", token),
        ("CTYUN_AK", id),
        ("CTYUN_SK", secret),
        ("CTYUN_APP_KEY", "the-app-key-of-this-test"),
        ("HUAWEICLOUD_SDK_AK", id),
        ("HUAWEICLOUD_SDK_SK", secret),
        ("HUAWEICLOUD_SDK_SECURITY_TOKEN", token),
        (
            "HUAWEICLOUD_SDK_PROJECT_ID",
            "0123456789abcdef0123456789abcdef",
        ),
    ];
    let variables = variables
        .map(|(name, value)| (name, value.to_owned()))
        .to_vec();
    let page = Page::with(Some(gateway.url()), variables);
    let key = {
        use base64::Engine;
        base64::engine::general_purpose::STANDARD.encode(key)
    };
    let mut said = page.ask("catalogue", &json!({})).to_string();
    for (cloud, action, inner) in [
        ("tencent", ENCRYPTED, INNER),
        ("ctyun", "id-card", r#"{"data":["/9j/4AAQSkZJRg=="]}"#),
        (
            "huawei",
            "id-card",
            r#"{"url":"https://example.com/card.jpg"}"#,
        ),
    ] {
        let call = json!({"cloud": cloud, "action": action, "region": "", "target": "endpoint"});
        for answer in through(&page, &call, json!({"inner": inner, "key": key})) {
            said.push_str(&answer.to_string());
        }
    }
    assert!(said.contains("{Token}") && said.contains("{AppKey}") && said.contains("{SecretId}"));
    for hidden in [id, secret, token, "the-app-key-of-this-test"] {
        assert!(!said.contains(hidden), "{hidden} reached the page");
    }
}

#[test]
fn what_was_opened_and_is_not_json_is_shown_and_not_called_forged() {
    for (suite, is_proven) in [(Suite::Sm4GcmSm2, true), (Suite::Aes256CbcRsa, false)] {
        let pair = KeyPair::generate(suite).unwrap();
        let key = {
            use base64::Engine;
            base64::engine::general_purpose::STANDARD.encode(pair.public_b64())
        };
        let (id, secret) = ("AKIDexplorer", "the-secret-key-of-this-test");
        let mut config = GatewayConfig::new(vec![pair], id, secret);
        config.fault = Some("inner-not-json".parse().unwrap());
        let gateway = Running::start(config, (Ipv4Addr::LOCALHOST, 0).into()).unwrap();
        let variables = [
            ("TENCENTCLOUD_SECRET_ID", id),
            ("TENCENTCLOUD_SECRET_KEY", secret),
        ];
        let variables = variables.map(|(name, value)| (name, value.to_owned()));
        let page = Page::with(Some(gateway.url()), variables.to_vec());
        let call = called(ENCRYPTED, "endpoint");
        let ask = |what: &str, more: Value| page.ask(what, &and(call.clone(), more));
        let sealed = ask("seal", json!({"inner": INNER, "key": key}));
        let sent = ask("send", json!({"signed_request": sealed["signed_request"]}));
        let more =
            json!({"exchange": sealed["exchange"], "reply": sent["body"], "policy": "by-suite"});
        let opened = ask("open", more);
        assert_eq!(opened["json"] == "not JSON", is_proven, "{opened}");
        assert_eq!(opened["refused"].is_null(), is_proven, "{opened}");
    }
}

#[test]
fn without_credentials_a_real_endpoint_is_refused_and_says_which_to_set() {
    let page = Page::new();
    let seal = |more: Value| page.ask("seal", &and(called(ENCRYPTED, "endpoint"), more));
    let refused = seal(json!({"inner": INNER}));
    assert_eq!(refused["refused"]["check"], "key", "{refused}");
    let refused = page.ask(
        "seal",
        &and(called("IDCardOCR", "endpoint"), json!({"inner": INNER})),
    );
    assert_eq!(refused["refused"]["check"], "credentials");
    let sentence = refused["refused"]["message"]["en"].as_str().unwrap();
    assert!(sentence.contains("TENCENTCLOUD_SECRET_ID"), "{sentence}");
}

#[test]
fn programs_hold_the_body_that_stands_on_the_page() {
    let page = Page::new();
    for language in [
        "curl", "rust", "python", "nodejs", "java", "go", "php", "csharp", "cpp",
    ] {
        let asked = json!({"language": language, "body": r#"{"ImageUrl":"https://example.com/</script>"}"#});
        let written = page.ask("code", &and(called("IDCardOCR", "embedded"), asked));
        let part = |name: &str| written[name].as_str().unwrap().to_owned();
        assert!(
            part("body").contains("example.com"),
            "{language}: {written}"
        );
        for shared in ["before", "after"] {
            assert!(
                !part(shared).contains("example.com"),
                "{language}: {written}"
            );
        }
        assert!(
            part("before").contains("IDCardOCR"),
            "{language}: {written}"
        );
    }
    let asked = json!({"language": "cobol", "body": "{}"});
    assert!(page.ask("code", &and(called("IDCardOCR", "embedded"), asked))["refused"].is_object());
}

#[test]
fn a_region_selects_the_clouds_own_endpoint_and_one_that_is_not_known_is_taken() {
    let names = [
        "TENCENTCLOUD_SECRET_ID",
        "TENCENTCLOUD_SECRET_KEY",
        "HUAWEICLOUD_SDK_AK",
        "HUAWEICLOUD_SDK_SK",
        "HUAWEICLOUD_SDK_PROJECT_ID",
    ];
    let variables = names.map(|name| (name, "0123456789abcdef0123456789abcdef".to_owned()));
    let page = Page::with(None, variables.to_vec());
    let inner = json!({"inner": r#"{"ImageUrl":"https://example.com/a.jpg"}"#});
    let signed = |call: Value| page.ask("seal", &and(call, inner.clone()));
    for (region, host) in [
        ("", "ocr.tencentcloudapi.com"),
        ("ap-guangzhou", "ocr.ap-guangzhou.tencentcloudapi.com"),
        (" mars ", "ocr.mars.tencentcloudapi.com"),
    ] {
        let call = and(called("IDCardOCR", "endpoint"), json!({"region": region}));
        let sealed = signed(call.clone());
        let request = sealed["signed_request"].as_str().unwrap();
        assert!(request.contains(&format!("host: {host}\n")), "{request}");
        let name = format!("x-tc-region: {}", region.trim());
        assert_eq!(request.contains(&name), !region.is_empty(), "{request}");
        // The same call as a program goes to the same place.
        for (language, comments) in [("python", "zh"), ("curl", "en")] {
            let asked = json!({"language": language, "body": "{}", "comments": comments});
            let written = page.ask("code", &and(call.clone(), asked));
            let before = written["before"].as_str().unwrap();
            assert!(before.contains(&format!("https://{host}")), "{before}");
            assert_eq!(
                before.contains("调用腾讯云接口"),
                comments == "zh",
                "{before}"
            );
        }
    }
    for region in ["a b", "a.b", "-", "区"] {
        let call = and(called("IDCardOCR", "endpoint"), json!({"region": region}));
        assert_eq!(signed(call)["refused"]["check"], "request", "{region}");
    }
    let huawei = |region: &str| {
        let call =
            json!({"cloud": "huawei", "action": "id-card", "target": "endpoint", "region": region});
        let inner = json!({"inner": r#"{"url":"https://example.com/a.jpg"}"#});
        page.ask("seal", &and(call, inner))
    };
    let request = huawei("ae-ad-1")["signed_request"].to_string();
    assert!(
        request.contains("host: ocr.ae-ad-1.g42cloud.com"),
        "{request}"
    );
    let refused = huawei("mars");
    assert!(
        refused["refused"]["message"]["en"]
            .as_str()
            .unwrap()
            .contains("cn-north-4"),
        "{refused}"
    );
    let known = page.ask("catalogue", &json!({}));
    let clouds = known["clouds"].as_array().unwrap();
    let of = |name: &str| {
        clouds.iter().find(|cloud| cloud["name"] == name).unwrap()["regions"].to_string()
    };
    assert!(of("tencent").contains("\"ap-guangzhou\"") && !of("tencent").contains("mars"));
    assert!(of("huawei").contains("\"ae-ad-1\"") && of("ctyun") == "[]");
}
