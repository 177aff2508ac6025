//! Every form a key comes in, and every text that is not one.

mod common;

use cardseal::{KeyRejected, Recipient};
use common::keys::{E, RSA_OID, modulus, refused, rsa_pkcs1, rsa_spki, sm2_spki};
use common::{b64, b64url, der, der_integer, der_sequence, pem, unhex};

#[test]
fn a9_every_form_of_a_key_is_the_same_key() {
    for (label, der) in [
        ("RSA PUBLIC KEY", rsa_pkcs1()),
        ("PUBLIC KEY", rsa_spki(&rsa_pkcs1())),
        ("PUBLIC KEY", sm2_spki()),
    ] {
        let expected = Recipient::from_der(&der).unwrap();
        let lf = pem(label, &der, "\n");
        // What programs and people make of it, while it is plain what is meant.
        let around = format!("# from the console, 2026-11\n{lf}\nthat was the key\n");
        let literal = lf.trim_end().replace('\n', "\\n");
        let of_java = lf.replace('\n', "\\r\\n").replace('/', "\\/");
        let answer = serde_json::json!({"Response": {"PublicKey": lf, "RequestId": "0f"}});
        let hex = base16ct::lower::encode_string(&der);
        let colons = hex
            .as_bytes()
            .chunks(2)
            .map(|pair| std::str::from_utf8(pair).unwrap())
            .collect::<Vec<_>>()
            .join(":");
        let url = b64(&der).replace('+', "-").replace('/', "_");
        let one_line = format!(
            "-----BEGIN {label}-----\n{}\n-----END {label}-----",
            b64(&der)
        );
        let no_breaks = format!("-----BEGIN {label}-----{}-----END {label}-----", b64(&der));
        let wrapped: String = b64(lf.as_bytes())
            .as_bytes()
            .chunks(76)
            .map(|line| format!("{}\r\n", std::str::from_utf8(line).unwrap()))
            .collect();
        for text in [
            lf.clone(),
            pem(label, &der, "\r\n"),
            format!("\n \t{lf}\n\n  "),
            format!("\u{feff}{lf}"),
            lf.replace('\n', "\n  "),
            one_line,
            no_breaks,
            b64(lf.as_bytes()),
            b64(lf.trim_end().as_bytes()),
            b64(pem(label, &der, "\r\n").as_bytes()),
            format!("  {}\n", b64(lf.as_bytes())),
            wrapped,
            around.clone(),
            b64(around.as_bytes()),
            format!("KEY=\"{literal}\"\n"),
            format!("export KEY='{lf}'"),
            format!("key: |\n  {}", lf.replace('\n', "\n  ")),
            literal,
            of_java,
            answer.to_string(),
            serde_json::to_string_pretty(&[answer]).unwrap(),
            serde_json::json!({"key": b64(lf.as_bytes())}).to_string(),
            b64(&der),
            b64(&der).replace('=', ""),
            url.clone(),
            url.replace('=', ""),
            format!("\"{}\",", b64(&der)),
            format!("b'{}'", b64(lf.as_bytes())),
            format!("TENCENT_KEY={}", b64(lf.as_bytes())),
            format!("tencent-key: {}\r\n", b64(&der)),
            b64(format!("\u{feff}{lf}").as_bytes()),
            lf.replacen("M", "\u{200b}M", 1),
            lf.replacen("M", "\u{a0}M", 1),
            hex.to_uppercase(),
            format!("0x{hex}\n"),
            colons,
        ] {
            let parsed = Recipient::parse(text.as_bytes())
                .unwrap_or_else(|reason| panic!("{reason}: {text}"));
            assert_eq!(parsed.fingerprint(), expected.fingerprint(), "{text}");
            assert_eq!(parsed.algorithm(), expected.algorithm());
        }
        assert_eq!(
            Recipient::parse(&der).unwrap().fingerprint(),
            expected.fingerprint()
        );
    }
}

/// The point of an SM2 key, without its algorithm, is the same key as its SubjectPublicKeyInfo.
#[test]
fn a9_a_bare_point_is_the_key() {
    let spki = sm2_spki();
    let point = &spki[spki.len() - 65..];
    let hex = base16ct::lower::encode_string(point);
    let (x, y) = (&hex[2..66], &hex[66..]);
    let part = |hex: &str| b64url(&unhex(hex));
    let web_key = serde_json::json!({"kty": "EC", "crv": "SM2", "x": part(x), "y": part(y)});
    let whole = Recipient::from_der(&spki).unwrap();
    for text in [
        hex.clone(),
        hex.to_uppercase(),
        hex[2..].to_owned(),
        format!("0x{hex}"),
        format!("{x}\n{y}"),
        b64(point),
        b64(&point[1..]),
        web_key.to_string(),
        serde_json::json!({"keys": [web_key]}).to_string(),
        serde_json::json!({"publicKey": hex, "keyId": "ab".repeat(32)}).to_string(),
    ] {
        let parsed =
            Recipient::parse(text.as_bytes()).unwrap_or_else(|why| panic!("{why}: {text}"));
        assert_eq!(parsed.fingerprint(), whole.fingerprint(), "{text}");
    }
    assert_eq!(
        Recipient::parse(point).unwrap().fingerprint(),
        whole.fingerprint()
    );
    // Nobody's point, but of a point's length.
    assert_eq!(
        refused("04".to_owned() + &"ab".repeat(64)),
        KeyRejected::OffCurve
    );
    assert_eq!(
        refused("04".to_owned() + &"ff".repeat(64)),
        KeyRejected::CoordinateRange
    );
}

#[test]
fn a_json_web_key_is_read() {
    let n = b64url(&modulus(2048));
    let key = serde_json::json!({"kty": "RSA", "n": n, "e": "AQAB", "kid": "1"});
    let parsed = Recipient::parse(key.to_string().as_bytes()).unwrap();
    assert_eq!(parsed.key_name(), "RSA-2048");
    let whole = Recipient::from_der(&common::keys::pkcs1(&modulus(2048), E)).unwrap();
    assert_eq!(parsed.fingerprint(), whole.fingerprint());
    for (other, reason) in [
        (
            r#"{"kty":"OKP","crv":"Ed25519","x":"AAAA"}"#,
            KeyRejected::UnknownAlgorithm,
        ),
        (
            r#"{"kty":"EC","crv":"P-256","x":"AAAA","y":"AAAA"}"#,
            KeyRejected::OtherCurve,
        ),
        (
            r#"{"kty":"EC","crv":"SM2","x":"AAAA","y":"AAAA"}"#,
            KeyRejected::PointEncoding,
        ),
        (r#"{"kty":"RSA","n":"AQAB"}"#, KeyRejected::Malformed),
        (
            r#"{"kty":"RSA","n":"AQ+B","e":"AQAB"}"#,
            KeyRejected::Malformed,
        ),
        (r#"{"kty":"oct","k":"c2VjcmV0"}"#, KeyRejected::PrivateKey),
    ] {
        assert_eq!(refused(other), reason, "{other}");
    }
}

/// Nothing here has a label that says so.
#[test]
fn a10_an_unlabelled_private_key_is_named() {
    let scalar = "68c865a5575ee59b8bec8f8b1b4d1ece48dda78630129abbe25bf563b0c86963";
    let pkcs8 = der_sequence(&[
        der_integer(&[0]),
        der_sequence(&[unhex(RSA_OID)]),
        der(4, &unhex(scalar)),
    ]);
    let encrypted = der_sequence(&[der_sequence(&[unhex(RSA_OID)]), der(4, &unhex(scalar))]);
    let store = der_sequence(&[
        der_integer(&[3]),
        der_sequence(&[unhex(RSA_OID), der(4, &[0; 40])]),
    ]);
    let public = base16ct::lower::encode_string(&sm2_spki());
    let utf16: Vec<u8> = pem("PRIVATE KEY", &pkcs8, "\n")
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    for key in [
        b64(&pkcs8).into_bytes(),
        pkcs8[..40].to_vec(),
        b64(&pkcs8[..40]).into_bytes(),
        base16ct::lower::encode_string(&pkcs8).into_bytes(),
        b64(&encrypted).into_bytes(),
        encrypted,
        store,
        [&[0xfe, 0xed, 0xfe, 0xed, 0, 0, 0, 2], [0; 40].as_slice()].concat(),
        utf16,
        scalar.into(),
        format!("0x{}", scalar.to_uppercase()).into(),
        format!("SM2_PRIVATE_KEY={scalar}\n").into(),
        b64(&unhex(scalar)).into_bytes(),
        b64(b64(pem("PRIVATE KEY", &pkcs8, "\n").as_bytes()).as_bytes()).into_bytes(),
        b64(b64(&pkcs8).as_bytes()).into_bytes(),
        r#"{"kty":"EC","crv":"SM2","x":"AA","y":"AA","d":"c2VjcmV0"}"#.into(),
        r#"{"kty":"RSA","n":"AA","e":"AQAB","p":"c2VjcmV0"}"#.into(),
        format!(r#"{{"publicKey":"{public}","privateKey":"{scalar}"}}"#).into(),
        format!(r#"{{"data":{{"pubKey":"{public}","priKey":"{scalar}"}}}}"#).into(),
        "PuTTY-User-Key-File-3: ssh-rsa\nEncryption: none\n".into(),
        "<RSAKeyValue><Modulus>AA==</Modulus><D>AA==</D></RSAKeyValue>".into(),
    ] {
        let reason = refused(&key);
        let shown = String::from_utf8_lossy(&key);
        assert_eq!(reason, KeyRejected::PrivateKey, "{shown}");
        assert!(reason.to_string().contains("rotate"), "{reason}");
    }
}

#[test]
fn two_blocks_are_refused() {
    let one = pem("PUBLIC KEY", &sm2_spki(), "\n");
    let other = pem("RSA PUBLIC KEY", &rsa_pkcs1(), "\n");
    for two in [
        format!("{one}{one}"),
        format!("{one}{other}"),
        b64(format!("{other}{one}").as_bytes()),
        serde_json::json!([one, other]).to_string(),
    ] {
        assert_eq!(refused(two), KeyRejected::TwoBlocks);
    }
}

#[test]
fn a_private_key_is_refused_and_never_echoed() {
    const MARK: &str = "U0VDUkVULVBSSVZBVEUtS0VZLUJZVEVT";
    for label in [
        "PRIVATE KEY",
        "RSA PRIVATE KEY",
        "EC PRIVATE KEY",
        "ENCRYPTED PRIVATE KEY",
        "OPENSSH PRIVATE KEY",
    ] {
        let text = format!("-----BEGIN {label}-----\n{MARK}\n-----END {label}-----\n");
        let beside = format!("{}{text}", pem("PUBLIC KEY", &sm2_spki(), "\n"));
        for key in [
            text.clone(),
            beside,
            b64(text.as_bytes()),
            text.replace('\n', "\r\n"),
        ] {
            let reason = refused(&key);
            assert_eq!(reason, KeyRejected::PrivateKey, "{label}");
            let error = cardseal::Error::from(reason);
            assert!(!format!("{error} {error:?}").contains(MARK));
        }
    }
    // Without a label: PKCS#8, PKCS#1 and SEC 1 begin with their versions.
    let pkcs8 = der_sequence(&[
        der_integer(&[0]),
        der_sequence(&[unhex(RSA_OID)]),
        der(4, b"secret"),
    ]);
    let rsa = der_sequence(&[
        der_integer(&[0]),
        der_integer(&modulus(1024)),
        der_integer(E),
    ]);
    let sec1 = der_sequence(&[der_integer(&[1]), der(4, &[9; 32])]);
    for key in [pkcs8, rsa, sec1] {
        assert_eq!(refused(key), KeyRejected::PrivateKey);
    }
}

#[test]
fn a9_what_is_no_key_is_refused() {
    for junk in [
        "",
        " ",
        "hello",
        "{}",
        "MIGJAoGBAMRJ",
        "-----BEGIN",
        "!!!!",
        "\u{0}",
        "AAAA",
        "密钥",
        "0",
        "0x",
        "[]",
        "[[[[[[[[",
        "{\"PublicKey\":\"\"}",
        "KEY=",
        "\"",
        "b'",
    ] {
        assert_eq!(refused(junk), KeyRejected::NotAKey, "{junk:?}");
    }
    assert_eq!(refused([0xff, 0xfe, 0x30]), KeyRejected::NotAKey);
    assert!(matches!(
        refused(vec![b'A'; 1 << 20]),
        KeyRejected::TooLong { .. }
    ));
    for label in [
        "EC PARAMETERS",
        "PUBLIC  KEY",
        "public key",
        "SSH2 PUBLIC KEY",
        "",
    ] {
        let text = pem(label, &sm2_spki(), "\n");
        assert!(
            matches!(
                refused(&text),
                KeyRejected::WrongLabel | KeyRejected::MalformedPem
            ),
            "{label}"
        );
    }
}

#[test]
fn a_label_must_say_what_is_inside() {
    for text in [
        pem("RSA PUBLIC KEY", &sm2_spki(), "\n"),
        pem("RSA PUBLIC KEY", &rsa_spki(&rsa_pkcs1()), "\n"),
        pem("PUBLIC KEY", &rsa_pkcs1(), "\n"),
    ] {
        let told = refused(&text);
        assert!(matches!(told, KeyRejected::LabelDisagrees { .. }), "{text}");
    }
}

#[test]
fn damaged_pem_is_refused() {
    let good = pem("PUBLIC KEY", &sm2_spki(), "\n");
    for bad in [
        good.replace("END PUBLIC", "END RSA PUBLIC"),
        good.replace("-----END PUBLIC KEY-----\n", ""),
        good.replacen('M', "*", 1),
        good.replacen("MFkw", "MFk", 1),
        good.replace(
            "-----BEGIN PUBLIC KEY-----\n",
            "-----BEGIN PUBLIC KEY-----\nProc-Type: 4\n",
        ),
    ] {
        assert_eq!(refused(&bad), KeyRejected::MalformedPem, "{bad}");
    }
}
