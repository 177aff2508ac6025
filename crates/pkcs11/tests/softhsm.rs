//! The provider over SoftHSM (Debian's softhsm2), each test in a process of its own with a token of its own.

use std::path::Path;
use std::process::Command;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use cardseal::crypto::{Provider, SessionKey, built_in, conformance};
use cardseal::{EncryptedReply, ErrorKind, IvPolicy, KeyRejected, Opener, Recipient, Sealed};
use cardseal_gateway::{KeyPair, Suite};
use cardseal_pkcs11::{Module, SmMechanisms};
use cryptoki::context::{CInitializeArgs, CInitializeFlags, Pkcs11};
use cryptoki::session::UserType;
use cryptoki::types::AuthPin;
use serde_json::json;

const LIBRARY: &str = "/usr/lib/softhsm/libsofthsm2.so";
const LABEL: &str = "cardseal";
const PIN: &str = "493817";
const CHILD: &str = "CARDSEAL_SOFTHSM_CHILD";

/// Runs a test in a process that has a fresh token: SoftHSM reads where its tokens are from the environment, once.
fn with_a_token(name: &str, test: impl FnOnce()) {
    if std::env::var_os(CHILD).is_some() {
        return test();
    }
    if !Path::new(LIBRARY).exists() {
        assert!(
            std::env::var_os("CARDSEAL_NO_SKIP").is_none(),
            "{name} may not be skipped here: {LIBRARY} is missing"
        );
        eprintln!("SKIP {name}: SoftHSM is not installed ({LIBRARY})");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let tokens = folder.path().join("tokens");
    std::fs::create_dir(&tokens).unwrap();
    let settings = folder.path().join("softhsm2.conf");
    let text = format!(
        "directories.tokendir = {}\nobjectstore.backend = file\nlog.level = ERROR\n",
        tokens.display()
    );
    std::fs::write(&settings, text).unwrap();
    let made = Command::new("softhsm2-util")
        .args([
            "--init-token",
            "--free",
            "--label",
            LABEL,
            "--so-pin",
            "00000000",
            "--pin",
            PIN,
        ])
        .env("SOFTHSM2_CONF", &settings)
        .output()
        .unwrap();
    assert!(made.status.success(), "{made:?}");
    let child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", name, "--nocapture"])
        .env("SOFTHSM2_CONF", &settings)
        .env(CHILD, "1")
        .output()
        .unwrap();
    let said = [child.stdout, child.stderr].map(|text| String::from_utf8_lossy(&text).into_owned());
    print!(
        "{}",
        said[0]
            .lines()
            .filter(|line| line.contains("REACHED"))
            .collect::<Vec<_>>()
            .join("\n")
    );
    assert!(child.status.success(), "{said:?}");
    assert!(said[0].contains("1 passed"), "{said:?}");
}

fn provider() -> Provider {
    Module::new(LIBRARY, LABEL, PIN).load().unwrap()
}

/// A key pair of the service's, and its public half as the module takes it.
fn service(provider: &Provider) -> (KeyPair, Recipient) {
    let pair = KeyPair::generate(Suite::Aes256CbcRsa).unwrap();
    let recipient = Recipient::parse_with(pair.public_b64().as_bytes(), provider).unwrap();
    (pair, recipient)
}

const REQUEST: &[u8] = br#"{"ImageUrl":"https://example.com/card.jpg"}"#;

/// What the service does: unwraps the key, reads the request, and answers under a fresh IV.
fn answer(pair: &KeyPair, sealed: &Sealed) -> EncryptedReply {
    let encryption = sealed.encryption();
    let decoded = |text: &str| STANDARD.decode(text).unwrap();
    let key = pair
        .unwrap_key(&decoded(&encryption.ciphertext_blob))
        .unwrap();
    let session = || {
        let key = SessionKey::restore(&key).unwrap();
        built_in()
            .suite("AES-256-CBC")
            .unwrap()
            .restore(key)
            .unwrap()
    };
    let mut request = decoded(sealed.encrypted_body());
    session()
        .open(&decoded(&encryption.iv), &mut request, None)
        .unwrap();
    assert!(
        request.starts_with(REQUEST),
        "the service reads another request"
    );

    let mut body = br#"{"Name":"x"}"#.to_vec();
    body.extend([4; 4]);
    session().seal(&[9; 16], &mut body).unwrap();
    let reply = json!({"Response": {"EncryptedBody": STANDARD.encode(&body), "RequestId": "r", "Encryption": {
        "Algorithm": "AES-256-CBC", "Iv": STANDARD.encode([9; 16]), "TagList": [], "EncryptList": ["EncryptedBody"],
    }}});
    EncryptedReply::parse(reply.to_string().as_bytes()).unwrap()
}

fn sealed(recipient: &Recipient) -> (Sealed, Opener) {
    recipient.seal(REQUEST).unwrap()
}

#[test]
fn the_service_reads_what_the_module_sealed_and_the_module_opens_its_answer() {
    with_a_token(
        "the_service_reads_what_the_module_sealed_and_the_module_opens_its_answer",
        || {
            let (pair, recipient) = service(&provider());
            for _ in 0..20 {
                let (sealed, opener) = sealed(&recipient);
                let opened = opener
                    .open(&answer(&pair, &sealed), IvPolicy::AcceptForgeableFirstBlock)
                    .unwrap();
                assert_eq!(opened.expose_plaintext(), br#"{"Name":"x"}"#);
                assert!(!opened.authenticated() && !opened.iv_reused());
            }
        },
    );
}

#[test]
fn the_module_keeps_the_promises_of_the_joint() {
    with_a_token("the_module_keeps_the_promises_of_the_joint", || {
        let report = conformance::check(&provider());
        // SoftHSM has no SM2: that suite is refused, and nothing else.
        let others: Vec<&String> = report
            .failed
            .iter()
            .filter(|what| !what.contains("SM4-GCM"))
            .collect();
        assert!(others.is_empty(), "{report}");
        assert!(report.checks > 200, "{report}");
        println!(
            "REACHED {}: {} checks with AES-256-CBC, 0 failed",
            report.provider, report.checks
        );
    });
}

#[test]
fn an_sm2_key_is_refused_by_name() {
    with_a_token("an_sm2_key_is_refused_by_name", || {
        let pair = KeyPair::generate(Suite::Sm4GcmSm2).unwrap();
        let refused = |module: Module| {
            let provider = module.load().unwrap();
            match Recipient::parse_with(pair.public_b64().as_bytes(), &provider) {
                Err(KeyRejected::Unsupported { reason }) => reason,
                other => panic!("{other:?}"),
            }
        };
        let without = refused(Module::new(LIBRARY, LABEL, PIN));
        assert!(
            without.contains("Module::sm") && without.contains("RSA key"),
            "{without}"
        );
        let numbers = SmMechanisms {
            sm4_key_gen: 0x8000_0101,
            sm4_gcm: 0x8000_0102,
            sm2_encrypt: 0x8000_0103,
        };
        let unknown = refused(Module::new(LIBRARY, LABEL, PIN).sm(numbers));
        assert!(unknown.contains("number given for SM4-GCM"), "{unknown}");
        let standard = refused(Module::new(LIBRARY, LABEL, PIN).sm(SmMechanisms {
            sm4_gcm: 0x1087,
            ..numbers
        }));
        assert!(standard.contains("0x1087"), "{standard}");
    });
}

#[test]
fn a_session_key_never_leaves_and_nothing_is_left_behind() {
    with_a_token(
        "a_session_key_never_leaves_and_nothing_is_left_behind",
        || {
            let (_, recipient) = service(&provider());
            let error = sealed(&recipient).1.expose_for_storage().unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Provider);
            let (_, opener) = sealed(&recipient);
            // Seen from another session of the same user: session objects of all sessions are there.
            let context = Pkcs11::new(LIBRARY).unwrap();
            let _ = context.initialize(CInitializeArgs::new(CInitializeFlags::OS_LOCKING_OK));
            let slot = context.get_slots_with_initialized_token().unwrap()[0];
            let session = context.open_rw_session(slot).unwrap();
            let objects = || session.find_objects(&[]).unwrap();
            let during = objects();
            assert_eq!(
                during.len(),
                1,
                "the session key of the opener that lives, and no other"
            );
            use cryptoki::object::{Attribute, AttributeType};
            let asked = [
                AttributeType::Extractable,
                AttributeType::Sensitive,
                AttributeType::Token,
            ];
            let attributes = session.get_attributes(during[0], &asked).unwrap();
            for wanted in [
                Attribute::Extractable(false),
                Attribute::Sensitive(true),
                Attribute::Token(false),
            ] {
                assert!(attributes.contains(&wanted), "{attributes:?}");
            }
            assert!(
                session
                    .get_attributes(during[0], &[AttributeType::Value])
                    .unwrap_or_default()
                    .is_empty()
            );
            drop(opener);
            assert_eq!(objects().len(), 0);
        },
    );
}

#[test]
fn a_module_that_is_lost_in_the_middle_is_a_typed_error() {
    with_a_token(
        "a_module_that_is_lost_in_the_middle_is_a_typed_error",
        || {
            let (pair, recipient) = service(&provider());
            let (sealed, opener) = sealed(&recipient);
            let reply = answer(&pair, &sealed);
            let context = Pkcs11::new(LIBRARY).unwrap();
            context.finalize().unwrap();
            let error = opener
                .open(&reply, IvPolicy::AcceptForgeableFirstBlock)
                .unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Provider, "{error}");
            assert!(error.to_string().contains("gone"), "{error}");
            let error = recipient.seal(REQUEST).unwrap_err();
            assert!(
                matches!(error.kind(), ErrorKind::Provider | ErrorKind::Bug),
                "{error}"
            );
        },
    );
}

#[test]
fn a_wrong_pin_label_or_library_is_told_without_the_pin() {
    with_a_token(
        "a_wrong_pin_label_or_library_is_told_without_the_pin",
        || {
            let secret = "77712345";
            for module in [
                Module::new(LIBRARY, LABEL, secret),
                Module::new(LIBRARY, "another", secret),
                Module::new("/nowhere/lib.so", LABEL, secret),
            ] {
                assert!(!format!("{module:?}").contains(secret));
                let error = module.load().unwrap_err();
                assert!(!error.to_string().contains(secret), "{error}");
            }
            // The user is not locked out by that, and the right PIN still works.
            let context = Pkcs11::new(LIBRARY).unwrap();
            let _ = context.initialize(CInitializeArgs::new(CInitializeFlags::OS_LOCKING_OK));
            let slot = context.get_slots_with_initialized_token().unwrap()[0];
            let session = context.open_rw_session(slot).unwrap();
            session
                .login(UserType::User, Some(&AuthPin::new(PIN.into())))
                .unwrap();
        },
    );
}
