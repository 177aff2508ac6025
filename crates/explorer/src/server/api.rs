//! What the page asks for: one path a stage. A refusal is an answer with `refused` in it, and status 200; another status
//! means that the request was not understood.

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use cardseal::{Client, IvPolicy, SharedNonce};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tokio::runtime::Handle;
use tokio::sync::watch;
use zeroize::Zeroizing;

use super::accounts::{Accounts, Aim, Target};
use super::config::Chinese;
use super::exchanges::Exchanges;
use super::proof::Proof;
use super::seal::Body;
use super::sign::Edits;
use super::told::{Check, Refused, Told, told};
use super::usage::UsageSource;
use super::{catalogue_json, open, picture, seal, send, sign, token, written};
use crate::catalogue::{self, Action, Cloud};
use crate::code::comments::Comments;

pub(crate) struct Explorer {
    pub(crate) accounts: Accounts,
    pub(crate) client: Client,
    pub(crate) exchanges: Exchanges,
    pub(crate) usage: Option<Arc<dyn UsageSource>>,
    pub(crate) chinese: Chinese,
    pub(crate) proof: Proof,
    /// `zh` where the page begins in Chinese whatever the browser's language is.
    pub(crate) tongue: &'static str,
    pub(crate) ended: watch::Sender<bool>,
}

/// JSON, or one sentence why not.
pub(crate) type Answer = Result<Zeroizing<Vec<u8>>, Refused>;

/// What is called, as the page names it.
#[derive(Deserialize)]
struct Called {
    cloud: String,
    action: String,
    #[serde(default)]
    region: String,
    target: Target,
}

impl Called {
    fn aim(&self) -> Result<Aim<'_>, Refused> {
        Ok(Aim {
            action: self.action()?,
            target: self.target,
            region: self.region.trim(),
        })
    }

    fn action(&self) -> Result<&'static Action, Refused> {
        let cloud = [Cloud::Tencent, Cloud::Ctyun, Cloud::Huawei];
        let cloud = cloud.into_iter().find(|cloud| cloud.name() == self.cloud);
        cloud
            .and_then(|cloud| catalogue::find(cloud, &self.action))
            .ok_or_else(|| {
                Refused::new(
                    Check::Request,
                    "the catalogue has no such action",
                    "目录中没有该接口",
                )
            })
    }
}

#[derive(Deserialize)]
struct ToSeal {
    #[serde(flatten)]
    called: Called,
    inner: Zeroizing<String>,
    /// Base64 of the key's file; absent for the embedded gateway's own.
    key: Option<String>,
    #[serde(default)]
    suite: String,
    #[serde(default)]
    accept_repeated_nonce: bool,
}

#[derive(Deserialize)]
struct ToSign {
    #[serde(flatten)]
    called: Called,
    body: Zeroizing<String>,
    canonical_request: Option<String>,
    string_to_sign: Option<String>,
}

#[derive(Deserialize)]
struct ToSend {
    #[serde(flatten)]
    called: Called,
    signed_request: Zeroizing<String>,
}

#[derive(Deserialize)]
struct ToOpen {
    #[serde(flatten)]
    called: Called,
    exchange: String,
    reply: Zeroizing<String>,
    policy: String,
}

/// Asked before anything personal is: whether this is still the server that made the page.
#[derive(Deserialize)]
struct Hello {
    nonce: String,
}

#[derive(Deserialize)]
struct ToLook {
    #[serde(flatten)]
    called: Called,
    /// Base64 of the file.
    picture: Zeroizing<String>,
}

#[derive(Deserialize)]
struct ToWrite {
    #[serde(flatten)]
    called: Called,
    language: String,
    body: Zeroizing<String>,
    /// The page's language, `zh` or `en`.
    #[serde(default)]
    comments: String,
}

#[derive(Serialize)]
struct Sealed<'a> {
    exchange: &'a str,
    body: &'a str,
    sealed: bool,
    findings: Vec<Told>,
    notes: &'a [Told],
    #[serde(flatten)]
    stages: sign::Stages,
}

/// What is found of a request beyond these is not told.
const MOST_FINDINGS: usize = 20;

impl Explorer {
    /// The answer at a path; `None` where there is none. It computes and it waits: not for the thread that serves.
    pub(crate) fn answer(&self, path: &str, body: &[u8], network: &Handle) -> Option<Answer> {
        let answer = match path {
            "/api/hello" => read(body).and_then(|asked: Hello| {
                json(&json!({
                    "proof": self.proof.of(&asked.nonce),
                }))
            }),
            "/api/catalogue" => json(&catalogue_json::everything(&self.accounts)),
            "/api/prepare" => picture::prepare(body).and_then(|prepared| json(&prepared)),
            "/api/picture" => read(body).and_then(|asked| self.look(&asked)),
            "/api/seal" => read(body).and_then(|asked| self.seal(&asked)),
            "/api/sign" => read(body).and_then(|asked| self.sign(&asked)),
            "/api/send" => read(body).and_then(|asked| self.send(&asked, network)),
            "/api/open" => read(body).and_then(|asked| self.open(&asked)),
            "/api/code" => read(body).and_then(|asked| self.code(&asked)),
            "/api/usage" => self.usage(),
            _ => return None,
        };
        Some(answer.map_err(|refused| refused.in_chinese(&self.chinese)))
    }

    fn seal(&self, asked: &ToSeal) -> Answer {
        let aim = asked.called.aim()?;
        let key = self.key(asked)?;
        let nonce = match asked.accept_repeated_nonce {
            true => SharedNonce::AcceptRepeatedGcmNonce,
            false => SharedNonce::Refuse,
        };
        let Body {
            text,
            exchange,
            findings,
            doubts,
            notes,
        } = seal::seal(&self.accounts, aim, key.as_deref(), &asked.inner, nonce)?;
        // Signed before anything is kept: what cannot be signed was not sealed for anybody.
        let stages = sign::sign(&self.accounts, aim, &text, &Edits::default())?;
        let id = token::random_text().map_err(|_| no_random())?;
        let sealed = !exchange.algorithm.is_empty();
        self.exchanges.keep(id.to_string(), exchange);
        json(&Sealed {
            exchange: &id,
            body: &text,
            sealed,
            findings: findings
                .iter()
                .map(|finding| told(finding.to_string(), finding.chinese()))
                .chain(doubts.iter().map(|(name, why)| {
                    let why = why.to_string();
                    let zh = format!("{name}：{}", (self.chinese)(&why));
                    told(format!("{name}: {why}"), zh)
                }))
                .take(MOST_FINDINGS)
                .collect(),
            notes: &notes,
            stages,
        })
    }

    /// The key that was chosen, or the embedded gateway's own.
    fn key(&self, asked: &ToSeal) -> Result<Option<Vec<u8>>, Refused> {
        if let Some(key) = &asked.key {
            let not_base64 = |_| {
                Refused::new(
                    Check::Key,
                    "the public key is not Base64",
                    "公钥不是 Base64",
                )
            };
            return STANDARD.decode(key).map(Some).map_err(not_base64);
        }
        let own = match asked.called.target {
            Target::Embedded => self.accounts.embedded.key(&asked.suite),
            Target::Endpoint => None,
        };
        Ok(own.map(|key| key.as_bytes().to_vec()))
    }

    fn sign(&self, asked: &ToSign) -> Answer {
        let edits = Edits {
            canonical_request: asked.canonical_request.as_deref(),
            string_to_sign: asked.string_to_sign.as_deref(),
        };
        let aim = asked.called.aim()?;
        json(&sign::sign(&self.accounts, aim, &asked.body, &edits)?)
    }

    fn send(&self, asked: &ToSend, network: &Handle) -> Answer {
        let aim = asked.called.aim()?;
        let usage = self.usage.as_deref();
        let way = send::Way {
            client: &self.client,
            network,
            ended: self.ended.subscribe(),
        };
        let text = &asked.signed_request;
        let reply = send::send(&self.accounts, &way, usage, aim, text)?;
        json(&reply.in_chinese(&self.chinese))
    }

    fn open(&self, asked: &ToOpen) -> Answer {
        let aim = asked.called.aim()?;
        let policy = match asked.policy.as_str() {
            "same" => IvPolicy::Same,
            "fresh" => IvPolicy::Fresh,
            "any" => IvPolicy::AcceptForgeableFirstBlock,
            _ => IvPolicy::BySuite,
        };
        let opened = self.exchanges.with(&asked.exchange, |exchange| {
            open::open(&self.accounts, aim, exchange, policy, &asked.reply)
        });
        let opened = opened.ok_or_else(|| {
            Refused::new(
                Check::ReplyEnvelope,
                "the key of this request is no longer kept; seal it again",
                "该请求的密钥已不再保留；请重新加密",
            )
        })?;
        // A service that says what it was sent may say it under seal, too.
        let hidden = send::hidden_in(&self.accounts, aim)?;
        let hide = |text: String| hidden.hide(text);
        match opened {
            Ok(opened) => json(&opened.with_each(hide)),
            Err(refused) => Err(refused.with_each(hide)),
        }
    }

    fn code(&self, asked: &ToWrite) -> Answer {
        let comments = match asked.comments.as_str() {
            "zh" => Comments::Chinese,
            _ => Comments::English,
        };
        let endpoint = self.accounts.of_program(asked.called.aim()?)?;
        json(&written::program_for(
            asked.called.action()?,
            &asked.language,
            asked.body.as_bytes(),
            endpoint.as_deref(),
            comments,
        )?)
    }

    fn look(&self, asked: &ToLook) -> Answer {
        let picture = STANDARD.decode(asked.picture.as_bytes());
        let picture = Zeroizing::new(picture.unwrap_or_default());
        picture::look(asked.called.action()?, &picture)?;
        json(&json!({ "taken": true }))
    }

    fn usage(&self) -> Answer {
        let Some(usage) = &self.usage else {
            return json(&Value::Null);
        };
        let read = usage.read();
        json(
            &read
                .map_err(|line| Refused::quoting(Check::Ledger, "", "用量记录无法读取：", line))?,
        )
    }
}

fn no_random() -> Refused {
    Refused::new(
        Check::Request,
        "the operating system's random generator failed",
        "操作系统的随机数生成器失败",
    )
}

fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, Refused> {
    serde_json::from_slice(body).map_err(|error| {
        // Its message may quote what stands there.
        let place = format!("line {}, column {}", error.line(), error.column());
        Refused::new(
            Check::Request,
            format!(
                "the page's request is not what this server takes: look at {place}; reload the page"
            ),
            "页面的请求无法识别；请刷新页面",
        )
    })
}

/// Sized before it is filled: what it holds may be personal.
fn json(value: &impl Serialize) -> Answer {
    let bug = |_| Refused::new(Check::Request, "the answer is no JSON", "应答无法写成 JSON");
    let mut counted = Counter(0);
    serde_json::to_writer(&mut counted, value).map_err(bug)?;
    let mut text = Zeroizing::new(Vec::with_capacity(counted.0));
    serde_json::to_writer(&mut *text, value).map_err(bug)?;
    Ok(text)
}

struct Counter(usize);

impl std::io::Write for Counter {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0 = self.0.saturating_add(bytes.len());
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}
