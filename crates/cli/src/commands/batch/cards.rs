//! Who is asked: the account at each cloud, its client, and what is asked of every card.

use std::path::PathBuf;
use std::time::Duration;

use cardseal::BlockingClient;
use cardseal::tencent::Config;
use cardseal_batch::{CtyunCards, HuaweiCards, Recognize, TencentCards, patient};

use crate::accounts;
use crate::args::{Asked, CloudName, SideName, iv_policy};
use crate::caveats;
use crate::exit::{Failure, Whose};
use crate::input;
use crate::network;
use crate::output::Output;

/// Longer than a limited rate is borne.
const DEADLINE: Duration = Duration::from_secs(3600);

/// The cloud's cards. The key is judged before anything else. `side` says whether one is named for all of them, and
/// `inputs` what else may be on stdin.
pub(in crate::commands) fn of(
    asked: &Asked,
    side: Option<SideName>,
    inputs: &[PathBuf],
    output: &Output,
) -> Result<Box<dyn Recognize>, Failure> {
    let policy = patient(accounts::retries(&asked.reach));
    match asked.cloud {
        CloudName::Tencent => {
            let key = asked.key.as_deref().ok_or_else(|| {
                Failure::usage(
                    "--cloud tencent needs --key FILE, the public key that Tencent's support provides",
                )
            })?;
            if input::is_stdin(key) && inputs.iter().any(|one| input::is_stdin(one)) {
                return Err(Failure::usage(
                    "both --key and an INPUT are `-`, but there is only one stdin; name a file for one of them",
                ));
            }
            let recipient = input::read_key(key)?;
            if let Some(caveat) = caveats::of_key(&recipient) {
                output.warn(&caveat);
            }
            let account = accounts::tencent(&asked.reach)?.retry(policy);
            let cards = TencentCards::new(client(asked)?, account, recipient)
                .config(Config::of(switches(asked)?))
                .iv_policy(iv_policy(asked.iv_policy));
            Ok(Box::new(cards))
        }
        CloudName::Ctyun => {
            in_clear(asked, "ctyun", output)?;
            if side.is_some() || !asked.config.is_empty() {
                return Err(Failure::usage(
                    "ctyun takes only a picture; leave out --side and --config",
                ));
            }
            let account = accounts::ctyun(&asked.reach)?.retry(policy);
            Ok(Box::new(CtyunCards::new(client(asked)?, account)))
        }
        CloudName::Huawei => {
            in_clear(asked, "huawei", output)?;
            let mut policy = policy;
            // The vendor's advice on being throttled.
            policy.first_delay = Duration::from_secs(2);
            let account = accounts::huawei(&asked.reach)?.retry(policy);
            Ok(Box::new(HuaweiCards::new(
                client(asked)?,
                account,
                switches(asked)?,
            )))
        }
    }
}

fn client(asked: &Asked) -> Result<BlockingClient, Failure> {
    let mut options = network::options(&asked.reach.network)?;
    options.deadline = DEADLINE;
    options.attempt_timeout = Some(Duration::from_secs(asked.reach.timeout));
    options.idle_connections = asked.jobs.get();
    // Nothing was sent: what stands in its way is what it was given.
    BlockingClient::with_options(&options)
        .map_err(|error| Failure::from(error).blamed_on(Whose::Usage))
}

fn switches<S>(asked: &Asked) -> Result<Vec<S>, Failure>
where
    S: std::str::FromStr,
    Failure: From<S::Err>,
{
    let names = asked.config.iter();
    Ok(names
        .map(|name| name.parse())
        .collect::<Result<Vec<S>, _>>()?)
}

/// What only an encrypted request has is refused, and the fact is told.
fn in_clear(asked: &Asked, cloud: &str, output: &Output) -> Result<(), Failure> {
    if asked.key.is_some() {
        return Err(Failure::usage(format!(
            "{cloud} has no encrypted ID-card OCR, so --key has no use; leave it out to send the cards in clear \
             inside TLS",
        )));
    }
    output.warn(&format!(
        "{cloud} takes the cards in clear: only TLS hides them on the way"
    ));
    Ok(())
}
