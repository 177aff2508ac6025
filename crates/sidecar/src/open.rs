//! `POST /v1/open`: opens a reply with the stored opener, which is used up even if the reply cannot be opened.

use std::time::Instant;

use cardseal::{EncryptedReply, IvPolicy, Opened, tencent};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::ToSchema;

use crate::admission::Admitted;
use crate::json::Json;
use crate::problem::Problem;
use crate::text::{self, Text, present};

/// Which IV a reply may be sealed under.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
enum Iv {
    /// The request's or a fresh one. Under AES-256-CBC, an attacker who can change the reply can then choose its first
    /// 16 bytes.
    Any,
    /// Only the request's.
    Same,
    /// Only a fresh one.
    Fresh,
}

/// What to open, and with what.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct OpenRequest<'a> {
    /// The name that `/v1/seal` gave the opener.
    #[serde(borrow)]
    #[schema(value_type = String)]
    opener: Text<'a>,
    /// The service's reply: `{"Response":{…}}` or the inner object.
    #[serde(borrow)]
    #[schema(value_type = Object)]
    reply: &'a RawValue,
    /// Which IV the reply may be sealed under. Default: either for SM4-GCM, only the request's for AES-256-CBC.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false, required = false)]
    iv_policy: Option<Iv>,
}

/// An opened reply.
#[derive(Serialize, ToSchema)]
pub(crate) struct OpenReply<'a> {
    /// The service's request id, if the reply has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    request_id: Option<&'a str>,
    /// The plaintext, one JSON object, byte for byte as it was sealed.
    #[schema(value_type = Object)]
    result: &'a Opened,
    /// Whether it was sealed under the request's IV. With SM4-GCM that repeats a nonce.
    iv_reused: bool,
    /// Whether tags authenticated the sealed parts. AES-256-CBC has no tags.
    authenticated: bool,
    /// The sealed parts: `EncryptedBody`, or the paths of single members.
    sealed: &'a [String],
}

pub(crate) fn open(from: &Admitted) -> Result<Json, Problem> {
    let asked: OpenRequest<'_> = text::read(&from.body)?;
    if !asked.reply.get().starts_with('{') {
        return Err(Problem::malformed("reply is not an object"));
    }
    let opener = from
        .shared
        .openers
        .take(asked.opener.as_str(), from.caller, Instant::now())?;
    let reply = EncryptedReply::parse(asked.reply.get().as_bytes()).map_err(unopened)?;
    if let Some(error) = tencent::refusal(&reply) {
        return Err(error.into());
    }
    let policy = match asked.iv_policy {
        None => IvPolicy::BySuite,
        Some(Iv::Any) => IvPolicy::AcceptForgeableFirstBlock,
        Some(Iv::Same) => IvPolicy::Same,
        Some(Iv::Fresh) => IvPolicy::Fresh,
    };
    let opened = opener
        .open_as_requested(&reply, policy)
        .map_err(|error| unopened(error).of_request(reply.request_id()))?;
    if let Some(error) = tencent::refusal_within(&opened, &reply) {
        return Err(error.into());
    }
    Json::write(&OpenReply {
        request_id: reply.request_id(),
        result: &opened,
        iv_reused: opened.iv_reused(),
        authenticated: opened.authenticated(),
        sealed: opened.sealed(),
    })
}

/// The caller brought the reply.
fn unopened(error: cardseal::Error) -> Problem {
    let problem = Problem::from(error);
    match problem.status() {
        StatusCode::BAD_GATEWAY => problem.with_status(StatusCode::UNPROCESSABLE_ENTITY),
        _ => problem,
    }
}
