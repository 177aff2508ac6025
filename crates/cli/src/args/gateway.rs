//! The arguments of the commands that hold private keys, for tests: `demo`, `keygen` and `gateway`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

/// Show both suites end to end, against a service side in this process.
///
/// Starts the embedded gateway on a loopback port with fresh keys and one-off credentials; then, for each suite,
/// seals the documented request, signs it, sends it over HTTP, opens the answer and prints it. With --json, an
/// array of {suite, request_id, result, iv_reused, authenticated}.
#[derive(Args)]
pub(crate) struct Demo {
    /// One suite only.
    #[arg(long, value_name = "SUITE")]
    pub suite: Option<SuiteName>,
}

/// Make a key pair for tests.
///
/// Writes private.pem (mode 0600), public.pem (RSA-1024 as PKCS#1, or SM2 as SPKI) and public.b64 (base64 of the PEM,
/// as the service hands it out). Existing files are not overwritten.
#[derive(Args)]
pub(crate) struct Keygen {
    /// The suite the key belongs to.
    #[arg(long, value_name = "SUITE")]
    pub suite: SuiteName,

    /// The folder to write to; created if it does not exist.
    #[arg(long, value_name = "DIR")]
    pub out: PathBuf,
}

/// Run the embedded service side until Ctrl-C or SIGTERM. For tests: it recognises nothing.
///
/// Once it is ready it prints one line, `listening on http://ADDR`, or https with --tls-dir; with --json,
/// {"listening":"http://ADDR"}. Each request is a line on stderr: action, result, request id, lengths, time; and, where an
/// envelope does not open, the step that failed, which no answer says.
#[derive(Args)]
#[command(after_long_help = faults())]
pub(crate) struct Gateway {
    /// Address and port; port 0 takes a free one.
    #[arg(long, value_name = "ADDR")]
    pub listen: String,

    /// Use TLS, which is required for clients on other hosts. A test authority is made for it and its certificate
    /// written to DIR/ca.pem, anew at every start, for the clients' --ca-file.
    #[arg(long, value_name = "DIR")]
    pub tls_dir: Option<PathBuf>,

    /// A host name or address that clients reach the gateway by. May be given again. localhost, gateway and the clouds'
    /// own hosts (for --resolve) need not be.
    #[arg(long, value_name = "NAME", requires = "tls_dir")]
    pub tls_name: Vec<String>,

    /// A folder with a key pair as `keygen` writes it, or with such folders in it. May be given again.
    #[arg(long, value_name = "DIR", required = true)]
    pub keys: Vec<PathBuf>,

    /// The only accepted secret id.
    #[arg(long, value_name = "ID")]
    pub secret_id: String,

    /// The file that holds its secret key; a line end after it is not part of it.
    #[arg(long, value_name = "FILE")]
    pub secret_key_file: PathBuf,

    /// The file that holds the token of a temporary key. Every signed request to Tencent and Huawei must send it;
    /// default: not checked.
    #[arg(long, value_name = "FILE")]
    pub session_token_file: Option<PathBuf>,

    /// The file that holds Ctyun's app key; default: any is accepted.
    #[arg(long, value_name = "FILE")]
    pub app_key_file: Option<PathBuf>,

    /// The user who may log in at Huawei's IAM; default: the secret id.
    #[arg(long, value_name = "NAME")]
    pub iam_user: Option<String>,

    /// The file that holds that user's password; default: the secret key.
    #[arg(long, value_name = "FILE")]
    pub iam_password_file: Option<PathBuf>,

    /// The account that user belongs to.
    #[arg(long, value_name = "NAME", default_value = "example-domain")]
    pub iam_domain: String,

    /// Huawei's one project, by name.
    #[arg(long, value_name = "NAME", default_value = "cn-north-4")]
    pub project: String,

    /// The same project by id, as it stands in paths.
    #[arg(
        long,
        value_name = "ID",
        default_value = "0123456789abcdef0123456789abcdef"
    )]
    pub project_id: String,

    /// The IV of the answers: the request's, as the service's guide says, or a fresh one.
    #[arg(long, value_name = "MODE", default_value = "same")]
    pub iv_mode: IvModeName,

    /// The cards that are "recognised", as JSON; default: a specimen.
    #[arg(long, value_name = "FILE")]
    pub fixture: Option<PathBuf>,

    /// Requests per second; beyond that the gateway answers RequestLimitExceeded.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub qps: Option<u32>,

    /// Answer any action of any service with what was received, once its signature is good: method, path, query and body.
    /// Nothing is recognised or opened then.
    #[arg(long)]
    pub echo: bool,

    /// One way to misbehave, on every request; --help lists them.
    #[arg(long, value_name = "KIND")]
    pub fault: Option<String>,
}

/// The ways to misbehave, for the help text.
fn faults() -> String {
    let mut text = "Faults (the fault delay is 30 s):".to_owned();
    for fault in cardseal_gateway::Fault::ALL {
        text.push_str(&format!("\n  {:<24}{}", fault.name(), fault.describe()));
    }
    text
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum SuiteName {
    /// AES-256-CBC, the key wrapped with RSA-1024.
    #[value(name = "aes-256-cbc")]
    Aes256Cbc,
    /// SM4-GCM, the key wrapped with SM2.
    #[value(name = "sm4-gcm")]
    Sm4Gcm,
}

impl From<SuiteName> for cardseal_gateway::Suite {
    fn from(name: SuiteName) -> Self {
        match name {
            SuiteName::Aes256Cbc => Self::Aes256CbcRsa,
            SuiteName::Sm4Gcm => Self::Sm4GcmSm2,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum IvModeName {
    /// The request's IV.
    Same,
    /// A fresh IV.
    Fresh,
}
