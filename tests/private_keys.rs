//! Private keys in every wrapping, beside a public key and alone; and public keys in the same wrappings.

mod common;

use cardseal::{KeyRejected, Recipient};
use common::keys::{E, RSA_OID, modulus, sm2_spki};
use common::{b64, b64url, der, der_integer, der_sequence, pem, unhex};

/// A key pair's scalar and point, and the public half: what stands beside it is told from what does not.
const SCALAR: &str = "68c865a5575ee59b8bec8f8b1b4d1ece48dda78630129abbe25bf563b0c86963";

/// Wrappings of a private key, with a public key beside it or without, as programs and people make them.
#[test]
fn a10_a_private_key_is_named_whatever_stands_around_it() {
    let public = sm2_spki();
    let public_pem = pem("PUBLIC KEY", &public, "\n");
    let point = &public[public.len() - 65..];
    let scalar = unhex(SCALAR);
    let sec1 = der_sequence(&[der_integer(&[1]), der(4, &scalar)]);
    let algorithm = der_sequence(&[unhex(RSA_OID), vec![5, 0]]);
    let pkcs8 = der_sequence(&[der_integer(&[0]), algorithm, der(4, &sec1)]);
    let pkcs1 = der_sequence(&[
        der_integer(&[0]),
        der_integer(&modulus(1024)),
        der_integer(E),
    ]);
    let private_pem = pem("PRIVATE KEY", &pkcs8, "\n");
    let hex = |bytes: &[u8]| base16ct::lower::encode_string(bytes);
    let colons = |bytes: &[u8]| {
        let pairs: Vec<String> = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        pairs
            .chunks(15)
            .map(|line| format!("    {}", line.join(":")))
            .collect::<Vec<_>>()
            .join(":\n")
    };
    let wide = |text: &str, unit: fn(u16) -> [u8; 2], mark: bool| -> Vec<u8> {
        let mark = if mark { "\u{feff}" } else { "" };
        let text = format!("{mark}{text}");
        text.encode_utf16().flat_map(unit).collect()
    };
    let web_key = serde_json::json!({
        "kty": "EC", "crv": "SM2", "x": b64url(&point[1..33]), "y": b64url(&point[33..]), "d": b64url(&scalar),
    });
    let mut private: Vec<Vec<u8>> = Vec::new();
    // A member of free JSON, by its name alone: the value is a bare scalar.
    for name in [
        "pri",
        "priv",
        "prv",
        "sk",
        "private",
        "privateKey",
        "private_key",
        "private_key_pem",
        "privkey",
        "priKey",
        "PRIVATE-KEY",
        "rsaPrivateKey",
        "sm2PriKey",
        "私钥",
        "SM2私鑰",
        "d",
    ] {
        private.push(
            serde_json::json!({"public": public_pem, name: SCALAR})
                .to_string()
                .into(),
        );
        private.push(
            serde_json::json!({"a": {"public": hex(point)}, name: b64(&scalar)})
                .to_string()
                .into(),
        );
        private.push(format!("PUBLIC={}\n{name}={SCALAR}\n", b64(&public)).into());
        private.push(format!("{public_pem}\n{name}: '{SCALAR}'\n").into());
        private.push(format!("id,public,{name}\n1,{},{SCALAR}\n", hex(point)).into());
        private.push(
            format!(
                "<k><public>{}</public><{name}>{SCALAR}</{name}></k>",
                b64(&public)
            )
            .into(),
        );
    }
    for der in [&pkcs8, &sec1, &pkcs1] {
        let base64 = b64(der);
        let lines: Vec<&str> = base64
            .as_bytes()
            .chunks(64)
            .map(|l| std::str::from_utf8(l).unwrap())
            .collect();
        // Under a name that says nothing.
        private.push(
            serde_json::json!({"public": public_pem, "x": base64})
                .to_string()
                .into(),
        );
        private.push(
            serde_json::json!({"public": public_pem, "x": hex(der)})
                .to_string()
                .into(),
        );
        private.push(format!("{public_pem}X={base64}\n").into());
        private.push([b"# a comment\n", der.as_slice()].concat());
        private.push([der.as_slice(), b"\n# a comment\n"].concat());
        private.push([public.as_slice(), der].concat());
        for text in [
            format!("# a comment\n{}\n", lines.join("\n")),
            format!("{}\n# a comment\n", lines.join("\r\n")),
            format!("# a comment\n{}\n", hex(der)),
            format!("the key is {}", colons(der)),
            format!("A=1\nPRIVATE_KEY={base64}\n"),
            format!("KEY=\"{}\"", lines.join("\\n")),
            format!("name,key\nmine,{base64}\n"),
            der.iter().map(|byte| format!("0x{byte:02x}, ")).collect(),
        ] {
            private.push(b64(text.as_bytes()).into());
            private.push(wide(&text, u16::to_le_bytes, true));
            private.push(wide(&text, u16::to_be_bytes, false));
            private.push(text.into());
        }
    }
    for text in [
        private_pem.clone(),
        format!("密钥对\n{public_pem}{private_pem}"),
        web_key.to_string(),
        format!("// mine\n{web_key}"),
        format!("Private-Key: (256 bit)\npriv:\n{}\npub:\n{}\n", colons(&scalar), colons(point)),
        format!("modulus:\n{}\nprivateExponent:\n{}\n", colons(&modulus(1024)), colons(&modulus(1024))),
        "<RSAKeyValue><Modulus>AA==</Modulus>\n<D>\nAA==\n</D></RSAKeyValue>".into(),
        "<ds:RSAKeyValue><ds:Modulus>AA==</ds:Modulus><ds:InverseQ>AA==</ds:InverseQ></ds:RSAKeyValue>".into(),
        format!("私钥：{SCALAR}\n公钥：{}\n", hex(point)),
        format!("private key {SCALAR}"),
        format!("private: |\n  {}", b64(&pkcs8)),
        format!("private: |-\n  {SCALAR}"),
        format!("key: |\n  {}", private_pem.replace('\n', "\n  ")),
        private_pem.replace(' ', "+").replace('\n', "%0A"),
    ] {
        for (unit, mark) in [
            (u16::to_le_bytes as fn(u16) -> [u8; 2], true),
            (u16::to_le_bytes, false),
            (u16::to_be_bytes, true),
            (u16::to_be_bytes, false),
        ] {
            private.push(wide(&text, unit, mark));
            private.push(b64(&wide(&text, unit, mark)).into());
        }
        private.push(b64(text.as_bytes()).into());
        private.push(b64(b64(text.as_bytes()).as_bytes()).into());
        private.push(hex(text.as_bytes()).into());
        private.push(text.into());
    }
    for pair in [
        [&scalar, &point[1..]].concat(),
        [&scalar, point].concat(),
        [point, &scalar].concat(),
    ] {
        private.push(hex(&pair).into());
        private.push(format!("0x{}", hex(&pair)).into());
        private.push(b64(&pair).into());
        private.push(b64url(&pair).into());
        private.push(pair);
    }
    private.push(format!("00{SCALAR}").into());
    for key in private {
        let shown = String::from_utf8_lossy(&key);
        let told = Recipient::parse(&key).err();
        assert_eq!(told, Some(KeyRejected::PrivateKey), "{shown}");
        assert!(Recipient::is_private_key(&key), "{shown}");
        let message = KeyRejected::PrivateKey.to_string();
        assert!(!message.contains(&SCALAR[..8]) && !message.contains(&b64(&scalar)[..8]));
    }
}

/// JSON spells any character by its number, and line ends by two.
#[test]
fn a10_a_label_in_json_is_found_however_it_is_spelt() {
    let public = b64(&sm2_spki());
    for line_end in ["", "\\n"] {
        for label in ["PRIVATE", "PRIV\\u0041TE"] {
            let text = format!(
                "{{\"k\":\"-----BEGIN {label} KEY-----{line_end}MIIE\",\"p\":\"{public}\"}}"
            );
            assert!(Recipient::is_private_key(text.as_bytes()), "{text}");
        }
    }
}

/// The same wrappings around a public key, and words about a private key that is not there.
#[test]
fn a9_a_public_key_is_no_private_one_whatever_stands_around_it() {
    let spki = sm2_spki();
    let public = pem("PUBLIC KEY", &spki, "\n");
    let expected = Recipient::from_der(&spki).unwrap();
    let digest = "ab".repeat(32);
    let colons = vec!["ab"; 32].join(":");
    for text in [
        serde_json::json!({"publicKey": public, "keyId": digest, "fingerprint": colons}).to_string(),
        serde_json::json!({"publicKey": public, "private": false, "privateKey": null, "pri": ""}).to_string(),
        serde_json::json!({"publicKey": public, "private_key_path": "/etc/ssl/private/key/of/this/service0"}).to_string(),
        serde_json::json!({"publicKey": public, "privacy": "https://a.example/privacy/and/what/it/means"}).to_string(),
        serde_json::json!({"publicKey": public, "priority": "priority0priority0priority0priority0priority0"}).to_string(),
        serde_json::json!({"publicKey": public, "d": "2026-11-29"}).to_string(),
        format!("# the private key is kept elsewhere\n{public}"),
        format!("SK_PUBLIC_KEY=\"{}\"", public.replace('\n', "\\n")),
        serde_json::json!({"sk_pub": b64(&spki)}).to_string(),
        format!("sk-ssh-ed25519@openssh.com {}\n{public}", "AAAA".repeat(17)),
        format!("SHA256={digest}\n{public}"),
        format!("PRIVATE_KEY=\n{public}"),
        format!("PRIVATE_KEY_PATH=/etc/ssl/private/key/of/this/service0\n{public}"),
        format!("{public}sha512 {}\n", "ab".repeat(64)),
    ] {
        let parsed = Recipient::parse(text.as_bytes()).unwrap_or_else(|why| panic!("{why}: {text}"));
        assert_eq!(parsed.fingerprint(), expected.fingerprint(), "{text}");
    }
    // Names with "private" in them over a public key, and facts about a private one: whether the text is taken or not, it
    // holds no private key.
    let digits = b64(&spki);
    let point = base16ct::lower::encode_string(&spki[spki.len() - 65..]);
    for text in [
        format!("PRIVATE_CLOUD_PUBLIC_KEY={digits}"),
        format!("PRIVATE_CLOUD_PUBKEY={point}"),
        format!("ocr.private.cloud.rsa.public-key={digits}"),
        format!("spring.datasource.sk.publickey={digits}"),
        format!("TENCENT_PRIVATE_CLOUD_KEY={}", b64(public.as_bytes())),
        format!("# This is not the private key:\n{digits}"),
        format!("# not the private key: {digits}"),
        format!("公钥（不是私钥）：{digits}"),
        format!("id,private_cloud_public_key\n1,{digits}"),
        format!("PRIVATE_KEY_FINGERPRINT={digest}\nPUBLIC_KEY={digits}"),
        format!("PRIVATE_KEY_SHA256={digest}\nPUBLIC_KEY={digits}"),
        serde_json::json!({"private_cloud_public_key": digits}).to_string(),
        serde_json::json!({"private_cloud": {"public_key": digits}}).to_string(),
        serde_json::json!({"d": {"PublicKey": public}}).to_string(),
        serde_json::json!({"d": {"results": []}, "public": digits}).to_string(),
        serde_json::json!({"private": ["a"], "key": digits}).to_string(),
        serde_json::json!({"private_key": "[REDACTED BY POLICY]", "public": digits}).to_string(),
    ] {
        assert!(!Recipient::is_private_key(text.as_bytes()), "{text}");
        let told = Recipient::parse(text.as_bytes()).err();
        assert_ne!(told, Some(KeyRejected::PrivateKey), "{text}");
    }
    // Random keys, whose digits have all words in them that digits can have.
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut byte = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_le_bytes()[3]
    };
    for length in [64, 128, 256].repeat(300) {
        let mut key = spki[..spki.len() - 64].to_vec();
        key.extend((0..length).map(|_| byte()));
        for text in [
            b64(&key),
            b64url(&key),
            base16ct::lower::encode_string(&key),
            pem("PUBLIC KEY", &key, "\n"),
            format!("PUBLIC_KEY={}", b64(&key)),
            serde_json::json!({"public": b64(&key)}).to_string(),
        ] {
            assert!(!Recipient::is_private_key(text.as_bytes()), "{text}");
        }
        assert!(!Recipient::is_private_key(&key));
    }
}
