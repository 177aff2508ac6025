//! The service side, in a process of its own.

use std::io::{BufRead, BufReader, Read};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use cardseal_gateway::{GatewayConfig, KeyPair, Running, Suite};
use tempfile::TempDir;

pub const SECRET_ID: &str = "bench-id";
pub const SECRET_KEY: &str = "bench-secret";

/// A running service side with a fresh key of one suite.
pub struct Service {
    child: Child,
    url: String,
    keys: TempDir,
}

impl Service {
    pub fn start(suite: Suite) -> Self {
        let keys = tempfile::tempdir().expect("a folder for keys");
        let pair = KeyPair::generate(suite).expect("a key pair");
        let folder = keys.path().join("pair");
        pair.write_to(&folder).expect("the key pair written");
        let mut child = Command::new(std::env::current_exe().expect("this program"))
            .arg("serve")
            .arg(&folder)
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
            keys,
        }
    }

    pub fn url(&self) -> &str {
        &self.url
    }

    /// The public key, as the service hands it out.
    pub fn public_key(&self) -> PathBuf {
        self.keys.path().join("pair/public.b64")
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        // It ends with its stdin.
        drop(self.child.stdin.take());
        let _ = self.child.wait();
    }
}

/// Serves until stdin ends.
pub fn serve(keys: &Path) {
    let pair = KeyPair::load_from(keys).expect("the key pair");
    let config = GatewayConfig::new(vec![pair], SECRET_ID, SECRET_KEY);
    let running = Running::start(config, SocketAddr::from(([127, 0, 0, 1], 0))).expect("a port");
    println!("{}", running.url());
    let _ = std::io::stdin().read_to_end(&mut Vec::new());
}
