//! `sign` and `recognize`.

use cardseal_ffi::face;
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::PyBytes;
use secrecy::SecretString;

use crate::errors::raised;

/// The headers to sign: "a;b", or a sequence of names.
#[derive(FromPyObject)]
pub(crate) enum Names {
    Text(String),
    Sequence(Vec<String>),
}

/// Signs an HTTP/1.1 request given as text. Gives canonical_request, string_to_sign, signature and headers; and query or
/// body where the signature goes there. time is in Unix seconds; now where it is None.
#[pyfunction]
#[pyo3(signature = (scheme, request, *, secret_id, secret_key, time=None, signed_headers=None))]
pub(crate) fn sign<'py>(
    python: Python<'py>,
    scheme: &str,
    request: &[u8],
    secret_id: &str,
    secret_key: &str,
    time: Option<u64>,
    signed_headers: Option<Names>,
) -> PyResult<Bound<'py, PyAny>> {
    let names = signed_headers.as_ref().map(|names| match names {
        Names::Text(text) => text.split(';').collect(),
        Names::Sequence(names) => names.iter().map(String::as_str).collect(),
    });
    let signed = python.detach(|| {
        face::sign(face::Sign {
            scheme,
            request,
            secret_id,
            secret_key: SecretString::from(secret_key),
            time,
            signed_headers: names,
        })
    });
    match signed {
        Ok(json) => parsed(python, &json),
        Err(fault) => Err(raised(python, &fault)),
    }
}

/// Recognises one ID card: seals, signs, sends, opens. Gives request_id and result; and iv_reused and authenticated where
/// the answer was sealed. image is the picture's bytes; key is Tencent's public key as the service hands it out. Without
/// secret_id and secret_key the credentials come from the environment.
#[pyfunction]
#[pyo3(signature = (cloud, *, image=None, url=None, key=None, side=None, endpoint=None, region=None, secret_id=None,
    secret_key=None, token=None, app_key=None, project_id=None, timeout=None))]
#[expect(clippy::too_many_arguments, reason = "they are Python's keywords")]
pub(crate) fn recognize<'py>(
    python: Python<'py>,
    cloud: &str,
    image: Option<&[u8]>,
    url: Option<&str>,
    key: Option<&[u8]>,
    side: Option<&str>,
    endpoint: Option<&str>,
    region: Option<&str>,
    secret_id: Option<&str>,
    secret_key: Option<&str>,
    token: Option<&str>,
    app_key: Option<&str>,
    project_id: Option<&str>,
    timeout: Option<f64>,
) -> PyResult<Bound<'py, PyAny>> {
    let secret = |text: Option<&str>| text.map(SecretString::from);
    let wanted = face::Recognize {
        options: options(cloud, endpoint, region, project_id, timeout)?,
        key,
        picture: picture(image, url)?,
        side,
        secrets: face::Secrets {
            id: secret_id,
            key: secret(secret_key),
            token: secret(token),
            app_key: secret(app_key),
        },
    };
    match python.detach(|| face::recognize(wanted)) {
        Ok(json) => parsed(python, &json),
        Err(fault) => Err(raised(python, &fault)),
    }
}

/// How a cloud is reached. A time that has passed already is none; no number is an error, since it would be none, too.
pub(crate) fn options<'a>(
    cloud: &'a str,
    endpoint: Option<&'a str>,
    region: Option<&'a str>,
    project_id: Option<&'a str>,
    timeout: Option<f64>,
) -> PyResult<face::ClientOptions<'a>> {
    if timeout.is_some_and(f64::is_nan) {
        return Err(PyValueError::new_err("timeout is no number of seconds"));
    }
    Ok(face::ClientOptions {
        cloud,
        endpoint,
        region,
        project_id,
        deadline_ms: timeout.map(|seconds| (seconds * 1000.0) as u64),
    })
}

pub(crate) fn picture<'a>(
    image: Option<&[u8]>,
    url: Option<&'a str>,
) -> PyResult<Option<face::Picture<'a>>> {
    match (image, url) {
        (Some(_), Some(_)) => Err(PyTypeError::new_err("give image or url, not both")),
        (Some(image), None) => Ok(Some(face::Picture::Bytes(image.to_vec()))),
        (None, url) => Ok(url.map(face::Picture::Url)),
    }
}

/// Makes a picture fit for the services: upright, without metadata, in sRGB, small enough. Gives its bytes, and what was
/// done to it.
#[pyfunction]
#[pyo3(signature = (image, *, max_bytes=None, max_side=None, quality=None))]
pub(crate) fn prepare<'py>(
    python: Python<'py>,
    image: &[u8],
    max_bytes: Option<usize>,
    max_side: Option<u32>,
    quality: Option<u8>,
) -> PyResult<(Bound<'py, PyBytes>, Bound<'py, PyAny>)> {
    let limits = face::PrepareLimits {
        max_bytes,
        max_side,
        quality,
    };
    match python.detach(|| face::caught(|| face::prepare(image, &limits))) {
        Ok(made) => Ok((
            PyBytes::new(python, &made.image),
            parsed(python, &made.report)?,
        )),
        Err(fault) => Err(raised(python, &fault)),
    }
}

pub(crate) fn parsed<'py>(python: Python<'py>, json: &[u8]) -> PyResult<Bound<'py, PyAny>> {
    python
        .import("json")?
        .call_method1("loads", (PyBytes::new(python, json),))
}
