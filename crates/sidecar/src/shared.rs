//! What every request is answered from.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use cardseal::{Client, Error};

use crate::cloud::{Accounts, Cloud};
use crate::config::{Config, Limits};
use crate::gate::Gate;
use crate::metrics::Metrics;
use crate::openers::Openers;
use crate::problem::Problem;
use crate::record::{Record, Records, Unrecorded};
use crate::token::Tokens;
use crate::visitor::Names;

pub(crate) struct Shared {
    pub(crate) tokens: Tokens,
    pub(crate) names: Names,
    pub(crate) key: Option<cardseal::Recipient>,
    pub(crate) cloud: Option<Cloud>,
    pub(crate) accounts: Accounts,
    pub(crate) client: Client,
    records: Option<Records>,
    pub(crate) limits: Limits,
    pub(crate) openers: Openers,
    pub(crate) metrics: Metrics,
    /// Before what is done here, and before calls to a cloud: slow calls hold up no seal.
    pub(crate) work: Gate,
    pub(crate) calls: Gate,
    stopping: AtomicBool,
}

impl Shared {
    pub(crate) fn new(config: Config, names: Names) -> Result<Arc<Self>, Error> {
        let limits = config.limits;
        let mut client = Client::with_options(&config.transport)?;
        if let Some(rate_limits) = config.rate_limits {
            client = client.rate_limits(rate_limits);
        }
        Ok(Arc::new(Self {
            tokens: config.tokens,
            names,
            key: config.key,
            cloud: config.cloud,
            accounts: config.accounts,
            client,
            records: config.records,
            openers: Openers::new(limits.opener_lifetime, limits.openers),
            metrics: Metrics::new(),
            work: Gate::new(limits.requests, limits.bodies, limits.turn),
            calls: Gate::new(limits.calls, limits.bodies, limits.turn),
            limits,
            stopping: AtomicBool::new(false),
        }))
    }

    /// The cloud of a request: the one that is served, or the one that it names.
    pub(crate) fn cloud(&self, named: Option<Cloud>) -> Result<Cloud, Problem> {
        match (self.cloud, named) {
            (Some(ours), Some(named)) if ours != named => Err(Problem::input(
                "this sidecar serves another cloud; leave cloud out, or start one for this cloud",
            )),
            (Some(cloud), _) | (None, Some(cloud)) => Ok(cloud),
            (None, None) => Err(Problem::input(
                "the request names no cloud, and this sidecar has no default cloud; give cloud",
            )),
        }
    }

    /// The record of a call that begins.
    pub(crate) fn record(&self, cloud: Cloud) -> Box<dyn Record> {
        match &self.records {
            Some(records) => records(cloud),
            None => Box::new(Unrecorded),
        }
    }

    pub(crate) fn stop(&self) {
        self.stopping.store(true, Ordering::Relaxed);
    }

    pub(crate) fn is_stopping(&self) -> bool {
        self.stopping.load(Ordering::Relaxed)
    }
}
