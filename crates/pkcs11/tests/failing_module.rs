//! A module that fails: each of its calls, at each step of loading, sealing and opening, with codes of every kind. The
//! module is SoftHSM behind `failing/module.c`, which fails where it is told to.

mod common;

use std::path::PathBuf;
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};

use cardseal::crypto::{OpenFailed, Provider, ProviderErrorKind, PublicKey, Session, conformance};
use cardseal::{ErrorKind, IvPolicy, Recipient};
use cardseal_pkcs11::{Module, SmMechanisms};
use common::{LABEL, LIBRARY, PIN, REQUEST, answer, service, with_a_token};

/// What a code says, as PKCS#11 v2.40 §5.1 has it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Says {
    /// The module, its token or the login is gone, for good.
    Gone,
    /// The session or its key is gone.
    SessionGone,
    /// The device has a problem, or no room.
    NotNow,
    /// It failed, and does not say why: a wrong tag too, where something is decrypted.
    Failed,
    /// It cannot or may not.
    No,
    /// The same, of the mechanism's parameters or of the data: at a decryption that is a refused ciphertext.
    NoOfTheData,
    /// The call was wrong.
    Bug,
    /// The ciphertext is wrong, where something is decrypted; elsewhere nothing says so.
    Ciphertext,
}

use Says::{Bug, Ciphertext, Failed, Gone, No, NoOfTheData, NotNow, SessionGone};

const CODES: [(u64, Says); 30] = [
    (0x03, Gone),          // SLOT_ID_INVALID
    (0x32, Gone),          // DEVICE_REMOVED
    (0xe0, Gone),          // TOKEN_NOT_PRESENT
    (0xe1, Gone),          // TOKEN_NOT_RECOGNIZED
    (0x101, Gone),         // USER_NOT_LOGGED_IN
    (0x190, Gone),         // CRYPTOKI_NOT_INITIALIZED
    (0x60, SessionGone),   // KEY_HANDLE_INVALID
    (0x82, SessionGone),   // OBJECT_HANDLE_INVALID
    (0xb0, SessionGone),   // SESSION_CLOSED
    (0xb3, SessionGone),   // SESSION_HANDLE_INVALID
    (0x02, NotNow),        // HOST_MEMORY
    (0x30, NotNow),        // DEVICE_ERROR
    (0x31, NotNow),        // DEVICE_MEMORY
    (0xb1, NotNow),        // SESSION_COUNT
    (0x05, Failed),        // GENERAL_ERROR
    (0x06, Failed),        // FUNCTION_FAILED
    (0xc0, Failed),        // SIGNATURE_INVALID
    (0x8000_0042, Failed), // a vendor's own
    (0x7000_0042, Failed), // nobody's
    (0x54, No),            // FUNCTION_NOT_SUPPORTED
    (0x68, No),            // KEY_FUNCTION_NOT_PERMITTED
    (0x70, No),            // MECHANISM_INVALID
    (0x71, NoOfTheData),   // MECHANISM_PARAM_INVALID
    (0x62, NoOfTheData),   // KEY_SIZE_RANGE
    (0x90, Bug),           // OPERATION_ACTIVE
    (0x91, Bug),           // OPERATION_NOT_INITIALIZED
    (0x07, Ciphertext),    // ARGUMENTS_BAD
    (0x21, Ciphertext),    // DATA_LEN_RANGE
    (0x40, Ciphertext),    // ENCRYPTED_DATA_INVALID
    (0x41, Ciphertext),    // ENCRYPTED_DATA_LEN_RANGE
];

impl Says {
    /// What the provider makes of it, where nothing is decrypted.
    fn kind(self) -> ProviderErrorKind {
        match self {
            Gone | SessionGone | NotNow | Failed => ProviderErrorKind::Lost,
            No | NoOfTheData => ProviderErrorKind::Unsupported,
            Bug | Ciphertext => ProviderErrorKind::Defect,
        }
    }

    /// What the caller of the library gets.
    fn error(self, call: &str) -> ErrorKind {
        let is_refusal = matches!(self, Failed | NoOfTheData | Ciphertext);
        match self.kind() {
            _ if call == "C_Decrypt" && is_refusal => ErrorKind::Open,
            ProviderErrorKind::Lost | ProviderErrorKind::Unsupported => ErrorKind::Provider,
            _ => ErrorKind::Bug,
        }
    }
}

/// The module, and where it is told what to do.
struct Failing {
    folder: PathBuf,
    serial: AtomicU32,
}

impl Failing {
    fn build() -> Self {
        let folder = PathBuf::from(std::env::var_os("CARDSEAL_MODULE").unwrap());
        let compiled = Command::new("cc")
            .args(["-O1", "-shared", "-fPIC"])
            .arg(format!("-DREAL=\"{LIBRARY}\""))
            .arg("-o")
            .arg(folder.join("module.so"))
            .arg(concat!(
                env!("CARGO_MANIFEST_DIR"),
                "/tests/failing/module.c"
            ))
            .args(["-ldl", "-lpthread"])
            .output()
            .unwrap();
        assert!(compiled.status.success(), "{compiled:?}");
        Self {
            folder,
            serial: AtomicU32::new(0),
        }
    }

    /// From now on: the call of this number fails so, as the mode says.
    fn plan(&self, at: i64, code: u64, mode: &str) {
        let serial = self.serial.fetch_add(1, Ordering::Relaxed);
        let plan = format!("{serial} {at} {code:x} {mode}\n");
        std::fs::write(self.folder.join("plan"), plan).unwrap();
        std::fs::write(self.folder.join("trace"), "").unwrap();
    }

    /// From now on nothing fails.
    fn works(&self) {
        self.plan(-1, 0, "once");
    }

    /// The calls since then.
    fn trace(&self) -> Vec<String> {
        let text = std::fs::read_to_string(self.folder.join("trace")).unwrap();
        text.lines().map(str::to_owned).collect()
    }

    fn module(&self) -> Module {
        Module::new(self.folder.join("module.so"), LABEL, PIN).sm(SmMechanisms {
            sm4_key_gen: 0x8000_0101,
            sm4_gcm: 0x8000_0102,
            sm2_encrypt: 0x8000_0103,
        })
    }

    fn provider(&self) -> Provider {
        self.works();
        self.module().load().unwrap()
    }

    /// Does it once for each call that it makes and each code, with that call failing so.
    fn at_each_call(&self, calls: &[String], mut fails: impl FnMut(&str, u64, Says, &dyn Fn())) {
        for (at, call) in calls.iter().enumerate() {
            for (code, says) in CODES {
                let at = i64::try_from(at).unwrap();
                fails(call, code, says, &|| self.plan(at, code, "once"));
            }
        }
    }
}

#[test]
fn each_call_of_loading_fails_as_the_table_says() {
    with_a_token("each_call_of_loading_fails_as_the_table_says", || {
        let failing = Failing::build();
        drop(failing.provider());
        let calls = failing.trace();
        // With the provider the sessions go.
        let calls = &calls[..calls.len() - 1];
        assert!(calls.contains(&"C_Login".to_owned()), "{calls:?}");
        failing.at_each_call(calls, |call, code, says, plan| {
            plan();
            let loaded = failing.module().load();
            // What the vendor's numbers are asked for, and the module does not have, is refused with the key.
            if call == "C_GetMechanismInfo" && code == 0x70 {
                return assert!(loaded.is_ok(), "{loaded:?}");
            }
            let error = loaded.unwrap_err();
            assert_eq!(error.kind(), says.kind(), "{call}, {code:#x}: {error}");
            assert!(!error.to_string().contains(PIN), "{error}");
        });
        println!(
            "REACHED loading: {} calls, {} codes each",
            calls.len(),
            CODES.len()
        );
    });
}

#[test]
fn each_call_of_sealing_fails_as_the_table_says_and_the_next_request_is_sealed() {
    with_a_token(
        "each_call_of_sealing_fails_as_the_table_says_and_the_next_request_is_sealed",
        || {
            let failing = Failing::build();
            let (pair, recipient) = service(&failing.provider());
            failing.works();
            let sealed = recipient.seal(REQUEST).unwrap();
            let calls = failing.trace();
            drop(sealed);
            for call in [
                "C_GenerateRandom",
                "C_OpenSession",
                "C_GenerateKey",
                "C_WrapKey",
                "C_Encrypt",
            ] {
                assert!(calls.iter().any(|made| made == call), "{call}: {calls:?}");
            }
            failing.at_each_call(&calls, |call, code, says, plan| {
                let provider = failing.provider();
                let key = pair.public_b64();
                let recipient = Recipient::parse_with(key.as_bytes(), &provider).unwrap();
                plan();
                let error = recipient.seal(REQUEST).map(drop).unwrap_err();
                let label = format!("{call}, {code:#x}: {error}");
                assert_eq!(error.kind(), says.error(call), "{label}");
                assert!(error.to_string().contains("nothing was sealed"), "{label}");
                failing.works();
                let next = recipient.seal(REQUEST).map(drop);
                // The first session is the login's.
                let is_gone = says == Gone || says == SessionGone && call == "C_GenerateRandom";
                match is_gone {
                    false => next.unwrap_or_else(|error| panic!("{label}, then {error}")),
                    true => {
                        let error = next.expect_err(&label);
                        assert_eq!(error.kind(), ErrorKind::Provider, "{label}");
                        assert!(error.to_string().contains("Module::load"), "{error}");
                        assert!(failing.trace().is_empty(), "a lost module is asked again");
                    }
                }
            });
            println!(
                "REACHED sealing: {} calls, {} codes each",
                calls.len(),
                CODES.len()
            );
        },
    );
}

#[test]
fn each_call_of_opening_fails_as_the_table_says() {
    with_a_token("each_call_of_opening_fails_as_the_table_says", || {
        let failing = Failing::build();
        let (pair, recipient) = service(&failing.provider());
        let opens = |recipient: &Recipient, plan: &dyn Fn()| {
            let (sealed, opener) = recipient.seal(REQUEST).unwrap();
            let reply = answer(&pair, &sealed);
            plan();
            opener.open(&reply, IvPolicy::AcceptForgeableFirstBlock)
        };
        opens(&recipient, &|| failing.works()).unwrap();
        let calls = failing.trace();
        assert_eq!(
            calls,
            [
                "C_DecryptInit",
                "C_Decrypt",
                "C_Decrypt",
                "C_DestroyObject",
                "C_CloseSession"
            ]
        );
        failing.at_each_call(&calls, |call, code, says, plan| {
            let provider = failing.provider();
            let recipient = Recipient::parse_with(pair.public_b64().as_bytes(), &provider).unwrap();
            let opened = opens(&recipient, plan);
            if ["C_DestroyObject", "C_CloseSession"].contains(&call) {
                return drop(opened.expect("the answer was open already"));
            }
            let error = opened.unwrap_err();
            assert_eq!(error.kind(), says.error(call), "{call}, {code:#x}: {error}");
            let words = error.to_string();
            assert!(!words.contains("nothing was sealed"), "{error}");
            if error.kind() == ErrorKind::Open {
                assert!(!words.contains("module"), "{error}");
            }
        });
        println!(
            "REACHED opening: {} calls, {} codes each",
            calls.len(),
            CODES.len()
        );
    });
}

/// A session of SM4-GCM, as far as the module has it.
fn sm4_session(provider: &Provider) -> Box<dyn Session> {
    let suite = provider.suite("SM4-GCM").unwrap();
    let key = PublicKey::Sm2 {
        x: &[1; 32],
        y: &[2; 32],
    };
    let wrap = suite.load(&key).unwrap().unwrap();
    let (blob, session) = wrap.start(&**provider.random()).unwrap();
    assert_eq!(blob.len(), wrap.wrapped_len());
    session
}

#[test]
fn a_wrong_tag_is_one_refusal_whatever_code_tells_of_it() {
    with_a_token(
        "a_wrong_tag_is_one_refusal_whatever_code_tells_of_it",
        || {
            let failing = Failing::build();
            let iv = [3; 12];
            let mut of_the_module = 0;
            for (code, says) in CODES.into_iter().chain([(0, Ciphertext)]) {
                let provider = failing.provider();
                let session = sm4_session(&provider);
                let mut sealed = REQUEST.to_vec();
                let tag = session.seal(&iv, &mut sealed).unwrap().unwrap();
                let wrong = tag.map(|byte| !byte);
                let mut place = sealed.clone();
                // The last is what SoftHSM itself says.
                match code {
                    0 => failing.works(),
                    _ => failing.plan(0, code, "as"),
                }
                let refused = session.open(&iv, &mut place, Some(&wrong)).unwrap_err();
                assert_eq!(place, sealed, "{code:#x}: nothing is decrypted");
                match (says, refused) {
                    (Failed | NoOfTheData | Ciphertext, refused) => {
                        assert_eq!(refused, OpenFailed::Refused, "{code:#x}");
                    }
                    (_, OpenFailed::Provider(error)) => {
                        of_the_module += 1;
                        assert_eq!(error.kind(), says.kind(), "{code:#x}: {error}");
                    }
                    (_, OpenFailed::Refused) => panic!("{code:#x} can only be about the module"),
                }
                if ![Gone, SessionGone].contains(&says) {
                    failing.works();
                    session.open(&iv, &mut place, Some(&tag)).unwrap();
                    assert_eq!(place, REQUEST);
                }
            }
            println!(
                "REACHED a wrong tag told with {} codes: {} are the one refusal",
                CODES.len(),
                CODES.len() - of_the_module
            );
        },
    );
}

/// The whole of SM4-GCM but the key wrap, which this module only pretends to have.
#[test]
fn sm4_gcm_by_a_vendors_numbers_keeps_the_promises_of_the_joint() {
    with_a_token(
        "sm4_gcm_by_a_vendors_numbers_keeps_the_promises_of_the_joint",
        || {
            let failing = Failing::build();
            let report = conformance::check(&failing.provider());
            let others: Vec<_> = report
                .failed
                .iter()
                .filter(|found| found.what != "SM4-GCM: the wrapped key does not unwrap")
                .collect();
            assert!(others.is_empty(), "{report}");
            assert!(report.checks > 1000, "{report}");
            println!(
                "REACHED {} checks of both suites, 0 failed but that SM2's wrap is not the module's",
                report.checks
            );
        },
    );
}

/// Nothing answers any more, from any moment of a request on.
#[test]
fn a_module_that_goes_at_any_moment_is_told_as_lost() {
    with_a_token("a_module_that_goes_at_any_moment_is_told_as_lost", || {
        let failing = Failing::build();
        let (pair, _) = service(&failing.provider());
        let mut moments = 0;
        loop {
            let provider = failing.provider();
            let recipient = Recipient::parse_with(pair.public_b64().as_bytes(), &provider).unwrap();
            failing.plan(moments, 0x32, "ever");
            let policy = IvPolicy::AcceptForgeableFirstBlock;
            let outcome = recipient
                .seal(REQUEST)
                .and_then(|(sealed, opener)| opener.open(&answer(&pair, &sealed), policy));
            match outcome {
                Ok(_) => break,
                Err(error) => assert_eq!(error.kind(), ErrorKind::Provider, "{moments}: {error}"),
            }
            moments += 1;
        }
        assert!(moments > 10, "{moments}");
        println!(
            "REACHED a module that goes at each of {moments} moments of a request: lost, each time"
        );
    });
}
