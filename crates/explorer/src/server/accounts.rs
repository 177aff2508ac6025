//! Who signs and where requests go: the process's own credentials and the clouds' endpoints, or the embedded gateway.

use std::sync::Arc;
use std::time::SystemTime;

use cardseal::ctyun::{self, Ctyun};
use cardseal::huawei::{self, Huawei};
use cardseal::tencent::{self, FaceidRequest, Tencent};
use cardseal::{
    Call, Credentials, CredentialsProvider, Endpoint, Error, RawAnswer, Recipient, RetryPolicy,
    SharedNonce, VariableNames,
};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;

use super::config::{CredentialsOf, Variables};
use super::embedded::{self, Embedded};
use super::told::{Check, Refused};
use crate::catalogue::{Action, Cloud};

/// Where a request goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Target {
    Embedded,
    Endpoint,
}

pub(crate) struct Accounts {
    pub(crate) embedded: Embedded,
    pub(crate) endpoint: Option<Endpoint>,
    pub(crate) variable: Variables,
    pub(crate) credentials: Option<CredentialsOf>,
}

/// What is called, and where.
#[derive(Clone, Copy)]
pub(crate) struct Aim<'a> {
    pub(crate) action: &'static Action,
    pub(crate) target: Target,
    pub(crate) region: &'a str,
}

const PROJECT_ID: &str = "HUAWEICLOUD_SDK_PROJECT_ID";

/// The region that Huawei's endpoint is taken from where none is named.
const HUAWEI_REGION: &str = "cn-north-4";

/// The region of G42, whose hosts are its own.
pub(crate) const G42: &str = "ae-ad-1";

impl Accounts {
    /// Whether this process has credentials for a cloud.
    pub(crate) fn has_credentials(&self, cloud: Cloud) -> bool {
        self.credentials(cloud, Target::Endpoint).is_ok()
    }

    /// Who signs.
    pub(crate) fn credentials(
        &self,
        cloud: Cloud,
        target: Target,
    ) -> Result<Arc<Credentials>, Refused> {
        let refused = |error: Error| Refused::by(Check::Credentials, &error);
        if target == Target::Embedded {
            return self.embedded.credentials().map(Arc::new).map_err(refused);
        }
        let names = variables(cloud);
        if self.credentials.is_some() {
            let found = self.own(cloud)?.available(SystemTime::now());
            return found.map_err(refused)?.ok_or_else(|| none(names));
        }
        let is_set =
            |name| (self.variable)(name).is_some_and(|text| !text.expose_secret().is_empty());
        if !is_set(names.id) && !is_set(names.secret) {
            return Err(none(names));
        }
        let found = self.own(cloud)?.available(SystemTime::now());
        found.map_err(refused)?.ok_or_else(|| none(names))
    }

    /// This process's credentials for a cloud: those it was started with, or the environment's.
    fn own(&self, cloud: Cloud) -> Result<CredentialsProvider, Refused> {
        if let Some(credentials) = &self.credentials {
            return credentials(cloud)
                .map_err(|line| Refused::quoting(Check::Credentials, "", "凭证不可用：", line));
        }
        let variable = Arc::clone(&self.variable);
        Ok(CredentialsProvider::variables(
            variables(cloud),
            move |name| variable(name),
        ))
    }

    /// The secret that signs, to be kept from the page.
    pub(crate) fn secret(&self, cloud: Cloud, target: Target) -> Option<SecretString> {
        match target {
            Target::Embedded => Some(self.embedded.secret()),
            // A profile's own stays in the library, and no service is sent it.
            Target::Endpoint if self.credentials.is_some() => None,
            Target::Endpoint => (self.variable)(variables(cloud).secret),
        }
    }

    /// The call of this body, not signed yet. It is tried once.
    pub(crate) fn call(&self, aim: Aim<'_>, body: &[u8]) -> Result<Call<RawAnswer>, Refused> {
        let source = self.source(aim)?;
        let action = aim.action;
        let call = match action.cloud {
            Cloud::Tencent => {
                let account = self.tencent(aim, source)?;
                tencent::RawCall::new(action.service, action.name, action.version)
                    .and_then(|request| request.json(body))
                    .and_then(|request| account.call(request))
            }
            Cloud::Ctyun => {
                let mut account = Ctyun::new(source).retry(RetryPolicy::never());
                if let Some(endpoint) = self.endpoint(aim)? {
                    account = account.endpoint(endpoint);
                }
                ctyun::RawCall::post(action.path, body).and_then(|request| account.call(request))
            }
            Cloud::Huawei => self.huawei(aim, source)?.ocr(action.name, body),
        };
        call.map_err(|error| Refused::by(Check::Request, &error))
    }

    /// The call of a faceid action, sealed as its table says.
    pub(crate) fn faceid(
        &self,
        aim: Aim<'_>,
        recipient: &Recipient,
        inner: &[u8],
        nonce: SharedNonce,
    ) -> Result<Call<RawAnswer>, Refused> {
        let account = self.tencent(aim, self.source(aim)?)?;
        FaceidRequest::new(aim.action.name, inner)
            .map(|request| request.shared_nonce(nonce))
            .and_then(|request| account.call_faceid(recipient, &request))
            .map_err(|error| Refused::by(Check::Request, &error))
    }

    /// The same for the call and for the stages that are shown of it.
    fn source(&self, aim: Aim<'_>) -> Result<CredentialsProvider, Refused> {
        let refused = |error: Error| Refused::by(Check::Credentials, &error);
        if aim.target == Target::Embedded {
            return self.embedded.credentials().map(Into::into).map_err(refused);
        }
        self.credentials(aim.action.cloud, aim.target)?;
        self.own(aim.action.cloud)
    }

    fn tencent(&self, aim: Aim<'_>, source: CredentialsProvider) -> Result<Tencent, Refused> {
        let refused = |error: Error| Refused::by(Check::Request, &error);
        let mut account = Tencent::new(source).retry(RetryPolicy::never());
        if let Some(endpoint) = self.endpoint(aim)? {
            account = account.endpoint(endpoint);
        }
        if aim.region.is_empty() {
            return Ok(account);
        }
        // A named region also selects the cloud's own endpoint, not only the value in the request.
        if aim.target == Target::Endpoint && self.endpoint.is_none() {
            let there = tencent::endpoint::in_region(aim.region).map_err(refused)?;
            account = account.endpoint(there);
        }
        account.region(aim.region).map_err(refused)
    }

    /// The endpoint of a program that makes this call at Tencent; `None` for the service's own.
    pub(crate) fn of_program(&self, aim: Aim<'_>) -> Result<Option<String>, Refused> {
        let own = self.endpoint.as_ref();
        if let Some(own) = own.filter(|_| aim.target == Target::Endpoint) {
            return Ok(Some(own.to_string()));
        }
        if aim.region.is_empty() || aim.action.cloud != Cloud::Tencent {
            return Ok(None);
        }
        tencent::endpoint::in_region(aim.region)
            .map_err(|error| Refused::by(Check::Request, &error))?;
        let (service, region) = (aim.action.service, aim.region);
        Ok(Some(format!(
            "https://{service}.{region}.tencentcloudapi.com"
        )))
    }

    fn huawei(&self, aim: Aim<'_>, source: CredentialsProvider) -> Result<Huawei, Refused> {
        let refused = |error: Error| Refused::by(Check::Request, &error);
        let region = Some(aim.region).filter(|region| !region.is_empty());
        let endpoint = match self.endpoint(aim)? {
            Some(endpoint) => endpoint
                .region(region.unwrap_or(HUAWEI_REGION))
                .map_err(refused)?,
            None if region == Some(G42) => huawei::endpoint::g42(),
            None => {
                huawei::endpoint::in_region(region.unwrap_or(HUAWEI_REGION)).map_err(refused)?
            }
        };
        let project = match aim.target {
            Target::Embedded => embedded::PROJECT.to_owned(),
            Target::Endpoint => self.project()?,
        };
        Ok(Huawei::new(source, endpoint, &project)
            .map_err(refused)?
            .retry(RetryPolicy::never()))
    }

    fn project(&self) -> Result<String, Refused> {
        (self.variable)(PROJECT_ID)
            .map(|id| id.expose_secret().to_owned())
            .ok_or_else(|| {
                Refused::new(
                    Check::Credentials,
                    format!("{PROJECT_ID} is not set; set it in the environment of this explorer and start it again"),
                    format!("未设置 {PROJECT_ID}：请在启动本程序的环境中设置后重新启动"),
                )
            })
    }

    /// `None` for the cloud's own.
    fn endpoint(&self, aim: Aim<'_>) -> Result<Option<Endpoint>, Refused> {
        match aim.target {
            Target::Endpoint => Ok(self.endpoint.clone()),
            Target::Embedded => Endpoint::custom(&self.embedded.url())
                .map(Some)
                .map_err(|error| Refused::by(Check::Network, &error)),
        }
    }
}

fn none(names: VariableNames) -> Refused {
    Refused::new(
        Check::Credentials,
        format!(
            "there are no credentials: set {} and {} in the environment of this explorer and start it again, or send to the \
             embedded gateway",
            names.id, names.secret
        ),
        format!(
            "没有凭证：请在启动本程序的环境中设置 {} 与 {} 后重新启动，或改为发送到内置网关",
            names.id, names.secret
        ),
    )
}

/// The variables of a cloud's own tools.
pub(crate) fn variables(cloud: Cloud) -> VariableNames {
    match cloud {
        Cloud::Tencent => tencent::VARIABLES,
        Cloud::Ctyun => ctyun::VARIABLES,
        Cloud::Huawei => huawei::VARIABLES,
    }
}
