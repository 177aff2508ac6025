//! Credentials that a service gives back do not reach the page.

use serde_json::json;

use crate::client::{Page, and};
use crate::service::service;

const ID: &str = "AKIDofthistest";
const SECRET: &str = "the-secret-key-of-this-test";
const TOKEN: &str = "the/token=of-this-test";
const APP_KEY: &str = "the-app-key-of-this-test";

fn page(endpoint: String) -> Page {
    let variables = [
        ("TENCENTCLOUD_SECRET_ID", ID),
        ("TENCENTCLOUD_SECRET_KEY", SECRET),
        ("TENCENTCLOUD_TOKEN", TOKEN),
        ("CTYUN_AK", ID),
        ("CTYUN_SK", SECRET),
        ("CTYUN_APP_KEY", APP_KEY),
        ("HUAWEICLOUD_SDK_AK", ID),
        ("HUAWEICLOUD_SDK_SK", SECRET),
        ("HUAWEICLOUD_SDK_SECURITY_TOKEN", TOKEN),
        (
            "HUAWEICLOUD_SDK_PROJECT_ID",
            "0123456789abcdef0123456789abcdef",
        ),
    ];
    let variables = variables.map(|(name, value)| (name, value.to_owned()));
    Page::with(Some(endpoint), variables.to_vec())
}

/// Everything that the page is told of a call that goes to this service.
fn told(answer: impl Fn(&str) -> String + Send + 'static) -> String {
    let page = page(service(answer));
    let mut told = String::new();
    for (cloud, action, inner) in [
        (
            "tencent",
            "IDCardOCR",
            r#"{"ImageUrl":"https://example.com/card.jpg"}"#,
        ),
        ("ctyun", "id-card", r#"{"data":["/9j/4AAQSkZJRg=="]}"#),
        (
            "huawei",
            "id-card",
            r#"{"url":"https://example.com/card.jpg"}"#,
        ),
    ] {
        let call = json!({"cloud": cloud, "action": action, "region": "", "target": "endpoint"});
        let sealed = page.ask("seal", &and(call.clone(), json!({"inner": inner})));
        let sent = page.ask(
            "send",
            &and(
                call.clone(),
                json!({"signed_request": sealed["signed_request"]}),
            ),
        );
        // As it came, and spelt otherwise than it came.
        for reply in [
            sent["body"].as_str().unwrap_or_default().to_owned(),
            json!({"Response": {"Name": ID, "RequestId": TOKEN}}).to_string(),
        ] {
            let opening =
                json!({"exchange": sealed["exchange"], "reply": reply, "policy": "by-suite"});
            let opened = page.ask("open", &and(call.clone(), opening));
            told.push_str(&opened.to_string());
        }
        told.push_str(&sealed.to_string());
        told.push_str(&sent.to_string());
    }
    told
}

#[track_caller]
fn holds_none(told: &str) {
    for hidden in [ID, SECRET, TOKEN, APP_KEY] {
        assert!(!told.contains(hidden), "{hidden} reached the page: {told}");
    }
    assert!(told.contains("{SecretId}"), "{told}");
}

#[test]
fn a_service_that_says_what_it_was_sent_says_no_credential() {
    holds_none(&told(|head| {
        json!({"Response": {"Name": head, "RequestId": head, "Secret": SECRET}}).to_string()
    }));
}

#[test]
fn a_refusal_that_names_who_signed_names_nobody() {
    holds_none(&told(|head| {
        let error = json!({"Code": "AuthFailure.SecretIdNotFound", "Message": head});
        json!({"Response": {"Error": error, "RequestId": head}, "error_code": "APIG.0301", "error_msg": head,
               "statusCode": 900, "message": head})
        .to_string()
    }));
}

#[test]
fn a_credential_spelt_by_numbers_is_hidden_too() {
    let spelt: String = ID
        .chars()
        .map(|c| format!("\\u{:04X}", u32::from(c)))
        .collect();
    let reply = format!(r#"{{"Response":{{"Name":"{spelt}","RequestId":"1"}}}}"#);
    let told = told(move |_| reply.clone());
    holds_none(&told);
    let parsed = told.replace("\\\\u", "\\u");
    assert!(!parsed.contains("\\u0041\\u004B"), "{told}");
}
