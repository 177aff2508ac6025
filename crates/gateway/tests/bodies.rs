//! A13: the bodies of all requests together are bounded. A request for which there is no room waits for its turn.

mod common;

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::Duration;

use common::{Envelope, good_inner, start};

const MIB: usize = 1 << 20;

#[test]
fn a13_bodies_together_are_bounded() {
    let gateway = start(|config| config.bodies_together = 8 * MIB);
    // It announces what fills the room, sends little of it, and stays.
    let mut slow = TcpStream::connect(gateway.addr()).unwrap();
    let head = format!(
        "POST / HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: {}\r\n\r\n",
        8 * MIB
    );
    slow.write_all(head.as_bytes()).unwrap();
    // It is told to go on once it has the room.
    let mut told = [0; 25];
    slow.read_exact(&mut told).unwrap();
    assert_eq!(&told, b"HTTP/1.1 100 Continue\r\n\r\n");
    slow.write_all(b"{").unwrap();

    let (sender, receiver) = channel();
    std::thread::scope(|scope| {
        let gateway = &gateway;
        scope.spawn(move || {
            let suite = cardseal_gateway::Suite::Sm4GcmSm2;
            let request = Envelope::seal(suite, &good_inner()).request();
            let _ = sender.send(request.code(gateway));
        });
        let early = receiver.recv_timeout(Duration::from_millis(500));
        assert_eq!(
            early,
            Err(RecvTimeoutError::Timeout),
            "there was room for more"
        );
        drop(slow);
        let code = receiver.recv_timeout(Duration::from_secs(60)).unwrap();
        assert_eq!(code, "ok");
    });
}

#[test]
fn a13_a_body_larger_than_the_room_has_it_to_itself() {
    let gateway = start(|config| config.bodies_together = 1024);
    let suite = cardseal_gateway::Suite::Sm4GcmSm2;
    let picture = serde_json::json!({"ImageBase64": "iVBORw0KGgo=".repeat(1 << 12)});
    let answer = Envelope::seal(suite, &picture).request().ask(&gateway);
    assert!(answer["Error"]["Code"].is_string(), "{answer}");
}
