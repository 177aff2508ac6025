//! An HTTP proxy that the caller configures. It opens tunnels with CONNECT (RFC 9110, section 9.3.6).

use core::fmt;

use http::Uri;
use percent_encoding::percent_decode_str;
use secrecy::{ExposeSecret, SecretString};
use zeroize::Zeroizing;

use crate::error::Error;

/// An HTTP proxy. Every connection, for `http` and `https`, is a tunnel that it opens with CONNECT. The proxy sees the
/// host's name and port, but nothing that is sent over TLS.
///
/// The machine's metadata service is never asked through it.
#[derive(Clone)]
pub struct Proxy {
    host: String,
    port: u16,
    login: Option<Login>,
    spared: Vec<String>,
}

#[derive(Clone)]
struct Login {
    user: String,
    password: SecretString,
}

impl Proxy {
    /// A proxy by its URL, `http://[user[:password]@]host[:port]`. User name and password are percent-encoded; the
    /// default port is 80; `http://` may be left out.
    ///
    /// # Errors
    /// `Input` if it is not such a URL. The message does not quote it.
    pub fn parse(url: &str) -> Result<Self, Error> {
        // Not quoted: it may contain a password.
        let refuse = |why: &str| {
            Error::input(format!(
                "the proxy is refused: {why}; give http://host:port"
            ))
        };
        let split = url.split_once("://");
        let scheme = split.map(|(scheme, _)| scheme.to_ascii_lowercase());
        match scheme.as_deref() {
            None | Some("http") => {}
            Some("https") => {
                return Err(refuse(
                    "https:// is a proxy that is itself reached over TLS, which is not supported",
                ));
            }
            Some(scheme) if scheme.starts_with("socks") => {
                return Err(refuse("SOCKS is not supported, only HTTP's CONNECT"));
            }
            Some(_) => return Err(refuse("its scheme is not http")),
        }
        let rest = split.map_or(url, |(_, rest)| rest);
        let rest = rest.strip_suffix('/').unwrap_or(rest);
        let (login, place) = match rest.rsplit_once('@') {
            Some((login, place)) => (Some(login), place),
            None => (None, rest),
        };
        let uri: Uri = format!("http://{place}")
            .parse()
            .map_err(|_| refuse("it is not a URL"))?;
        let host = uri
            .host()
            .filter(|host| !host.is_empty())
            .ok_or_else(|| refuse("it has no host"))?;
        let port = uri.port_u16().unwrap_or(80);
        let spelt = [host.to_owned(), format!("{host}:{port}")];
        if !spelt.iter().any(|spelt| spelt == place) || port == 0 {
            return Err(refuse("it is more than a host and a port of 1 to 65535"));
        }
        let proxy = Self {
            host: host.to_owned(),
            port,
            login: None,
            spared: Vec::new(),
        };
        let Some(login) = login else {
            return Ok(proxy);
        };
        let (user, password) = login.split_once(':').unwrap_or((login, ""));
        let decode = |text: &str| {
            let bytes = Zeroizing::new(percent_decode_str(text).collect::<Vec<u8>>());
            core::str::from_utf8(&bytes)
                .map(|text| Zeroizing::new(text.to_owned()))
                .map_err(|_| refuse("its login is not UTF-8"))
        };
        let password = SecretString::from(decode(password)?.as_str());
        proxy.login(decode(user)?.as_str(), password)
    }

    /// Sets the login (Basic, RFC 7617); user name and password are not percent-encoded. The connection to the proxy is
    /// not encrypted, so anyone on that network can read them.
    ///
    /// # Errors
    /// `Input` if the name contains a `:`, or either contains a control character.
    pub fn login(mut self, user: &str, password: SecretString) -> Result<Self, Error> {
        if user.contains(':') || user.contains(char::is_control) {
            return Err(Error::input(
                "the proxy's user name holds a colon or a control character, which Basic authentication cannot carry",
            ));
        }
        if password.expose_secret().contains(char::is_control) {
            return Err(Error::input(
                "the proxy's password holds a control character, such as a line end; give it without",
            ));
        }
        self.login = Some(Login {
            user: user.to_owned(),
            password,
        });
        Ok(self)
    }

    /// Sets the hosts to reach without the proxy, separated by commas as in the variable `NO_PROXY`: `a.example` is
    /// that host and its subdomains, `.example` is only the subdomains, `*` is every host. Ports and networks have no
    /// effect, because an endpoint is a name.
    #[must_use]
    pub fn no_proxy(mut self, list: &str) -> Self {
        let hosts = list
            .split([',', ' '])
            .map(str::trim)
            .filter(|host| !host.is_empty());
        self.spared.extend(hosts.map(str::to_ascii_lowercase));
        self
    }

    /// The user name of the login, if any.
    pub fn user(&self) -> Option<&str> {
        self.login.as_ref().map(|login| login.user.as_str())
    }

    /// Whether the login has a password.
    pub fn has_password(&self) -> bool {
        self.login
            .as_ref()
            .is_some_and(|login| !login.password.expose_secret().is_empty())
    }
}

#[cfg(any(feature = "async", feature = "blocking"))]
impl Proxy {
    pub(super) fn host(&self) -> &str {
        &self.host
    }

    pub(super) fn port(&self) -> u16 {
        self.port
    }

    /// `user:password`, as Basic authentication encodes it.
    pub(super) fn credentials(&self) -> Option<Zeroizing<String>> {
        let Login { user, password } = self.login.as_ref()?;
        Some(Zeroizing::new(
            [user, ":", password.expose_secret()].concat(),
        ))
    }

    /// Whether requests to this URI go through the proxy.
    pub(super) fn serves(&self, uri: &Uri) -> bool {
        let host = uri.host().unwrap_or_default().to_ascii_lowercase();
        // Plain http beyond loopback is this machine's metadata service; through a proxy it would be another machine's.
        let metadata = uri.scheme_str() == Some("http") && !super::dial::is_loopback(&host);
        !metadata && !self.spared.iter().any(|spared| names(spared, &host))
    }
}

/// Whether an entry of the no-proxy list matches this host.
#[cfg(any(feature = "async", feature = "blocking"))]
fn names(entry: &str, host: &str) -> bool {
    let entry = entry.strip_prefix('*').unwrap_or(entry);
    if entry.is_empty() {
        return true;
    }
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    let parent = entry.strip_prefix('.').unwrap_or(entry);
    let below = host
        .strip_suffix(parent)
        .is_some_and(|labels| labels.ends_with('.'));
    below || (!entry.starts_with('.') && (host == entry || bare == entry))
}

impl fmt::Debug for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Proxy")
            .field("host", &self.host)
            .field("port", &self.port)
            .field("user", &self.user())
            .field("no_proxy", &self.spared)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_with_and_without_a_login_is_read() {
        for (url, host, port, user, password) in [
            (
                "http://proxy.bank.example:8080",
                "proxy.bank.example",
                8080,
                None,
                false,
            ),
            (
                "http://proxy.bank.example/",
                "proxy.bank.example",
                80,
                None,
                false,
            ),
            ("proxy:3128", "proxy", 3128, None, false),
            ("HTTP://[::1]:3128", "[::1]", 3128, None, false),
            (
                "http://us%40er:p%3Aw%2F@proxy:1",
                "proxy",
                1,
                Some("us@er"),
                true,
            ),
            ("http://user@proxy:1", "proxy", 1, Some("user"), false),
            ("http://user:a@b@proxy:1", "proxy", 1, Some("user"), true),
        ] {
            let proxy = Proxy::parse(url).unwrap();
            assert_eq!((proxy.host.as_str(), proxy.port), (host, port), "{url}");
            assert_eq!(
                (proxy.user(), proxy.has_password()),
                (user, password),
                "{url}"
            );
        }
        #[cfg(any(feature = "async", feature = "blocking"))]
        {
            let proxy = Proxy::parse("http://us%40er:p%3Aw%2F@proxy:1").unwrap();
            assert_eq!(proxy.credentials().unwrap().as_str(), "us@er:p:w/");
        }
    }

    /// Neither is supported, and whoever has such a proxy is told so and not that it is no URL.
    #[test]
    fn s6_a_proxy_by_socks_or_over_tls_is_refused_by_name() {
        for (url, named) in [
            ("https://user:hunter2@proxy:443", "over TLS"),
            ("HTTPS://proxy", "over TLS"),
            ("socks4://proxy:1080", "SOCKS"),
            ("socks5://user:hunter2@proxy:1080", "SOCKS"),
            ("SOCKS5H://proxy", "SOCKS"),
        ] {
            let error = Proxy::parse(url).unwrap_err();
            assert_eq!(error.kind(), crate::ErrorKind::Input);
            let said = error.to_string();
            assert!(
                said.contains(named) && said.contains("http://host:port"),
                "{said}"
            );
            assert!(!said.contains("hunter2"), "{said}");
        }
    }

    #[test]
    fn what_is_no_proxy_is_refused_and_a_password_is_never_repeated() {
        for url in [
            "",
            "http://",
            "https://user:hunter2@proxy:1",
            "socks5://user:hunter2@proxy:1",
            "ftp://user:hunter2@proxy",
            "http://user:hunter2@proxy:99999",
            "http://user:hunter2@proxy:0",
            "http://user:hunter2@proxy/path",
            "http://user:hunter2@pro xy:1",
            "http://user:hunter2%ff@proxy:1",
            "http://user:hunter2%0a@proxy:1",
        ] {
            let error = Proxy::parse(url).unwrap_err();
            assert!(
                !format!("{error} {error:?}").contains("hunter2"),
                "{url}: {error}"
            );
        }
        let proxy = Proxy::parse("http://user:hunter2@proxy:1").unwrap();
        assert!(!format!("{proxy:?}").contains("hunter2"));
    }

    #[cfg(any(feature = "async", feature = "blocking"))]
    #[test]
    fn a_proxy_serves_what_it_is_not_told_to_leave() {
        let proxy = Proxy::parse("proxy:1")
            .unwrap()
            .no_proxy("a.example, .b.example,*.c.example,::1");
        for (uri, served) in [
            ("https://ocr.tencentcloudapi.com/", true),
            ("https://a.example/", false),
            ("https://x.A.example:8443/", false),
            ("https://ba.example/", true),
            ("https://b.example/", true),
            ("https://x.b.example/", false),
            ("https://x.c.example/", false),
            ("https://[::1]/", false),
            ("http://127.0.0.1:1/", true),
            // The machine's metadata.
            ("http://169.254.169.254/", false),
            ("http://metadata.tencentyun.com/", false),
        ] {
            assert_eq!(proxy.serves(&uri.parse().unwrap()), served, "{uri}");
        }
        assert!(
            !proxy
                .no_proxy("*")
                .serves(&"https://ocr.example/".parse().unwrap())
        );
    }
}
