//! The service side, over TLS, in a process of its own: neither its time nor its memory is the caller's.

use std::io::{BufRead, BufReader, Read};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use cardseal_gateway::{GatewayConfig, KeyPair, Running, Suite, Tls};
use tempfile::TempDir;

pub const SECRET_ID: &str = "bench-id";
pub const SECRET_KEY: &str = "bench-secret";

/// A running service side with a fresh key of one suite.
pub struct Service {
    child: Child,
    pub url: String,
    folder: TempDir,
}

impl Service {
    pub fn start(suite: Suite) -> Self {
        let folder = tempfile::tempdir().expect("a folder for keys");
        let pair = KeyPair::generate(suite).expect("a key pair");
        pair.write_to(&folder.path().join("pair"))
            .expect("the key pair written");
        let mut child = Command::new(std::env::current_exe().expect("this program"))
            .arg("serve")
            .arg(folder.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the service side started");
        let mut url = String::new();
        let stdout = child.stdout.take().expect("its stdout");
        BufReader::new(stdout).read_line(&mut url).expect("its URL");
        Self {
            child,
            url: url.trim().to_owned(),
            folder,
        }
    }

    /// Its public key, and the certificate of its authority.
    pub fn files(&self) -> (Vec<u8>, PathBuf) {
        let key = std::fs::read(self.folder.path().join("pair/public.b64")).expect("the key");
        (key, authority(self.folder.path()))
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        // It ends with its stdin.
        drop(self.child.stdin.take());
        let _ = self.child.wait();
    }
}

fn authority(folder: &Path) -> PathBuf {
    folder.join("authority.pem")
}

/// Serves until stdin ends.
pub fn serve(folder: &Path) {
    let pair = KeyPair::load_from(&folder.join("pair")).expect("the key pair");
    let tls = Tls::for_names([]).expect("a certificate");
    std::fs::write(authority(folder), tls.authority()).expect("the authority written");
    let mut config = GatewayConfig::new(vec![pair], SECRET_ID, SECRET_KEY);
    config.tls = Some(tls);
    let running = Running::start(config, SocketAddr::from(([127, 0, 0, 1], 0))).expect("a port");
    println!("{}", running.url());
    let _ = std::io::stdin().read_to_end(&mut Vec::new());
}
