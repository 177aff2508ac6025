//! Figures for Prometheus: counts and times, and nothing that a caller wrote.

use std::sync::atomic::AtomicU64;
use std::time::Duration;

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Answered {
    route: &'static str,
    status: u16,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Timed {
    route: &'static str,
}

pub(crate) struct Metrics {
    registry: Registry,
    requests: Family<Answered, Counter>,
    seconds: Family<Timed, Histogram>,
    pub(crate) openers: Gauge<i64>,
    pub(crate) openers_expired: Counter<u64, AtomicU64>,
    pub(crate) connections: Gauge<i64>,
    pub(crate) connections_shed: Counter<u64, AtomicU64>,
}

impl Metrics {
    pub(crate) fn new() -> Self {
        let mut metrics = Self {
            registry: Registry::with_prefix("cardseal"),
            requests: Family::default(),
            seconds: Family::new_with_constructor(|| {
                Histogram::new([0.001, 0.005, 0.025, 0.1, 0.5, 1.0, 2.5, 10.0, 60.0])
            }),
            openers: Gauge::default(),
            openers_expired: Counter::default(),
            connections: Gauge::default(),
            connections_shed: Counter::default(),
        };
        let all = &mut metrics.registry;
        all.register("requests", "Requests answered", metrics.requests.clone());
        all.register(
            "request_seconds",
            "Time from a request's head to its answer",
            metrics.seconds.clone(),
        );
        all.register("openers", "Openers kept", metrics.openers.clone());
        all.register(
            "openers_expired",
            "Openers whose time was over before they were used",
            metrics.openers_expired.clone(),
        );
        all.register(
            "connections",
            "Connections open",
            metrics.connections.clone(),
        );
        all.register(
            "connections_shed",
            "Idle connections that were closed to make room",
            metrics.connections_shed.clone(),
        );
        metrics
    }

    pub(crate) fn answered(&self, route: &'static str, status: u16, time: Duration) {
        self.requests
            .get_or_create(&Answered { route, status })
            .inc();
        self.seconds
            .get_or_create(&Timed { route })
            .observe(time.as_secs_f64());
    }

    /// The figures as text; `None` if they cannot be written.
    pub(crate) fn text(&self) -> Option<String> {
        let mut text = String::new();
        prometheus_client::encoding::text::encode(&mut text, &self.registry).ok()?;
        Some(text)
    }
}
