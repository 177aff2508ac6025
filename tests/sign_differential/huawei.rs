//! SDK-HMAC-SHA256, SDK-HMAC-SM3 and V11-HMAC-SHA256, against `huaweicloudsdkcore`.

use http::Method;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use sm3::Sm3;

use crate::common::b64;
use crate::peer::Peer;
use crate::random::{Random, sign_as};
use crate::{Outcome, Request, added, headers, stages};

pub(crate) fn case(scheme: &str, random: &mut Random, peer: &mut Peer) -> Outcome {
    let (id, secret) = random.credentials();
    let method = random.pick(&["GET", "POST", "PUT", "DELETE", "PATCH"]);
    let body = if random.chance(30) {
        Vec::new()
    } else {
        random.bytes(200)
    };
    let path = path(random);
    let query = Query::new(random);
    let token = random.chance(30).then(|| random.name());
    let own = own_headers(scheme, random, &body);
    let region = format!("{}-1", random.pick(&["cn-north", "ae-ad", "test-region"]));
    let service = random.pick(&["ocr", "vpc", "demo"]);
    let time = random.time();

    let mut to_sdk = own.clone();
    if let Some(token) = &token {
        to_sdk.push(("X-Security-Token".to_owned(), token.clone()));
    }
    let host = own
        .iter()
        .find(|(name, _)| name == "Host")
        .unwrap()
        .1
        .clone();
    if random.chance(50) {
        // The SDK adds the host by itself.
        to_sdk.retain(|(name, _)| name != "Host");
    }
    let answer = peer.ask(&json!({
        "scheme": scheme,
        "time": time,
        "secret_id": id,
        "secret_key": secret,
        "method": method,
        "host": host,
        "path": path,
        "query": query.to_sdk,
        "headers": to_sdk,
        "body": b64(&body),
        "service": service,
        "region": region,
    }));
    let request = Request {
        method: method.parse::<Method>().unwrap(),
        path: path.clone(),
        query: query.sent,
        headers: headers(own.iter().map(|(n, v)| (n.as_str(), v.as_str()))),
        body,
        service: service.to_owned(),
        region,
        credentials: sign_as(&id, &secret, token.as_deref()),
        time,
    };
    let ours = request.sign(scheme);
    let uri = match ours.query.as_deref() {
        Some("") | None => path,
        Some(query) => format!("{path}?{query}"),
    };
    let text = |name: &str| answer[name].as_str().unwrap().to_owned();
    Outcome {
        theirs: stages(&answer),
        sent: vec![
            (
                "Authorization",
                added(&ours, "authorization"),
                text("authorization"),
            ),
            ("the URI to send", uri, text("uri")),
        ],
        ours,
    }
}

/// Encoded in any style, with `%2F` in a segment at times, and with a slash at its end at times.
fn path(random: &mut Random) -> String {
    let mut path = String::new();
    for _ in 0..random.below(5) {
        let segment = random.text();
        path.push('/');
        path.push_str(&random.encode(&segment, "+*!'(),:;@$&="));
    }
    if path.is_empty() || random.chance(20) {
        path.push('/');
    }
    path
}

/// The same query as it is sent, in any style and order, and as the SDK takes it.
struct Query {
    sent: String,
    to_sdk: Vec<(String, Value)>,
}

impl Query {
    fn new(random: &mut Random) -> Self {
        let mut sent = Vec::new();
        let mut to_sdk = Vec::new();
        for number in 0..random.below(7) {
            // The number keeps names apart: the SDK cannot sort a repeated one beside its list.
            let name = format!("{}{number}", random.text());
            let values: Vec<String> = (0..1 + random.below(3)).map(|_| random.text()).collect();
            for value in &values {
                let (name, value) = (
                    random.encode(&name, "+*!'(),:;@/?$"),
                    random.encode(value, "+*!'(),:;@/?$="),
                );
                let bare = value.is_empty() && random.chance(50);
                sent.push(if bare {
                    name
                } else {
                    format!("{name}={value}")
                });
            }
            let list = values.len() > 1 && random.chance(50);
            if list {
                to_sdk.push((name, json!(values)));
            } else {
                to_sdk.extend(values.into_iter().map(|value| (name.clone(), json!(value))));
            }
        }
        // Any order.
        for end in (1..sent.len()).rev() {
            sent.swap(end, random.below(end + 1));
        }
        Self {
            sent: sent.join("&"),
            to_sdk,
        }
    }
}

fn own_headers(scheme: &str, random: &mut Random, body: &[u8]) -> Vec<(String, String)> {
    let mut headers = vec![("Host".to_owned(), format!("{}.example.com", random.name()))];
    let mut push = |name: &str, value: String| headers.push((name.to_owned(), value));
    let json = random.chance(50);
    match random.below(3) {
        0 => {}
        _ if json => push(
            "Content-Type",
            random
                .pick(&[
                    "application/json",
                    "application/json;charset=UTF-8",
                    "application/bson",
                ])
                .to_owned(),
        ),
        _ => push(
            "Content-Type",
            random
                .pick(&[
                    "application/octet-stream",
                    "text/plain; charset=UTF-8",
                    "multipart/form-data; boundary=aB",
                    "Application/JSON",
                ])
                .to_owned(),
        ),
    }
    if random.chance(40) {
        push("X-Project-Id", random.name());
    }
    if random.chance(20) {
        push("X-Domain-Id", random.name());
    }
    if random.chance(30) {
        push("X_Not_Signed", random.name());
    }
    if random.chance(30) {
        push(
            "X-Note",
            format!("  {}  two  blanks, \"q\" ", random.name()),
        );
    }
    // The SDK puts its own in where the content is not JSON.
    if json && random.chance(20) {
        let sm3 = scheme == "sdk-hmac-sm3";
        let hash = if random.chance(50) {
            "UNSIGNED-PAYLOAD".to_owned()
        } else if sm3 {
            base16ct::lower::encode_string(&Sm3::digest(body))
        } else {
            base16ct::lower::encode_string(&Sha256::digest(body))
        };
        push(
            if sm3 {
                "X-Sdk-Content-Sm3"
            } else {
                "X-Sdk-Content-Sha256"
            },
            hash,
        );
    }
    headers
}
