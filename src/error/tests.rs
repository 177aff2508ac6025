//! What an error shows and hides.

use super::*;

#[test]
fn a18_escapes_what_a_terminal_would_obey() {
    assert_eq!(printable("a\x1b[31mb\nc"), "a\\u{1b}[31mb\\nc");
    assert_eq!(printable("\u{202e}abc"), "\\u{202e}abc");
    assert_eq!(printable("签名错误"), "签名错误");
    for hidden in
        "\u{7f}\u{9b}\u{ad}\u{61c}\u{200b}\u{200f}\u{202e}\u{2066}\u{feff}\u{fff9}\u{e0001}".chars()
    {
        let code = format!("\\u{{{:x}}}", u32::from(hidden));
        assert_eq!(printable(&format!("a{hidden}b")), format!("a{code}b"));
    }
    assert!(printable(&"x".repeat(10_000)).len() < 600);
}

#[test]
fn shows_the_request_id() {
    let error = Error::new(ErrorKind::Service, "no").with_request_id(Some("abc"));
    assert_eq!(error.to_string(), "no (request id abc)");
    assert_eq!(error.request_id(), Some("abc"));
}

#[test]
fn an_error_tells_what_is_known_of_it() {
    let plain = Error::input("no");
    assert_eq!(plain.to_string(), "no");
    assert_eq!((plain.request_id(), plain.service_code()), (None, None));
    assert!(plain.source().is_none() && plain.key_rejected().is_none());
    assert!(!plain.is_retryable() && plain.remedy() == Remedy::None);

    let full = Error::new(ErrorKind::Throttled, "slow down")
        .with_request_id(Some("id\n"))
        .with_service_code("Code\u{1b}")
        .with_remedy(Remedy::SetClock)
        .caused_by(OpenError)
        .while_doing("calling");
    assert!(full.is_retryable() && full.remedy() == Remedy::SetClock);
    assert_eq!(full.message(), "calling: slow down");
    assert_eq!(full.service_code(), Some("Code\\u{1b}"));
    let shown = format!("{full:?}");
    for part in [
        "Throttled",
        "calling: slow down",
        "id\\\\n",
        "Code",
        "OpenError",
    ] {
        assert!(shown.contains(part), "no {part} in {shown}");
    }

    let empty = Error::input("no").with_request_id(Some(""));
    assert_eq!(empty.request_id(), None);
    let key = Error::from(KeyRejected::Exponent);
    assert_eq!(key.key_rejected(), Some(&KeyRejected::Exponent));
    assert!(key.to_string().contains("65537"), "{key}");
    assert!(OpenError.to_string().contains("cannot be opened"));
}

#[test]
fn a21_a_chain_of_errors_says_everything_once() {
    use crate::sign::SignError;
    use crate::transport::TransportFailure;
    let refused = TransportFailure::NotConnected {
        reason: "refused".to_owned(),
    };
    let made = [
        Error::from(refused),
        Error::from(TransportFailure::TimedOut),
        Error::from(KeyRejected::Exponent),
        Error::from(OpenError),
        Error::from(ProviderError::random()),
        Error::from(SignError::BadSecretId),
        Error::credential("the vault is shut").caused_by(std::io::Error::other("no route")),
    ];
    for error in &made {
        let mut said = vec![error.to_string()];
        let mut next = error.source();
        while let Some(cause) = next {
            said.push(cause.to_string());
            next = cause.source();
        }
        for (place, text) in said.iter().enumerate().skip(1) {
            let before = &said[..place];
            assert!(
                before.iter().all(|earlier| !earlier.contains(text)),
                "{said:?}"
            );
        }
        assert!(error.cause().is_some(), "{error}");
    }
    assert_eq!(
        made.last()
            .and_then(|own| own.source())
            .map(ToString::to_string)
            .as_deref(),
        Some("no route")
    );
}

#[test]
fn what_is_longer_than_a_log_line_is_cut() {
    let (fits, longer) = ("x".repeat(512), "x".repeat(513));
    assert_eq!(printable(&fits), fits);
    assert_eq!(printable(&longer), format!("{fits}…"));
}

#[test]
fn a_result_stays_small() {
    assert!(size_of::<Error>() <= 5 * size_of::<usize>());
}
