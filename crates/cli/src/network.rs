//! What the arguments and the environment say of the way to a service, as the library's options.

use std::net::IpAddr;
use std::path::Path;
use std::time::Duration;

use cardseal::{BlockingClient, Proxy, TransportOptions};
use secrecy::SecretString;

use crate::args::Network;
use crate::exit::{Failure, Whose};
use crate::input;
use crate::plausible;

/// The proxy's URL, with its login or without.
const PROXY: &str = "CARDSEAL_PROXY";

/// The password of the proxy's user.
const PASSWORD: &str = "CARDSEAL_PROXY_PASSWORD";

/// More than any list of certificates has.
const MOST_PEM: usize = 4 << 20;

/// The client that goes this way, within `deadline` a call.
pub(crate) fn client(network: &Network, deadline: Duration) -> Result<BlockingClient, Failure> {
    let options = options(network)?.deadline(deadline);
    // Nothing was sent: what stands in its way is what it was given.
    BlockingClient::with_options(&options)
        .map_err(|error| Failure::from(error).blamed_on(Whose::Usage))
}

/// The options, all but the deadline.
pub(crate) fn options(network: &Network) -> Result<TransportOptions, Failure> {
    let time = Duration::from_secs(network.connect_timeout);
    let mut options = TransportOptions::default().connect_timeout(time);
    if let Some(proxy) = proxy(network)? {
        options = options.proxy(proxy);
    }
    with_addresses(with_trust(options, network)?, network)
}

/// Whom to trust, and what to show of oneself.
pub(crate) fn with_trust(
    mut options: TransportOptions,
    network: &Network,
) -> Result<TransportOptions, Failure> {
    if let Some(path) = &network.ca_file {
        let pem = input::read(path, "the CA file", MOST_PEM, Whose::Usage)?;
        options = options.root_certificate(pem.to_vec());
    }
    if network.native_roots {
        options = options.native_roots();
    }
    if let (Some(chain), Some(key)) = (&network.client_cert, &network.client_key) {
        let chain = input::read(chain, "the client certificate", MOST_PEM, Whose::Usage)?;
        options = options.client_certificate(chain.to_vec(), client_key(key)?);
    }
    Ok(options)
}

/// Addresses in the place of DNS.
pub(crate) fn with_addresses(
    mut options: TransportOptions,
    network: &Network,
) -> Result<TransportOptions, Failure> {
    for pair in &network.resolve {
        let (host, address) = resolve(pair)?;
        options = options.resolve(host, address);
    }
    Ok(options)
}

/// The proxy to go through.
pub(crate) fn proxy(network: &Network) -> Result<Option<Proxy>, Failure> {
    let password = input::variable(PASSWORD)?;
    let proxy = match (&network.proxy, input::variable(PROXY)?) {
        // Whoever leaves the scheme out has given away a password all the same.
        (Some(url), _) if !url.contains("://") && url.contains('@') => {
            return Err(Failure::usage(format!(
                "--proxy is not a URL and holds what may be a password, which every process on this host can read; change \
                 that password, give http://user@host:port, and set {PASSWORD}"
            )));
        }
        (Some(url), _) => {
            check_proxy("--proxy", url)?;
            let proxy = Proxy::parse(url)?;
            if proxy.has_password() {
                return Err(Failure::usage(format!(
                    "--proxy holds a password, which every process on this host can read; change that password, give \
                     the URL without it, and set {PASSWORD}"
                )));
            }
            proxy
        }
        (None, Some(url)) => {
            check_proxy(PROXY, &url)?;
            Proxy::parse(&url)
                .map_err(|error| Failure::usage(format!("{PROXY} cannot be used: {error}")))?
        }
        (None, None) if network.no_proxy.is_some() => {
            return Err(Failure::usage(format!(
                "--no-proxy needs a proxy; give --proxy URL or set {PROXY}"
            )));
        }
        (None, None) => return Ok(None),
    };
    let proxy = match (password, proxy.user().map(str::to_owned)) {
        (None, _) => proxy,
        (Some(password), Some(user)) => {
            proxy.login(&user, SecretString::from(password.as_str()))?
        }
        (Some(_), None) => {
            return Err(Failure::usage(format!(
                "{PASSWORD} is set and the proxy's URL names no user; give it as http://user@host:port"
            )));
        }
    };
    Ok(Some(
        proxy.no_proxy(network.no_proxy.as_deref().unwrap_or_default()),
    ))
}

/// Before a name server is asked for it: without a scheme anything might be a host's name, what was meant for elsewhere too.
fn check_proxy(name: &str, url: &str) -> Result<(), Failure> {
    if !url.contains("://") {
        return Err(Failure::usage(format!(
            "{name} is not a URL; give http://host:port"
        )));
    }
    // Another scheme is refused as that.
    let is_http = url.to_ascii_lowercase().starts_with("http://");
    match !is_http || plausible::has_host(url) {
        true => Ok(()),
        false => Err(Failure::usage(format!(
            "{name} is refused: its host is not a host's name; it is not shown, for it may be a secret; give \
             http://host:port"
        ))),
    }
}

fn client_key(path: &Path) -> Result<SecretString, Failure> {
    let key = input::read(path, "the client certificate's key", MOST_PEM, Whose::Usage)?;
    let text = std::str::from_utf8(&key).map_err(|_| {
        Failure::usage("the client certificate's key is not PEM; convert it with openssl pkey")
    })?;
    Ok(SecretString::from(text))
}

/// Not repeated where it is wrong: it may be anything.
fn resolve(pair: &str) -> Result<(&str, IpAddr), Failure> {
    let refused = |why: &str| {
        Failure::usage(format!(
            "--resolve is refused: {why}; give HOST=IP, as in ocr.tencentcloudapi.com=10.0.0.5"
        ))
    };
    let (host, address) = pair
        .split_once('=')
        .ok_or_else(|| refused("it has no `=`"))?;
    let fine = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '.';
    if host.is_empty() || host.len() > 253 || !host.chars().all(fine) {
        return Err(refused("the part before `=` is not a host name"));
    }
    let bare = address
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'))
        .unwrap_or(address);
    let address = bare
        .parse()
        .map_err(|_| refused("the part after `=` is not an IP address"))?;
    Ok((host, address))
}
