//! A service of one's own that takes uploaded pictures and answers with what is on the card. With axum.
//!
//! `cargo run --locked --manifest-path examples/programs/Cargo.toml --bin service KEY-FILE [ENDPOINT]`, then
//! `curl --data-binary @card.jpg http://127.0.0.1:8080/cards`. The credentials come from the environment.

use std::error::Error;
use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::StatusCode;
use axum::routing::post;
use axum::{Json, Router};
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

fn router(tencent: Tencent, recipient: Recipient) -> Result<Router, cardseal::Error> {
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

async fn card(State(shared): State<Arc<Shared>>, picture: Bytes) -> (StatusCode, Json<Value>) {
    match recognize(&shared, picture).await {
        Ok(answer) => (StatusCode::OK, Json(answer)),
        // The message says what to do and shows no secret; the picture and the card are in no log.
        Err(error) => {
            eprintln!("{}: {error}", error.kind().name());
            let told = json!({"kind": error.kind().name(), "request_id": error.request_id()});
            (status(error.kind()), Json(told))
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

#[cfg(test)]
mod tests {
    use std::net::{Ipv4Addr, SocketAddr};

    use cardseal::Credentials;
    use cardseal_gateway::{GatewayConfig, KeyPair, Running, Suite};

    use super::*;

    #[tokio::test(flavor = "multi_thread")]
    async fn uploads_are_answered() {
        let pair = KeyPair::generate(Suite::Sm4GcmSm2).unwrap();
        let recipient = Recipient::parse(pair.public_pem().as_bytes()).unwrap();
        let config = GatewayConfig::new(vec![pair], "AKIDexample", "example-secret".to_owned());
        let gateway = Running::start(config, SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).unwrap();
        let credentials = Credentials::new("AKIDexample", "example-secret".to_owned()).unwrap();
        let tencent = Tencent::new(credentials).endpoint(Endpoint::custom(&gateway.url()).unwrap());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/cards", listener.local_addr().unwrap());
        let router = router(tencent, recipient).unwrap();
        tokio::spawn(async { axum::serve(listener, router).await });

        let picture = b"\xFF\xD8\xFF\xDA\0\x10instead of one\xFF\xD9".to_vec();
        for (body, status, part) in [
            (picture, 200, r#""name":"证件样本""#),
            (b"no picture".to_vec(), 422, r#""kind":"input""#),
            (vec![b'x'; 8 << 20], 413, ""),
        ] {
            let url = url.clone();
            let upload = move || {
                let agent: ureq::Agent = ureq::Agent::config_builder()
                    .http_status_as_error(false)
                    .build()
                    .into();
                let mut reply = match agent.post(&url).send(&body[..]) {
                    // Whoever is refused while he still sends may find the connection closed before he reads why.
                    Err(ureq::Error::Io(_)) if body.len() > LARGEST => return (413, String::new()),
                    reply => reply.unwrap(),
                };
                let text = reply.body_mut().read_to_string().unwrap();
                (reply.status().as_u16(), text)
            };
            let (found, text) = tokio::task::spawn_blocking(upload).await.unwrap();
            assert!(found == status && text.contains(part), "{found} {text}");
        }
    }
}
