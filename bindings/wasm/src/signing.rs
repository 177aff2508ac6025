//! `sign`.

use cardseal_ffi::{Fault, face};
use js_sys::Date;
use secrecy::SecretString;
use wasm_bindgen::prelude::*;

use crate::thrown::{bytes, thrown};

/// Signs an HTTP/1.1 request given as text. Gives JSON: `{"canonical_request","string_to_sign","signature","headers"}`. The
/// time is in Unix seconds, and now where it is left out; so are the scheme's own headers where none are named.
#[wasm_bindgen]
pub fn sign(
    scheme: &str,
    #[wasm_bindgen(unchecked_param_type = "Uint8Array")] request: JsValue,
    secret_id: &str,
    secret_key: String,
    time: Option<f64>,
    signed_headers: Option<Vec<String>>,
) -> Result<String, JsValue> {
    let request = bytes(&request, "request")?;
    let time = time.unwrap_or_else(|| Date::now() / 1000.0).floor();
    // Every whole number up to there is exact.
    if !(0.0..=9_007_199_254_740_991.0).contains(&time) {
        return Err(thrown(Fault::input(
            "the time is negative or no number; give Unix seconds",
        )));
    }
    let json = face::sign(face::Sign {
        scheme,
        request: &request,
        secret_id,
        secret_key: SecretString::from(secret_key),
        time: Some(time as u64),
        signed_headers: signed_headers
            .as_ref()
            .map(|names| names.iter().map(String::as_str).collect()),
    })
    .map_err(thrown)?;
    String::from_utf8(json.to_vec())
        .map_err(|_| thrown(Fault::bug("the result is not UTF-8; please report it")))
}
