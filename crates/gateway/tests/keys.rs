//! Key pairs: what is written, what is read back, what is refused; and that OpenSSL agrees.

#[path = "../../../tests/common/skip.rs"]
mod skip;

use std::fs;
use std::path::Path;
use std::process::Command;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use cardseal_gateway::{KeyError, KeyPair, Suite};

fn pair(suite: Suite) -> KeyPair {
    KeyPair::generate(suite).unwrap()
}

fn read(dir: &Path, name: &str) -> String {
    fs::read_to_string(dir.join(name)).unwrap()
}

/// Runs OpenSSL and returns its output; None, with a line that says so, when there is none.
fn openssl(arguments: &[&str]) -> Option<String> {
    match Command::new("openssl").args(arguments).output() {
        Ok(output) => {
            let error = String::from_utf8_lossy(&output.stderr);
            assert!(output.status.success(), "openssl {arguments:?}: {error}");
            Some(String::from_utf8(output.stdout).unwrap())
        }
        Err(_) => {
            skip::skip("openssl", "it is not installed");
            None
        }
    }
}

#[test]
fn suites_have_names() {
    for suite in Suite::ALL {
        assert_eq!(suite.to_string().parse(), Ok(suite));
    }
    assert_eq!("aes-256-cbc".parse(), Ok(Suite::Aes256CbcRsa));
    assert_eq!("sm4-gcm".parse(), Ok(Suite::Sm4GcmSm2));
    for name in ["", "AES-256-CBC", "sm4", "sm4-gcm "] {
        assert!(name.parse::<Suite>().is_err(), "{name:?}");
    }
}

#[test]
fn public_keys_come_as_the_service_hands_them_out() {
    // Lengths of the keys the vendor's demos embed: 336 and 236 characters.
    for (suite, label, length) in [
        (Suite::Aes256CbcRsa, "RSA PUBLIC KEY", 336),
        (Suite::Sm4GcmSm2, "PUBLIC KEY", 236),
    ] {
        let pair = pair(suite);
        let pem = pair.public_pem();
        assert_eq!(pair.suite(), suite);
        assert!(pem.starts_with(&format!("-----BEGIN {label}-----\n")));
        assert!(pem.ends_with(&format!("\n-----END {label}-----\n")));
        assert!(!pem.contains('\r'));
        assert_eq!(pair.public_b64().len(), length);
        assert_eq!(
            STANDARD.decode(pair.public_b64()).unwrap(),
            pem.trim_end().as_bytes()
        );
    }
}

#[test]
fn written_keys_are_read_back() {
    for suite in Suite::ALL {
        let dir = tempfile::tempdir().unwrap();
        let dir = dir.path().join("new").join("folder");
        let written = pair(suite);
        written.write_to(&dir).unwrap();
        let loaded = KeyPair::load_from(&dir).unwrap();
        assert_eq!(loaded.suite(), suite);
        assert_eq!(loaded.public_pem(), written.public_pem());
        assert_eq!(read(&dir, "public.pem"), written.public_pem());
        assert_eq!(
            read(&dir, "public.b64"),
            format!("{}\n", written.public_b64())
        );
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = fs::metadata(dir.join("private.pem"))
                .unwrap()
                .permissions()
                .mode();
            assert_eq!(mode & 0o777, 0o600);
        }
    }
}

#[test]
fn nothing_is_overwritten_and_nothing_half_done_stays() {
    let pair = pair(Suite::Sm4GcmSm2);
    for (blocker, others) in [
        ("private.pem", ["public.pem", "public.b64"]),
        ("public.pem", ["private.pem", "public.b64"]),
        ("public.b64", ["private.pem", "public.pem"]),
    ] {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join(blocker), "mine").unwrap();
        let error = pair.write_to(dir.path()).unwrap_err();
        assert!(
            matches!(&error, KeyError::Exists(path) if path.ends_with(blocker)),
            "{error}"
        );
        assert_eq!(read(dir.path(), blocker), "mine");
        for other in others {
            assert!(!dir.path().join(other).exists(), "{other} beside {blocker}");
        }
    }

    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("file");
    fs::write(&file, "").unwrap();
    assert!(matches!(
        pair.write_to(&file.join("below")),
        Err(KeyError::File { .. })
    ));
}

#[test]
fn folders_with_several_pairs() {
    let dir = tempfile::tempdir().unwrap();
    assert!(matches!(
        KeyPair::load_all(dir.path()),
        Err(KeyError::NoKeyPair(_))
    ));
    pair(Suite::Sm4GcmSm2)
        .write_to(&dir.path().join("b"))
        .unwrap();
    pair(Suite::Aes256CbcRsa)
        .write_to(&dir.path().join("a"))
        .unwrap();
    fs::create_dir(dir.path().join("c")).unwrap();
    let suites = |dir: &Path| {
        KeyPair::load_all(dir)
            .unwrap()
            .iter()
            .map(KeyPair::suite)
            .collect::<Vec<_>>()
    };
    assert_eq!(suites(dir.path()), Suite::ALL);
    assert_eq!(suites(&dir.path().join("b")), [Suite::Sm4GcmSm2]);
    assert!(matches!(
        KeyPair::load_from(dir.path()),
        Err(KeyError::NoKeyPair(_))
    ));
}

#[test]
fn a_foreign_public_key_beside_the_private_one_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    pair(Suite::Sm4GcmSm2).write_to(dir.path()).unwrap();
    fs::write(
        dir.path().join("public.pem"),
        pair(Suite::Sm4GcmSm2).public_pem(),
    )
    .unwrap();
    assert!(matches!(
        KeyPair::load_from(dir.path()),
        Err(KeyError::PublicKeyDiffers(_))
    ));
}

#[test]
fn texts_that_are_no_private_key_are_refused_without_an_echo() {
    let dir = tempfile::tempdir().unwrap();
    let sm2 = pair(Suite::Sm4GcmSm2);
    sm2.write_to(dir.path()).unwrap();
    let private = read(dir.path(), "private.pem");
    let secret_line = private.lines().nth(1).unwrap();
    for text in [
        "",
        "-----BEGIN PRIVATE KEY-----\n",
        &sm2.public_pem(),
        &private.replace("PRIVATE KEY", "EC PRIVATE KEY"),
        &private.replace(secret_line, &secret_line[..40]),
        &format!("{private}{private}"),
    ] {
        let Err(error) = KeyPair::from_private_pem(text) else {
            panic!("accepted {text}")
        };
        assert!(matches!(error, KeyError::NotAPrivateKey), "{error:?}");
        assert!(!format!("{error} {error:?}").contains(&secret_line[..20]));
    }
}

#[test]
fn openssl_reads_the_keys() {
    for (suite, kind) in [(Suite::Aes256CbcRsa, "1024 bit"), (Suite::Sm4GcmSm2, "SM2")] {
        let dir = tempfile::tempdir().unwrap();
        let pair = pair(suite);
        pair.write_to(dir.path()).unwrap();
        let path = |name| dir.path().join(name).to_str().unwrap().to_owned();
        let Some(text) = openssl(&["pkey", "-in", &path("private.pem"), "-noout", "-text"]) else {
            return;
        };
        assert!(
            text.contains(kind),
            "{suite}: {}",
            text.lines().next().unwrap_or_default()
        );
        openssl(&["pkey", "-in", &path("private.pem"), "-noout", "-check"]).unwrap();

        // Both public forms name the same key as OpenSSL derives from the private one.
        let derived = openssl(&["pkey", "-in", &path("private.pem"), "-pubout"]).unwrap();
        let public = openssl(&["pkey", "-pubin", "-in", &path("public.pem"), "-pubout"]).unwrap();
        assert_eq!(derived, public);
        if suite == Suite::Sm4GcmSm2 {
            assert_eq!(public, pair.public_pem());
        }
    }
}

#[test]
fn keys_made_by_openssl_are_read() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("private.pem").to_str().unwrap().to_owned();
    let rsa = |bits: &'static str| {
        [
            "genpkey",
            "-algorithm",
            "RSA",
            "-pkeyopt",
            bits,
            "-out",
            &path,
        ]
        .map(str::to_owned)
    };
    let sm2 = ["genpkey", "-algorithm", "SM2", "-out", &path].map(str::to_owned);
    let exponent = ["genrsa", "-3", "-out", &path, "1024"].map(str::to_owned);
    let p256 = [
        "genpkey",
        "-algorithm",
        "EC",
        "-pkeyopt",
        "ec_paramgen_curve:P-256",
        "-out",
        &path,
    ]
    .map(str::to_owned);
    let run = |arguments: &[String]| {
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        openssl(&arguments)?;
        Some(KeyPair::load_from(dir.path()))
    };
    let Some(loaded) = run(&rsa("rsa_keygen_bits:1024")) else {
        return;
    };
    assert_eq!(loaded.unwrap().suite(), Suite::Aes256CbcRsa);
    assert_eq!(
        run(&rsa("rsa_keygen_bits:2048")).unwrap().unwrap().suite(),
        Suite::Aes256CbcRsa
    );
    assert_eq!(run(&sm2).unwrap().unwrap().suite(), Suite::Sm4GcmSm2);
    let refused = |bits| run(&rsa(bits)).unwrap().err();
    assert!(matches!(
        refused("rsa_keygen_bits:1016"),
        Some(KeyError::UnusableRsaKey)
    ));
    assert!(matches!(
        refused("rsa_keygen_bits:4104"),
        Some(KeyError::UnusableRsaKey)
    ));
    assert!(matches!(
        run(&exponent).unwrap(),
        Err(KeyError::UnusableRsaKey)
    ));
    assert!(matches!(run(&p256).unwrap(), Err(KeyError::NotAPrivateKey)));
}

/// 1.2.156.10197.1.301 where others write id-ecPublicKey: OpenSSL 3.0, TPMs, GM/T 0015-2023.
#[test]
fn sm2_keys_with_their_own_oid_as_algorithm_are_read() {
    const EC: &[u8] = &[0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01];
    const OWN: &[u8] = &[0x06, 0x08, 0x2a, 0x81, 0x1c, 0xcf, 0x55, 0x01, 0x82, 0x2d];
    // The same structure with the other OID, each length a byte longer.
    let with_own = |pem: &str| {
        let (label, document) = pkcs8::Document::from_pem(pem).unwrap();
        let der = document.as_bytes();
        let at = der.windows(EC.len()).position(|part| part == EC).unwrap();
        let (head, tail) = (&der[..at], &der[at + EC.len()..]);
        let mut der = [head, OWN, tail].concat();
        let outer = if der[1] == 0x81 { 2 } else { 1 };
        der[outer] += 1;
        der[at - 1] += 1;
        let document = pkcs8::Document::try_from(der).unwrap();
        let label = match label {
            "PUBLIC KEY" => "PUBLIC KEY",
            _ => "PRIVATE KEY",
        };
        document.to_pem(label, pkcs8::LineEnding::LF).unwrap()
    };
    let dir = tempfile::tempdir().unwrap();
    let pair = KeyPair::generate(Suite::Sm4GcmSm2).unwrap();
    pair.write_to(dir.path()).unwrap();
    for file in ["private.pem", "public.pem"] {
        let path = dir.path().join(file);
        let text = with_own(&std::fs::read_to_string(&path).unwrap());
        std::fs::write(&path, text).unwrap();
        let read = KeyPair::load_from(dir.path()).unwrap_or_else(|error| panic!("{file}: {error}"));
        assert_eq!(read.public_pem(), pair.public_pem(), "{file}");
    }
    // Another key's public half is no more taken in this form than in the other.
    let other = KeyPair::generate(Suite::Sm4GcmSm2).unwrap();
    std::fs::write(dir.path().join("public.pem"), with_own(&other.public_pem())).unwrap();
    assert!(matches!(
        KeyPair::load_from(dir.path()),
        Err(KeyError::PublicKeyDiffers(_))
    ));
}
