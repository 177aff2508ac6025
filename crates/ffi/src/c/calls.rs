//! Credentials, clients with their calls, and pictures that are made to fit.

use std::ffi::{c_char, c_int};
use std::ptr;

use secrecy::SecretString;

use super::buffers::{self, cardseal_bytes};
use super::crossing::{bytes, optional, place, text};
use super::handles::{self, cardseal_client, cardseal_credentials, cardseal_recipient};
use super::last_error::{guarded, quietly};
use crate::face::{self, Card, Picture, PrepareLimits, Secrets};
use crate::fault::Fault;

/// Credentials from their parts. `token` is that of temporary credentials and `app_key` is Ctyun's; each may be NULL.
///
/// # Safety
/// `secret_id`, `secret_key` and, unless they are NULL, `token` and `app_key` point to texts that end with a NUL, `out` to
/// a place for a pointer.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cardseal_credentials_new(
    secret_id: *const c_char,
    secret_key: *const c_char,
    token: *const c_char,
    app_key: *const c_char,
    out: *mut *mut cardseal_credentials,
) -> c_int {
    guarded(|| {
        // SAFETY: the caller's promises about each of them are those that are asked for.
        let (out, id, key, token, app_key) = unsafe {
            (
                place("out", out, ptr::null_mut())?,
                text("the secret id", secret_id)?,
                text("the secret key", secret_key)?,
                optional("the token", token)?,
                optional("the app key", app_key)?,
            )
        };
        let given = face::given(Secrets {
            id: Some(id),
            key: Some(SecretString::from(key)),
            token: token.map(SecretString::from),
            app_key: app_key.map(SecretString::from),
        })?;
        let given = given.ok_or_else(|| Fault::bug("credentials that were given are there"))?;
        *out = handles::put_credentials(given);
        Ok(())
    })
}

/// The credentials that a cloud's own programs would find: in the environment, in its files, on its machines. They are
/// looked for when they are needed, and again when they expire. `cloud` is "tencent", "ctyun" or "huawei".
///
/// # Safety
/// `cloud` points to a text that ends with a NUL, `out` to a place for a pointer.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cardseal_credentials_of_environment(
    cloud: *const c_char,
    out: *mut *mut cardseal_credentials,
) -> c_int {
    guarded(|| {
        // SAFETY: the caller's promises about both are those that are asked for.
        let (out, cloud) = unsafe {
            (
                place("out", out, ptr::null_mut())?,
                text("the cloud", cloud)?,
            )
        };
        *out = handles::put_credentials(face::of_environment(cloud)?);
        Ok(())
    })
}

/// A client for any number of calls. The options are one JSON object: "cloud": "tencent", "ctyun" or "huawei";
/// "endpoint": a URL; "region"; "project_id" (Huawei); "deadline_ms" of each call, 60 seconds without it. If `credentials`
/// is NULL, they come from the environment; otherwise they may be freed afterwards.
///
/// # Safety
/// `options_json` points to a text that ends with a NUL, `out` to a place for a pointer.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cardseal_client_new(
    options_json: *const c_char,
    credentials: *const cardseal_credentials,
    out: *mut *mut cardseal_client,
) -> c_int {
    guarded(|| {
        // SAFETY: the caller's promises about both are those that are asked for.
        let (out, options) = unsafe {
            (
                place("out", out, ptr::null_mut())?,
                text("the options", options_json)?,
            )
        };
        let given = match credentials.is_null() {
            true => None,
            false => Some(handles::credentials(credentials)?),
        };
        *out = handles::put_client(face::client_json(options, given)?);
        Ok(())
    })
}

/// Recognises one ID card: seals, signs, sends, opens. It blocks until the result is available or the client's deadline
/// has passed. The result is `{"request_id","result",…}`.
///
/// `recipient` is the service's key for Tencent, and NULL for the other clouds. Give the picture's bytes as `image`, or
/// NULL and `url`, where the service fetches it. `side` is "front", "back" or NULL.
///
/// # Safety
/// Unless it is NULL, `image` points to `len` bytes; unless they are NULL, `url` and `side` point to texts that end with a
/// NUL; `json` points to a place for its type.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cardseal_client_recognize(
    client: *const cardseal_client,
    recipient: *const cardseal_recipient,
    image: *const u8,
    len: usize,
    url: *const c_char,
    side: *const c_char,
    json: *mut cardseal_bytes,
) -> c_int {
    guarded(|| {
        // SAFETY: the caller's promises about each of them are those that are asked for.
        let (json, url, side) = unsafe {
            (
                place("json", json, buffers::NONE)?,
                optional("the url", url)?,
                optional("the side", side)?,
            )
        };
        let client = handles::client(client)?;
        let recipient = match recipient.is_null() {
            true => None,
            false => Some(handles::recipient(recipient)?),
        };
        let picture = match (image.is_null(), url) {
            (false, Some(_)) => {
                return Err(Fault::input("there are two pictures; give image or url"));
            }
            // SAFETY: not NULL, so it points to bytes, by the caller's promise.
            (false, None) => Some(Picture::Bytes(
                unsafe { bytes("the image", image, len)? }.to_vec(),
            )),
            (true, url) => url.map(Picture::Url),
        };
        *json = buffers::lend(client.recognize(Card {
            recipient: recipient.as_ref(),
            picture,
            side,
        })?);
        Ok(())
    })
}

/// Makes a picture fit for the services: upright, without metadata, in sRGB, small enough. `limits_json` is NULL, or one
/// JSON object with any of "max_bytes", "max_side" (pixels) and "quality" (1 to 100). `report` is
/// `{"input","output","changed"}`.
///
/// # Safety
/// `image` points to `len` bytes; `limits_json`, unless it is NULL, to a text that ends with a NUL; `prepared` and `report`
/// to places for their types.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cardseal_prepare(
    image: *const u8,
    len: usize,
    limits_json: *const c_char,
    prepared: *mut cardseal_bytes,
    report: *mut cardseal_bytes,
) -> c_int {
    guarded(|| {
        if prepared == report && !prepared.is_null() {
            return Err(Fault::input(
                "prepared and report are one place, where only one of them has room; give two",
            ));
        }
        // SAFETY: the caller's promises about each of them are those that are asked for.
        let (prepared, report, image, limits) = unsafe {
            (
                place("prepared", prepared, buffers::NONE),
                place("report", report, buffers::NONE),
                bytes("the image", image, len),
                optional("the limits", limits_json),
            )
        };
        let (prepared, report) = (prepared?, report?);
        let limits = match limits? {
            Some(json) => PrepareLimits::parse(json)?,
            None => PrepareLimits::default(),
        };
        let made = face::prepare(image?, &limits)?;
        *prepared = buffers::lend(made.image);
        *report = buffers::lend(made.report);
        Ok(())
    })
}

/// Frees credentials. NULL and freed credentials are ignored; a client that was made with them keeps its own.
#[unsafe(no_mangle)]
pub extern "C" fn cardseal_credentials_free(credentials: *mut cardseal_credentials) {
    quietly((), || handles::free_credentials(credentials));
}

/// Frees a client and closes its connections, after the calls that are running. NULL and a freed client are ignored.
#[unsafe(no_mangle)]
pub extern "C" fn cardseal_client_free(client: *mut cardseal_client) {
    quietly((), || handles::free_client(client));
}
