//! `serve`: the sidecar, until it is told to end.

#[cfg(feature = "ledger")]
mod record;

use std::io;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use cardseal::{CredentialsProvider, RateLimits};
use cardseal_sidecar::{Accounts, Cloud, Config, Listen, Served, Sidecar, Tokens};

use crate::accounts;
use crate::args::{AuthName, CloudName, Reach, Serve};
use crate::exit::{Failure, Whose};
use crate::input;
use crate::interrupt::Ending;
use crate::network;
use crate::opener_file;
use crate::output::{Form, Output};
#[cfg(not(feature = "ledger"))]
use crate::recording;

/// Sixteen lines, the most that are read, are shorter.
const MOST_TOKENS: usize = 16 * 1024;

/// What a request may take beside its call.
const BESIDE_THE_CALL: Duration = Duration::from_secs(30);

pub(super) fn run(arguments: &Serve, output: &Output) -> Result<(), Failure> {
    let mut config = config(arguments, output)?;
    #[cfg(feature = "ledger")]
    let ledger = record::open(&arguments.ledger, output);
    #[cfg(feature = "ledger")]
    {
        config.records = ledger.as_ref().map(record::Writing::records);
    }
    // A ledger that was asked for by name is missed.
    #[cfg(not(feature = "ledger"))]
    let _ = recording::Recording::start(&arguments.ledger, "", output);
    config.rate_limits = arguments
        .max_rps
        .map(|most| Arc::new(RateLimits::none().others(most)));
    let listen = config.listen.clone();
    // Before anybody is told that it is ready, so that no signal comes too early.
    let ending = Ending::expect().map_err(|error| {
        Failure::new(Whose::Bug, format!("signals cannot be waited for: {error}"))
    })?;
    let running = Sidecar::start(config).map_err(|error| not_started(&error, &listen))?;
    let place = running.listen().to_string();
    match output.form() {
        Form::Text => output.print(format!("listening on {place}\n").as_bytes())?,
        Form::Json => output.print_json(
            &serde_json::json!({"listening": place}),
            place.len().saturating_mul(6).saturating_add(32),
        )?,
    }
    ending.wait();
    running.stop();
    // Nobody calls any more: what is known is written before the process ends.
    #[cfg(feature = "ledger")]
    if let Some(ledger) = ledger {
        ledger.finish();
    }
    Ok(())
}

fn config(arguments: &Serve, output: &Output) -> Result<Config, Failure> {
    let listen: Listen = arguments
        .listen
        .parse()
        .map_err(|error| Failure::usage(format!("--listen cannot be used: {error}")))?;
    let tokens = tokens(&arguments.token_file, output)?;
    let mut config = Config::new(listen, tokens);
    config.key = arguments.key.as_deref().map(input::read_key).transpose()?;
    config.cloud = arguments.cloud.map(|cloud| match cloud {
        CloudName::Tencent => Cloud::Tencent,
        CloudName::Ctyun => Cloud::Ctyun,
        CloudName::Huawei => Cloud::Huawei,
    });
    config.accounts = served(arguments)?;
    let deadline = Duration::from_secs(arguments.reach.timeout);
    config.transport = network::options(&arguments.reach.network)?.deadline(deadline);
    config.limits.time = deadline.saturating_add(BESIDE_THE_CALL);
    config.limits.opener_lifetime = Duration::from_secs(arguments.opener_lifetime);
    Ok(config)
}

fn tokens(path: &Path, output: &Output) -> Result<Tokens, Failure> {
    let text = input::read(path, "the token file", MOST_TOKENS, Whose::Usage)?;
    opener_file::warn_if_open(path, output);
    let text = std::str::from_utf8(&text)
        .map_err(|_| Failure::usage("the token file is not text; write the token again"))?;
    let tokens = Tokens::parse(text).map_err(|error| Failure::usage(error.to_string()))?;
    if tokens.has_short() {
        output.warn("the token is short and can be guessed; use 20 characters or more");
    }
    Ok(tokens)
}

/// The account at the cloud that was named, or at each for which there is what it takes.
fn served(arguments: &Serve) -> Result<Accounts, Failure> {
    let reach = &arguments.reach;
    let found = Accounts {
        tencent: account(arguments, CloudName::Tencent, || {
            let (account, key) = accounts::tencent_with_key(reach)?;
            Ok((account, Some(key)))
        })?,
        ctyun: account(arguments, CloudName::Ctyun, || {
            Ok((accounts::ctyun(reach)?, own_key(reach, CloudName::Ctyun)?))
        })?,
        huawei: account(arguments, CloudName::Huawei, || {
            Ok((accounts::huawei(reach)?, own_key(reach, CloudName::Huawei)?))
        })?,
    };
    if arguments.cloud.is_none() && found.tencent.is_none() {
        // Tencent's takes nothing but arguments that are right.
        accounts::tencent(reach)?;
    }
    Ok(found)
}

/// What an account without roles signs with: nothing where a login's token is sent instead of a signature.
fn own_key(reach: &Reach, cloud: CloudName) -> Result<Option<CredentialsProvider>, Failure> {
    match reach.login.auth {
        AuthName::Aksk => accounts::credentials(cloud, &reach.profile).map(Some),
        AuthName::IamToken => Ok(None),
    }
}

/// What is called with is what signs, too.
fn account<A>(
    arguments: &Serve,
    cloud: CloudName,
    account: impl FnOnce() -> Result<(A, Option<CredentialsProvider>), Failure>,
) -> Result<Option<Served<A>>, Failure> {
    let served = || {
        account().map(|(account, credentials)| Served {
            account,
            credentials,
        })
    };
    match arguments.cloud {
        Some(named) if named == cloud => served().map(Some),
        Some(_) => Ok(None),
        // Nobody said that it is to be served.
        None => Ok(served().ok()),
    }
}

fn not_started(error: &io::Error, listen: &Listen) -> Failure {
    // What it cannot be started with, the sidecar says as invalid input.
    if error.kind() == io::ErrorKind::InvalidInput {
        return Failure::usage(error.to_string());
    }
    let place = crate::printable::printable(&listen.to_string());
    Failure::new(
        Whose::Transport,
        format!("cannot listen on {place}: {error}; choose another address, port or path"),
    )
}
