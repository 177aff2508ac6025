//! The arguments. No secret is ever one of them: secrets come from the environment, a file or stdin.

mod names;
mod sign;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

pub use names::{CloudName, IvModeName, IvPolicyName, SideName, SuiteName};

pub use sign::Sign;

use crate::opener_file::Afterwards;
use crate::output::{Chatter, Form};

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
  70  a bug
An error is one line on stderr. A file named `-` is stdin.";

/// Seals, sends and opens encrypted ID-card OCR requests.
///
/// Data goes to stdout, everything else to stderr. Secrets come from the environment, a file or stdin, never from
/// an argument.
#[derive(Parser)]
#[command(name = "cardseal", version, after_help = CODES, max_term_width = 110)]
pub struct Arguments {
    #[command(subcommand)]
    pub command: Command,

    /// Print for programs: JSON on stdout.
    #[arg(long, global = true)]
    json: bool,

    /// Say nothing on stderr but errors.
    #[arg(long, short, global = true)]
    quiet: bool,
}

impl Arguments {
    pub fn form(&self) -> Form {
        if self.json { Form::Json } else { Form::Text }
    }

    pub fn chatter(&self) -> Chatter {
        if self.quiet {
            Chatter::Quiet
        } else {
            Chatter::Usual
        }
    }
}

#[derive(Subcommand)]
pub enum Command {
    Demo(Demo),
    Keygen(Keygen),
    Gateway(Gateway),
    Seal(Seal),
    Open(Open),
    Recognize(Recognize),
    Inspect(Inspect),
    Sign(Sign),
}

/// Show both suites end to end, against a service side in this process.
///
/// Starts the embedded gateway on a loopback port with fresh keys and one-off credentials; then, for each suite,
/// seals the documented request, signs it, sends it over HTTP, opens the answer and prints it. With --json, an
/// array of {suite, request_id, result, iv_reused, authenticated}.
#[derive(Args)]
pub struct Demo {
    /// One suite only.
    #[arg(long, value_name = "SUITE")]
    pub suite: Option<SuiteName>,
}

/// Make a key pair for tests.
///
/// Writes private.pem (mode 0600), public.pem (RSA-1024 as PKCS#1, or SM2 as SPKI) and public.b64 (base64 of the
/// PEM, as the service hands it out). Files that exist are not overwritten.
#[derive(Args)]
pub struct Keygen {
    /// The suite the key belongs to.
    #[arg(long, value_name = "SUITE")]
    pub suite: SuiteName,

    /// The folder to write to; made where it is missing.
    #[arg(long, value_name = "DIR")]
    pub out: PathBuf,
}

/// Run the embedded service side until Ctrl-C or SIGTERM. For tests: it speaks plain HTTP and recognises nothing.
///
/// Once it is ready it prints one line, `listening on http://ADDR`; with --json, {"listening":"http://ADDR"}. Each
/// request is a line on stderr: action, result, request id, lengths, time.
#[derive(Args)]
#[command(after_long_help = faults())]
pub struct Gateway {
    /// Address and port; port 0 takes a free one.
    #[arg(long, value_name = "ADDR")]
    pub listen: String,

    /// A folder with a key pair as `keygen` writes it, or with such folders in it. May be given again.
    #[arg(long, value_name = "DIR", required = true)]
    pub keys: Vec<PathBuf>,

    /// The one secret id that is known.
    #[arg(long, value_name = "ID")]
    pub secret_id: String,

    /// The file that holds its secret key; a line end after it is not part of it.
    #[arg(long, value_name = "FILE")]
    pub secret_key_file: PathBuf,

    /// The IV of the answers: the request's, as the service's guide says, or a fresh one.
    #[arg(long, value_name = "MODE", default_value = "same")]
    pub iv_mode: IvModeName,

    /// The cards that are "recognised", as JSON; a specimen where it is absent.
    #[arg(long, value_name = "FILE")]
    pub fixture: Option<PathBuf>,

    /// Requests a second, beyond which RequestLimitExceeded is answered.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub qps: Option<u32>,

    /// One way to misbehave, on every request; --help lists them.
    #[arg(long, value_name = "KIND")]
    pub fault: Option<String>,
}

/// The ways to misbehave, for the help text.
#[cfg(feature = "http")]
fn faults() -> String {
    let mut text = "Faults (the fault delay is 30 s):".to_owned();
    for fault in cardseal_gateway::Fault::ALL {
        text.push_str(&format!("\n  {:<24}{}", fault.name(), fault.describe()));
    }
    text
}

#[cfg(not(feature = "http"))]
fn faults() -> &'static str {
    "This cardseal was built without HTTP and cannot run a gateway."
}

/// Seal a request: plaintext on stdin, {"EncryptedBody":…,"Encryption":{…}} on stdout.
///
/// The key decides the suite: RSA means AES-256-CBC, SM2 means SM4-GCM. What it takes to open the answer goes into
/// the opener file, mode 0600. A key that is refused leaves no opener file behind.
#[derive(Args)]
pub struct Seal {
    /// The service's public key: base64 of PEM as it hands it out, PEM, or DER.
    #[arg(long, value_name = "FILE")]
    pub key: PathBuf,

    /// The opener file to write. One that exists is not overwritten.
    #[arg(long, value_name = "FILE")]
    pub opener: PathBuf,

    /// Seal these members of the JSON object on stdin where they stand, and leave the others in clear.
    #[arg(long, value_name = "A,B", value_delimiter = ',')]
    pub fields: Vec<String>,

    /// Seal more than one member under SM4-GCM. All share one nonce: whoever sees the request inside TLS learns the
    /// XOR of their values and can forge them.
    #[arg(long, requires = "fields")]
    pub accept_repeated_gcm_nonce: bool,
}

/// Open a reply: {"Response":{…}} or the inner object on stdin, the plaintext on stdout.
///
/// The plaintext is printed exactly as it was sealed. With --json: {result, iv_reused, authenticated}. A reply that
/// carries Error is the service's no (exit code 7).
#[derive(Args)]
pub struct Open {
    /// The opener file that `seal` wrote. It is deleted, whatever becomes of the reply.
    #[arg(long, value_name = "FILE")]
    pub opener: PathBuf,

    /// Leave the opener file where it is. It holds the session key.
    #[arg(long)]
    keep: bool,

    /// Which IV the reply may be sealed under: `any` accepts either and warns where it is the request's, `same`
    /// requires the request's, `fresh` refuses it.
    #[arg(long, value_name = "POLICY", default_value = "any")]
    pub iv_policy: IvPolicyName,
}

impl Open {
    pub fn afterwards(&self) -> Afterwards {
        if self.keep {
            Afterwards::Keep
        } else {
            Afterwards::Delete
        }
    }
}

/// Recognise one ID card, encrypted where the cloud can, and print the typed result.
///
/// Tencent's credentials are TENCENTCLOUD_SECRET_ID, TENCENTCLOUD_SECRET_KEY and, for temporary ones,
/// TENCENTCLOUD_TOKEN; TENCENTCLOUD_REGION is the region where --region is absent. With --json:
/// {request_id, result, iv_reused, authenticated}.
#[derive(Args)]
#[command(group = clap::ArgGroup::new("picture").required(true))]
pub struct Recognize {
    /// The cloud.
    #[arg(long, value_name = "CLOUD")]
    pub cloud: CloudName,

    /// The image file: PNG, JPEG or BMP, or the text of a `data:` URL.
    #[arg(long, value_name = "FILE", group = "picture")]
    pub image: Option<PathBuf>,

    /// The image's URL, which the service fetches.
    #[arg(long, value_name = "URL", group = "picture")]
    pub url: Option<String>,

    /// Which side the image shows; the service finds out where it is absent.
    #[arg(long, value_name = "SIDE")]
    pub side: Option<SideName>,

    /// The service's public key. Needed for tencent.
    #[arg(long, value_name = "FILE")]
    pub key: Option<PathBuf>,

    /// Another endpoint: an https origin, or http for loopback.
    #[arg(long, value_name = "URL")]
    pub endpoint: Option<String>,

    /// The region to name in the request.
    #[arg(long, value_name = "R")]
    pub region: Option<String>,

    /// Config switches to turn on, such as CropIdCard,CopyWarn.
    #[arg(long, value_name = "A,B", value_delimiter = ',')]
    pub config: Vec<String>,

    /// The longest the whole call may take, in seconds.
    #[arg(long, value_name = "SECONDS", default_value_t = 60,
          value_parser = clap::value_parser!(u64).range(1..=3600))]
    pub timeout: u64,

    /// Which IV the answer may be sealed under.
    #[arg(long, value_name = "POLICY", default_value = "any")]
    pub iv_policy: IvPolicyName,

    /// How often to try again where the rate is limited or no connection was made. The request is signed afresh
    /// and never sealed afresh.
    #[arg(long, value_name = "N", default_value_t = 2, value_parser = clap::value_parser!(u8).range(..=10))]
    pub retries: u8,
}

/// Say what a file is and what is wrong with it.
///
/// Knows public keys, Encryption objects, sealed requests, replies, opener files and requests in clear. Prints no
/// secret and nothing that was read off a card. Exit code 0 where it is sound, 3 for a key that is refused, 7 for a
/// reply that is the service's no, 8 for a reply that no opener would take, 2 for the rest.
#[derive(Args)]
pub struct Inspect {
    /// The file; stdin where it is absent.
    #[arg(value_name = "FILE", default_value = "-")]
    pub file: PathBuf,

    /// The sealed request that FILE, a reply, answers: compares the two.
    #[arg(long, value_name = "FILE")]
    pub request: Option<PathBuf>,
}
