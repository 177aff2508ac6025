//! Recognises every picture of a folder at the service's published rate, some at a time. The command `batch` does more: it
//! resumes, encrypts its results and keeps account.
//!
//! `cargo run --locked --example folder KEY-FILE FOLDER [ENDPOINT]`. The credentials come from the environment:
//! `TENCENTCLOUD_SECRET_ID`, `TENCENTCLOUD_SECRET_KEY`.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use cardseal::tencent::{IdCardRequest, Recognized, Tencent};
use cardseal::{
    Client, CredentialsProvider, Endpoint, Image, IvPolicy, RateLimits, Recipient, tencent,
};
use tokio::task::JoinSet;

/// As many are on their way at a time. Each holds a picture and its sealed copy.
const AT_ONCE: usize = 8;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [key, folder, endpoint @ ..] = arguments.as_slice() else {
        return Err("usage: folder KEY-FILE FOLDER [ENDPOINT]".into());
    };
    let mut tencent = Tencent::new(CredentialsProvider::environment(tencent::VARIABLES));
    if let [endpoint] = endpoint {
        tencent = tencent.endpoint(Endpoint::custom(endpoint)?);
    }
    let recipient = Recipient::parse(&std::fs::read(key)?)?;
    let mut failed = 0;
    for (picture, outcome) in recognize_all(&tencent, &recipient, folder.as_ref()).await? {
        match outcome {
            Ok(answer) => println!("{}\t{}", picture.display(), answer.request_id),
            Err(error) => {
                failed += 1;
                eprintln!("{}: {error}", picture.display());
            }
        }
    }
    match failed {
        0 => Ok(()),
        failed => Err(format!("{failed} failed").into()),
    }
}

type Outcome = Result<Recognized, cardseal::Error>;

/// One that fails does not keep the others from being called.
pub(crate) async fn recognize_all(
    tencent: &Tencent,
    recipient: &Recipient,
    folder: &Path,
) -> Result<Vec<(PathBuf, Outcome)>, Box<dyn Error>> {
    // One client for all: its connections are kept, and the rate is kept to by all together.
    let client = Client::new()?.rate_limits(Arc::new(RateLimits::published()));
    let mut pictures: Vec<PathBuf> = std::fs::read_dir(folder)?
        .map(|entry| Ok(entry?.path()))
        .collect::<Result<_, std::io::Error>>()?;
    pictures.sort();

    let (mut running, mut outcomes) = (JoinSet::new(), Vec::new());
    for picture in pictures {
        if running.len() == AT_ONCE {
            outcomes.extend(running.join_next().await.transpose()?);
        }
        let (client, tencent, recipient) = (client.clone(), tencent.clone(), recipient.clone());
        running.spawn(async move {
            let outcome = recognize(&client, &tencent, &recipient, &picture).await;
            (picture, outcome)
        });
    }
    while let Some(outcome) = running.join_next().await.transpose()? {
        outcomes.push(outcome);
    }
    Ok(outcomes)
}

async fn recognize(
    client: &Client,
    tencent: &Tencent,
    recipient: &Recipient,
    picture: &Path,
) -> Outcome {
    let card = IdCardRequest::new(Image::from_path(picture)?);
    let call = tencent.recognize_encrypted_id_card(recipient, &card, IvPolicy::BySuite)?;
    client.run(call).await
}
