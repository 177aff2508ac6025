//! The arguments. No secret is ever one of them: secrets come from the environment, a file or stdin.

mod code;
mod desk;
mod errors;
#[cfg(feature = "gateway")]
mod gateway;
mod ledger;
mod login;
mod network;
mod policy;
mod prepare;
mod profile;
#[cfg(feature = "explorer")]
mod explorer;
mod sending;
#[cfg(any(feature = "batch", feature = "serve"))]
mod rate;
#[cfg(feature = "batch")]
mod batch;
#[cfg(feature = "queue")]
mod queue;
#[cfg(feature = "serve")]
mod serve;
mod sign;
#[cfg(feature = "ledger")]
mod usage;
mod doctor;
mod unprinted;

use std::path::PathBuf;

use clap::{Args, CommandFactory, FromArgMatches, Parser, Subcommand};

pub(crate) use crate::names::{
    AuthName, CloudName, IvPolicyName, LanguageTag, MethodName, SideName, SignMethodName, iv_policy,
};

#[cfg(feature = "batch")]
pub(crate) use batch::{Asked, Batch};
pub(crate) use code::{Code, Postman};
pub(crate) use desk::{Completions, Man};
pub(crate) use doctor::Doctor;
pub(crate) use errors::Errors;
#[cfg(feature = "explorer")]
pub(crate) use explorer::Explorer;
#[cfg(feature = "gateway")]
pub(crate) use gateway::{Demo, Gateway, IvModeName, Keygen};
#[cfg(feature = "http")]
pub(crate) use ledger::Ledger;
#[cfg(feature = "http")]
pub(crate) use network::Network;
pub(crate) use policy::Policy;
pub(crate) use prepare::Prepare;
#[cfg(feature = "http")]
pub(crate) use profile::Profile;
#[cfg(feature = "queue")]
pub(crate) use queue::{
    Place, Queue, QueueCollect, QueueCommand, QueueStatus, QueueSubmit, QueueWork,
};
#[cfg(feature = "http")]
pub(crate) use sending::Reach;
pub(crate) use sending::{Call, Recognize};
#[cfg(feature = "serve")]
pub(crate) use serve::Serve;
pub(crate) use sign::Sign;
#[cfg(feature = "ledger")]
pub(crate) use usage::{
    ByName, Package, PackageAdd, PackageCommand, PackageList, PackageRemove, Usage,
};

use crate::exit::{self, Failure};
use crate::opener_file::Afterwards;
use crate::output::{Chatter, Form};
use crate::settings;
use crate::speech;

const CODES: &str = "\
Exit codes:
   0  done
   2  usage or bad input; also a file or stdout that cannot be written
   3  the key was rejected
   4  credential or signing
   5  transport
   6  throttled
   7  the service said no
   8  the answer cannot be opened
   9  a batch ended and some cards failed
  70  a bug
 130  interrupted
An error is one line on stderr. A file named `-` is stdin.
CARDSEAL_LANG=zh-CN or =en, or else the locale, selects the language for people; --json is the same in each.";

/// Seals, sends and opens encrypted ID-card OCR requests.
///
/// Data goes to stdout, everything else to stderr. Secrets come from the environment, a file or stdin, never from
/// an argument.
#[derive(Parser)]
#[command(name = "cardseal", version, after_help = CODES, max_term_width = 110)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub command: Command,

    /// Machine-readable output: JSON on stdout.
    #[arg(long, global = true)]
    json: bool,

    /// Print only errors on stderr.
    #[arg(long, short, global = true)]
    quiet: bool,
}

/// What the arguments come to.
pub(crate) enum Parsed {
    Arguments(Box<Arguments>),
    /// They ask for help or the version, which is this text.
    Answer(String),
}

impl Arguments {
    /// Parses the process's arguments, with the config file's settings in place of what they leave out.
    pub(crate) fn parse_all() -> Result<Parsed, Failure> {
        let arguments: Vec<_> = std::env::args_os().collect();
        let command = settings::applied(Self::command(), &arguments)?;
        let command = speech::localised(command);
        match command.try_get_matches_from(&arguments) {
            Ok(matches) => match Self::from_arg_matches(&matches) {
                Ok(arguments) => Ok(Parsed::Arguments(Box::new(arguments))),
                Err(error) => Err(exit::usage(&error)),
            },
            Err(answer) if !answer.use_stderr() => Ok(Parsed::Answer(answer.render().to_string())),
            Err(error) => Err(exit::usage(&error)),
        }
    }

    pub(crate) fn form(&self) -> Form {
        if self.json { Form::Json } else { Form::Text }
    }

    pub(crate) fn chatter(&self) -> Chatter {
        if self.quiet {
            Chatter::Quiet
        } else {
            Chatter::Usual
        }
    }
}

#[derive(Subcommand)]
pub(crate) enum Command {
    #[cfg(feature = "gateway")]
    Demo(Demo),
    #[cfg(feature = "gateway")]
    Keygen(Keygen),
    #[cfg(feature = "gateway")]
    Gateway(Gateway),
    Seal(Seal),
    Open(Open),
    Recognize(Recognize),
    Call(Call),
    #[cfg(feature = "serve")]
    Serve(Serve),
    Inspect(Inspect),
    Sign(Sign),
    Code(Code),
    Postman(Postman),
    Errors(Errors),
    Policy(Policy),
    Doctor(Doctor),
    #[cfg(feature = "explorer")]
    Explorer(Explorer),
    Selftest(Selftest),
    Prepare(Prepare),
    #[cfg(feature = "batch")]
    Batch(Box<Batch>),
    #[cfg(feature = "queue")]
    Queue(Box<Queue>),
    #[cfg(feature = "ledger")]
    Usage(Usage),
    #[cfg(feature = "ledger")]
    Package(Package),
    Completions(Completions),
    Man(Man),
}

/// Test every built-in crypto provider against the published vectors, and against the others.
///
/// Exit code 70 if one fails; then do not seal with it, and report it.
#[derive(Args)]
pub(crate) struct Selftest {}

/// Seal a request: plaintext on stdin, {"EncryptedBody":…,"Encryption":{…}} on stdout.
///
/// The key decides the suite: RSA means AES-256-CBC, SM2 means SM4-GCM. Everything that is needed to open the answer is
/// written to the opener file, mode 0600. A rejected key leaves no opener file behind.
#[derive(Args)]
pub(crate) struct Seal {
    /// The service's public key: base64 of PEM as the service provides it, PEM, or DER.
    #[arg(long, value_name = "FILE")]
    pub key: PathBuf,

    /// The opener file to write. An existing file is not overwritten.
    #[arg(long, value_name = "FILE")]
    pub opener: PathBuf,

    /// Seal these members of the JSON object on stdin in place, and leave the others in clear.
    #[arg(long, value_name = "A,B", value_delimiter = ',')]
    pub fields: Vec<String>,

    /// Seal more than one member under SM4-GCM. All share one nonce: anyone who sees the request inside TLS learns the
    /// XOR of their values and can forge them.
    #[arg(long, requires = "fields")]
    pub accept_repeated_gcm_nonce: bool,
}

/// Open a reply: {"Response":{…}} or the inner object on stdin, the plaintext on stdout.
///
/// The plaintext is printed exactly as it was sealed. With --json: {result, iv_reused, authenticated, sealed}; `sealed`
/// lists the sealed parts, and `authenticated` refers only to them. A reply that carries Error, in clear or sealed, is
/// a refusal by the service (exit code 7).
///
/// The opener file says what was requested: an answer in another form is rejected, and so is the request itself. An
/// opener file of Algorithm, Key and Iv alone, made by another program, opens either form.
#[derive(Args)]
pub(crate) struct Open {
    /// The opener file that `seal` wrote. It is deleted, even if the reply cannot be opened.
    #[arg(long, value_name = "FILE")]
    pub opener: PathBuf,

    /// Leave the opener file where it is. It holds the session key.
    #[arg(long)]
    keep: bool,

    /// Which IV the reply may be sealed under: `any` accepts either and warns if it is the request's, `same` requires
    /// the request's, `fresh` refuses it. Without it: `any` for SM4-GCM, and `same` for AES-256-CBC, because it has no
    /// tag, and an attacker who chooses the IV can choose the first 16 bytes.
    #[arg(long, value_name = "POLICY")]
    pub iv_policy: Option<IvPolicyName>,
}

impl Open {
    pub(crate) fn afterwards(&self) -> Afterwards {
        if self.keep {
            Afterwards::Keep
        } else {
            Afterwards::Delete
        }
    }
}

/// Show what a file is and what is wrong with it.
///
/// Knows public keys, Encryption objects, sealed requests, replies, opener files, requests in clear and pictures. Prints
/// no secret and nothing that was read off a card. How a session key was wrapped shows to the private key only: what is
/// not found wrong there may still be. Exit code 0 where it is sound, 3 for a key that is refused, 7 for a
/// reply that is a refusal by the service, 8 for a reply that no opener would take, 2 for the rest.
#[derive(Args)]
pub(crate) struct Inspect {
    /// The file; default: stdin.
    #[arg(value_name = "FILE", default_value = "-")]
    pub file: PathBuf,

    /// The public key that FILE, a sealed request, was sealed for, or that FILE, a key, should be: compares the two.
    #[arg(long, value_name = "FILE")]
    pub key: Option<PathBuf>,

    /// The sealed request that FILE, a reply, answers: compares the two.
    #[arg(long, value_name = "FILE")]
    pub request: Option<PathBuf>,
}
