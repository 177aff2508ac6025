//! Who may ask: anyone who brings the token, by the one name this server has, from its own page or from none. And what
//! every answer says of itself.
//!
//! The Host check stops a name that was rebound to 127.0.0.1, the Origin check another page that guessed the port, and the
//! token everybody else on this machine.

use http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, HOST, HeaderName, ORIGIN, REFERRER_POLICY,
    X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use http::request::Parts;
use http::{HeaderMap, HeaderValue, StatusCode};

use super::token::Token;

/// The header that the page's own requests bring the token in.
const TOKEN: HeaderName = HeaderName::from_static("x-cardseal-token");

/// Scripts, styles and pictures of this server, pictures that the page makes, and nothing from anywhere else. No script
/// may be made out of text (`require-trusted-types-for`).
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; connect-src 'self'; \
                      base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; \
                      trusted-types 'none'";

pub(crate) struct Guard {
    token: Token,
    /// `127.0.0.1:PORT`.
    host: String,
    origin: String,
}

impl Guard {
    pub(crate) fn new(token: Token, host: String) -> Self {
        let origin = format!("http://{host}");
        Self {
            token,
            host,
            origin,
        }
    }

    /// The page's URL, with the token.
    pub(crate) fn url(&self) -> String {
        format!("{}/?token={}", self.origin, self.token.expose())
    }

    pub(crate) fn token(&self) -> &str {
        self.token.expose()
    }

    /// Why a request is refused; `None` if it is not.
    pub(crate) fn refuses(&self, request: &Parts) -> Option<(StatusCode, &'static str)> {
        let host = only(&request.headers, &HOST);
        if !self.is_own(host, &self.host) || self.is_elsewhere(request) {
            return Some((
                StatusCode::MISDIRECTED_REQUEST,
                "this server has one name, the address it listens on; open the URL that `cardseal explorer` printed",
            ));
        }
        if request.headers.contains_key(&ORIGIN)
            && !self.is_own(only(&request.headers, &ORIGIN), &self.origin)
        {
            return Some((
                StatusCode::FORBIDDEN,
                "another page may not ask here; open the URL that `cardseal explorer` printed",
            ));
        }
        if !self.brings_token(request) {
            return Some((
                StatusCode::FORBIDDEN,
                "the token is missing or wrong; open the URL that `cardseal explorer` printed, whole \
                 · 令牌缺失或错误：请完整打开 `cardseal explorer` 输出的地址\n",
            ));
        }
        None
    }

    /// The port of the scheme itself is left away by browsers.
    fn is_own(&self, given: Option<&[u8]>, own: &str) -> bool {
        let bare = own.strip_suffix(":80").map(str::as_bytes);
        given.is_some() && (given == Some(own.as_bytes()) || given == bare)
    }

    /// A target that is a whole URL names its host once more.
    fn is_elsewhere(&self, request: &Parts) -> bool {
        let authority = request.uri.authority();
        authority
            .is_some_and(|authority| !self.is_own(Some(authority.as_str().as_bytes()), &self.host))
    }

    fn brings_token(&self, request: &Parts) -> bool {
        if request.headers.contains_key(&TOKEN) {
            let given = only(&request.headers, &TOKEN).map(std::str::from_utf8);
            return matches!(given, Some(Ok(given)) if self.token.is(given));
        }
        let query = request.uri.query().unwrap_or_default();
        let mut given = query
            .split('&')
            .filter_map(|pair| pair.strip_prefix("token="));
        match (given.next(), given.next()) {
            (Some(given), None) => self.token.is(given),
            _ => false,
        }
    }
}

/// The value of a header that stands there once.
fn only<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a [u8]> {
    let mut values = headers.get_all(name).iter();
    match (values.next(), values.next()) {
        (Some(value), None) => Some(value.as_bytes()),
        _ => None,
    }
}

/// What every answer says, a refusal too.
pub(crate) fn protect(headers: &mut HeaderMap) {
    for (name, value) in [
        (CONTENT_SECURITY_POLICY, POLICY),
        (REFERRER_POLICY, "no-referrer"),
        (CACHE_CONTROL, "no-store"),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (X_FRAME_OPTIONS, "DENY"),
        (
            HeaderName::from_static("cross-origin-opener-policy"),
            "same-origin",
        ),
        (
            HeaderName::from_static("cross-origin-resource-policy"),
            "same-origin",
        ),
        (
            HeaderName::from_static("permissions-policy"),
            "camera=(), microphone=(), geolocation=()",
        ),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_port_of_the_scheme_itself_may_be_left_away() {
        let token = || Token::generate().unwrap();
        let with = |host: &str, origin: &str, own: &str| {
            let guard = Guard::new(token(), own.to_owned());
            let request = http::Request::get(format!("/?token={}", guard.token()))
                .header("host", host)
                .header("origin", origin);
            let (head, ()) = request.body(()).unwrap().into_parts();
            guard.refuses(&head).is_none()
        };
        assert!(with("127.0.0.1", "http://127.0.0.1", "127.0.0.1:80"));
        assert!(with("127.0.0.1:80", "http://127.0.0.1:80", "127.0.0.1:80"));
        assert!(!with("127.0.0.1", "http://127.0.0.1", "127.0.0.1:8080"));
        assert!(!with("127.0.0.2", "http://127.0.0.1", "127.0.0.1:80"));
    }
}
