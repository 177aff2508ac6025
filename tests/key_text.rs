//! Every form a key comes in, and every text that is not one.

mod common;

use cardseal::{KeyRejected, Recipient};
use common::keys::{E, RSA_OID, modulus, refused, rsa_pkcs1, rsa_spki, sm2_spki};
use common::{b64, der, der_integer, der_sequence, pem, unhex};

#[test]
fn every_form_of_a_key_is_the_same_key() {
    for (label, der) in [
        ("RSA PUBLIC KEY", rsa_pkcs1()),
        ("PUBLIC KEY", rsa_spki(&rsa_pkcs1())),
        ("PUBLIC KEY", sm2_spki()),
    ] {
        let expected = Recipient::from_der(&der).unwrap();
        let lf = pem(label, &der, "\n");
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

#[test]
fn two_blocks_are_refused() {
    let one = pem("PUBLIC KEY", &sm2_spki(), "\n");
    let other = pem("RSA PUBLIC KEY", &rsa_pkcs1(), "\n");
    for two in [
        format!("{one}{one}"),
        format!("{one}{other}"),
        b64(format!("{other}{one}").as_bytes()),
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
fn what_is_no_key_is_refused() {
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
    ] {
        assert!(
            matches!(
                refused(junk),
                KeyRejected::NotAKey | KeyRejected::MalformedPem
            ),
            "{junk:?}"
        );
    }
    assert_eq!(refused([0xff, 0xfe, 0x30]), KeyRejected::NotAKey);
    assert!(matches!(
        refused(vec![b'A'; 1 << 20]),
        KeyRejected::TooLong { .. }
    ));
    for label in [
        "CERTIFICATE",
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
    assert!(Recipient::parse(pem("RSA PUBLIC KEY", &sm2_spki(), "\n").as_bytes()).is_err());
    assert!(
        Recipient::parse(pem("RSA PUBLIC KEY", &rsa_spki(&rsa_pkcs1()), "\n").as_bytes()).is_err()
    );
    assert!(Recipient::parse(pem("PUBLIC KEY", &rsa_pkcs1(), "\n").as_bytes()).is_err());
}

#[test]
fn damaged_pem_is_refused() {
    let good = pem("PUBLIC KEY", &sm2_spki(), "\n");
    for bad in [
        good.replace("END PUBLIC", "END RSA PUBLIC"),
        good.replace("-----END PUBLIC KEY-----\n", ""),
        format!("x{good}"),
        format!("{good}x"),
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
