//! A service that answers as it is told, whatever it is asked.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};

/// Where it listens. It ends with the process.
pub(crate) fn service(answer: impl Fn(&str) -> String + Send + 'static) -> String {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            // Whoever asked may be gone.
            let _ = converse(stream, &answer);
        }
    });
    url
}

fn converse(mut stream: TcpStream, answer: &impl Fn(&str) -> String) -> std::io::Result<()> {
    let mut bytes = Vec::new();
    let mut part = [0; 4096];
    let (head, length) = loop {
        let count = stream.read(&mut part)?;
        bytes.extend_from_slice(&part[..count]);
        let text = String::from_utf8_lossy(&bytes);
        if let Some((head, _)) = text.split_once("\r\n\r\n") {
            let stated = head.lines().filter_map(|line| line.split_once(": "));
            let stated = stated.filter(|(name, _)| name.eq_ignore_ascii_case("content-length"));
            let length: usize = stated
                .filter_map(|(_, value)| value.parse().ok())
                .next()
                .unwrap_or_default();
            break (head.to_owned(), length);
        }
        if count == 0 {
            return Ok(());
        }
    };
    while bytes.len() < head.len() + 4 + length {
        let count = stream.read(&mut part)?;
        if count == 0 {
            break;
        }
        bytes.extend_from_slice(&part[..count]);
    }
    let body = answer(&head);
    let reply = format!(
        "HTTP/1.1 200 OK\r\nContent-Length: {}\r\nX-Sent: {}\r\nConnection: close\r\n\r\n{body}",
        body.len(),
        head.lines().collect::<Vec<_>>().join("|"),
    );
    stream.write_all(reply.as_bytes())
}
