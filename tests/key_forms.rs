//! Public keys as programs print them and people paste them, without a form of their own: taken where there is one key
//! and no doubt.

mod common;

use std::process::Command;

use cardseal::{KeyRejected, Recipient};
use common::keys::{rsa_pkcs1, rsa_spki, sm2_spki};
use common::shell::made_text;
use common::{b64, b64url, pem, skip};

#[track_caller]
fn is_taken(text: &str, expected: &Recipient) {
    let parsed = Recipient::parse(text.as_bytes()).unwrap_or_else(|why| panic!("{why}: {text}"));
    assert_eq!(parsed.key_name(), expected.key_name(), "{text}");
    assert_eq!(parsed.modulus(), expected.modulus(), "{text}");
    if expected.key_name() == "SM2" {
        assert_eq!(parsed.fingerprint(), expected.fingerprint(), "{text}");
    }
}

#[test]
fn a9_a_key_in_any_text_is_taken_where_it_is_the_only_one() {
    for (label, der) in [
        ("RSA PUBLIC KEY", rsa_pkcs1()),
        ("PUBLIC KEY", rsa_spki(&rsa_pkcs1())),
        ("PUBLIC KEY", sm2_spki()),
    ] {
        let expected = Recipient::from_der(&der).unwrap();
        let block = pem(label, &der, "\n");
        let escaped = block.trim_end().replace('\n', "\\n");
        let base64 = b64(&der);
        let lines: String = base64
            .as_bytes()
            .chunks(64)
            .map(|line| format!("{}\n", std::str::from_utf8(line).unwrap()))
            .collect();
        let array = |byte: fn(&u8) -> String, width: usize| -> String {
            let rows: Vec<String> = der
                .chunks(width)
                .map(|row| row.iter().map(byte).collect::<Vec<_>>().join(", "))
                .collect();
            rows.join(",\n    ")
        };
        let hex: fn(&u8) -> String = |byte| format!("0x{byte:02x}");
        let percent = |text: &str| {
            text.replace('%', "%25")
                .replace('+', "%2B")
                .replace('/', "%2F")
                .replace('=', "%3D")
                .replace(' ', "%20")
                .replace('\n', "%0A")
        };
        for text in [
            format!("ID=1\nKEY=\"{escaped}\"\n"),
            format!("ID=1\nKEY='{escaped}\\n'\nLEVEL=debug\n"),
            format!("ID=1\nKEY={base64}\n"),
            format!("ID=1\nKEY={}\n", b64(block.as_bytes())),
            format!("ID=1\nKEY={}\n", b64url(&der)),
            format!("# the service's key\n{base64}\n"),
            format!("# the service's key\n{lines}"),
            format!("// copied 2026-11-30\n\n{lines}\n-- end\n"),
            format!("The key is:\n{}\nand no other.\n", b64(block.as_bytes())),
            format!(
                "data:application/x-pem-file;base64,{}",
                b64(block.as_bytes())
            ),
            format!("data:application/octet-stream;base64,{base64}"),
            format!("data:text/plain,{}", percent(&block)),
            format!("<a href=\"data:;base64,{base64}\">key</a>"),
            format!(
                "unsigned char public_key_der[] = {{\n    {}\n}};\n",
                array(hex, 12)
            ),
            format!(
                "unsigned int len = {};\nconst uint8_t KEY[] = {{ {} }};\n",
                der.len(),
                array(hex, 8)
            ),
            format!("let key = [{}];", array(|byte| byte.to_string(), 16)),
            format!(
                "byte[] key = {{{}}};",
                array(|byte| byte.cast_signed().to_string(), 20)
            ),
            serde_json::json!({"type": "Buffer", "data": der}).to_string(),
            array(hex, 8),
            format!(
                "KEY = (\n{})\n",
                lines
                    .lines()
                    .map(|line| format!("    \"{line}\"\n"))
                    .collect::<String>()
            ),
        ] {
            is_taken(&text, &expected);
        }
    }
}

/// What OpenSSL prints of a public key for people.
#[test]
fn a9_a_key_that_openssl_printed_as_text_is_taken() {
    if Command::new("openssl").arg("version").output().is_err() {
        return skip(
            "a9_a_key_that_openssl_printed_as_text_is_taken",
            "openssl is needed",
        );
    }
    let folder = tempfile::tempdir().unwrap();
    let made = |line: &str| made_text(folder.path(), line);
    for algorithm in [
        "RSA -pkeyopt rsa_keygen_bits:1024",
        "RSA -pkeyopt rsa_keygen_bits:3072",
        "SM2",
    ] {
        made(&format!("openssl genpkey -algorithm {algorithm} -out KEY"));
        let expected = Recipient::parse(
            made("openssl pkey -in KEY -pubout -out PUBLIC; cat PUBLIC").as_bytes(),
        );
        let expected = expected.unwrap();
        for line in [
            "openssl pkey -pubin -in PUBLIC -noout -text",
            "openssl pkey -pubin -in PUBLIC -text",
            "openssl pkey -pubin -in PUBLIC -noout -text_pub",
            "openssl pkey -in KEY -noout -text_pub",
            "openssl pkey -pubin -in PUBLIC -noout -text | sed 's/$/\\r/'",
            "openssl pkey -pubin -in PUBLIC -outform DER | xxd -i",
            "openssl pkey -pubin -in PUBLIC -outform DER >KEY.der; xxd -i KEY.der",
        ] {
            is_taken(&made(line), &expected);
        }
        // The same of the private key is one.
        let private = made("openssl pkey -in KEY -noout -text");
        assert!(Recipient::is_private_key(private.as_bytes()));
    }
    made("openssl genrsa -out KEY 2048 && openssl rsa -in KEY -pubout -out PUBLIC");
    let expected = Recipient::parse(made("cat PUBLIC").as_bytes()).unwrap();
    is_taken(
        &made("openssl rsa -pubin -in PUBLIC -noout -text"),
        &expected,
    );
    is_taken(
        &made("openssl rsa -pubin -in PUBLIC -noout -text -modulus"),
        &expected,
    );
}

/// Which of two is meant nobody can tell.
#[test]
fn a9_two_keys_in_a_text_are_refused() {
    let (one, other) = (b64(&sm2_spki()), b64(&rsa_pkcs1()));
    for text in [
        format!("A={one}\nB={other}\n"),
        format!("# both\n{one}\n\n{other}\n"),
    ] {
        let told = Recipient::parse(text.as_bytes()).err();
        assert_eq!(told, Some(KeyRejected::TwoBlocks), "{text}");
    }
}
