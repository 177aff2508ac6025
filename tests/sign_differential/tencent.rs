//! TC3 and signature v1, against `tencentcloud-sdk-python-common`.

use http::Method;
use percent_encoding::percent_decode_str;
use serde_json::{Value, json};

use crate::common::unb64;
use crate::peer::Peer;
use crate::random::{Random, sign_as};
use crate::{Outcome, Request, added, headers, stages};

/// GET, POST of JSON, POST of multipart/form-data, and each with the body left out of the signature.
pub(crate) fn tc3(scheme: &str, random: &mut Random, peer: &mut Peer) -> Outcome {
    let mut asked = Asked::new(random, "TC3-HMAC-SHA256");
    let get = random.chance(50);
    let multipart = !get && random.chance(40);
    asked.0["method"] = if get { "GET" } else { "POST" }.into();
    asked.0["unsigned"] = random.chance(10).into();
    asked.0["multipart"] = multipart.into();
    if multipart {
        asked.0["binary"] = json!([random.name()]);
    }
    if get && random.chance(50) {
        asked.0["raw_query"] = raw_query(random).into();
    }
    let answer = peer.ask(&asked.0);
    let data = unb64(answer["data"].as_str().unwrap());
    let (query, body) = if get {
        (String::from_utf8(data).unwrap(), Vec::new())
    } else {
        (String::new(), data)
    };
    // The SDK's own headers, but for what the signature adds.
    let sent = answer["headers"].as_object().unwrap().iter();
    let sent = sent.map(|(name, value)| (name.as_str(), value.as_str().unwrap()));
    let ours = ["Authorization", "X-TC-Timestamp", "X-TC-Token"];
    let request = Request {
        headers: headers(sent.filter(|(name, _)| !ours.contains(name))),
        query,
        body,
        ..asked.request()
    };
    let signed = request.sign(scheme);
    let mut sent = Vec::new();
    // Another query was signed than the SDK would have sent.
    if asked.0["raw_query"].is_null() {
        for name in ours {
            if let Some(theirs) = answer["headers"][name].as_str() {
                let ours = added(&signed, &name.to_ascii_lowercase());
                sent.push(("a header", ours, theirs.to_owned()));
            }
        }
    }
    Outcome {
        ours: signed,
        theirs: stages(&answer),
        sent,
    }
}

/// GET and the form of a POST.
pub(crate) fn v1(scheme: &str, random: &mut Random, peer: &mut Peer) -> Outcome {
    let method = if scheme.ends_with("sha1") {
        "HmacSHA1"
    } else {
        "HmacSHA256"
    };
    let mut asked = Asked::new(random, method);
    let get = random.chance(50);
    asked.0["method"] = if get { "GET" } else { "POST" }.into();
    let answer = peer.ask(&asked.0);
    let whole = String::from_utf8(unb64(answer["data"].as_str().unwrap())).unwrap();
    // The SDK's own parameters, but for what the signature adds.
    let added = ["SecretId", "Timestamp", "Token", "Signature"];
    let unsigned: Vec<&str> = whole
        .split('&')
        .filter(|pair| !added.contains(&pair.split('=').next().unwrap()))
        .collect();
    let unsigned = unsigned.join("&");
    let host = asked.0["host"].as_str().unwrap().to_owned();
    let form = ("content-type", "application/x-www-form-urlencoded");
    let request = Request {
        headers: headers([("host", host.as_str()), form]),
        query: if get { unsigned.clone() } else { String::new() },
        body: if get {
            Vec::new()
        } else {
            unsigned.into_bytes()
        },
        ..asked.request()
    };
    let ours = request.sign(scheme);
    let sent = match (&ours.query, &ours.body) {
        (Some(query), None) if get => query.clone(),
        (None, Some(body)) if !get => String::from_utf8(body.to_vec()).unwrap(),
        _ => panic!("the signed parameters stand in the wrong place"),
    };
    Outcome {
        theirs: stages(&answer),
        sent: vec![("the parameters", decoded(&sent), decoded(&whole))],
        ours,
    }
}

/// What the peer is asked.
struct Asked(Value);

impl Asked {
    fn new(random: &mut Random, sign_method: &str) -> Self {
        let (secret_id, secret_key) = random.credentials();
        let service = random.pick(&["ocr", "faceid", "cvm"]);
        let count = random.below(8);
        // The Python SDK signs `_` in a name as `.`, unlike others; no name of the service holds one.
        let names: Vec<String> = (0..count)
            .map(|number| format!("P{number}.{}", random.name()))
            .collect();
        let params: Vec<(String, String)> = names
            .into_iter()
            .map(|name| (name, random.text()))
            .collect();
        Self(json!({
            "sign_method": sign_method,
            "time": random.time(),
            "nonce": 1 + random.next() % (i64::MAX as u64),
            // In either case of letters: it is signed as it is sent.
            "boundary": random.name(),
            "secret_id": secret_id,
            "secret_key": secret_key,
            "token": random.chance(30).then(|| random.name()),
            "service": service,
            "host": format!("{service}.tencentcloudapi.com"),
            "region": random.pick(&["ap-guangzhou", "ap-beijing", ""]),
            "language": random.pick(&["zh-CN", "en-US"]),
            "action": format!("A{}", random.name()),
            "version": "2018-11-19",
            "method": "GET",
            "params": params,
            "unsigned": false,
            "multipart": false,
            "binary": [],
            "raw_query": null,
        }))
    }

    fn request(&self) -> Request {
        let text = |name: &str| self.0[name].as_str().unwrap();
        Request {
            method: text("method").parse::<Method>().unwrap(),
            path: "/".to_owned(),
            query: String::new(),
            headers: headers([]),
            body: Vec::new(),
            service: text("service").to_owned(),
            region: text("region").to_owned(),
            credentials: sign_as(
                text("secret_id"),
                text("secret_key"),
                self.0["token"].as_str(),
            ),
            time: self.0["time"].as_u64().unwrap(),
        }
    }
}

/// A query as somebody else may have encoded it: repeated and valueless names, any order, any style.
fn raw_query(random: &mut Random) -> String {
    let name = random.name();
    let pairs: Vec<String> = (0..random.below(8))
        .map(|_| {
            let name = if random.chance(40) {
                name.clone()
            } else {
                random.name()
            };
            let value = random.text();
            let value = random.encode(&value, "+*!'(),:;@/?$=");
            if random.chance(10) {
                name
            } else {
                format!("{name}={value}")
            }
        })
        .collect();
    pairs.join("&")
}

/// The decoded parameters of a form, sorted.
fn decoded(form: &str) -> String {
    let mut pairs: Vec<String> = form
        .split('&')
        .map(|pair| {
            let blanks = pair.replace('+', " ");
            percent_decode_str(&blanks)
                .decode_utf8()
                .unwrap()
                .into_owned()
        })
        .collect();
    pairs.sort();
    pairs.join("\u{0}")
}
