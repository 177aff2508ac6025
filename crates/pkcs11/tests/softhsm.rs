//! The provider over SoftHSM (Debian's softhsm2), each test in a process of its own with a token of its own.

mod common;

use cardseal::crypto::{Provider, conformance};
use cardseal::{ErrorKind, IvPolicy, KeyRejected, Opener, Recipient, Sealed};
use cardseal_gateway::{KeyPair, Suite};
use cardseal_pkcs11::{Module, SmMechanisms};
use common::{LABEL, LIBRARY, PIN, REQUEST, answer, service, with_a_token};
use cryptoki::context::{CInitializeArgs, CInitializeFlags, Pkcs11};
use cryptoki::session::UserType;
use cryptoki::types::AuthPin;

fn provider() -> Provider {
    Module::new(LIBRARY, LABEL, PIN).load().unwrap()
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
        let others: Vec<_> = report
            .failed
            .iter()
            .filter(|found| !found.what.contains("SM4-GCM"))
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
            let lost = provider();
            let (pair, recipient) = service(&lost);
            let (first, opener) = sealed(&recipient);
            let (_, unused) = sealed(&recipient);
            let reply = answer(&pair, &first);
            Pkcs11::new(LIBRARY).unwrap().finalize().unwrap();
            let told = |error: cardseal::Error| {
                assert_eq!(error.kind(), ErrorKind::Provider, "{error}");
                let words = error.to_string();
                assert!(words.contains("Module::load"), "{error}");
                words
            };
            let policy = IvPolicy::AcceptForgeableFirstBlock;
            // The IV is drawn first: it is the module's generator that is missed then.
            assert!(told(recipient.seal(REQUEST).unwrap_err()).contains("nothing was sealed"));
            assert!(told(opener.open(&reply, policy).unwrap_err()).contains("not opened"));

            // What the message says works, and only that. The module counts its handles anew: what is left of the old
            // provider neither uses nor closes the new one's.
            let anew = provider();
            let again = Recipient::parse_with(pair.public_b64().as_bytes(), &anew).unwrap();
            let (second, opener) = sealed(&again);
            told(recipient.seal(REQUEST).unwrap_err());
            told(unused.open(&reply, policy).unwrap_err());
            drop((recipient, lost));
            let opened = opener.open(&answer(&pair, &second), policy).unwrap();
            assert_eq!(opened.expose_plaintext(), br#"{"Name":"x"}"#);
            sealed(&again);
        },
    );
}

/// Loss that nobody noticed by a call before the openers went: they are dropped without a word.
#[test]
fn a_token_whose_login_ended_is_lost_and_loads_again() {
    with_a_token("a_token_whose_login_ended_is_lost_and_loads_again", || {
        let (pair, recipient) = service(&provider());
        let (first, opener) = sealed(&recipient);
        let context = Pkcs11::new(LIBRARY).unwrap();
        let slot = context.get_slots_with_initialized_token().unwrap()[0];
        context.open_rw_session(slot).unwrap().logout().unwrap();
        let error = opener
            .open(&answer(&pair, &first), IvPolicy::AcceptForgeableFirstBlock)
            .unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Provider, "{error}");
        let error = recipient.seal(REQUEST).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Provider, "{error}");
        assert!(error.to_string().contains("seal a new request"), "{error}");
        let again = Recipient::parse_with(pair.public_b64().as_bytes(), &provider()).unwrap();
        sealed(&again);
    });
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
