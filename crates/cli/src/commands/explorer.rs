//! `explorer`: the page that shows a call stage by stage, until it is told to end.

#[cfg(feature = "ledger")]
mod record;

use std::net::{SocketAddr, ToSocketAddrs};
use std::sync::Arc;
use std::time::Duration;

use cardseal_explorer::{Cloud, CredentialsOf, Explorer, ExplorerConfig, ExplorerError};

use crate::accounts;
use crate::args::{self, CloudName};
use crate::exit::{Failure, Whose};
#[cfg(feature = "ledger")]
use crate::input;
use crate::interrupt::Ending;
use crate::language::{self, Language};
use crate::network;
use crate::output::{Form, Output};
use crate::printable::printable;
use crate::recording;
use crate::speech;

/// The longest a request from the page may take.
const DEADLINE: Duration = Duration::from_secs(60);

pub(super) fn run(arguments: &args::Explorer, output: &Output) -> Result<(), Failure> {
    let mut config = ExplorerConfig::new(address(&arguments.listen)?);
    config.endpoint.clone_from(&arguments.endpoint);
    config.begins_in_chinese = language::chosen() == Language::Chinese;
    config.chinese = Arc::new(speech::in_chinese);
    if arguments.profile.profile.is_some() {
        config.credentials = Some(credentials(arguments.profile.clone(), output));
    }
    config.transport = network::options(&arguments.network)?.deadline(DEADLINE);
    #[cfg(feature = "ledger")]
    {
        config.usage = usage(&arguments.ledger, output);
    }
    // A ledger that was asked for by name is missed.
    #[cfg(not(feature = "ledger"))]
    let _ = recording::Recording::start(&arguments.ledger, "", output);
    // Before anybody is told that it is ready, so that no signal comes too early.
    let ending = Ending::expect().map_err(|error| {
        Failure::new(Whose::Bug, format!("signals cannot be waited for: {error}"))
    })?;
    let explorer = Explorer::start(config)?;
    match output.form() {
        Form::Text => output.print(format!("{}\n", explorer.url()).as_bytes())?,
        Form::Json => output.print_json(&serde_json::json!({"url": explorer.url()}), 256)?,
    }
    output.note(
        "paste that URL into a browser's address field on this machine, and not into a command line, which others can read; \
         close the tab when Ctrl-C has ended the explorer",
    );
    ending.wait();
    drop(explorer);
    Ok(())
}

/// The credentials of the profile that is named.
fn credentials(profile: args::Profile, output: &Output) -> CredentialsOf {
    for cloud in [CloudName::Tencent, CloudName::Ctyun, CloudName::Huawei] {
        accounts::warn_of_open_files(cloud, &profile, output);
        if let Some(said) = accounts::borrowed(cloud, &profile) {
            output.warn(&said);
        }
    }
    Arc::new(move |cloud| {
        let cloud = match cloud {
            Cloud::Tencent => CloudName::Tencent,
            Cloud::Ctyun => CloudName::Ctyun,
            Cloud::Huawei => CloudName::Huawei,
            other => return Err(format!("{} is not known here", other.name())),
        };
        accounts::credentials(cloud, &profile).map_err(|failure| failure.message().to_owned())
    })
}

/// The ledger that the arguments name. One that cannot be opened is a warning: calls go on without it.
#[cfg(feature = "ledger")]
fn usage(
    arguments: &args::Ledger,
    output: &Output,
) -> Option<Arc<dyn cardseal_explorer::UsageSource>> {
    let named = arguments.ledger.as_deref();
    let path = recording::place(named).filter(|_| !arguments.no_ledger)?;
    match recording::open(named, &path) {
        Ok(ledger) => Some(Arc::new(record::Record::new(path, ledger))),
        Err(error) => {
            output.warn(&format!(
                "calls will not be recorded in the ledger `{}`: {error}",
                input::show(&path)
            ));
            None
        }
    }
}

fn address(listen: &str) -> Result<SocketAddr, Failure> {
    let refused = || {
        Failure::usage(format!(
            "--listen `{}` is not an address and a port; give 127.0.0.1:0 for a free port on this host",
            printable(listen)
        ))
    };
    let mut found = listen.to_socket_addrs().map_err(|_| refused())?;
    found.next().ok_or_else(refused)
}

impl From<ExplorerError> for Failure {
    fn from(error: ExplorerError) -> Self {
        match error {
            ExplorerError::NotLoopback(_) => Self::usage(format!("--listen is refused: {error}")),
            ExplorerError::Rejected(error) => Self::from(error).blamed_on(Whose::Usage),
            error => Self::new(Whose::Transport, error.to_string()),
        }
    }
}
