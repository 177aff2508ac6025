//! A name and headers of the program's own, with both drivers.

use cardseal::{ErrorKind, TransportOptions};

use super::drivers::{BOTH, Runner, account};
use super::server::{Server, refusal};

#[test]
fn a21_own_headers_are_sent_and_take_the_place_of_none() {
    let options = TransportOptions::default()
        .user_agent("bank-desk/7 (ocr)")
        .unwrap()
        .header("X-Gateway-Key", "hunter2")
        .unwrap()
        .header(
            "traceparent",
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        )
        .unwrap();
    for driver in BOTH {
        let server = Server::answering(refusal());
        Runner::new(driver, &options).is_answered(&account(&server.url()));
        let head = server.heads().pop().unwrap().to_ascii_lowercase();
        for line in [
            "user-agent: bank-desk/7 (ocr)",
            "x-gateway-key: hunter2",
            "traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
            "accept-encoding: identity",
        ] {
            let times = head.lines().filter(|sent| *sent == line).count();
            assert_eq!(times, 1, "{driver:?}, {line}: {head}");
        }
        assert!(!head.contains("user-agent: cardseal"), "{driver:?}: {head}");
        // What is signed is what it was.
        assert!(
            head.contains("signedheaders=content-type;host,"),
            "{driver:?}: {head}"
        );
    }
    for taken in ["Authorization", "Host", "X-TC-Action", "Content-Length"] {
        let refused = TransportOptions::default().header(taken, "x").unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::Input, "{taken}");
    }
}
