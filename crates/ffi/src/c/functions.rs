//! One function per step. Output parameters are NULL or empty until the call succeeds.

use std::ffi::{c_char, c_int};
use std::ptr;

use secrecy::SecretString;
use zeroize::Zeroizing;

use super::buffers::{self, cardseal_bytes};
use super::crossing::{bytes, optional, place, taken, text};
use super::handles::{self, cardseal_opener, cardseal_recipient};
use super::last_error::{self, guarded, quietly};
use crate::face::{self, Sign};
use crate::fault::Fault;

/// The library's version, such as "0.1.0".
#[unsafe(no_mangle)]
pub extern "C" fn cardseal_version() -> *const c_char {
    const VERSION: &str = concat!(env!("CARGO_PKG_VERSION"), "\0");
    VERSION.as_ptr().cast()
}

/// Parses a public key in any form that the service delivers. The key determines the suite.
///
/// # Safety
/// `key` points to `len` bytes, `out` to a place for a pointer.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cardseal_recipient_parse(
    key: *const u8,
    len: usize,
    out: *mut *mut cardseal_recipient,
) -> c_int {
    guarded(|| {
        // SAFETY: the caller's promises about `key` and `out` are those that are asked for.
        let (out, key) = unsafe {
            (
                place("out", out, ptr::null_mut())?,
                bytes("the key", key, len)?,
            )
        };
        *out = handles::put_recipient(face::parse(key)?);
        Ok(())
    })
}

/// "AES-256-CBC" or "SM4-GCM"; NULL if it is not a recipient. The text lives as long as the recipient.
#[unsafe(no_mangle)]
pub extern "C" fn cardseal_recipient_suite(recipient: *const cardseal_recipient) -> *const c_char {
    quietly(ptr::null(), || handles::suite(recipient))
}

/// Seals a request's body: `{"EncryptedBody":…,"Encryption":{…}}`. The opener opens its reply.
///
/// # Safety
/// `plain` points to `len` bytes, `sealed` and `opener` to places for their types.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cardseal_seal(
    recipient: *const cardseal_recipient,
    plain: *const u8,
    len: usize,
    sealed: *mut cardseal_bytes,
    opener: *mut *mut cardseal_opener,
) -> c_int {
    guarded(|| {
        // SAFETY: the caller's promises about `plain`, `sealed` and `opener` are those that are asked for.
        let (sealed, opener, plain) = unsafe {
            (
                place("sealed", sealed, buffers::NONE),
                place("opener", opener, ptr::null_mut()),
                bytes("the plaintext", plain, len),
            )
        };
        let (sealed, opener, plain) = (sealed?, opener?, plain?);
        let (json, its_opener) = face::seal(&handles::recipient(recipient)?, plain)?;
        *sealed = buffers::lend_sealed(json);
        *opener = handles::put_opener(its_opener);
        Ok(())
    })
}

/// Opens a reply, `{"Response":{…}}` or the inner object. `*opener` is NULL afterwards, also after an error.
///
/// # Safety
/// `opener` points to a pointer, `reply` to `len` bytes, `plain` to a place for its type.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cardseal_open(
    opener: *mut *mut cardseal_opener,
    reply: *const u8,
    len: usize,
    plain: *mut cardseal_bytes,
) -> c_int {
    guarded(|| {
        // SAFETY: the caller's promises about `opener`, `reply` and `plain` are those that are asked for.
        let (plain, handle, reply) = unsafe {
            (
                place("plain", plain, buffers::NONE),
                taken("opener", opener, ptr::null_mut()),
                bytes("the reply", reply, len),
            )
        };
        // Taken first: the opener is used, whatever else is wrong.
        let opener = handles::take_opener(handle?)?;
        let plain = plain?;
        let opened = face::open(opener, reply?)?;
        *plain = buffers::lend(copy(opened.expose_plaintext()));
        Ok(())
    })
}

/// Stores an opener as text, for another process or another language. The text contains the session key: store it where
/// only its owner can read it. `*opener` is NULL afterwards, also after an error.
///
/// # Safety
/// `opener` points to a pointer, `stored` to a place for its type.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cardseal_opener_store(
    opener: *mut *mut cardseal_opener,
    stored: *mut cardseal_bytes,
) -> c_int {
    guarded(|| {
        // SAFETY: the caller's promises about `opener` and `stored` are those that are asked for.
        let (stored, handle) = unsafe {
            (
                place("stored", stored, buffers::NONE),
                taken("opener", opener, ptr::null_mut()),
            )
        };
        let opener = handles::take_opener(handle?)?;
        let stored = stored?;
        *stored = buffers::lend(copy(face::store(opener)?.as_bytes()));
        Ok(())
    })
}

/// Restores an opener from the text of `cardseal_opener_store`.
///
/// # Safety
/// `stored` points to `len` bytes, `out` to a place for a pointer.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cardseal_opener_restore(
    stored: *const u8,
    len: usize,
    out: *mut *mut cardseal_opener,
) -> c_int {
    guarded(|| {
        // SAFETY: the caller's promises about `stored` and `out` are those that are asked for.
        let (out, stored) = unsafe {
            (
                place("out", out, ptr::null_mut())?,
                bytes("the stored opener", stored, len)?,
            )
        };
        *out = handles::put_opener(face::restore(stored)?);
        Ok(())
    })
}

/// Signs an HTTP/1.1 request given as text: `{"canonical_request","string_to_sign","signature","headers"}`.
/// `signed_headers` is "a;b", or NULL for the scheme's own.
///
/// # Safety
/// `request` points to `len` bytes; `scheme`, `secret_id`, `secret_key` and, unless it is NULL, `signed_headers` to texts
/// that end with a NUL; `json` to a place for its type.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cardseal_sign(
    scheme: *const c_char,
    request: *const u8,
    len: usize,
    secret_id: *const c_char,
    secret_key: *const c_char,
    unix_time: i64,
    signed_headers: *const c_char,
    json: *mut cardseal_bytes,
) -> c_int {
    guarded(|| {
        // SAFETY: the caller's promises about each of them are those that are asked for.
        let (json, scheme, request, secret_id, secret_key) = unsafe {
            (
                place("json", json, buffers::NONE)?,
                text("the scheme", scheme)?,
                bytes("the request", request, len)?,
                text("the secret id", secret_id)?,
                text("the secret key", secret_key)?,
            )
        };
        // SAFETY: the caller's promise.
        let signed_headers = unsafe { optional("the list of signed headers", signed_headers)? };
        let time = u64::try_from(unix_time)
            .map_err(|_| Fault::input("the time is negative; give Unix seconds"))?;
        *json = buffers::lend(face::sign(Sign {
            scheme,
            request,
            secret_id,
            secret_key: SecretString::from(secret_key),
            time: Some(time),
            signed_headers: signed_headers.map(|names| names.split(';').collect()),
        })?);
        Ok(())
    })
}

/// Recognises one ID card: seals, signs, sends, opens. It blocks until the result is available, at most 60 seconds
/// unless `deadline_ms` is set. The result is `{"request_id","result",…}`. The options are one JSON object:
///
/// "cloud": "tencent", "ctyun" or "huawei"; "key": Tencent's public key as the service delivers it; "image": the
/// picture in Base64, or "url"; "side": "front" or "back"; "endpoint": a URL; "region"; "secret_id" and "secret_key",
/// without which the credentials come from the environment; "token"; "app_key" (Ctyun); "project_id" (Huawei);
/// "deadline_ms".
///
/// # Safety
/// `options_json` points to a text that ends with a NUL, `json` to a place for its type.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cardseal_recognize(
    options_json: *const c_char,
    json: *mut cardseal_bytes,
) -> c_int {
    guarded(|| {
        // SAFETY: the caller's promises about both are those that are asked for.
        let (json, options) = unsafe {
            (
                place("json", json, buffers::NONE)?,
                text("the options", options_json)?,
            )
        };
        *json = buffers::lend(face::recognize_json(options)?);
        Ok(())
    })
}

/// Why the last call of this thread failed: one line that says what happened and what to do. NULL if it succeeded. The
/// text is valid until the next call of this thread.
#[unsafe(no_mangle)]
pub extern "C" fn cardseal_last_error() -> *const c_char {
    quietly(ptr::null(), last_error::message)
}

/// Its kind: "input", "key", "credential", "signing", "transport", "throttled", "service", "protocol", "open", "provider"
/// or "bug".
#[unsafe(no_mangle)]
pub extern "C" fn cardseal_last_error_kind() -> *const c_char {
    quietly(ptr::null(), last_error::kind)
}

/// The service's own code, such as "FailedOperation.ImageBlur"; NULL if there is none.
#[unsafe(no_mangle)]
pub extern "C" fn cardseal_last_error_code() -> *const c_char {
    quietly(ptr::null(), last_error::code)
}

/// The service's request id; NULL if there is none.
#[unsafe(no_mangle)]
pub extern "C" fn cardseal_last_error_request_id() -> *const c_char {
    quietly(ptr::null(), last_error::request_id)
}

/// Takes what a billed answer opened to that cannot be read: it has the right tag and is not JSON, or it is no card. It is
/// personal data, for whoever would otherwise pay for it again. `*text` is empty if there is none, and the second time.
///
/// # Safety
/// `text` points to a place for its type.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cardseal_last_error_opened_text(text: *mut cardseal_bytes) {
    quietly((), || {
        // SAFETY: the caller's promise; NULL is an error there, and there is no place for anything.
        if let Ok(text) = unsafe { place("text", text, buffers::NONE) }
            && let Some(opened) = last_error::take_opened_text()
        {
            *text = buffers::lend(opened);
        }
    });
}

/// Frees bytes that the library made, and sets them to NULL and 0. All but sealed bodies are wiped. NULL and freed bytes
/// are ignored.
///
/// # Safety
/// `bytes` is NULL or points to a `cardseal_bytes`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cardseal_bytes_free(bytes: *mut cardseal_bytes) {
    quietly((), || {
        // SAFETY: the caller's promise; NULL is an error there, and there is nothing to free.
        if let Ok(bytes) = unsafe { taken("bytes", bytes, buffers::NONE) } {
            buffers::take_back(bytes);
        }
    });
}

/// Frees a recipient. NULL and a freed recipient are ignored.
#[unsafe(no_mangle)]
pub extern "C" fn cardseal_recipient_free(recipient: *mut cardseal_recipient) {
    quietly((), || handles::free_recipient(recipient));
}

/// Wipes and frees an unused opener. NULL and a used or freed opener are ignored.
#[unsafe(no_mangle)]
pub extern "C" fn cardseal_opener_free(opener: *mut cardseal_opener) {
    quietly((), || handles::free_opener(opener));
}

/// Personal data, or a key: copied once, into memory of the right size for its ending zero.
fn copy(secret: &[u8]) -> Zeroizing<Vec<u8>> {
    let mut copy = Zeroizing::new(Vec::with_capacity(secret.len().saturating_add(1)));
    copy.extend_from_slice(secret);
    copy
}
