//! Credentials, clients, and pictures that are made to fit. Options and reports are JSON.

use std::sync::Arc;

use cardseal_ffi::face;
use napi::bindgen_prelude::{AsyncTask, Buffer};
use napi::{Env, Result, Task};
use napi_derive::napi;
use secrecy::SecretString;
use zeroize::Zeroizing;

use crate::envelope::NativeRecipient;
use crate::fault::told;

/// What proves who calls.
#[napi]
pub struct NativeCredentials(face::CredentialsProvider);

/// Credentials from their parts.
#[napi]
pub fn credentials(
    secret_id: String,
    secret_key: String,
    token: Option<String>,
    app_key: Option<String>,
) -> Result<NativeCredentials> {
    let given = face::caught(|| {
        face::given(face::Secrets {
            id: Some(&secret_id),
            key: Some(SecretString::from(secret_key)),
            token: token.map(SecretString::from),
            app_key: app_key.map(SecretString::from),
        })
    });
    let none = || {
        told(cardseal_ffi::Fault::bug(
            "credentials that were given are there",
        ))
    };
    given.map_err(told)?.map(NativeCredentials).ok_or_else(none)
}

/// Credentials that a cloud's own programs would find.
#[napi]
pub fn credentials_of_environment(cloud: String) -> Result<NativeCredentials> {
    let found = face::caught(|| face::of_environment(&cloud));
    found.map(NativeCredentials).map_err(told)
}

/// An account and its connections.
#[napi]
pub struct NativeClient(Arc<face::Client>);

/// A client. The options are JSON.
#[napi]
pub fn client(options: String, credentials: Option<&NativeCredentials>) -> Result<NativeClient> {
    let given = credentials.map(|given| given.0.clone());
    let client = face::caught(|| face::client_json(&options, given));
    client
        .map(|client| NativeClient(Arc::new(client)))
        .map_err(told)
}

#[napi]
impl NativeClient {
    /// A card, on another thread.
    #[napi]
    pub fn recognize(
        &self,
        recipient: Option<&NativeRecipient>,
        image: Option<Buffer>,
        url: Option<String>,
        side: Option<String>,
    ) -> AsyncTask<ByClient> {
        AsyncTask::new(ByClient {
            client: self.0.clone(),
            recipient: recipient.map(|recipient| recipient.0.clone()),
            image: image.map(|image| Zeroizing::new(image.to_vec())),
            url,
            side,
        })
    }
}

/// A card being recognised.
pub struct ByClient {
    client: Arc<face::Client>,
    recipient: Option<face::Recipient>,
    image: Option<Zeroizing<Vec<u8>>>,
    url: Option<String>,
    side: Option<String>,
}

impl Task for ByClient {
    type Output = Zeroizing<Vec<u8>>;
    type JsValue = Buffer;

    fn compute(&mut self) -> Result<Self::Output> {
        let picture = match (self.image.take(), &self.url) {
            (Some(mut image), _) => Some(face::Picture::Bytes(std::mem::take(&mut *image))),
            (None, url) => url.as_deref().map(face::Picture::Url),
        };
        let card = face::Card {
            recipient: self.recipient.as_ref(),
            picture,
            side: self.side.as_deref(),
        };
        face::caught(|| self.client.recognize(card)).map_err(told)
    }

    fn resolve(&mut self, _: Env, json: Self::Output) -> Result<Buffer> {
        Ok(json.to_vec().into())
    }
}

/// A picture that is made to fit, on another thread, and the report. The limits are JSON.
#[napi]
pub fn prepare(image: Buffer, limits: String) -> AsyncTask<Prepare> {
    AsyncTask::new(Prepare {
        image: Zeroizing::new(image.to_vec()),
        limits,
    })
}

/// A picture being made to fit.
pub struct Prepare {
    image: Zeroizing<Vec<u8>>,
    limits: String,
}

impl Task for Prepare {
    type Output = face::Prepared;
    type JsValue = Vec<Buffer>;

    fn compute(&mut self) -> Result<Self::Output> {
        let made = face::caught(|| {
            let limits = face::PrepareLimits::parse(&self.limits)?;
            face::prepare(&self.image, &limits)
        });
        made.map_err(told)
    }

    fn resolve(&mut self, _: Env, made: Self::Output) -> Result<Vec<Buffer>> {
        Ok(vec![
            made.image.to_vec().into(),
            made.report.to_vec().into(),
        ])
    }
}
