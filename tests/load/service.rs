//! The service, in a process of its own, so that this one's memory is the client's alone: two gateways with the same
//! keys, each of which reads other cards.

use std::net::{Ipv4Addr, SocketAddr};

use cardseal::tencent::{IdCard, Tencent};
use cardseal::{Credentials, Endpoint, Recipient, RetryPolicy};
use cardseal_gateway::{Fixture, GatewayConfig, KeyPair, Running};
use serde_json::{Value, json};
use tempfile::TempDir;

use super::common::child::{Again, asked, tell, wait_for_the_end};
use super::common::service_keys;

const ID: &str = "AKIDload";
const SECRET: &str = "secret-of-the-load-test";
const GATEWAYS: usize = 2;

/// Nothing, unless this process is the service's.
#[test]
fn serves_when_it_is_asked_to() {
    let Some(folder) = asked(SERVES) else { return };
    let running: Vec<Running> = (0..GATEWAYS)
        .map(|number| {
            let keys = KeyPair::load_all(folder.as_ref()).unwrap();
            let mut config = GatewayConfig::new(keys, ID, SECRET);
            config.fixture = Some(Fixture::from_json(&cards(number).to_string()).unwrap());
            Running::start(config, SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).unwrap()
        })
        .collect();
    for gateway in &running {
        tell(&gateway.url());
    }
    wait_for_the_end();
}
const SERVES: &str = "service::serves_when_it_is_asked_to";

/// What this gateway reads off a card's two sides.
fn cards(gateway: usize) -> Value {
    json!({
        "FRONT": {"Name": format!("持证人{gateway}"), "IdNum": format!("11010119900307{gateway:03}X")},
        "BACK": {"Authority": format!("第{gateway}公安局"), "ValidDate": "2020.01.01-2040.01.01"},
    })
}

pub(crate) struct Service {
    process: Again,
    pub keys: Vec<KeyPair>,
    pub recipients: Vec<Recipient>,
    /// The same account at each gateway.
    pub accounts: Vec<Tencent>,
    _folder: TempDir,
}

impl Service {
    pub(crate) fn start() -> Self {
        let (keys, recipients) = service_keys();
        let folder = TempDir::new().unwrap();
        for key in &keys {
            key.write_to(&folder.path().join(key.suite().name()))
                .unwrap();
        }
        let mut process = Again::start(SERVES, folder.path().to_str().unwrap());
        let accounts = (0..GATEWAYS)
            .map(|_| {
                Tencent::new(Credentials::new(ID, SECRET.to_owned()).unwrap())
                    .endpoint(Endpoint::custom(&process.line()).unwrap())
                    .retry(RetryPolicy::never())
            })
            .collect();
        Self {
            process,
            keys,
            recipients,
            accounts,
            _folder: folder,
        }
    }

    pub(crate) fn process_id(&self) -> u32 {
        self.process.process_id()
    }

    /// Whether this is what that gateway reads off that side.
    pub(crate) fn is_right(gateway: usize, front: bool, card: &IdCard) -> bool {
        let cards = cards(gateway);
        let side = &cards[if front { "FRONT" } else { "BACK" }];
        [
            ("Name", &card.name),
            ("IdNum", &card.id_num),
            ("Authority", &card.authority),
            ("ValidDate", &card.valid_date),
        ]
        .iter()
        .all(|(member, read)| read.expose() == side[member].as_str().unwrap_or_default())
    }
}
