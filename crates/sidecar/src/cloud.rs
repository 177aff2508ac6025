//! The clouds and accounts that are called.

use cardseal::CredentialsProvider;
use cardseal::ctyun::Ctyun;
use cardseal::huawei::Huawei;
use cardseal::tencent::Tencent;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::problem::Problem;

/// A cloud.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Cloud {
    /// Tencent Cloud.
    Tencent,
    /// Ctyun.
    Ctyun,
    /// Huawei Cloud or G42.
    Huawei,
}

/// An account, and the credentials that `/v1/sign` uses if a request has none.
pub struct Served<A> {
    /// The account for `/v1/recognize`.
    pub account: A,
    /// What it signs with; `None` if it sends a login's token instead.
    pub credentials: Option<CredentialsProvider>,
}

/// The accounts that are served. For a cloud without an account, requests fail with its name.
#[derive(Default)]
pub struct Accounts {
    /// At Tencent.
    pub tencent: Option<Served<Tencent>>,
    /// At Ctyun.
    pub ctyun: Option<Served<Ctyun>>,
    /// At Huawei.
    pub huawei: Option<Served<Huawei>>,
}

impl Accounts {
    pub(crate) fn credentials(&self, cloud: Cloud) -> Result<&CredentialsProvider, Problem> {
        let credentials = match cloud {
            Cloud::Tencent => &served(&self.tencent)?.credentials,
            Cloud::Ctyun => &served(&self.ctyun)?.credentials,
            Cloud::Huawei => &served(&self.huawei)?.credentials,
        };
        credentials.as_ref().ok_or_else(|| {
            Problem::input(
                "this sidecar logs in at that cloud and sends a token, so it has no key to sign with; give secret_id and \
                 secret_key, or start it with --auth aksk",
            )
        })
    }
}

/// The account, or why there is none.
pub(crate) fn served<A>(account: &Option<Served<A>>) -> Result<&Served<A>, Problem> {
    account.as_ref().ok_or_else(|| {
        Problem::input(
            "this sidecar serves another cloud, or has no account for this one; see `cardseal serve --help`",
        )
    })
}
