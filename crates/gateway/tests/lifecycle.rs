//! A gateway's end. Alone in its file: another test's gateway might be given the port that has just become free.
#![cfg(feature = "server")]

mod common;

use common::start;

#[test]
fn a_dropped_gateway_is_gone() {
    let gateway = start(|_| ());
    assert_eq!(
        gateway.url(),
        format!("http://127.0.0.1:{}", gateway.addr().port())
    );
    let addr = gateway.addr();
    drop(gateway);
    assert!(std::net::TcpStream::connect(addr).is_err());
}
