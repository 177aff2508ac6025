//! An account, a card and a gateway whose secrets are known, so that they can be looked for.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::SystemTime;

use cardseal::tencent::{IdCardRequest, Recognized, Tencent};
use cardseal::{Call, Credentials, Endpoint, Image, IvPolicy, Recipient, RetryPolicy};
use cardseal_gateway::{Fixture, GatewayConfig, KeyPair, Running};
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::Sha256;

use super::common::driving::sends;
use super::common::{service_keys, text, unb64};
use super::needles::Needles;

pub(crate) const ID: &str = "AKIDlogs";
pub(crate) const SECRET: &str = "Zq8vT3wLx5Rk7Bn2Hc9Md4Pj6Fs1Gy0W";
pub(crate) const TOKEN: &str = "tKn-u7Yq2Vb9Xe4Ns6Wd1Lr8Kf3Jh5Cm0Pz";
pub(crate) const APP_KEY: &str = "aPp9Wd2Lk7Rs4Xv1Bn6Qm8Tj3Hc5Fz0Gy";
pub(crate) const NAME: &str = "欧阳持证人";
pub(crate) const ID_NUMBER: &str = "53292719870412613X";
pub(crate) const ADDRESS: &str = "云南省某县某镇某村某组某号";

/// How a JPEG begins, then bytes like no others.
pub(crate) fn picture() -> Vec<u8> {
    let rest = (0..600_u32).map(|at| (at.wrapping_mul(2_654_435_761) >> 13) as u8);
    [0xff, 0xd8, 0xff, 0xe0].into_iter().chain(rest).collect()
}

pub(crate) struct World {
    pub gateway: Running,
    keys: Vec<KeyPair>,
    pub recipients: Vec<Recipient>,
}

impl World {
    pub(crate) fn start() -> Self {
        let (keys, recipients) = service_keys();
        let kept = keys.iter().map(copy).collect();
        let mut config = GatewayConfig::new(keys, ID, SECRET);
        config.app_key = Some(APP_KEY.into());
        config.fixture = Some(Fixture::from_json(&cards().to_string()).unwrap());
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        Self {
            gateway: Running::start(config, address).unwrap(),
            keys: kept,
            recipients,
        }
    }

    /// What must not show anywhere.
    pub(crate) fn needles(&self) -> Needles {
        let mut needles = Needles::default();
        for (what, secret) in [
            ("a secret key", SECRET),
            ("a token", TOKEN),
            ("an app key", APP_KEY),
            ("a name", NAME),
            ("an ID number", ID_NUMBER),
            ("an address", ADDRESS),
        ] {
            needles.look_for(what, secret.as_bytes());
        }
        needles.look_for("a picture", &picture());
        let day = jiff::Timestamp::now().strftime("%Y-%m-%d").to_string();
        let mut key = format!("TC3{SECRET}").into_bytes();
        for word in [day.as_str(), "ocr", "tc3_request"] {
            let mut mac = Hmac::<Sha256>::new_from_slice(&key).unwrap();
            mac.update(word.as_bytes());
            key = mac.finalize().into_bytes().to_vec();
            needles.look_for("a derived signing key", &key);
        }
        needles
    }

    pub(crate) fn credentials(&self) -> Credentials {
        Credentials::new(ID, SECRET.to_owned())
            .and_then(|pair| pair.with_token(TOKEN))
            .and_then(|pair| pair.with_app_key(APP_KEY))
            .unwrap()
    }

    pub(crate) fn account(&self, url: &str) -> Tencent {
        Tencent::new(self.credentials())
            .endpoint(Endpoint::custom(url).unwrap())
            .retry(RetryPolicy::never())
    }

    pub(crate) fn card(&self) -> IdCardRequest {
        IdCardRequest::new(Image::from_bytes_unchecked(picture()).unwrap())
    }

    /// A call, whose session key is looked for from now on.
    pub(crate) fn call(
        &self,
        url: &str,
        recipient: &Recipient,
        needles: &mut Needles,
    ) -> Call<Recognized> {
        let mut call = self
            .account(url)
            .recognize_encrypted_id_card(recipient, &self.card(), IvPolicy::BySuite)
            .unwrap();
        let request = sends(&mut call, SystemTime::now());
        self.look_for_key(request.body(), needles);
        call
    }

    /// Looks for the session key that a sealed request is under.
    pub(crate) fn look_for_key(&self, body: &[u8], needles: &mut Needles) {
        let sent: Value = serde_json::from_slice(body).unwrap();
        let blob = unb64(text(&sent["Encryption"], "CiphertextBlob"));
        let suite = usize::from(text(&sent["Encryption"], "Algorithm") == "SM4-GCM");
        let key = self.keys[suite].unwrap_key(&blob).unwrap();
        needles.look_for("a session key", &key);
    }
}

/// The gateway takes its keys; these are the same once more.
fn copy(key: &KeyPair) -> KeyPair {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path().join("key");
    key.write_to(&folder).unwrap();
    KeyPair::load_from(&folder).unwrap()
}

fn cards() -> Value {
    let words = json!({"name": NAME, "number": ID_NUMBER, "owner": NAME, "plate": NAME, "address": ADDRESS});
    json!({
        "FRONT": {
            "Name": NAME, "IdNum": ID_NUMBER, "Address": ADDRESS, "Portrait": super::common::b64(&picture()),
            "WarnInfos": [-9102], "Quality": 87,
        },
        "BACK": {"Authority": NAME, "ValidDate": ADDRESS},
        "TEXT": [NAME, ID_NUMBER],
        "BUSINESS_LICENSE": words, "DRIVER_LICENSE": words, "VEHICLE_LICENSE": words,
    })
}
