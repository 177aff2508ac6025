//! The Rust side of `bindings/crossing`: what a call costs that crosses nothing. Asked by lines as the others are.

use std::io::{BufRead, Write, stdin, stdout};

use cardseal_ffi::face;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    for line in stdin().lock().lines() {
        let line = line?;
        let fields: Vec<Vec<u8>> = line.split('\t').map(unhex).collect();
        let [verb, key, first, rest @ ..] = fields.as_slice() else {
            return Err("a line has too few fields".into());
        };
        let recipient = face::parse(key)?;
        let mut answer = String::from("ok");
        match (verb.as_slice(), rest) {
            (b"seal", []) => {
                let (body, opener) = face::seal(&recipient, first)?;
                let stored = face::store(opener)?;
                for field in [body.as_slice(), stored.as_bytes()] {
                    answer.push_str("\t=");
                    answer.extend(field.iter().map(|byte| format!("{byte:02x}")));
                }
            }
            (b"spin", [count]) => {
                let plain = vec![b'x'; number(first)?];
                for _ in 0..number(count)? {
                    drop(face::seal(&recipient, &plain)?);
                }
            }
            _ => return Err("there is no such question".into()),
        }
        writeln!(stdout(), "{answer}")?;
    }
    Ok(())
}

fn number(text: &[u8]) -> Result<usize, Box<dyn std::error::Error>> {
    Ok(std::str::from_utf8(text)?.parse()?)
}

/// `=` and hexadecimal digits.
fn unhex(word: &str) -> Vec<u8> {
    let digits = word.as_bytes().get(1..).unwrap_or_default();
    let digit = |byte: u8| char::from(byte).to_digit(16).unwrap_or(0) as u8;
    digits
        .chunks_exact(2)
        .map(|pair| (digit(pair[0]) << 4) | digit(pair[1]))
        .collect()
}
