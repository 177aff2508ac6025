//! Calls of Huawei's OCR, and what their answers say.

use cardseal_gateway::Running;
use serde_json::{Value, json};

use super::{Request, SdkHmac};

pub(crate) const PROJECT: &str = "0123456789abcdef0123456789abcdef";

pub(crate) fn path(api: &str) -> String {
    format!("/v2/{PROJECT}/ocr/{api}")
}

pub(crate) fn good() -> Value {
    json!({"url": "https://example.com/card.jpg", "side": "front"})
}

pub(crate) fn call(body: &Value) -> Request {
    SdkHmac::default().sign(&path("id-card"), body.to_string())
}

/// Status and body, whose form is checked.
pub(crate) fn ask(request: &Request, gateway: &Running) -> (u16, Value) {
    let response = request.send(gateway).unwrap();
    assert_eq!(response.header("content-type"), Some("application/json"));
    assert_eq!(response.header("x-request-id").unwrap().len(), 36);
    let answer: Value = serde_json::from_slice(&response.body).unwrap();
    let members = answer.as_object().unwrap();
    if response.status == 200 {
        assert!(
            members.len() == 1 && answer["result"].is_object(),
            "{answer}"
        );
    } else {
        assert!(members.len() == 2 && !answer["error_msg"].as_str().unwrap().is_empty());
    }
    (response.status, answer)
}

pub(crate) fn result(body: Value, gateway: &Running) -> Value {
    let (status, answer) = ask(&call(&body), gateway);
    assert_eq!(status, 200, "{answer}");
    answer["result"].clone()
}

/// Status and code; the code of a good answer is "ok".
pub(crate) fn code(request: &Request, gateway: &Running) -> (u16, String) {
    let (status, answer) = ask(request, gateway);
    (
        status,
        answer["error_code"].as_str().unwrap_or("ok").to_owned(),
    )
}

pub(crate) fn refused(status: u16, code: &str) -> (u16, String) {
    (status, code.to_owned())
}

pub(crate) fn ok() -> (u16, String) {
    refused(200, "ok")
}
