//! EOP, against the page's algorithm written apart: the vendor has no SDK in Python.

use http::Method;
use serde_json::json;

use crate::common::b64;
use crate::peer::Peer;
use crate::random::{Random, sign_as};
use crate::{Outcome, Request, added, headers, stages};

pub(crate) fn case(scheme: &str, random: &mut Random, peer: &mut Peer) -> Outcome {
    let (id, secret) = random.credentials();
    let request_id = format!("{:016x}-{:016x}", random.next(), random.next());
    let app_key = random.chance(50).then(|| random.name());
    let body = random.bytes(200);
    let time = random.time();
    let pairs: Vec<(String, String)> = (0..random.below(7))
        .map(|_| {
            (
                random.pick(&["a", "B", "aa", "名", "a b"]).to_owned(),
                random.text(),
            )
        })
        .collect();
    let sent: Vec<String> = pairs
        .iter()
        .map(|(name, value)| {
            let bare = value.is_empty() && random.chance(50);
            let (name, value) = (
                random.encode(name, "*"),
                random.encode(value, "+*!'(),:;@/?$="),
            );
            if bare {
                name
            } else {
                format!("{name}={value}")
            }
        })
        .collect();
    let answer = peer.ask(&json!({
        "time": time,
        "secret_id": id,
        "secret_key": secret,
        "request_id": request_id,
        "app_key": app_key,
        "query": pairs,
        "body": b64(&body),
    }));
    let mut own = vec![
        ("host", "ai-global.ctapi.ctyun.cn"),
        ("content-type", "application/json;charset=UTF-8"),
        ("ctyun-eop-request-id", request_id.as_str()),
    ];
    let mut credentials = sign_as(&id, &secret, None);
    match &app_key {
        Some(app_key) if random.chance(50) => own.push(("appkey", app_key)),
        Some(app_key) => credentials = credentials.with_app_key(app_key.clone()).unwrap(),
        None => {}
    }
    let request = Request {
        method: Method::POST,
        path: "/v1/aiop/api/x".to_owned(),
        query: sent.join("&"),
        headers: headers(own),
        body,
        service: String::new(),
        region: String::new(),
        credentials,
        time,
    };
    let ours = request.sign(scheme);
    let text = |name: &str| answer[name].as_str().unwrap().to_owned();
    Outcome {
        theirs: stages(&answer),
        sent: vec![
            (
                "Eop-Authorization",
                added(&ours, "eop-authorization"),
                text("authorization"),
            ),
            (
                "the query to send",
                ours.query.clone().unwrap_or_default(),
                text("query"),
            ),
        ],
        ours,
    }
}
