//! Tencent's actions over real HTTP, with both drivers, against the embedded gateway: in every form a request may
//! take, sealed as faceid takes it, and refused as the service refuses.

mod bad_input;
#[path = "../common/mod.rs"]
mod common;
mod faceid;
mod faceid_answers;
mod forms;
mod recorded_errors;
mod typed;

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use cardseal::tencent::Tencent;
use cardseal::{
    BlockingClient, Call, Client, Credentials, Endpoint, Error, Recipient, RetryPolicy,
    TransportOptions,
};
use cardseal_gateway::{GatewayConfig, Running};

const ID: &str = "AKIDtest";
const SECRET: &str = "secret-of-the-test";
const NAME: &str = "证件样本";
const NUMBER: &str = "11010119900307002X";

/// The smallest PNG: one pixel.
const PNG: &str = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

/// The action and the error code of a request, where the gateway knew them.
type Seen = (Option<&'static str>, Option<String>);

struct Service {
    gateway: Running,
    /// RSA, then SM2.
    recipients: Vec<Recipient>,
    requests: Arc<Mutex<Vec<Seen>>>,
}

fn service(change: impl FnOnce(&mut GatewayConfig)) -> Service {
    let (keys, recipients) = common::service_keys();
    let requests = Arc::new(Mutex::new(Vec::new()));
    let mut config = GatewayConfig::new(keys, ID, SECRET);
    let log = Arc::clone(&requests);
    config.on_request = Some(Arc::new(move |request| {
        log.lock()
            .unwrap()
            .push((request.action, request.code.clone()));
    }));
    change(&mut config);
    let gateway = Running::start(config, SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).unwrap();
    Service {
        gateway,
        recipients,
        requests,
    }
}

impl Service {
    fn tencent(&self) -> Tencent {
        self.signing_as(credentials())
    }

    fn signing_as(&self, credentials: Credentials) -> Tencent {
        Tencent::new(credentials)
            .endpoint(Endpoint::custom(&self.gateway.url()).unwrap())
            .retry(RetryPolicy::never())
    }
}

fn credentials() -> Credentials {
    Credentials::new(ID, SECRET.to_owned()).unwrap()
}

fn options() -> TransportOptions {
    TransportOptions::default().deadline(Duration::from_secs(20))
}

fn run<T>(call: Call<T>) -> Result<T, Error> {
    BlockingClient::with_options(&options()).unwrap().run(call)
}

fn run_async<T>(call: Call<T>) -> Result<T, Error> {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap()
        .block_on(Client::with_options(&options()).unwrap().run(call))
}
