//! The configuration of a gateway, and its report about each request.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use secrecy::SecretString;

use crate::{Fault, Fixture, HandOut, KeyPair, Tls};

/// The source of time; tests pass a fixed one.
pub type Clock = Arc<dyn Fn() -> SystemTime + Send + Sync>;

/// Called once per request, after the answer is computed and before it is sent.
pub type OnRequest = Arc<dyn Fn(&RequestLog) + Send + Sync>;

/// The configuration of a gateway. Start from [`GatewayConfig::new`] and change the fields you need.
#[non_exhaustive]
pub struct GatewayConfig {
    /// The private keys, at most one per suite. A request for a suite without a key is answered like a bad envelope.
    pub keys: Vec<KeyPair>,
    /// The only accepted SecretId; also Ctyun's and Huawei's access key (AK).
    pub secret_id: String,
    /// Its SecretKey; also Ctyun's and Huawei's SK.
    pub secret_key: SecretString,
    /// The session token that belongs to the two above (`X-TC-Token`, `Token`, `X-Security-Token`): every signed
    /// request to Tencent and Huawei must have exactly this token. Default: none; tokens of requests are not checked.
    pub session_token: Option<SecretString>,
    /// Ctyun's `appkey`. Default: none; any `appkey` is accepted.
    pub app_key: Option<SecretString>,
    /// Huawei's IAM user and project.
    pub iam: IamAccount,
    /// The IV of encrypted answers. Default: [`IvMode::Same`], as the service's guide says.
    pub iv_mode: IvMode,
    /// The cards that are "recognised". Default: the built-in specimen.
    pub fixture: Option<Fixture>,
    /// Requests per second; beyond that, the cloud's throttling error is answered. Default: no limit.
    pub qps: Option<u32>,
    /// The fault to simulate. Default: none.
    pub fault: Option<Fault>,
    /// How long the slow faults take. Default: 30 s.
    pub fault_delay: Duration,
    /// How STS, IAM and the metadata services issue temporary keys and tokens; called for each request. Default: always
    /// [`HandOut::default`].
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
    /// A gateway without faults, with these keys and credentials.
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

/// A Huawei IAM user who can get tokens, and the only project whose OCR may be called.
#[non_exhaustive]
pub struct IamAccount {
    /// The user's name. Default: the SecretId.
    pub user: String,
    /// The user's password. Default: the SecretKey.
    pub password: SecretString,
    /// The name of the user's account. Default: `example-domain`.
    pub domain: String,
    /// The id of the account, as in `X-Domain-Id`. Default: 32 digits, `fedc…3210`.
    pub domain_id: String,
    /// The name of the project, which is a region's name. Default: `cn-north-4`.
    pub project: String,
    /// The id of the project, as in the path of a call. Default: 32 digits, `0123…cdef`.
    pub project_id: String,
}

impl IamAccount {
    /// This user with this password, in the default account and project.
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
    /// The request's IV, as the service's guide says. With SM4-GCM this repeats a nonce.
    #[default]
    Same,
    /// A fresh IV for every answer.
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

/// The loggable facts of a request. They contain nothing that a caller wrote.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct RequestLog {
    /// The cloud whose API was called.
    pub cloud: &'static str,
    /// The action, if this gateway knows it and the signature was valid.
    pub action: Option<&'static str>,
    /// The error code of the answer; `None` means success.
    pub code: Option<String>,
    /// Which step failed where an envelope could not be opened: the wrap (its order, its padding, what is wrapped), the
    /// tag, the padding, what was opened. No answer says it.
    pub step: Option<&'static str>,
    /// The answer's request id.
    pub request_id: String,
    /// Length of the request body in bytes, before decryption.
    pub request_bytes: usize,
    /// Length of the answer's body in bytes.
    pub response_bytes: usize,
    /// Time from the end of the request to the finished answer, without a fault's delay.
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
