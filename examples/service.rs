//! A service of one's own that takes uploaded pictures and answers with what is on the card. With axum.
//!
//! `cargo run --locked --example service KEY-FILE [ENDPOINT]`, then
//! `curl --data-binary @card.jpg http://127.0.0.1:8080/cards`. The credentials come from the environment.

use std::error::Error;
use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::StatusCode;
use axum::routing::post;
use cardseal::tencent::{IdCardRequest, Tencent};
use cardseal::{
    Client, CredentialsProvider, Endpoint, ErrorKind, Image, IvPolicy, RateLimits, Recipient,
    tencent,
};
use serde_json::{Value, json};

/// The service takes pictures of 7 MB in base64.
const LARGEST: usize = 7 * 1024 * 1024 / 4 * 3;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [key, endpoint @ ..] = arguments.as_slice() else {
        return Err("usage: service KEY-FILE [ENDPOINT]".into());
    };
    let mut tencent = Tencent::new(CredentialsProvider::environment(tencent::VARIABLES));
    if let [endpoint] = endpoint {
        tencent = tencent.endpoint(Endpoint::custom(endpoint)?);
    }
    let recipient = Recipient::parse(&std::fs::read(key)?)?;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:8080").await?;
    axum::serve(listener, router(tencent, recipient)?).await?;
    Ok(())
}

/// What every request shares: one client, whose connections and rate are everybody's.
struct Shared {
    client: Client,
    tencent: Tencent,
    recipient: Recipient,
}

pub(crate) fn router(tencent: Tencent, recipient: Recipient) -> Result<Router, cardseal::Error> {
    let shared = Shared {
        client: Client::new()?.rate_limits(Arc::new(RateLimits::published())),
        tencent,
        recipient,
    };
    Ok(Router::new()
        .route("/cards", post(card))
        .layer(DefaultBodyLimit::max(LARGEST))
        .with_state(Arc::new(shared)))
}

async fn card(State(shared): State<Arc<Shared>>, picture: Bytes) -> (StatusCode, String) {
    match recognize(&shared, picture).await {
        Ok(answer) => (StatusCode::OK, answer.to_string()),
        // The message says what to do and shows no secret; the picture and the card are in no log.
        Err(error) => {
            eprintln!("{}: {error}", error.kind().name());
            let told = json!({"kind": error.kind().name(), "request_id": error.request_id()});
            (status(error.kind()), told.to_string())
        }
    }
}

async fn recognize(shared: &Shared, picture: Bytes) -> Result<Value, cardseal::Error> {
    // A file that is no picture, a private key among them, goes no further.
    let request = IdCardRequest::new(Image::from_bytes(picture)?);
    // If whoever uploads hangs up, this is dropped, which wipes the session key.
    let call = shared.tencent.recognize_encrypted_id_card(
        &shared.recipient,
        &request,
        IvPolicy::BySuite,
    )?;
    let answer = shared.client.run(call).await?;
    Ok(json!({
        "name": answer.card.name.expose(),
        "number": answer.card.id_num.expose(),
        "request_id": answer.request_id,
    }))
}

/// Whose fault it is: the picture's, nobody's, or ours.
fn status(kind: ErrorKind) -> StatusCode {
    match kind {
        ErrorKind::Input | ErrorKind::Service => StatusCode::UNPROCESSABLE_ENTITY,
        ErrorKind::Throttled => StatusCode::SERVICE_UNAVAILABLE,
        ErrorKind::Transport | ErrorKind::Protocol | ErrorKind::Open => StatusCode::BAD_GATEWAY,
        _ => StatusCode::INTERNAL_SERVER_ERROR,
    }
}
