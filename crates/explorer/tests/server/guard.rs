//! Token, Host, Origin, and what every answer says of itself.

use crate::client::Page;

const LINES: [&str; 5] = [
    "GET /",
    "GET /page.js",
    "POST /api/catalogue",
    "OPTIONS /",
    "GET /none",
];

#[test]
fn every_request_needs_the_token() {
    let page = Page::new();
    let host = page.host();
    let wrong = "x".repeat(page.token().len());
    let longer = format!("{}x", page.token());
    for line in LINES {
        let missing = page.send(line, &[("Host", &host)], b"");
        assert_eq!(missing.status, 403, "{line}");
        for token in [wrong.as_str(), longer.as_str(), "", "%00"] {
            let in_query = page.send(&format!("{line}?token={token}"), &[("Host", &host)], b"");
            let in_header = page.send(line, &[("Host", &host), ("X-Cardseal-Token", token)], b"");
            assert_eq!(
                (in_query.status, in_header.status),
                (403, 403),
                "{line} {token}"
            );
        }
        // A right one does not make up for a wrong one beside it.
        let both = format!("{line}?token={}&token=x", page.token());
        assert_eq!(
            page.send(&both, &[("Host", &host)], b"").status,
            403,
            "{line}"
        );
    }
    assert!(page.token().len() >= 20);
    assert_ne!(page.token(), Page::new().token());
    let right = format!("GET /?token={}", page.token());
    assert_eq!(page.send(&right, &[("Host", &host)], b"").status, 200);
}

#[test]
fn every_request_needs_the_one_name_of_this_server() {
    let page = Page::new();
    let port = page.explorer.address().port();
    let right = format!("127.0.0.1:{port}");
    for line in LINES {
        let line = format!("{line}?token={}", page.token());
        for host in [
            format!("localhost:{port}"),
            format!("attacker.example:{port}"),
            "127.0.0.1".to_owned(),
            format!("127.0.0.1:{}", port.wrapping_add(1)),
            format!("127.0.0.1:{port}."),
            format!("127.0.0.1.:{port}"),
            format!("127.1:{port}"),
            format!("[::1]:{port}"),
            format!("0.0.0.0:{port}"),
            String::new(),
        ] {
            let reply = page.send(&line, &[("Host", &host)], b"");
            assert!(
                (400..500).contains(&reply.status),
                "{line} {host}: {}",
                reply.status
            );
        }
        for hosts in [
            &[][..],
            &[("Host", right.as_str()), ("Host", "attacker.example")],
            &[("Host", right.as_str()), ("Host", right.as_str())],
        ] {
            let reply = page.send(&line, hosts, b"");
            assert!(
                (400..500).contains(&reply.status),
                "{line} {hosts:?}: {}",
                reply.status
            );
        }
    }
    // A target that is a whole URL says who is meant.
    let elsewhere = format!("GET http://attacker.example/?token={}", page.token());
    let reply = page.send(&elsewhere, &[("Host", &right)], b"");
    assert!((400..500).contains(&reply.status), "{}", reply.status);
}

#[test]
fn no_other_page_may_ask() {
    let page = Page::new();
    let host = page.host();
    let port = page.explorer.address().port();
    for line in LINES {
        let line = format!("{line}?token={}", page.token());
        for origin in [
            "https://attacker.example".to_owned(),
            "null".to_owned(),
            format!("https://127.0.0.1:{port}"),
            format!("http://localhost:{port}"),
            format!("http://127.0.0.1:{port}.attacker.example"),
            format!("http://127.0.0.1:{}", port.wrapping_add(1)),
            "http://127.0.0.1".to_owned(),
            String::new(),
        ] {
            let reply = page.send(&line, &[("Host", &host), ("Origin", &origin)], b"");
            assert_eq!(reply.status, 403, "{line} {origin}");
            let allows = reply.head.to_ascii_lowercase().contains("access-control-");
            assert!(!allows, "{line} {origin}: {}", reply.head);
        }
    }
    let own = format!("http://{host}");
    let line = format!("GET /?token={}", page.token());
    assert_eq!(
        page.send(&line, &[("Host", &host), ("Origin", &own)], b"")
            .status,
        200
    );
}

#[test]
fn every_answer_is_protected_a_refusal_too() {
    let page = Page::new();
    let host = page.host();
    let with_token = |line: &str| format!("{line}?token={}", page.token());
    for line in [
        with_token("GET /"),
        with_token("GET /page.js"),
        with_token("GET /page.css"),
        with_token("GET /icon.svg"),
        with_token("POST /api/catalogue"),
        with_token("GET /none"),
        with_token("DELETE /"),
        "GET /".to_owned(),
    ] {
        let reply = page.send(&line, &[("Host", &host)], b"");
        let policy = reply.header("Content-Security-Policy").expect(&line);
        assert!(policy.starts_with("default-src 'none';"), "{policy}");
        assert!(policy.contains("frame-ancestors 'none'") && policy.contains("base-uri 'none'"));
        for loose in ["unsafe-", "http:", "https:", "data:", "*", "//"] {
            assert!(!policy.contains(loose), "{policy}");
        }
        for (name, value) in [
            ("Referrer-Policy", "no-referrer"),
            ("Cache-Control", "no-store"),
            ("X-Content-Type-Options", "nosniff"),
            ("X-Frame-Options", "DENY"),
            ("Cross-Origin-Resource-Policy", "same-origin"),
        ] {
            assert_eq!(reply.header(name), Some(value), "{line}");
        }
        assert!(reply.header("Set-Cookie").is_none(), "{line}");
    }
}

#[test]
fn the_page_takes_nothing_from_elsewhere_and_has_no_script_in_it() {
    let page = Page::new();
    let host = page.host();
    for file in ["/", "/page.js", "/page.css", "/icon.svg"] {
        let line = format!("GET {file}?token={}", page.token());
        let reply = page.send(&line, &[("Host", &host)], b"");
        assert_eq!(reply.status, 200, "{file}");
        let text = String::from_utf8(reply.body).unwrap();
        let own = text.replace("http://www.w3.org/2000/svg", "");
        for elsewhere in ["http://", "https://", "@import", "url("] {
            assert!(!own.contains(elsewhere), "{file} has {elsewhere}");
        }
        if file == "/" {
            assert!(
                !text.contains("{{token}}") && !text.contains("style="),
                "{file}"
            );
            for part in text.split("<script").skip(1) {
                assert!(part.starts_with(" src=\"/page.js?token="), "{part}");
            }
        } else {
            assert!(!text.contains(page.token()), "{file} holds the token");
        }
        if file == "/page.js" {
            for sink in [
                "innerHTML",
                "outerHTML",
                "insertAdjacentHTML",
                "document.write",
                "eval(",
                "Function(",
            ] {
                assert!(!text.contains(sink), "{sink}");
            }
        }
    }
}

#[test]
fn the_page_is_for_this_machine_only() {
    use cardseal_explorer::{Explorer, ExplorerConfig, ExplorerError};
    for address in ["0.0.0.0:0", "[::]:0", "192.0.2.1:0"] {
        let config = ExplorerConfig::new(address.parse().unwrap());
        let refused = Explorer::start(config).err().expect(address);
        assert!(
            matches!(refused, ExplorerError::NotLoopback(_)),
            "{refused}"
        );
    }
    let mut config = ExplorerConfig::new("127.0.0.1:0".parse().unwrap());
    config.endpoint = Some("http://example.com".to_owned());
    assert!(matches!(
        Explorer::start(config).err(),
        Some(ExplorerError::Rejected(_))
    ));
}

#[test]
fn the_server_proves_itself_by_what_is_never_sent() {
    use hmac::{Hmac, KeyInit, Mac};
    let page = Page::new();
    let line = format!("GET /?token={}", page.token());
    let html = page.send(&line, &[("Host", &page.host())], b"").body;
    let html = String::from_utf8(html).unwrap();
    let key = html.split_once("data-proof=\"").unwrap().1;
    let key = key.split_once('"').unwrap().0;
    assert!(key.len() >= 20 && !key.contains('{') && key != page.token());
    let said = page.ask("hello", &serde_json::json!({"nonce": "drawn by the page"}));
    let mut mac = Hmac::<sha2::Sha256>::new_from_slice(key.as_bytes()).unwrap();
    mac.update(b"drawn by the page");
    let expected = mac.finalize().into_bytes();
    let expected: String = expected.iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(said["proof"], expected);
    for (path, asked) in [("catalogue", "{}"), ("hello", r#"{"nonce":""}"#)] {
        let asked = serde_json::from_str(asked).unwrap();
        assert!(!page.ask(path, &asked).to_string().contains(key), "{path}");
    }
}
