//! The arguments of `sign`.

use std::path::PathBuf;

use clap::Args;

/// Sign a request given as text, and show how.
///
/// FILE is an HTTP/1.1 request: a request line, headers, a blank line, and the body to the last byte. Prints the
/// headers to set, and the query or body where the signature goes there. With --json: {canonical_request,
/// string_to_sign, signature, headers}.
///
/// Schemes: tc3-hmac-sha256, tencent-v1-hmac-sha1, tencent-v1-hmac-sha256, ctyun-eop, sdk-hmac-sha256, sdk-hmac-sm3,
/// v11-hmac-sha256.
#[derive(Args)]
pub(crate) struct Sign {
    /// The signature scheme.
    #[arg(long, value_name = "NAME")]
    pub scheme: String,

    /// The request.
    #[arg(long, value_name = "FILE")]
    pub request: PathBuf,

    /// The secret id, or access key.
    #[arg(long, value_name = "ID")]
    pub secret_id: String,

    /// The file that holds the secret key; a line end after it is not part of it.
    #[arg(long, value_name = "FILE")]
    pub secret_key_file: PathBuf,

    /// Sign for this time, in Unix seconds; default: now.
    #[arg(long, value_name = "T")]
    pub time: Option<u64>,

    /// Sign these headers rather than those the scheme's own SDKs sign.
    #[arg(long, value_name = "a;b")]
    pub signed_headers: Option<String>,

    /// The service's short name, such as `ocr`. Default: taken from the host, if it is one of the cloud's.
    #[arg(long, value_name = "S")]
    pub service: Option<String>,

    /// The region, for the schemes that sign one.
    #[arg(long, value_name = "R")]
    pub region: Option<String>,

    /// Show every stage: canonical request, string to sign, fingerprints of the derived keys (never the keys),
    /// signature. A canonical request shows the query and the signed headers whole, a security token among them.
    #[arg(long)]
    pub explain: bool,

    /// A file with what another program computed: the object that --json prints, or one stage as plain text, in quotes
    /// or with `\n` for its line feeds if it was printed so. Shows both side by side, points at the first byte that
    /// differs and names the usual reason; exit code 4 where one differs.
    #[arg(long, value_name = "STAGE-FILE")]
    pub against: Option<PathBuf>,
}
