//! Signing, and whole calls. Results are JSON, which index.js parses.

use cardseal_ffi::face;
use napi::bindgen_prelude::{AsyncTask, Buffer};
use napi::{Env, Result, Task};
use napi_derive::napi;
use secrecy::SecretString;
use zeroize::Zeroizing;

use crate::fault::told;

/// A signature. The time is in Unix seconds.
#[napi]
pub fn sign(
    scheme: String,
    request: Buffer,
    secret_id: String,
    secret_key: String,
    time: Option<i64>,
    signed_headers: Option<String>,
) -> Result<Buffer> {
    let secret_key = SecretString::from(secret_key);
    let signed = face::caught(|| {
        let time = time.map(u64::try_from).transpose();
        face::sign(face::Sign {
            scheme: &scheme,
            request: &request,
            secret_id: &secret_id,
            secret_key,
            time: time.map_err(|_| {
                cardseal_ffi::Fault::input("the time is negative; give Unix seconds")
            })?,
            signed_headers: signed_headers
                .as_deref()
                .map(|names| names.split(';').collect()),
        })
    });
    signed.map(|json| json.to_vec().into()).map_err(told)
}

/// A card. The options are JSON.
#[napi]
pub fn recognize(options: String) -> AsyncTask<Recognize> {
    AsyncTask::new(Recognize(Zeroizing::new(options)))
}

/// A card being recognised.
pub struct Recognize(Zeroizing<String>);

impl Task for Recognize {
    type Output = Zeroizing<Vec<u8>>;
    type JsValue = Buffer;

    fn compute(&mut self) -> Result<Self::Output> {
        face::caught(|| face::recognize_json(&self.0)).map_err(told)
    }

    fn resolve(&mut self, _: Env, json: Self::Output) -> Result<Buffer> {
        Ok(json.to_vec().into())
    }
}
