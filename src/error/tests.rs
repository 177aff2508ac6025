//! What an error shows and hides.

use super::*;

#[test]
fn escapes_what_a_terminal_would_obey() {
    assert_eq!(printable("a\x1b[31mb\nc"), "a\\u{1b}[31mb\\nc");
    assert_eq!(printable("\u{202e}abc"), "\\u{202e}abc");
    assert_eq!(printable("签名错误"), "签名错误");
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
fn what_is_longer_than_a_log_line_is_cut() {
    let (fits, longer) = ("x".repeat(512), "x".repeat(513));
    assert_eq!(printable(&fits), fits);
    assert_eq!(printable(&longer), format!("{fits}…"));
}

#[test]
fn a_result_stays_small() {
    assert!(size_of::<Error>() <= 5 * size_of::<usize>());
}
