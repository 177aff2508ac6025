//! `keygen`: a key pair for tests, in three files.

use cardseal::Recipient;
use cardseal_gateway::{KeyError, KeyPair, Suite};
use serde::Serialize;

use crate::args::Keygen;
use crate::discretion;
use crate::exit::{Failure, Whose};
use crate::output::{Form, Output};
use crate::whole_file::refuse_stdout;

#[derive(Serialize)]
struct Made {
    suite: &'static str,
    key: String,
    fingerprint: String,
    private: String,
    public: String,
    public_b64: String,
}

pub(super) fn run(arguments: &Keygen, output: &Output) -> Result<(), Failure> {
    refuse_stdout(&arguments.out, "--out")?;
    let suite = Suite::from(arguments.suite);
    let pair = KeyPair::generate(suite).map_err(|error| key_failure(&error))?;
    // What is made here must be a key the library takes.
    let recipient = Recipient::parse(pair.public_b64().as_bytes())?;
    pair.write_to(&arguments.out)
        .map_err(|error| key_failure(&error))?;
    let folder = discretion::folder(&arguments.out);
    let path = |name: &str| format!("{}/{name}", folder.trim_end_matches('/'));
    let made = Made {
        suite: suite.name(),
        key: recipient.key_name().to_owned(),
        fingerprint: recipient.fingerprint().to_owned(),
        private: path("private.pem"),
        public: path("public.pem"),
        public_b64: path("public.b64"),
    };
    match output.form() {
        Form::Json => output.print_json(&made, 1024),
        Form::Text => output.print(
            format!(
                "{} for {}, fingerprint {}\n{}\n{}\n{}\n",
                made.key, made.suite, made.fingerprint, made.private, made.public, made.public_b64
            )
            .as_bytes(),
        ),
    }
}

/// Whose fault it is that there is no key pair.
pub(super) fn key_failure(error: &KeyError) -> Failure {
    let (whose, advice) = match error {
        KeyError::Exists(_) => (Whose::Usage, "name another folder, or remove the old key"),
        KeyError::NoKeyPair(_) => (Whose::Usage, "make one with `cardseal keygen`"),
        KeyError::File { .. } => (Whose::Usage, "check the path and its permissions"),
        KeyError::NotAPrivateKey | KeyError::UnusableRsaKey | KeyError::PublicKeyDiffers(_) => {
            (Whose::Key, "make a new pair with `cardseal keygen`")
        }
        _ => (Whose::Bug, "nothing was written; please report it"),
    };
    Failure::new(whose, format!("{error}; {advice}"))
}
