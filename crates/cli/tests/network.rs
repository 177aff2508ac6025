//! The way to a service, as the arguments and the environment have it: TLS of a test authority, given addresses, a proxy, and
//! time to connect.
#![cfg(feature = "gateway")]

mod common;

use std::fs;
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use common::{Finished, GatewayProcess, Scratch, finish};

const SECRET_ID: &str = "AKIDnetwork";

/// A key pair, the secret key in `secret`, and nothing else.
fn scratch() -> Scratch {
    Scratch::with_keys()
}

/// `recognize` of a card by its URL, with these arguments and variables beside.
fn recognize(scratch: &Scratch, more: &[&str], variables: &[(&str, &str)]) -> Finished {
    let usual = [
        "--key",
        "sm4-gcm/public.b64",
        "--url",
        "https://h.example/card.jpg",
        "--retries",
        "0",
    ];
    let mut command = scratch.recognizing(&[&usual[..], more].concat());
    command.envs(variables.iter().copied());
    finish(command, b"")
}

fn port(gateway: &GatewayProcess) -> &str {
    gateway.url.rsplit(':').next().unwrap()
}

#[test]
fn a_gateway_with_tls_is_reached_by_its_authority_and_a_name_that_is_given_its_address() {
    let scratch = scratch();
    let gateway = scratch.gateway(&["--tls-dir", "tls", "--tls-name", "gateway.bank.example"]);
    assert!(
        gateway.url.starts_with("https://127.0.0.1:"),
        "{}",
        gateway.url
    );
    assert_eq!(
        scratch
            .files()
            .iter()
            .filter(|name| name.contains("tls"))
            .count(),
        1
    );
    assert_eq!(
        fs::read_dir(scratch.path("tls")).unwrap().count(),
        1,
        "ca.pem and no key"
    );

    recognize(
        &scratch,
        &["--endpoint", &gateway.url, "--ca-file", "tls/ca.pem"],
        &[],
    )
    .expect_code(0);
    for host in ["gateway.bank.example", "ocr.tencentcloudapi.com"] {
        let endpoint = format!("https://{host}:{}", port(&gateway));
        let resolve = format!("{host}=127.0.0.1");
        let there = [
            "--endpoint",
            endpoint.as_str(),
            "--resolve",
            resolve.as_str(),
        ];
        recognize(
            &scratch,
            &[&there[..], &["--ca-file", "tls/ca.pem"]].concat(),
            &[],
        )
        .expect_code(0);
        recognize(&scratch, &there, &[])
            .expect_error(5)
            .says("issuer")
            .says("--ca-file");
    }
    // The system's store, which that variable names in the place of its own.
    let store = scratch.path("tls/ca.pem");
    let set = [("SSL_CERT_FILE", store.to_str().unwrap())];
    recognize(
        &scratch,
        &["--endpoint", &gateway.url, "--native-roots"],
        &set,
    )
    .expect_code(0);
}

/// As a container's would be: beyond loopback.
#[test]
fn a_gateway_beyond_loopback_warns_of_plain_http_and_not_of_tls() {
    let scratch = scratch();
    for (more, warned) in [(&["--tls-dir", "tls"][..], false), (&[], true)] {
        let mut command =
            scratch.command(&["gateway", "--listen", "0.0.0.0:0", "--keys", "sm4-gcm"]);
        command
            .args(["--secret-id", SECRET_ID, "--secret-key-file", "secret"])
            .args(more);
        let gateway = GatewayProcess::start(command);
        #[cfg(unix)]
        {
            let (_, stderr) = gateway.end(rustix::process::Signal::TERM);
            assert_eq!(stderr.contains("plain HTTP"), warned, "{stderr}");
        }
        #[cfg(not(unix))]
        let _ = (gateway, warned);
    }
}

#[test]
fn what_cannot_be_used_is_refused_before_anything_is_sent_and_is_not_repeated() {
    let scratch = scratch();
    scratch.write("rubbish.pem", "hunter2 is no certificate");
    for (more, says) in [
        (
            &["--proxy", "http://user:hunter2@proxy:8080"][..],
            "CARDSEAL_PROXY_PASSWORD",
        ),
        (&["--proxy", "http://user:hunter2@"], "the proxy is refused"),
        (&["--proxy", "hunter2"], "--proxy is not a URL"),
        (&["--proxy", "socks5://hunter2:1080"], "SOCKS"),
        (
            &["--proxy", "socks5://hunter2:1080"],
            "give http://host:port",
        ),
        (&["--proxy", "https://hunter2:443"], "over TLS"),
        (&["--proxy", "https://hunter2:443"], "give http://host:port"),
        (&["--no-proxy", "a.example"], "--no-proxy needs a proxy"),
        (&["--ca-file", "rubbish.pem"], "root certificate"),
        (&["--ca-file", "missing.pem"], "missing.pem"),
        (&["--resolve", "hunter2"], "--resolve is refused"),
        (&["--resolve", "hunter2==1"], "--resolve is refused"),
        (&["--resolve", "a.example=hunter2"], "--resolve is refused"),
        (&["--client-cert", "rubbish.pem"], "--client-key"),
        (
            &[
                "--client-cert",
                "rubbish.pem",
                "--client-key",
                "rubbish.pem",
            ],
            "client certificate",
        ),
        (&["--connect-timeout", "0"], "--connect-timeout"),
    ] {
        let refused = recognize(&scratch, more, &[]).expect_error(2).says(says);
        assert!(!refused.stderr.contains("hunter2"), "{refused:?}");
    }
    for (variables, says) in [
        (
            &[("CARDSEAL_PROXY", "ftp://user:hunter2@proxy")][..],
            "CARDSEAL_PROXY",
        ),
        (
            &[("CARDSEAL_PROXY", "socks5h://user:hunter2@proxy")],
            "SOCKS is not supported, only HTTP's CONNECT; give http://host:port",
        ),
        (
            &[("CARDSEAL_PROXY", "https://user:hunter2@proxy")],
            "over TLS, which is not supported; give http://host:port",
        ),
        (
            &[
                ("CARDSEAL_PROXY", "http://proxy:1"),
                ("CARDSEAL_PROXY_PASSWORD", "hunter2"),
            ],
            "names no user",
        ),
    ] {
        let refused = recognize(&scratch, &[], variables)
            .expect_error(2)
            .says(says);
        assert!(!refused.stderr.contains("hunter2"), "{refused:?}");
    }
}

#[test]
fn connecting_has_a_time_of_its_own() {
    let scratch = scratch();
    let mute = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let endpoint = format!("https://localhost:{}", mute.local_addr().unwrap().port());
    let started = Instant::now();
    recognize(
        &scratch,
        &["--endpoint", &endpoint, "--connect-timeout", "1"],
        &[("HTTPS_PROXY", "http://proxy:1")],
    )
    .expect_error(5)
    .says("TLS could not be negotiated within 1s")
    .says("HTTPS_PROXY is set but not followed");
    assert!(
        started.elapsed() < Duration::from_secs(4),
        "{:?}",
        started.elapsed()
    );
}

/// tinyproxy for one user; it ends when this is dropped.
struct Tinyproxy {
    child: Child,
    url: String,
}

impl Tinyproxy {
    fn start(scratch: &Scratch) -> Option<Self> {
        let free = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = free.local_addr().unwrap().port();
        drop(free);
        scratch.write(
            "tinyproxy.conf",
            &format!("Port {port}\nListen 127.0.0.1\nTimeout 60\nMaxClients 20\nBasicAuth teller swordfish\n"),
        );
        let started = Command::new("tinyproxy")
            .args(["-d", "-c"])
            .arg(scratch.path("tinyproxy.conf"))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn();
        let Ok(child) = started else {
            common::skip("proxy", "tinyproxy is not installed");
            return None;
        };
        let patience = Instant::now();
        while TcpStream::connect(SocketAddr::from((Ipv4Addr::LOCALHOST, port))).is_err() {
            assert!(
                patience.elapsed() < Duration::from_secs(20),
                "tinyproxy does not listen"
            );
            sleep(Duration::from_millis(20));
        }
        Some(Self {
            child,
            url: format!("127.0.0.1:{port}"),
        })
    }
}

impl Drop for Tinyproxy {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn a_proxy_gets_its_password_from_the_environment() {
    let scratch = scratch();
    let Some(tinyproxy) = Tinyproxy::start(&scratch) else {
        return;
    };
    let gateway = scratch.gateway(&["--tls-dir", "tls"]);
    let there = [
        "--endpoint",
        gateway.url.as_str(),
        "--ca-file",
        "tls/ca.pem",
    ];
    let user = format!("http://teller@{}", tinyproxy.url);
    let whole = format!("http://teller:swordfish@{}", tinyproxy.url);
    let password = ("CARDSEAL_PROXY_PASSWORD", "swordfish");
    let through = |more: &[&str], variables: &[(&str, &str)]| {
        recognize(&scratch, &[&there[..], more].concat(), variables)
    };
    through(&["--proxy", &user], &[password]).expect_code(0);
    through(&[], &[("CARDSEAL_PROXY", &user), password]).expect_code(0);
    through(&[], &[("CARDSEAL_PROXY", &whole)]).expect_code(0);
    through(&["--proxy", &user, "--no-proxy", "127.0.0.1"], &[]).expect_code(0);
    through(&["--proxy", &user], &[])
        .expect_error(5)
        .says("the proxy");
    let wrong = ("CARDSEAL_PROXY_PASSWORD", "hunter2hunter2");
    let refused = through(&["--proxy", &user], &[wrong])
        .expect_error(5)
        .says("the proxy");
    assert!(!refused.stderr.contains("hunter2"), "{refused:?}");
}
