//! A private key without a name or a label beside its public key: the numbers themselves tell.

mod common;

use std::process::Command;

use cardseal::{KeyRejected, Recipient};
use common::keys::{SM2_OID, ec_spki};
use common::shell::made_text;
use common::{b64, b64url, pem, skip, unhex};

/// The key pair of GB/T 32918.5-2017, A.2.
const SCALAR: &str = "3945208f7b2144b13f36e38ac6d39f95889393692860b51a42fb81ef4df7c5b8";
const POINT: &str = "0409f9df311e5421a150dd7d161e4bc5c672179fad1833fc076bb08ff356f35020\
                     ccea490ce26775a52dc6ea718cc1aa600aed05fbf35e084a6632f6072da9ad13";

/// The same scalar in decimal, as Python and Java print it.
const DECIMAL: &str =
    "25903969540838461028817876707684319023187220463912685245116602391520054068664";

/// A number of the same length that has nothing to do with the key.
const OTHER: &str = "3945208f7b2144b13f36e38ac6d39f95889393692860b51a42fb81ef4df7c5b9";

/// Ways to write 32 bytes.
fn written(hex: &str) -> Vec<String> {
    let bytes = unhex(hex);
    let row = |byte: fn(&u8) -> String, between: &str, width: usize| {
        let rows: Vec<String> = bytes
            .chunks(width)
            .map(|row| row.iter().map(byte).collect::<Vec<_>>().join(between))
            .collect();
        rows.join(&format!("{between}\n    "))
    };
    vec![
        hex.to_owned(),
        hex.to_uppercase(),
        format!("0x{hex}"),
        format!("{}\n  {}", &hex[..32], &hex[32..]),
        b64(&bytes),
        b64(&bytes).trim_end_matches('=').to_owned(),
        b64url(&bytes),
        b64(hex.as_bytes()),
        row(|byte| format!("{byte:02x}"), ":", 15),
        row(|byte| format!("{byte:02X}"), " ", 16),
        row(|byte| format!("0x{byte:02x}"), ", ", 8),
        row(|byte| format!("0x{byte:x}"), ", ", 12),
        row(|byte| format!("\\x{byte:02x}"), "", 32),
        row(|byte| byte.to_string(), ", ", 10),
        row(|byte| byte.cast_signed().to_string(), ",", 32),
        row(|byte| format!("{byte}u8"), ", ", 16),
        hex.as_bytes()
            .chunks(8)
            .map(|word| format!("0x{}", std::str::from_utf8(word).unwrap()))
            .collect::<Vec<_>>()
            .join(", "),
    ]
}

#[test]
fn a10_a_scalar_beside_its_point_is_found_without_a_name() {
    let spki = ec_spki(unhex(SM2_OID), &unhex(POINT));
    let public = pem("PUBLIC KEY", &spki, "\n");
    let around = |value: &str| {
        [
            format!("{public}{value}\n"),
            format!("{value}\n{public}"),
            format!("{public}secret={value}\n"),
            format!("{public}dA: {value}\n"),
            format!("{public}d: {value}\n"),
            format!("{public}Private key:\n\n{value}\n"),
            format!("{public}static const uint8_t x[] = {{\n    {value}\n}};\n"),
            format!("{public}1;{value};2026\n"),
            format!("{public}x(\"{value}\")\n"),
            serde_json::json!([public, value]).to_string(),
            serde_json::json!({"a": POINT, "b": [{"c": value}]}).to_string(),
            format!("pub={POINT}\nsecret={value}\n"),
            format!("x,{POINT},{value}\n"),
            format!("{}\n{}\n{value}\n", &POINT[2..66], &POINT[66..]),
        ]
    };
    for (right, wrong) in written(SCALAR).into_iter().zip(written(OTHER)) {
        for text in around(&right) {
            let told = Recipient::parse(text.as_bytes()).err();
            assert_eq!(told, Some(KeyRejected::PrivateKey), "{text}");
        }
        let [first, ..] = around(&right);
        for coded in [
            b64(first.as_bytes()).into_bytes(),
            first.encode_utf16().flat_map(u16::to_le_bytes).collect(),
        ] {
            assert!(Recipient::is_private_key(&coded), "{first}");
        }
        // Nothing but the number makes the difference.
        let [one, another, named, .., json, _, _, _, _] = around(&wrong);
        for text in [one, another, named, json] {
            assert!(!Recipient::is_private_key(text.as_bytes()), "{text}");
        }
    }
    assert!(Recipient::is_private_key(
        format!("{public}{DECIMAL}").as_bytes()
    ));
    assert!(Recipient::is_private_key(
        &[spki.as_slice(), &unhex(SCALAR)].concat()
    ));
    assert!(Recipient::is_private_key(
        &[&unhex(SCALAR), spki.as_slice()].concat()
    ));
}

/// A web key, a compressed point and one spelt in two numbers are the same key.
#[test]
fn a10_a_scalar_is_found_beside_every_form_of_its_point() {
    let point = unhex(POINT);
    let compressed = format!("03{}", &POINT[2..66]);
    let web_key = serde_json::json!({
        "kty": "EC", "crv": "SM2", "x": b64url(&point[1..33]), "y": b64url(&point[33..]), "kid": SCALAR,
    });
    for text in [
        web_key.to_string(),
        format!("{compressed}\n{SCALAR}"),
        format!("x = {}\ny = {}\nn = {SCALAR}", &POINT[2..66], &POINT[66..]),
        format!("{}\n{SCALAR}", b64(&point)),
        format!("{}\n{SCALAR}", b64(&point[1..])),
    ] {
        assert!(Recipient::is_private_key(text.as_bytes()), "{text}");
        let other = text.replace(SCALAR, OTHER);
        assert!(!Recipient::is_private_key(other.as_bytes()), "{other}");
    }
}

/// The numbers that `openssl pkey -text` prints: each a name and rows of pairs.
fn numbers(text: &str) -> Vec<(String, String)> {
    let mut numbers: Vec<(String, String)> = Vec::new();
    for line in text.lines() {
        match (line.strip_prefix("    "), numbers.last_mut()) {
            (Some(row), Some((_, rows))) => rows.push_str(row),
            _ => numbers.push((line.trim_end_matches(':').to_owned(), String::new())),
        }
    }
    numbers.retain(|(_, rows)| !rows.is_empty());
    numbers
}

#[test]
fn a10_a_part_of_an_rsa_key_beside_its_modulus_is_found_without_a_name() {
    if Command::new("openssl").arg("version").output().is_err() {
        let name = "a10_a_part_of_an_rsa_key_beside_its_modulus_is_found_without_a_name";
        return skip(name, "openssl is needed");
    }
    for bits in [1024, 2048] {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path();
        made_text(folder, &format!("openssl genrsa -out KEY {bits}"));
        let public = made_text(folder, "openssl pkey -in KEY -pubout");
        let pkcs1 = made_text(folder, "openssl rsa -in KEY -RSAPublicKey_out");
        let of_another = made_text(
            folder,
            &format!("openssl genrsa {bits} | openssl pkey -text -noout"),
        );
        let others = numbers(&of_another);
        let own = numbers(&made_text(folder, "openssl pkey -in KEY -text -noout"));
        assert_eq!(own.len(), 7, "{own:?}");
        for ((name, rows), (_, other)) in own.iter().zip(&others) {
            // The modulus is public; the coefficient by itself opens nothing that is known.
            if ["modulus", "coefficient"].contains(&name.as_str()) {
                continue;
            }
            let hex = rows.replace(':', "");
            let bytes = unhex(&hex);
            for value in [
                rows.clone(),
                hex.clone(),
                format!("0x{}", hex.trim_start_matches('0')),
                b64(&bytes),
                b64url(&bytes),
                hex.as_bytes()
                    .chunks(60)
                    .map(|row| format!("{}\n", std::str::from_utf8(row).unwrap()))
                    .collect(),
            ] {
                for text in [
                    format!("{public}{name}:\n    {value}\n"),
                    format!("{public}\n{value}\n"),
                    format!("x={value}\n{pkcs1}"),
                    serde_json::json!([public, value]).to_string(),
                ] {
                    let told = Recipient::parse(text.as_bytes()).err();
                    assert_eq!(told, Some(KeyRejected::PrivateKey), "{name}: {text}");
                }
            }
            let text = format!("{public}x:\n    {other}\n");
            assert!(!Recipient::is_private_key(text.as_bytes()), "{text}");
        }
    }
}

/// Whatever stands beside a key, the time to look at it is bounded: the longest file of numbers is none that takes seconds.
#[test]
fn a_file_full_of_numbers_is_read_all_the_same() {
    let public = pem("PUBLIC KEY", &ec_spki(unhex(SM2_OID), &unhex(POINT)), "\n");
    let lines: String = (0..200)
        .map(|line| format!("{line:04}{}\n", &OTHER[4..]))
        .collect();
    let key = Recipient::parse(format!("{lines}{public}").as_bytes());
    assert_eq!(key.unwrap().key_name(), "SM2");
}
