//! What a gateway is started with, and what it reports about each request.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use secrecy::SecretString;

use crate::{Fault, Fixture, HandOut, KeyPair, Tls};

/// The source of time; tests pass a fixed one.
pub type Clock = Arc<dyn Fn() -> SystemTime + Send + Sync>;

/// Called once a request, after its answer is known and before it is sent.
pub type OnRequest = Arc<dyn Fn(&RequestLog) + Send + Sync>;

/// Everything a gateway needs. Start from [`GatewayConfig::new`] and set the fields that matter.
#[non_exhaustive]
pub struct GatewayConfig {
    /// The private keys, at most one a suite. A request for a suite without a key is answered like a bad envelope.
    pub keys: Vec<KeyPair>,
    /// The one SecretId that is known; Ctyun's and Huawei's access key (AK) as well.
    pub secret_id: String,
    /// Its SecretKey; Ctyun's and Huawei's SK as well.
    pub secret_key: SecretString,
    /// The session token that belongs to the two above (`X-TC-Token`, `Token`, `X-Security-Token`): every signed
    /// request to Tencent and Huawei must bring exactly it. Default: none, and what requests bring is not looked at.
    pub session_token: Option<SecretString>,
    /// Ctyun's `appkey`. Default: none, and any that is sent will do.
    pub app_key: Option<SecretString>,
    /// Huawei's IAM user and project.
    pub iam: IamAccount,
    /// The IV of encrypted answers. Default: [`IvMode::Same`], as the service's guide says.
    pub iv_mode: IvMode,
    /// The cards that are "recognised". Default: the built-in specimen.
    pub fixture: Option<Fixture>,
    /// Requests a second, over which the cloud's throttling error is answered. Default: no limit.
    pub qps: Option<u32>,
    /// One way to misbehave. Default: none.
    pub fault: Option<Fault>,
    /// How long the slow faults take. Default: 30 s.
    pub fault_delay: Duration,
    /// How temporary keys and tokens are handed out, asked for each: by STS, by IAM, by the machines' metadata services.
    /// Default: [`HandOut::default`], always.
    pub hand_out: Arc<dyn Fn() -> HandOut + Send + Sync>,
    /// The source of time. Default: the system's clock.
    pub clock: Clock,
    /// Told of every request, on the gateway's one thread: it must not wait for anything. Default: nobody.
    pub on_request: Option<OnRequest>,
    /// The most bytes of bodies that are held at once, of all requests together; more wait for their turn. One body
    /// longer than that has it all to itself. Default: 256 MiB.
    pub bodies_together: usize,
    /// Once a signature is good, any action of any service is answered with what was received, so that every sample call
    /// can be tried. Default: no; what the gateway does not know is refused as the cloud would.
    pub echo: bool,
    /// TLS, and nothing else, at every connection. Default: none, plain HTTP.
    pub tls: Option<Tls>,
}

impl GatewayConfig {
    /// A well-behaved gateway with these keys that knows these credentials.
    pub fn new(
        keys: Vec<KeyPair>,
        secret_id: impl Into<String>,
        secret_key: impl Into<SecretString>,
    ) -> Self {
        let (secret_id, secret_key) = (secret_id.into(), secret_key.into());
        GatewayConfig {
            keys,
            iam: IamAccount::new(&secret_id, secret_key.clone()),
            secret_id,
            secret_key,
            session_token: None,
            app_key: None,
            iv_mode: IvMode::Same,
            fixture: None,
            qps: None,
            fault: None,
            fault_delay: Duration::from_secs(30),
            hand_out: Arc::new(HandOut::default),
            clock: Arc::new(SystemTime::now),
            on_request: None,
            bodies_together: 256 * 1024 * 1024,
            echo: false,
            tls: None,
        }
    }
}

/// An IAM user of Huawei's, who can get tokens, and the one project whose OCR may be called.
#[non_exhaustive]
pub struct IamAccount {
    /// The user's name. Default: the SecretId.
    pub user: String,
    /// The user's password. Default: the SecretKey.
    pub password: SecretString,
    /// The account the user belongs to, by name. Default: `example-domain`.
    pub domain: String,
    /// The account by id, as `X-Domain-Id` would name it. Default: thirty-two digits, `fedc…3210`.
    pub domain_id: String,
    /// The project by name, which is a region's. Default: `cn-north-4`.
    pub project: String,
    /// The project by id, as it stands in the path of a call. Default: thirty-two digits, `0123…cdef`.
    pub project_id: String,
}

impl IamAccount {
    /// This user with this password, and the default account and project.
    pub fn new(user: impl Into<String>, password: impl Into<SecretString>) -> Self {
        IamAccount {
            user: user.into(),
            password: password.into(),
            domain: "example-domain".into(),
            domain_id: "fedcba9876543210fedcba9876543210".into(),
            project: "cn-north-4".into(),
            project_id: "0123456789abcdef0123456789abcdef".into(),
        }
    }
}

/// Which IV an encrypted answer uses.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum IvMode {
    /// The request's own, as the service's guide says. With SM4-GCM this repeats a nonce.
    #[default]
    Same,
    /// A fresh one for every answer.
    Fresh,
}

impl FromStr for IvMode {
    type Err = UnknownIvMode;

    fn from_str(name: &str) -> Result<Self, UnknownIvMode> {
        match name {
            "same" => Ok(IvMode::Same),
            "fresh" => Ok(IvMode::Fresh),
            _ => Err(UnknownIvMode),
        }
    }
}

/// The text names no [`IvMode`].
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("no such IV mode: use same or fresh")]
pub struct UnknownIvMode;

/// What may be logged of a request: nothing a caller wrote is in it.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct RequestLog {
    /// The cloud whose API was called.
    pub cloud: &'static str,
    /// The action, when it is one this gateway knows and the signature was good.
    pub action: Option<&'static str>,
    /// The error code of the answer; none means success.
    pub code: Option<String>,
    /// Which step failed where an envelope could not be opened: the wrap (its order, its padding, what is wrapped), the
    /// tag, the padding, what was opened. No answer says it.
    pub step: Option<&'static str>,
    /// The answer's request id.
    pub request_id: String,
    /// Bytes of the request body, before any decryption.
    pub request_bytes: usize,
    /// Bytes of the answer's body.
    pub response_bytes: usize,
    /// From the end of the request to the finished answer; a fault's delay is not counted.
    pub elapsed: Duration,
}

impl fmt::Display for RequestLog {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} {} {} {} in {} B out {} B {} ms",
            self.cloud,
            self.action.unwrap_or("-"),
            self.code.as_deref().unwrap_or("ok"),
            self.request_id,
            self.request_bytes,
            self.response_bytes,
            self.elapsed.as_millis(),
        )?;
        match self.step {
            Some(step) => write!(f, ": {step}"),
            None => Ok(()),
        }
    }
}
