//! What others try: without the token, from a page of a browser, with too much, too slowly, or with somebody else's opener.

mod common;

use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream};
use std::time::Duration;

use common::{
    OTHER_TOKEN, TOKEN, config, connect, get, head, post, post_with, read, sealed, start, usual,
};
use serde_json::json;

const PATHS: [&str; 4] = ["/v1/seal", "/v1/open", "/v1/sign", "/v1/recognize"];

#[test]
fn nothing_is_done_without_the_token() {
    let (_running, address) = start(config());
    let json = "Content-Type: application/json\r\n";
    for path in PATHS {
        for token in [
            "",
            "Bearer ",
            "Bearer the-token-of-this-test-1",
            "Basic dGhlOnRva2Vu",
        ] {
            let more = format!("{json}Authorization: {token}\r\n");
            let refused = post_with(address, path, &more, "{}").expect_error(401, "unauthorized");
            assert!(refused.head.contains("www-authenticate: bearer"));
        }
        // Not in the query either, where it would end up in histories.
        post_with(address, &format!("{path}?token={TOKEN}"), json, "{}").expect(401);
    }
}

#[test]
fn a_page_of_a_browser_gets_nothing() {
    let (_running, address) = start(config());
    let token = usual(TOKEN);
    for more in [
        "Origin: https://evil.example\r\n",
        "Origin: null\r\n",
        "Sec-Fetch-Site: cross-site\r\n",
    ] {
        for path in PATHS {
            let refused = post_with(address, path, &format!("{token}{more}"), "{}");
            let refused = refused.expect_error(403, "forbidden");
            assert!(!refused.head.contains("access-control"), "{refused:?}");
        }
    }
    // A name that was made to point here.
    let mut stream = connect(address);
    write!(
        stream,
        "GET /openapi.json HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n"
    )
    .unwrap();
    read(stream).expect_error(421, "forbidden");
    // What a form or a script may send without being asked for leave.
    for kind in [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data",
        "text/json",
        "",
    ] {
        let more = format!("Authorization: Bearer {TOKEN}\r\nContent-Type: {kind}\r\n");
        post_with(address, "/v1/seal", &more, r#"{"json":{}}"#).expect_error(415, "media_type");
    }
    // Two types are none, and what is compressed is no JSON.
    for more in [
        "Content-Type: text/plain",
        "Content-Type: application/json",
        "Content-Encoding: gzip",
        "Content-Encoding: identity, gzip",
    ] {
        let more = format!("{token}{more}\r\n");
        post_with(address, "/v1/seal", &more, r#"{"json":{}}"#).expect_error(415, "media_type");
    }
    let more = format!("{token}Content-Encoding: identity\r\n");
    post_with(address, "/v1/seal", &more, r#"{"json":{}}"#).expect(200);
    let mut stream = connect(address);
    write!(
        stream,
        "OPTIONS /v1/seal HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n"
    )
    .unwrap();
    let refused = read(stream).expect(405);
    assert!(!refused.head.contains("access-control"), "{refused:?}");
}

#[test]
fn an_opener_opens_once_for_whoever_sealed() {
    let (_running, address) = start(config());
    let open = |token: &str, opener: &str| {
        let body = json!({"opener": opener, "reply": {"RequestId": "x"}}).to_string();
        post_with(address, "/v1/open", &usual(token), &body)
    };
    let opener = sealed(address);
    for guess in [
        "",
        "0",
        &"0".repeat(32),
        &opener[1..],
        &opener.to_uppercase(),
        "../../etc",
    ] {
        if *guess != opener {
            open(TOKEN, guess).expect_error(404, "not_found");
        }
    }
    open(OTHER_TOKEN, &opener).expect_error(404, "not_found");
    // It is there for its owner, and is used up by a reply that is none.
    open(TOKEN, &opener).expect(422);
    open(TOKEN, &opener).expect_error(404, "not_found");
    // A request that is no request leaves it.
    let opener = sealed(address);
    post(address, "/v1/open", &json!({"opener": opener, "reply": 1})).expect(400);
    post(
        address,
        "/v1/open",
        &json!({"opener": opener, "reply": {}, "more": 1}),
    )
    .expect(400);
    open(TOKEN, &opener).expect(422);
}

#[test]
fn openers_end_and_are_bounded() {
    let mut config = config();
    config.limits.openers = 2;
    config.limits.opener_lifetime = Duration::from_secs(5);
    let (_running, address) = start(config);
    let first = sealed(address);
    sealed(address);
    let full = post(address, "/v1/seal", &json!({"json": {}})).expect_error(503, "busy");
    assert!(full.head.contains("retry-after: 1"), "{full:?}");
    get(address, "/readyz").expect(503);
    // They are swept, the second one perhaps later than the first; then there is room again.
    let wait = |is_so: &dyn Fn() -> bool| {
        (0..1200).any(|_| {
            std::thread::sleep(Duration::from_millis(50));
            is_so()
        })
    };
    let ended = || {
        let figures = get(address, "/metrics").body;
        figures.contains("cardseal_openers_expired_total 2")
    };
    assert!(wait(&ended), "openers never end");
    assert!(wait(&|| get(address, "/readyz").status == 200), "no room");
    post(address, "/v1/open", &json!({"opener": first, "reply": {}})).expect(404);
}

#[test]
fn what_is_too_large_is_refused_and_its_sender_told() {
    let (_running, address) = start(config());
    let large = "x".repeat(50_000_000);
    post_with(address, "/v1/seal", &usual(TOKEN), &large).expect_error(413, "too_large");
    post_with(address, "/v1/seal", "", &large).expect_error(401, "unauthorized");
    // In chunks, so that nothing is said of its length.
    let mut stream = connect(address);
    let chunked = head(address, "/v1/seal", 0, &usual(TOKEN))
        .replace("Content-Length: 0", "Transfer-Encoding: chunked");
    stream.write_all(chunked.as_bytes()).unwrap();
    let chunk = format!("{:x}\r\n{}\r\n", 1_000_000, "x".repeat(1_000_000));
    for _ in 0..50 {
        if stream.write_all(chunk.as_bytes()).is_err() {
            break;
        }
    }
    let _ = stream.write_all(b"0\r\n\r\n");
    read(stream).expect_error(413, "too_large");
    for length in ["-1", "99999999999999999999", "1, 2", "x"] {
        let text = head(address, "/v1/seal", 0, &usual(TOKEN))
            .replace("Content-Length: 0", &format!("Content-Length: {length}"));
        let mut stream = connect(address);
        stream.write_all(text.as_bytes()).unwrap();
        let status = read(stream).status;
        assert!((400..=413).contains(&status), "{length}: {status}");
    }
    // A head without end.
    let mut stream = connect(address);
    let _ = stream.write_all(format!("GET / HTTP/1.1\r\nX: {}", "y".repeat(1 << 20)).as_bytes());
    assert!([0, 400, 431].contains(&read(stream).status));
    get(address, "/healthz").expect(200);
}

#[test]
fn who_is_slow_is_cut_off_and_keeps_nobody_waiting() {
    let mut config = config();
    config.limits.patience = Duration::from_secs(4);
    config.limits.requests = 1;
    let (_running, address) = start(config);
    let mut silent = connect(address);
    let mut dribbling = connect(address);
    dribbling
        .write_all(b"POST /v1/seal HTTP/1.1\r\nHost: ")
        .unwrap();
    // The body never comes, and its sender has the only place.
    let mut waiting = connect(address);
    waiting
        .write_all(head(address, "/v1/seal", 100, &usual(TOKEN)).as_bytes())
        .unwrap();
    get(address, "/healthz").expect(200);
    post(address, "/v1/seal", &json!({"json": {}})).expect(200);
    read(waiting).expect_error(408, "timeout");
    let mut rest = Vec::new();
    silent.read_to_end(&mut rest).unwrap();
    let _ = dribbling.read_to_end(&mut rest);
    let said = String::from_utf8_lossy(&rest);
    assert!(
        rest.is_empty() || said.starts_with("HTTP/1.1 408"),
        "{said}"
    );
}

#[test]
fn a_closed_half_is_no_end() {
    let (_running, address) = start(config());
    let body = r#"{"json":{}}"#;
    let mut stream = connect(address);
    let text = head(address, "/v1/seal", body.len(), &usual(TOKEN)) + body;
    stream.write_all(text.as_bytes()).unwrap();
    stream.shutdown(Shutdown::Write).unwrap();
    read(stream).expect(200);
    // And half a request is none.
    for end in [10, text.len() - 3] {
        let mut stream = connect(address);
        stream.write_all(&text.as_bytes()[..end]).unwrap();
        stream.shutdown(Shutdown::Write).unwrap();
        assert_ne!(read(stream).status, 200);
    }
    // One that went away is not waited for.
    for _ in 0..20 {
        let mut stream = connect(address);
        stream.write_all(text.as_bytes()).unwrap();
    }
    get(address, "/healthz").expect(200);
}

#[test]
fn idle_connections_make_room() {
    let mut config = config();
    config.limits.connections = 10;
    let (_running, address) = start(config);
    let idle: Vec<TcpStream> = (0..100).map(|_| connect(address)).collect();
    for _ in 0..3 {
        post(address, "/v1/seal", &json!({"json": {}})).expect(200);
    }
    let figures = get(address, "/metrics").body;
    let shed = figures
        .lines()
        .find_map(|line| line.strip_prefix("cardseal_connections_shed_total "));
    let shed: u64 = shed.unwrap().parse().unwrap();
    assert!(shed >= 90, "{shed}");
    drop(idle);
}

#[test]
fn a_flood_is_worked_off_in_turn() {
    let mut config = config();
    config.limits.requests = 2;
    config.limits.bodies = 3 << 20;
    let (_running, address) = start(config);
    let body = json!({"json": {"Image": "A".repeat(1 << 20)}}).to_string();
    std::thread::scope(|scope| {
        let flood: Vec<_> = (0..32)
            .map(|_| scope.spawn(|| post_with(address, "/v1/seal", &usual(TOKEN), &body).status))
            .collect();
        get(address, "/healthz").expect(200);
        let statuses: Vec<u16> = flood.into_iter().map(|it| it.join().unwrap()).collect();
        assert!(
            statuses.iter().all(|it| [200, 503].contains(it)),
            "{statuses:?}"
        );
        assert!(statuses.contains(&200), "{statuses:?}");
    });
}

#[test]
fn no_error_quotes_what_was_sent() {
    let (_running, address) = start(config());
    let secret = "Gu5t9xGARNpq86cd98joQYCN3EXAMPLE";
    for (path, body) in [
        ("/v1/seal", format!(r#"{{"{secret}":1}}"#)),
        ("/v1/seal", format!(r#"{{"plaintext":"{secret}!"}}"#)),
        ("/v1/seal", format!(r#"{{"json":{{}},"key":"{secret}"}}"#)),
        (
            "/v1/seal",
            format!(r#"{{"json":{{"a":1}},"fields":["{secret}"]}}"#),
        ),
        (
            "/v1/open",
            format!(r#"{{"opener":"{secret}","reply":{{}}}}"#),
        ),
        (
            "/v1/sign",
            format!(r#"{{"scheme":"{secret}","request":"{secret}"}}"#),
        ),
        (
            "/v1/sign",
            format!(r#"{{"scheme":"tc3-hmac-sha256","request":"{secret}"}}"#),
        ),
        ("/v1/recognize", format!(r#"{{"cloud":"{secret}"}}"#)),
        (
            "/v1/recognize",
            format!(r#"{{"cloud":"tencent","image":"{secret}"}}"#),
        ),
        ("/v1/recognize", format!("{secret}\u{0}")),
    ] {
        let reply = post_with(address, path, &usual(TOKEN), &body);
        assert!((400..500).contains(&reply.status), "{reply:?}");
        assert!(!reply.body.contains(secret), "{reply:?}");
    }
    let deep = "[".repeat(200_000);
    post_with(address, "/v1/seal", &usual(TOKEN), &deep).expect(400);
    post_with(
        address,
        "/v1/seal",
        &usual(TOKEN),
        &format!(r#"{{"json":{{"a":{deep}"#),
    )
    .expect(400);
}

#[test]
fn it_stops_when_what_is_in_flight_is_done() {
    let (running, address) = start(config());
    let opener = sealed(address);
    let mut idle = connect(address);
    let body = r#"{"json":{}}"#;
    let mut stream = connect(address);
    let more = usual(TOKEN) + "Expect: 100-continue\r\n";
    let text = head(address, "/v1/seal", body.len(), &more);
    stream.write_all(text.as_bytes()).unwrap();
    // It has been taken in once it is told to go on.
    let mut told = [0; 25];
    stream.read_exact(&mut told).unwrap();
    assert_eq!(&told, b"HTTP/1.1 100 Continue\r\n\r\n");
    let (first, rest) = body.split_at(4);
    stream.write_all(first.as_bytes()).unwrap();
    let stopping = std::thread::spawn(move || running.stop());
    // The idle one goes at once.
    assert_eq!(idle.read(&mut [0]).unwrap_or(0), 0);
    stream.write_all(rest.as_bytes()).unwrap();
    read(stream).expect(200);
    stopping.join().unwrap();
    assert!(TcpStream::connect(address).is_err(), "{opener}");
}

#[cfg(unix)]
#[test]
fn a_socket_file_is_one_sidecars_alone() {
    use std::os::unix::fs::PermissionsExt;
    use std::os::unix::net::UnixStream;

    use cardseal_sidecar::{Listen, Sidecar};

    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("socket");
    let at = || {
        let mut config = config();
        config.listen = Listen::Unix(path.clone());
        config
    };
    let running = Sidecar::start(at()).unwrap();
    let mode = std::fs::metadata(&path).unwrap().permissions().mode();
    assert_eq!(mode & 0o007, 0, "{mode:o}");
    let second = Sidecar::start(at()).unwrap_err();
    assert_eq!(second.kind(), std::io::ErrorKind::AddrInUse);
    let mut stream = UnixStream::connect(&path).unwrap();
    stream
        .write_all(b"GET /healthz HTTP/1.1\r\nHost: any\r\nConnection: close\r\n\r\n")
        .unwrap();
    read(stream).expect(200);
    running.stop();
    assert!(!path.exists());
    // Many at once: one listens.
    let started: Vec<_> = std::thread::scope(|scope| {
        let all: Vec<_> = (0..6)
            .map(|_| scope.spawn(|| Sidecar::start(at()).ok()))
            .collect();
        all.into_iter()
            .filter_map(|it| it.join().unwrap())
            .collect()
    });
    assert_eq!(started.len(), 1);
    assert!(UnixStream::connect(&path).is_ok());
}
