//! Replies that a gateway compressed although the request did not ask for it. The reply may have been billed, so gzip
//! is decompressed, within the limit on a reply's size.

use std::io::Read;

use bytes::Bytes;
use flate2::read::MultiGzDecoder;
use http::Response;
use http::header::{CONTENT_ENCODING, CONTENT_LENGTH};

use super::TransportFailure;
use crate::error::printable;

/// The decompressed reply, of at most this many bytes.
pub(super) fn undo(
    reply: Response<Bytes>,
    most: usize,
) -> Result<Response<Bytes>, TransportFailure> {
    let named: Vec<String> = reply
        .headers()
        .get_all(CONTENT_ENCODING)
        .iter()
        .flat_map(|value| {
            let text = String::from_utf8_lossy(value.as_bytes()).to_ascii_lowercase();
            text.split(',')
                .map(|name| name.trim().to_owned())
                .collect::<Vec<_>>()
        })
        .filter(|name| !name.is_empty() && name != "identity")
        .collect();
    let refuse = |reason: &str| TransportFailure::Encoded {
        encoding: printable(&named.join(", ")),
        reason: reason.to_owned(),
    };
    match named.as_slice() {
        [] => return Ok(reply),
        // There is nothing to decompress.
        _ if reply.body().is_empty() => return Ok(reply),
        [one] if one == "gzip" || one == "x-gzip" => {}
        _ => return Err(refuse("only gzip is known here")),
    }
    let limit = u64::try_from(most).unwrap_or(u64::MAX).saturating_add(1);
    let mut plain = Vec::new();
    MultiGzDecoder::new(reply.body().as_ref())
        .take(limit)
        .read_to_end(&mut plain)
        .map_err(|_| refuse("it is damaged"))?;
    if plain.len() > most {
        return Err(TransportFailure::ReplyTooLarge { most });
    }
    let (mut parts, _) = reply.into_parts();
    parts.headers.remove(CONTENT_ENCODING);
    parts.headers.remove(CONTENT_LENGTH);
    Ok(Response::from_parts(parts, Bytes::from(plain)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    fn gzip(text: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        encoder.write_all(text).unwrap();
        encoder.finish().unwrap()
    }

    fn reply(encoding: &str, body: &[u8]) -> Response<Bytes> {
        Response::builder()
            .header("content-encoding", encoding)
            .body(Bytes::copy_from_slice(body))
            .unwrap()
    }

    #[test]
    fn what_is_plain_or_gzip_is_read() {
        for (encoding, body) in [
            ("identity", b"{}".to_vec()),
            ("", b"{}".to_vec()),
            ("gzip", gzip(b"{}")),
            ("X-GZIP", gzip(b"{}")),
            ("identity, gzip", gzip(b"{}")),
        ] {
            let plain = undo(reply(encoding, &body), 2).unwrap();
            assert_eq!(plain.body().as_ref(), b"{}", "{encoding}");
        }
    }

    #[test]
    fn what_is_neither_is_named_and_a_bomb_is_bounded() {
        for (encoding, body) in [
            ("br", b"x".to_vec()),
            ("gzip, br", gzip(b"{}")),
            ("gzip", b"{}".to_vec()),
        ] {
            let error = undo(reply(encoding, &body), 99).unwrap_err().to_string();
            assert!(
                error.contains(&format!("Content-Encoding is `{encoding}`")),
                "{error}"
            );
        }
        let bomb = gzip(&vec![b' '; 10 << 20]);
        assert!(bomb.len() < 20_000);
        let refused = undo(reply("gzip", &bomb), 99).unwrap_err();
        assert_eq!(refused, TransportFailure::ReplyTooLarge { most: 99 });
    }
}
