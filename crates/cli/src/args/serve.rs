//! The arguments of `serve`.

use std::path::PathBuf;

use clap::Args;

use super::ledger::Ledger;
use super::{CloudName, Reach};

/// Seal, open, sign and recognise for other programs, over local HTTP and JSON, until Ctrl-C.
///
/// POST /v1/seal, /v1/open, /v1/sign and /v1/recognize, with `Authorization: Bearer` and the token; GET /healthz, /readyz,
/// /metrics and /openapi.json. When ready it prints one line, `listening on …`. The openers of what was sealed stay in
/// memory, for a time, and are wiped. Calls are recorded in the ledger.
///
/// Credentials as for `recognize`; they, the endpoint and the region are what calls are made with, and no request names
/// others.
#[derive(Args)]
pub(crate) struct Serve {
    /// Where to listen: unix:PATH, which only the user and the group can use, or 127.0.0.1:PORT; port 0 selects a free
    /// port. Other hosts cannot be served.
    #[arg(long, value_name = "unix:PATH|127.0.0.1:PORT")]
    pub listen: String,

    /// The file with the token, mode 0600: 8 to 512 visible characters, and a warning below 20. It may hold several, a line
    /// each, 16 at most: what one seals, another cannot open.
    #[arg(long, value_name = "FILE")]
    pub token_file: PathBuf,

    /// The service's public key, for requests without one.
    #[arg(long, value_name = "FILE")]
    pub key: Option<PathBuf>,

    /// The only cloud to serve. Default: each request names its cloud.
    #[arg(long, value_name = "CLOUD")]
    pub cloud: Option<CloudName>,

    /// How long an opener is kept, in seconds.
    #[arg(long, value_name = "SECONDS", default_value_t = 300,
          value_parser = clap::value_parser!(u64).range(1..=86_400))]
    pub opener_lifetime: u64,

    /// Maximum calls per second to the clouds, of all requests together; a request waits for its turn within its time.
    /// Default: no limit.
    #[arg(long, value_name = "R", value_parser = super::rate::rate)]
    pub max_rps: Option<f64>,

    #[command(flatten)]
    pub ledger: Ledger,

    #[command(flatten)]
    pub reach: Reach,
}
