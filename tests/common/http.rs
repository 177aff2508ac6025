//! One side of HTTP, as far as a test needs it.

use std::io::Read;

/// One request, read to its last byte: its head in lower case, and its body. `None` where the connection has ended.
pub(crate) fn read_request(stream: &mut impl Read) -> Option<(String, Vec<u8>)> {
    let (head, body) = read_message(stream)?;
    Some((head.to_ascii_lowercase(), body))
}

/// One request or reply, read to its last byte: its head with the blank line, and its body. `None` where the
/// connection has ended.
pub(crate) fn read_message(stream: &mut impl Read) -> Option<(String, Vec<u8>)> {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") {
        stream.read_exact(&mut byte).ok()?;
        head.push(byte[0]);
    }
    let head = String::from_utf8(head).expect("a head in UTF-8");
    let length = head
        .to_ascii_lowercase()
        .lines()
        .find_map(|line| line.strip_prefix("content-length:"))
        .map_or(0, |length| length.trim().parse().expect("a length"));
    let mut body = vec![0; length];
    stream.read_exact(&mut body).ok()?;
    Some((head, body))
}
