//! The arguments of every command that calls: which way to the service, and whom to trust on it.

use std::path::PathBuf;

use clap::Args;

/// Which way to the service, and whom to trust on it.
#[derive(Args)]
#[command(next_help_heading = "Network")]
pub(crate) struct Network {
    /// Go through this HTTP proxy, http://[user@]host:port. Its password comes from CARDSEAL_PROXY_PASSWORD; without
    /// --proxy, the whole URL (with or without a password) comes from CARDSEAL_PROXY. HTTPS_PROXY is not followed.
    #[arg(long, value_name = "URL")]
    pub proxy: Option<String>,

    /// Hosts to reach without the proxy: a.example and all below it, .example, or * for all.
    #[arg(long, value_name = "A,B")]
    pub no_proxy: Option<String>,

    /// Also trust the certificate authorities in this file: one or many in PEM, or one in DER.
    #[arg(long, value_name = "PEM")]
    pub ca_file: Option<PathBuf>,

    /// Also trust the operating system's certificate authorities.
    #[arg(long)]
    pub native_roots: bool,

    /// The certificate to show to a server that asks for one, in PEM, its chain after it.
    #[arg(long, value_name = "FILE", requires = "client_key")]
    pub client_cert: Option<PathBuf>,

    /// The file with that certificate's private key, in PEM and not encrypted.
    #[arg(long, value_name = "FILE", requires = "client_cert")]
    pub client_key: Option<PathBuf>,

    /// Time limit for making a connection, in seconds: name resolution, TCP, the proxy and TLS together.
    #[arg(long, value_name = "S", default_value_t = 5,
          value_parser = clap::value_parser!(u64).range(1..=600))]
    pub connect_timeout: u64,

    /// Connect to this address for this host, whose name is signed and verified all the same. May be given again.
    #[arg(long, value_name = "HOST=IP")]
    pub resolve: Vec<String>,
}
