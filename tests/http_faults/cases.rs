//! The faults, one row each: what the server does to the request it has read, and what must come of it.

use std::io::Write;
use std::net::{Shutdown, TcpStream};
use std::thread::sleep;
use std::time::Duration;

use super::server::{Act, with_length};

/// Longer than any call waits here.
const HELD: Duration = Duration::from_secs(30);

pub(crate) struct Case {
    pub name: &'static str,
    pub expected: Expected,
    pub act: Act,
}

#[derive(Clone, Copy)]
pub(crate) enum Expected {
    /// The network's fault.
    Transport,
    /// A reply that is not the service's.
    Protocol,
    /// One of the two: HTTP libraries differ on whether it is HTTP at all.
    Either,
    /// What the server meant is clear enough: its no.
    Refusal,
}
use Expected::{Either, Protocol, Refusal, Transport};

const fn case(name: &'static str, expected: Expected, act: Act) -> Case {
    Case {
        name,
        expected,
        act,
    }
}

const BODY: &str =
    r#"{"Response":{"Error":{"Code":"FailedOperation.OcrFailed","Message":"m"},"RequestId":"r"}}"#;

#[rustfmt::skip]
pub(crate) fn all() -> Vec<Case> {
    vec![
        // Time.
        case("no reply", Transport, |_, _| sleep(HELD)),
        case("slow status line", Transport, |s, _| { send(s, b"HTTP/1.1 200 "); drip(s, b"OK") }),
        case("slow header", Transport, |s, _| { send(s, b"HTTP/1.1 200 OK\r\nX-Slow: "); drip(s, b"yes") }),
        case("slow body", Transport, |s, _| { send(s, b"HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\n"); drip(s, BODY.as_bytes()) }),
        case("slow chunks", Transport, |s, _| { send(s, CHUNKED); drip(s, b"1\r\n \r\n") }),
        case("body that stops", Transport, |s, _| { send(s, b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{"); sleep(HELD) }),
        // Ends too early.
        case("closed at once", Transport, |s, _| close(s)),
        case("closed in the status line", Transport, |s, _| { send(s, b"HTTP/1.1 20"); close(s) }),
        case("closed in a header", Transport, |s, _| { send(s, b"HTTP/1.1 200 OK\r\nContent-Le"); close(s) }),
        case("closed before the body", Transport, |s, _| { send(s, b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n"); close(s) }),
        case("closed in the body", Transport, |s, _| { send(s, b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{\"Respon"); close(s) }),
        case("closed in a chunk", Transport, |s, _| { send(s, CHUNKED); send(s, b"40\r\n{"); close(s) }),
        case("closed between chunks", Transport, |s, _| { send(s, CHUNKED); send(s, b"1\r\n{\r\n"); close(s) }),
        // Lengths that are wrong.
        case("length too small", Protocol, |s, _| { send(s, b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n"); send(s, BODY.as_bytes()); close(s) }),
        case("length zero", Protocol, |s, _| send(s, &with_length(b""))),
        case("length negative", Either, |s, _| { send(s, b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n{}"); close(s) }),
        case("length not a number", Either, |s, _| { send(s, b"HTTP/1.1 200 OK\r\nContent-Length: ten\r\n\r\n{}"); close(s) }),
        case("length beyond 64 bits", Either, |s, _| { send(s, b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n{}"); close(s) }),
        case("length of an exabyte", Transport, |s, _| { send(s, b"HTTP/1.1 200 OK\r\nContent-Length: 1000000000000000000\r\n\r\n{}"); close(s) }),
        case("two lengths that differ", Either, |s, _| { send(s, b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}x"); close(s) }),
        case("length and chunks", Either, |s, _| { send(s, b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n"); close(s) }),
        // Chunks that are wrong.
        case("chunk size not hexadecimal", Transport, |s, _| { send(s, CHUNKED); send(s, b"zz\r\n{}\r\n0\r\n\r\n"); close(s) }),
        case("chunk size beyond 64 bits", Transport, |s, _| { send(s, CHUNKED); send(s, b"fffffffffffffffff\r\n{}"); close(s) }),
        case("chunk without its line end", Transport, |s, _| { send(s, CHUNKED); send(s, b"2\r\n{}xx0\r\n\r\n"); close(s) }),
        case("chunk extension without end", Transport, |s, _| { send(s, CHUNKED); send(s, b"2;"); flood(s, &[b'x'; 65536]) }),
        case("trailers without end", Transport, |s, _| { send(s, CHUNKED); send(s, b"2\r\n{}\r\n0\r\n"); flood(s, &b"X-T: t\r\n".repeat(4096)) }),
        case("unknown transfer encoding", Either, |s, _| { send(s, b"HTTP/1.1 200 OK\r\nTransfer-Encoding: lzma\r\n\r\n{}"); close(s) }),
        // Not HTTP, or not any more.
        case("garbage", Transport, |s, _| { send(s, &[0x16, 3, 1, 0, 0xff, 0, 1]); close(s) }),
        case("a version 0.9 reply", Transport, |s, _| { send(s, BODY.as_bytes()); close(s) }),
        case("an HTTP/2 preface", Transport, |s, _| { send(s, b"\0\0\x12\x04\0\0\0\0\0\0\x03\0\0\0\x64\0\x04\0\x10\0\0\0\x06\0\x01\0\0"); close(s) }),
        case("an HTTP/2 rapid reset", Transport, |s, _| flood(s, &b"\0\0\x04\x03\0\0\0\0\x01\0\0\0\x08".repeat(4096))),
        case("a status of four digits", Transport, |s, _| { send(s, b"HTTP/1.1 2000 OK\r\nContent-Length: 2\r\n\r\n{}"); close(s) }),
        case("a blank in a header's name", Either, |s, _| { send(s, b"HTTP/1.1 200 OK\r\nX Y: z\r\nContent-Length: 2\r\n\r\n{}"); close(s) }),
        case("a NUL in a header", Either, |s, _| { send(s, b"HTTP/1.1 200 OK\r\nX: a\0b\r\nContent-Length: 2\r\n\r\n{}"); close(s) }),
        case("a header without a colon", Either, |s, _| { send(s, b"HTTP/1.1 200 OK\r\nnonsense\r\nContent-Length: 2\r\n\r\n{}"); close(s) }),
        // Too much.
        case("100 Continue without end", Transport, |s, _| flood(s, &b"HTTP/1.1 100 Continue\r\n\r\n".repeat(1024))),
        case("early hints without end", Transport, |s, _| flood(s, &b"HTTP/1.1 103 Early Hints\r\nLink: <a>\r\n\r\n".repeat(1024))),
        case("60,000 headers", Transport, |s, _| { send(s, b"HTTP/1.1 200 OK\r\n"); send(s, &b"X-Many: y\r\n".repeat(60_000)); send(s, b"\r\n"); close(s) }),
        case("a header without end", Transport, |s, _| { send(s, b"HTTP/1.1 200 OK\r\nX: "); flood(s, &[b'x'; 65536]) }),
        case("a reason without end", Transport, |s, _| { send(s, b"HTTP/1.1 200 "); flood(s, &[b'x'; 65536]) }),
        case("blank lines without end", Transport, |s, _| flood(s, &b"\r\n".repeat(4096))),
        case("chunks without end", Transport, |s, _| { send(s, CHUNKED); flood(s, &chunk_of_blanks()) }),
        case("a gzip bomb nobody asked for", Either, |s, _| gzip_bomb(s)),
        case("deep JSON", Protocol, |s, _| send(s, &with_length(&deep()))),
        // Replies that are HTTP and not the service's.
        case("204 No Content", Either, |s, _| send(s, b"HTTP/1.1 204 No Content\r\n\r\n")),
        case("304 Not Modified", Transport, |s, _| send(s, b"HTTP/1.1 304 Not Modified\r\n\r\n")),
        case("301 to another port", Transport, |s, port| redirect(s, port, "301 Moved Permanently")),
        case("302 to another port", Transport, |s, port| redirect(s, port, "302 Found")),
        case("303 to another port", Transport, |s, port| redirect(s, port, "303 See Other")),
        case("307 to another port", Transport, |s, port| redirect(s, port, "307 Temporary Redirect")),
        case("308 to another port", Transport, |s, port| redirect(s, port, "308 Permanent Redirect")),
        case("401 with a challenge", Transport, |s, _| status(s, "401 Unauthorized\r\nWWW-Authenticate: Basic realm=x")),
        case("407 with a challenge", Transport, |s, _| status(s, "407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm=x")),
        case("101 to another protocol", Either, |s, _| { send(s, b"HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: h2c\r\n\r\n"); close(s) }),
        case("500", Transport, |s, _| status(s, "500 Internal Server Error")),
        case("502", Transport, |s, _| status(s, "502 Bad Gateway")),
        case("503 with Retry-After", Transport, |s, _| status(s, "503 Service Unavailable\r\nRetry-After: 1")),
        case("a page of HTML", Protocol, |s, _| send(s, &with_length(b"<html><body>Log in to this network</body></html>"))),
        case("JSON of another kind", Protocol, |s, _| send(s, &with_length(b"[1,2,3]"))),
        case("a member that is duplicated", Protocol, |s, _| send(s, &with_length(b"{\"Response\":{\"RequestId\":\"a\",\"RequestId\":\"b\"}}"))),
        case("bytes that are not UTF-8", Protocol, |s, _| send(s, &with_length(b"{\"Response\":{\"RequestId\":\"\xff\"}}"))),
        // Odd, and clear enough.
        case("a version 1.0 reply without length", Refusal, |s, _| { send(s, b"HTTP/1.0 200 OK\r\n\r\n"); send(s, BODY.as_bytes()); close(s) }),
        case("bytes after the reply", Refusal, |s, _| { send(s, &with_length(BODY.as_bytes())); send(s, b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"); close(s) }),
        case("a 100 Continue before the reply", Refusal, |s, _| { send(s, b"HTTP/1.1 100 Continue\r\n\r\n"); send(s, &with_length(BODY.as_bytes())) }),
    ]
}

/// 2 GiB of blanks, which JSON allows before its value.
pub(crate) fn vast() -> Case {
    case("2 GiB of blanks", Transport, |s, _| {
        send(s, b"HTTP/1.1 200 OK\r\nContent-Length: 2147483648\r\n\r\n");
        flood(s, &[b' '; 65536]);
    })
}

const CHUNKED: &[u8] = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";

/// Whoever has gone need not be told.
fn send(stream: &mut TcpStream, bytes: &[u8]) {
    let _ = stream.write_all(bytes);
}

fn close(stream: &mut TcpStream) {
    let _ = stream.shutdown(Shutdown::Both);
}

/// The same again and again, a byte each half second, until the client has gone or for as long as anything is held.
fn drip(stream: &mut TcpStream, bytes: &[u8]) {
    for byte in bytes.iter().cycle().take(60) {
        if stream.write_all(&[*byte]).is_err() {
            return;
        }
        sleep(Duration::from_millis(500));
    }
}

/// The same again and again, 2 GiB of it at most, until the client has gone.
fn flood(stream: &mut TcpStream, bytes: &[u8]) {
    for _ in 0..(2_usize << 30) / bytes.len() {
        if stream.write_all(bytes).is_err() {
            return;
        }
    }
}

fn chunk_of_blanks() -> Vec<u8> {
    let mut chunk = b"10000\r\n".to_vec();
    chunk.resize(chunk.len() + 0x10000, b' ');
    chunk.extend_from_slice(b"\r\n");
    chunk
}

fn redirect(stream: &mut TcpStream, port: u16, status: &str) {
    let reply = format!(
        "HTTP/1.1 {status}\r\nLocation: http://127.0.0.1:{port}/\r\nContent-Length: 0\r\n\r\n"
    );
    send(stream, reply.as_bytes());
}

fn status(stream: &mut TcpStream, status: &str) {
    let reply = format!("HTTP/1.1 {status}\r\nContent-Length: 4\r\n\r\noops");
    send(stream, reply.as_bytes());
}

fn deep() -> Vec<u8> {
    let mut deep = b"{\"Response\":".to_vec();
    deep.resize(deep.len() + 100_000, b'[');
    deep
}

/// A stored-block gzip header and a reply that says it is compressed: nobody asked for that, so it is not unpacked.
fn gzip_bomb(stream: &mut TcpStream) {
    let mut body = b"\x1f\x8b\x08\0\0\0\0\0\0\xff".to_vec();
    body.resize(100_000, 0);
    let head = format!(
        "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    send(stream, head.as_bytes());
    send(stream, &body);
}
