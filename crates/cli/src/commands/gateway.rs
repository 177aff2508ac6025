//! `gateway`: the embedded service side, until it is told to end.

mod log;

use std::io::{self, Write as _};
use std::net::{SocketAddr, ToSocketAddrs};
use std::path::{Path, PathBuf};

use cardseal_gateway::{Fault, Fixture, GatewayConfig, IvMode, KeyPair, Running, Tls};

use crate::args::{Gateway, IvModeName};
use crate::commands::keygen::key_failure;
use crate::exit::{Failure, Whose};
use crate::input;
use crate::interrupt::Ending;
use crate::output::{Chatter, Form, Output};
use crate::whole_file::{readable_by_all, write_whole};
use log::Log;

/// A fixture with two pictures in it.
const MOST_FIXTURE: usize = 32 * 1024 * 1024;

pub(super) fn run(arguments: &Gateway, output: &Output) -> Result<(), Failure> {
    let mut config = config(arguments)?;
    let log = match output.chatter() {
        Chatter::Usual => Some(Log::start().map_err(|error| {
            Failure::new(Whose::Bug, format!("the log cannot be written: {error}"))
        })?),
        Chatter::Quiet => None,
    };
    config.on_request = log.as_ref().map(Log::on_request);
    let addr = address(&arguments.listen)?;
    config.tls = arguments
        .tls_dir
        .as_deref()
        .map(|folder| tls(folder, arguments, addr))
        .transpose()?;
    let in_clear = config.tls.is_none();
    // Before anybody is told that it is ready, so that no signal comes too early.
    let ending = Ending::expect().map_err(|error| {
        Failure::new(Whose::Bug, format!("signals cannot be waited for: {error}"))
    })?;
    let gateway = Running::start(config, addr).map_err(|error| not_started(&error, addr))?;
    if in_clear && !addr.ip().is_loopback() {
        output.warn(
            "this is plain HTTP, and other hosts can reach it; cardseal's own clients refuse it; give --tls-dir DIR \
             for TLS",
        );
    }
    match output.form() {
        Form::Text => output.print(format!("listening on {}\n", gateway.url()).as_bytes())?,
        Form::Json => output.print_json(&serde_json::json!({"listening": gateway.url()}), 128)?,
    }
    ending.wait();
    drop(gateway);
    if let Some(log) = log {
        log.end();
    }
    Ok(())
}

fn config(arguments: &Gateway) -> Result<GatewayConfig, Failure> {
    let mut keys = Vec::new();
    for folder in &arguments.keys {
        keys.extend(KeyPair::load_all(folder).map_err(|error| key_failure(&error))?);
    }
    let secret = input::read_secret(&arguments.secret_key_file)?;
    let mut config = GatewayConfig::new(keys, &arguments.secret_id, secret.as_str());
    let secret_in = |file: &Option<PathBuf>| file.as_deref().map(input::read_secret).transpose();
    config.session_token =
        secret_in(&arguments.session_token_file)?.map(|token| token.as_str().into());
    config.app_key = secret_in(&arguments.app_key_file)?.map(|key| key.as_str().into());
    if let Some(user) = &arguments.iam_user {
        config.iam.user.clone_from(user);
    }
    if let Some(password) = secret_in(&arguments.iam_password_file)? {
        config.iam.password = password.as_str().into();
    }
    config.iam.domain.clone_from(&arguments.iam_domain);
    config.iam.project.clone_from(&arguments.project);
    config.iam.project_id.clone_from(&arguments.project_id);
    config.iv_mode = match arguments.iv_mode {
        IvModeName::Same => IvMode::Same,
        IvModeName::Fresh => IvMode::Fresh,
    };
    config.fixture = arguments.fixture.as_deref().map(fixture).transpose()?;
    config.qps = arguments.qps;
    config.echo = arguments.echo;
    config.fault = arguments
        .fault
        .as_deref()
        .map(|name| name.parse::<Fault>())
        .transpose()
        .map_err(|error| Failure::usage(error.to_string()))?;
    Ok(config)
}

/// TLS, once the authority that clients are to trust lies in its file.
fn tls(folder: &Path, arguments: &Gateway, addr: SocketAddr) -> Result<Tls, Failure> {
    let ip = Some(addr.ip())
        .filter(|ip| !ip.is_unspecified())
        .map(|ip| ip.to_string());
    let names = arguments.tls_name.iter().chain(&ip).map(String::as_str);
    let tls = Tls::for_names(names).map_err(|error| Failure::usage(error.to_string()))?;
    let path = folder.join("ca.pem");
    write(folder, &path, tls.authority()).map_err(|error| {
        Failure::usage(format!(
            "the authority's certificate cannot be written to `{}`: {error}; check --tls-dir and its permissions",
            input::show(&path)
        ))
    })?;
    Ok(tls)
}

/// It is public, and clients may run as other users.
fn write(folder: &Path, path: &Path, text: &str) -> io::Result<()> {
    std::fs::create_dir_all(folder)?;
    write_whole(path, |file| {
        file.write_all(text.as_bytes())?;
        readable_by_all(file)
    })
}

fn fixture(path: &Path) -> Result<Fixture, Failure> {
    let bytes = input::read(path, "the fixture", MOST_FIXTURE, Whose::Usage)?;
    let text = std::str::from_utf8(&bytes)
        .map_err(|_| Failure::usage("the fixture is not UTF-8; write it again"))?;
    Fixture::from_json(text).map_err(|error| Failure::usage(error.to_string()))
}

fn address(listen: &str) -> Result<SocketAddr, Failure> {
    let refused = || {
        Failure::usage(format!(
            "--listen `{}` is not an address and a port; give 127.0.0.1:0 for a free port on this host",
            crate::printable::printable(listen)
        ))
    };
    let mut found = listen.to_socket_addrs().map_err(|_| refused())?;
    found.next().ok_or_else(refused)
}

fn not_started(error: &io::Error, addr: SocketAddr) -> Failure {
    // What the configuration contradicts itself in, the gateway says as invalid input.
    if error.kind() == io::ErrorKind::InvalidInput {
        return Failure::usage(error.to_string());
    }
    Failure::new(
        Whose::Transport,
        format!("cannot listen on {addr}: {error}; choose another address or port"),
    )
}
