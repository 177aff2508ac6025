//! A sidecar that a test starts and asks.

use std::io::{Read, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

use crate::common::{SECRET_ID, SECRET_KEY, Scratch};

pub(crate) const TOKEN: &str = "the-token-of-this-test-0";

/// With the keys, and a token in `token`.
pub(crate) fn scratch() -> Scratch {
    let scratch = Scratch::with_keys();
    scratch.write("token", &format!("{TOKEN}\n"));
    private(&scratch.path("token"));
    scratch
}

pub(crate) fn private(path: &Path) {
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600)).unwrap();
}

/// A sidecar with Tencent's credentials, not started yet.
pub(crate) fn serving(scratch: &Scratch, listen: &str, more: &[&str]) -> Command {
    let mut command = scratch.command(&["serve", "--listen", listen, "--token-file", "token"]);
    command
        .args(more)
        .env("TENCENTCLOUD_SECRET_ID", SECRET_ID)
        .env("TENCENTCLOUD_SECRET_KEY", SECRET_KEY);
    command
}

/// What comes until the other side closes.
pub(crate) fn ask(
    mut stream: impl Read + Write,
    host: &str,
    method: &str,
    path: &str,
    body: &str,
) -> String {
    let request = format!(
        "{method} {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\nAuthorization: Bearer {TOKEN}\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(request.as_bytes()).unwrap();
    let mut reply = String::new();
    stream.read_to_string(&mut reply).unwrap();
    reply
}

#[track_caller]
pub(crate) fn expect_ok(reply: &str) {
    assert!(reply.starts_with("HTTP/1.1 200 "), "{reply}");
}
