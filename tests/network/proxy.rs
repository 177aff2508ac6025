//! Through a real proxy, tinyproxy, which asks for a login.

use std::fs;
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use cardseal::{Proxy, TransportFailure, TransportOptions};
use secrecy::SecretString;
use tempfile::TempDir;

use super::authority::Authority;
use super::common;
use super::drivers::{BOTH, Runner, account, failure};
use super::server::{Server, refusal};

const HOST: &str = "ocr.tencentcloudapi.com";

/// tinyproxy on a free port, for one user. It ends when this is dropped.
struct Tinyproxy {
    child: Child,
    port: u16,
    folder: TempDir,
}

impl Tinyproxy {
    /// `None` where it is not installed; that is said aloud.
    fn start(test: &str) -> Option<Self> {
        // A port that is free may be another's before the proxy has it.
        for _ in 0..5 {
            let Ok(mut started) = Self::started() else {
                common::skip(test, "tinyproxy is not installed");
                return None;
            };
            if started.listens() {
                return Some(started);
            }
        }
        panic!("tinyproxy does not listen");
    }

    fn started() -> std::io::Result<Self> {
        let folder = tempfile::tempdir().unwrap();
        let free = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = free.local_addr().unwrap().port();
        drop(free);
        let (config, log) = (folder.path().join("config"), folder.path().join("log"));
        let text = format!(
            "Port {port}\nListen 127.0.0.1\nTimeout 60\nMaxClients 20\nLogLevel Connect\nLogFile \"{}\"\n\
             BasicAuth teller swordfish\n",
            log.display()
        );
        fs::write(&config, text).unwrap();
        let child = Command::new("tinyproxy")
            .arg("-d")
            .arg("-c")
            .arg(&config)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()?;
        Ok(Self {
            child,
            port,
            folder,
        })
    }

    /// False where it has ended instead.
    fn listens(&mut self) -> bool {
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, self.port));
        let patience = Instant::now();
        while TcpStream::connect(address).is_err() {
            assert!(
                patience.elapsed() < Duration::from_secs(60),
                "tinyproxy does not listen"
            );
            if self.child.try_wait().unwrap().is_some() {
                return false;
            }
            sleep(Duration::from_millis(20));
        }
        // Whoever listens there is the proxy: it ends at once where it has no port.
        sleep(Duration::from_millis(50));
        self.child.try_wait().unwrap().is_none()
    }

    fn proxy(&self) -> Proxy {
        Proxy::parse(&format!("http://127.0.0.1:{}", self.port)).unwrap()
    }

    fn logged_in(&self, password: &str) -> Proxy {
        self.proxy()
            .login("teller", SecretString::from(password))
            .unwrap()
    }

    /// How many tunnels to this place it was asked for.
    fn tunnels(&self, place: &str) -> usize {
        let log = fs::read_to_string(self.folder.path().join("log")).unwrap();
        let asked = format!("CONNECT {place} ");
        log.lines().filter(|line| line.contains(&asked)).count()
    }
}

impl Drop for Tinyproxy {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A proxy on a slow disk writes its log first.
fn patient() -> TransportOptions {
    TransportOptions::default().connect_timeout(Duration::from_secs(60))
}

#[test]
fn s6_calls_go_through_a_proxy_that_wants_a_login() {
    let Some(tinyproxy) = Tinyproxy::start("proxy with a login") else {
        return;
    };
    let authority = Authority::new();
    let (over_tls, in_clear) = (
        authority.server("localhost", None),
        Server::answering(refusal()),
    );
    let https = format!("https://localhost:{}", over_tls.address.port());
    for (done, driver) in BOTH.into_iter().enumerate() {
        let options = patient()
            .root_certificate(authority.pem())
            .proxy(tinyproxy.logged_in("swordfish"));
        let runner = Runner::new(driver, &options);
        for _ in 0..2 {
            runner.is_answered(&account(&https));
            runner.is_answered(&account(&in_clear.url()));
        }
        // One tunnel each, used twice.
        for place in [
            format!("localhost:{}", over_tls.address.port()),
            in_clear.address.to_string(),
        ] {
            assert_eq!(tinyproxy.tunnels(&place), done + 1, "{driver:?}: {place}");
        }
    }
    for head in over_tls.heads().iter().chain(&in_clear.heads()) {
        assert!(
            !head.to_ascii_lowercase().contains("proxy-"),
            "the login went on to the service"
        );
    }
}

#[test]
fn s6_a_login_that_is_wrong_or_missing_is_told_and_nothing_is_sent() {
    let Some(tinyproxy) = Tinyproxy::start("proxy without a login") else {
        return;
    };
    let server = Server::answering(refusal());
    for driver in BOTH {
        for (proxy, says) in [
            (tinyproxy.proxy(), "asks for a login (407)"),
            (tinyproxy.logged_in("wrong"), "(40"),
        ] {
            let options = patient().proxy(proxy);
            let (error, _) = Runner::new(driver, &options).error(&account(&server.url()));
            let shown = format!("{driver:?}: {error}");
            assert!(
                matches!(failure(&error), Some(TransportFailure::NotConnected { .. })),
                "{shown}"
            );
            assert!(shown.contains(says) && !shown.contains("wrong"), "{shown}");
        }
    }
    assert_eq!(server.connections(), 0);
}

#[test]
fn s6_a_spared_host_is_reached_without_the_proxy_and_a_given_address_through_it() {
    let Some(tinyproxy) = Tinyproxy::start("proxy with spared hosts") else {
        return;
    };
    let authority = Authority::new();
    let server = authority.server(HOST, None);
    let port = server.address.port();
    let url = format!("https://{HOST}:{port}");
    for (done, driver) in BOTH.into_iter().enumerate() {
        let options = patient()
            .root_certificate(authority.pem())
            .resolve(HOST, Ipv4Addr::LOCALHOST.into());
        let proxy = tinyproxy.logged_in("swordfish");
        let spared = options
            .clone()
            .proxy(proxy.clone().no_proxy("tencentcloudapi.com"));
        Runner::new(driver, &spared).is_answered(&account(&url));
        assert_eq!(
            tinyproxy.tunnels(&format!("127.0.0.1:{port}")),
            done,
            "{driver:?}"
        );
        // The proxy need not know the name.
        Runner::new(driver, &options.proxy(proxy)).is_answered(&account(&url));
        assert_eq!(
            tinyproxy.tunnels(&format!("127.0.0.1:{port}")),
            done + 1,
            "{driver:?}"
        );
    }
}

#[test]
fn a_proxy_that_is_not_there_is_not_connected() {
    let nobody = common::nobody::Nobody::new();
    let gone = nobody.address();
    let server = Server::answering(refusal());
    for driver in BOTH {
        let options = TransportOptions::default().proxy(Proxy::parse(&gone.to_string()).unwrap());
        let (error, _) = Runner::new(driver, &options).error(&account(&server.url()));
        let says = format!("the proxy {gone} was not reached");
        assert!(error.to_string().contains(&says), "{driver:?}: {error}");
    }
}

/// Set in a process of its own.
const INSIDE: &str = "CARDSEAL_TEST_PROXY_VARIABLE";

#[test]
fn s6_a_proxy_variable_is_not_followed_and_is_told_where_a_connection_fails() {
    if std::env::var_os(INSIDE).is_some() {
        for driver in BOTH {
            let (error, _) = Runner::new(driver, &TransportOptions::default())
                .error(&account("https://localhost:1"));
            let said = error.to_string();
            assert!(
                said.contains("https_proxy is set but not followed"),
                "{driver:?}: {said}"
            );
            assert!(
                said.contains("localhost:1 was not reached") && !said.contains("hunter2"),
                "{driver:?}: {said}"
            );
        }
        return;
    }
    let proxy = Server::answering(refusal());
    let output = Command::new(std::env::current_exe().unwrap())
        .args([
            "--exact",
            "proxy::s6_a_proxy_variable_is_not_followed_and_is_told_where_a_connection_fails",
            "--nocapture",
        ])
        .env_remove("HTTPS_PROXY")
        .env(
            "https_proxy",
            format!("http://user:hunter2@{}", proxy.address),
        )
        .env(INSIDE, "1")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
    assert!(
        output.status.success() && said.contains("1 passed"),
        "{said}"
    );
    assert_eq!(proxy.connections(), 0);
}
