//! Who is at the door, by the head of a request alone: no page of a browser, and nobody who was sent here under another
//! name; and whose token it is.

use std::net::SocketAddr;

use http::header::{AUTHORIZATION, HOST, ORIGIN};
use http::{HeaderMap, StatusCode, Uri};

use crate::problem::Problem;
use crate::token::{Caller, Tokens};

/// The names that this sidecar goes by; `None` at a socket file, which no page of a browser reaches.
pub(crate) struct Names(Option<Vec<String>>);

impl Names {
    pub(crate) fn any() -> Self {
        Self(None)
    }

    pub(crate) fn of(address: SocketAddr) -> Self {
        let port = address.port();
        let mut names = vec![address.to_string(), format!("localhost:{port}")];
        if port == 80 {
            names.push(address.to_string().trim_end_matches(":80").to_owned());
            names.push("localhost".to_owned());
        }
        Self(Some(names))
    }

    /// Refuses what a page of another origin sends, directly or through a name that it made point here.
    pub(crate) fn check(&self, headers: &HeaderMap, uri: &Uri) -> Result<(), Problem> {
        let from_a_page = headers.contains_key(ORIGIN)
            || headers
                .get("sec-fetch-site")
                .is_some_and(|site| site != "none");
        if from_a_page {
            return Err(forbidden(
                "requests from pages of a browser are refused; call the sidecar from a program",
            ));
        }
        let Some(names) = &self.0 else {
            return Ok(());
        };
        let is_mine = |host: &str| names.iter().any(|name| name.eq_ignore_ascii_case(host));
        let mut hosts = headers.get_all(HOST).iter();
        let host = hosts.next().and_then(|host| host.to_str().ok());
        let named = uri.authority().is_none_or(|it| is_mine(it.as_str()));
        if hosts.next().is_some() || !named || !host.is_some_and(is_mine) {
            return Err(Problem::new(
                StatusCode::MISDIRECTED_REQUEST,
                "forbidden",
                "the Host header is not where this sidecar listens; call it by the address that it printed",
            ));
        }
        Ok(())
    }
}

fn forbidden(message: &str) -> Problem {
    Problem::new(StatusCode::FORBIDDEN, "forbidden", message)
}

/// Whose token a request carries.
pub(crate) fn caller(tokens: &Tokens, headers: &HeaderMap) -> Result<Caller, Problem> {
    let mut values = headers.get_all(AUTHORIZATION).iter();
    let value = values.next().map(http::HeaderValue::as_bytes);
    let token = value
        .and_then(|value| value.split_at_checked(7))
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case(b"bearer "))
        .map(|(_, token)| token.trim_ascii());
    match (token, values.next()) {
        (Some(token), None) => tokens.caller(token),
        _ => None,
    }
    .ok_or_else(|| {
        Problem::new(
            StatusCode::UNAUTHORIZED,
            "unauthorized",
            "the token is missing or wrong; send `Authorization: Bearer` and the token of the token file",
        )
    })
}

#[cfg(test)]
mod tests {
    use http::{HeaderName, HeaderValue};

    use super::*;

    fn status(names: &Names, headers: &[(&'static str, &'static str)], uri: &str) -> u16 {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(
                HeaderName::from_static(name),
                HeaderValue::from_static(value),
            );
        }
        match names.check(&map, &uri.parse().unwrap()) {
            Ok(()) => 200,
            Err(problem) => axum::response::IntoResponse::into_response(problem)
                .status()
                .as_u16(),
        }
    }

    #[test]
    fn only_programs_that_mean_this_sidecar_come_in() {
        let here = Names::of("127.0.0.1:8080".parse().unwrap());
        for host in ["127.0.0.1:8080", "LOCALHOST:8080"] {
            assert_eq!(status(&here, &[("host", host)], "/"), 200);
        }
        for host in [
            "evil.example",
            "127.0.0.1",
            "127.0.0.1:80",
            "127.0.0.1:8080.evil.example",
            "",
        ] {
            assert_eq!(status(&here, &[("host", host)], "/"), 421, "{host}");
        }
        assert_eq!(status(&here, &[], "/"), 421);
        let mine = ("host", "127.0.0.1:8080");
        assert_eq!(status(&here, &[mine, ("host", "evil.example")], "/"), 421);
        assert_eq!(status(&here, &[mine], "http://evil.example/"), 421);
        for origin in ["null", "https://evil.example", "http://127.0.0.1:8080"] {
            assert_eq!(status(&here, &[mine, ("origin", origin)], "/"), 403);
            assert_eq!(status(&Names::any(), &[("origin", origin)], "/"), 403);
        }
        assert_eq!(
            status(&here, &[mine, ("sec-fetch-site", "cross-site")], "/"),
            403
        );
        assert_eq!(status(&here, &[mine, ("sec-fetch-site", "none")], "/"), 200);
        assert_eq!(status(&Names::any(), &[("host", "localhost")], "/"), 200);
    }

    #[test]
    fn a_token_is_presented_once_and_as_a_bearer() {
        let tokens = Tokens::parse("a-token-of-some-length").unwrap();
        let is_known = |values: &[&'static str]| {
            let mut map = HeaderMap::new();
            for value in values {
                map.append(AUTHORIZATION, HeaderValue::from_static(value));
            }
            caller(&tokens, &map).is_ok()
        };
        assert!(is_known(&["Bearer a-token-of-some-length"]));
        assert!(is_known(&["bearer  a-token-of-some-length "]));
        for wrong in [
            &[][..],
            &["a-token-of-some-length"],
            &["Basic a-token-of-some-length"],
            &["Bearer"],
            &["Bearer "],
            &["Bearer a-token-of-some-lengtH"],
            &["Bearer a-token-of-some-length, x"],
            &[
                "Bearer a-token-of-some-length",
                "Bearer a-token-of-some-length",
            ],
        ] {
            assert!(!is_known(wrong), "{wrong:?}");
        }
    }
}
