//! `POST /v1/recognize`: one ID card, encrypted where the cloud can, signed, sent and read. Account, endpoint and
//! credentials are the sidecar's; what a request could name of them would be a way to make it sign for others.

use std::sync::Arc;

use cardseal::tencent::{CardSide, IdCardRequest};
use cardseal::{Call, Image, IvPolicy, Recipient, ctyun, huawei, tencent};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::admission::Admitted;
use crate::cloud::{Cloud, served};
use crate::json::Json;
use crate::problem::Problem;
use crate::shared::Shared;
use crate::text::{self, Text, present, text};

/// Which side a picture shows.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
enum Side {
    /// The side with the portrait.
    Front,
    /// The side with the national emblem.
    Back,
}

/// The card and the cloud: either `image` or `url`.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"url": "https://example.com/card.jpg", "side": "front"}))]
pub(crate) struct RecognizeRequest<'a> {
    /// The cloud; default: the one that the sidecar was started for.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false, required = false)]
    cloud: Option<Cloud>,
    /// The base64 of a PNG, JPEG or BMP, or a `data:` URL.
    #[serde(borrow, default, deserialize_with = "present")]
    #[schema(value_type = String, nullable = false, required = false)]
    image: Option<Text<'a>>,
    /// The URL from which the service fetches the picture.
    #[serde(borrow, default, deserialize_with = "present")]
    #[schema(value_type = String, nullable = false, required = false)]
    url: Option<Text<'a>>,
    /// Which side the picture shows; default: the service detects it. Not for Ctyun.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false, required = false)]
    side: Option<Side>,
    /// Tencent's public key, as the service delivers it; default: the sidecar's own.
    #[serde(borrow, default, deserialize_with = "present")]
    #[schema(value_type = String, nullable = false, required = false)]
    key: Option<Text<'a>>,
}

/// The result for a card.
#[derive(Serialize, ToSchema)]
pub(crate) struct RecognizeReply<'a, T> {
    request_id: &'a str,
    /// The cloud's own result; for Ctyun a list with one entry per card.
    #[schema(value_type = Value)]
    result: &'a T,
    /// Whether the reply was sealed under the request's IV. Absent if the cloud does not encrypt.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    iv_reused: Option<bool>,
    /// Whether tags authenticated the reply. Absent if the cloud does not encrypt.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    authenticated: Option<bool>,
}

/// A call that is ready, at one of the clouds.
pub(crate) enum Ready {
    Tencent(Box<Call<tencent::Recognized>>),
    Ctyun(Box<Call<ctyun::Recognized<Vec<ctyun::IdCard>>>>),
    Huawei(Box<Call<huawei::Recognized>>),
}

/// Judges and seals. Nothing is sent yet.
pub(crate) fn prepare(shared: &Shared, body: &[u8]) -> Result<Ready, Problem> {
    let asked: RecognizeRequest<'_> = text::read(body)?;
    match shared.cloud(asked.cloud)? {
        Cloud::Tencent => {
            let given = text(&asked.key).map(|key| Recipient::parse(key.as_bytes()));
            let given = given.transpose()?;
            let recipient = given.as_ref().or(shared.key.as_ref()).ok_or_else(|| {
                Problem::input(
                    "the request has no public key, and the sidecar has no default key; give key",
                )
            })?;
            let mut card = IdCardRequest::new(picture(&asked)?);
            if let Some(side) = asked.side {
                card = card.side(match side {
                    Side::Front => CardSide::Front,
                    Side::Back => CardSide::Back,
                });
            }
            let account = &served(&shared.accounts.tencent)?.account;
            let call = account.recognize_encrypted_id_card(recipient, &card, IvPolicy::BySuite)?;
            Ok(Ready::Tencent(Box::new(call)))
        }
        Cloud::Ctyun => {
            check_clear(&asked)?;
            if asked.side.is_some() {
                return Err(Problem::input("ctyun takes only a picture; leave side out"));
            }
            let account = &served(&shared.accounts.ctyun)?.account;
            let call = account.id_cards(std::slice::from_ref(&picture(&asked)?))?;
            Ok(Ready::Ctyun(Box::new(call)))
        }
        Cloud::Huawei => {
            check_clear(&asked)?;
            let mut card = huawei::IdCardRequest::new(picture(&asked)?);
            if let Some(side) = asked.side {
                card = card.side(match side {
                    Side::Front => huawei::Side::Front,
                    Side::Back => huawei::Side::Back,
                });
            }
            let account = &served(&shared.accounts.huawei)?.account;
            Ok(Ready::Huawei(Box::new(account.id_card(&card)?)))
        }
    }
}

/// Sends, and reads the answer.
pub(crate) async fn run(shared: Arc<Shared>, call: Ready) -> Result<Json, Problem> {
    match call {
        Ready::Tencent(call) => {
            let answer =
                recorded(&shared, Cloud::Tencent, *call, |answer| &answer.request_id).await?;
            Json::write(&RecognizeReply {
                request_id: &answer.request_id,
                result: &answer.card,
                iv_reused: Some(answer.iv_reused),
                authenticated: Some(answer.authenticated),
            })
        }
        Ready::Ctyun(call) => {
            let answer =
                recorded(&shared, Cloud::Ctyun, *call, |answer| &answer.request_id).await?;
            in_clear(&answer.request_id, &answer.found)
        }
        Ready::Huawei(call) => {
            let answer =
                recorded(&shared, Cloud::Huawei, *call, |answer| &answer.request_id).await?;
            in_clear(&answer.request_id, &answer.card)
        }
    }
}

/// Runs a call and keeps its record, whatever becomes of it; `id` finds the request id in its answer.
async fn recorded<T>(
    shared: &Shared,
    cloud: Cloud,
    call: Call<T>,
    id: impl FnOnce(&T) -> &str,
) -> Result<T, Problem> {
    let mut record = shared.record(cloud);
    let answer = shared.client.run_watched(call, &mut *record).await?;
    record.answered(id(&answer));
    Ok(answer)
}

fn in_clear<T: Serialize>(request_id: &str, result: &T) -> Result<Json, Problem> {
    Json::write(&RecognizeReply {
        request_id,
        result,
        iv_reused: None,
        authenticated: None,
    })
}

/// The whole of it, from a request that was let in.
pub(crate) async fn recognize(from: Admitted) -> Result<Json, Problem> {
    let (shared, body, pass) = from.into_parts();
    let ready = {
        let shared = Arc::clone(&shared);
        tokio::task::spawn_blocking(move || (prepare(&shared, &body), pass)).await
    };
    let (call, _pass) = ready
        .map_err(|_| Problem::bug("the sidecar panicked; nothing was sent; please report this"))?;
    run(shared, call?).await
}

/// What only an encrypted request has is refused where the request goes in clear.
fn check_clear(asked: &RecognizeRequest<'_>) -> Result<(), Problem> {
    match asked.key {
        None => Ok(()),
        Some(_) => Err(Problem::input(
            "that cloud has no encrypted ID-card OCR, so key has no use; leave it out to send the card in clear inside TLS",
        )),
    }
}

fn picture(asked: &RecognizeRequest<'_>) -> Result<Image, Problem> {
    match (text(&asked.image), text(&asked.url)) {
        (Some(image), None) => Ok(Image::from_base64(image)?),
        (None, Some(url)) => Ok(Image::from_url(url)?),
        _ => Err(Problem::input("give either image or url")),
    }
}
