//! `Recipient` and `Opener`.

use std::sync::{Mutex, PoisonError};

use cardseal_ffi::{Fault, face};
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyByteArray, PyBytes};

use crate::errors::raised;

/// The service's public key, parsed and checked. The key chooses the suite. Threads may share one.
#[pyclass(frozen, module = "cardseal")]
pub(crate) struct Recipient(face::Recipient);

impl Recipient {
    pub(crate) fn get(&self) -> &face::Recipient {
        &self.0
    }
}

#[pymethods]
impl Recipient {
    /// Takes the key in any form the service hands it out in.
    #[staticmethod]
    fn parse(python: Python<'_>, key: &[u8]) -> PyResult<Self> {
        let parsed = python.detach(|| face::parse(key));
        parsed.map(Self).map_err(|fault| raised(python, &fault))
    }

    /// "AES-256-CBC" or "SM4-GCM".
    #[getter]
    fn suite(&self) -> &'static str {
        self.0.algorithm()
    }

    /// Seals a request's body. Gives the body to send, {"EncryptedBody":…,"Encryption":{…}}, and the opener of its answer.
    fn seal(&self, python: Python<'_>, plain: &[u8]) -> PyResult<(String, Opener)> {
        let sealed = python.detach(|| {
            let (json, opener) = face::seal(&self.0, plain)?;
            let json = String::from_utf8(json).map_err(|_| Fault::bug("sealed text is UTF-8"))?;
            Ok((json, Opener(Mutex::new(Some(opener)))))
        });
        sealed.map_err(|fault| raised(python, &fault))
    }

    /// Seals a request's body into a bytearray that is kept from request to request. Gives how many bytes of it are the body,
    /// and the opener of its answer.
    fn seal_into(
        &self,
        python: Python<'_>,
        plain: &[u8],
        into: &Bound<'_, PyByteArray>,
    ) -> PyResult<(usize, Opener)> {
        let sealed = python.detach(|| face::seal(&self.0, plain));
        let (json, opener) = sealed.map_err(|fault| raised(python, &fault))?;
        copied(&json, into)?;
        Ok((json.len(), Opener(Mutex::new(Some(opener)))))
    }

    fn __repr__(&self) -> String {
        format!("<cardseal.Recipient {}>", self.0.algorithm())
    }
}

/// The first bytes of `into` become these.
#[allow(unsafe_code)] // the crossing: a bytearray is the interpreter's
fn copied(body: &[u8], into: &Bound<'_, PyByteArray>) -> PyResult<()> {
    // SAFETY: the interpreter is attached, and nothing between here and the end of the copy runs code of Python's, which
    // alone could read, write or resize the bytearray.
    let room = unsafe { into.as_bytes_mut() };
    match room.get_mut(..body.len()) {
        Some(place) => {
            place.copy_from_slice(body);
            Ok(())
        }
        None => Err(PyValueError::new_err(format!(
            "the body takes {} bytes, and there is room for {}",
            body.len(),
            room.len()
        ))),
    }
}

/// What opens the answer to one request, once. It cannot be copied, pickled or shown.
#[pyclass(frozen, module = "cardseal")]
pub(crate) struct Opener(Mutex<Option<face::Opener>>);

impl Opener {
    fn take(&self) -> Result<face::Opener, Fault> {
        let opener = self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        opener.ok_or_else(|| {
            Fault::input("the opener was used; it opens one answer, and each seal gives one")
        })
    }
}

#[pymethods]
impl Opener {
    /// Opens a reply, {"Response":{…}} or the inner object. The opener is used afterwards, whatever happened.
    fn open<'py>(&self, python: Python<'py>, reply: &[u8]) -> PyResult<Bound<'py, PyBytes>> {
        let opened = python.detach(|| face::open(self.take()?, reply));
        match opened {
            Ok(opened) => Ok(PyBytes::new(python, opened.expose_plaintext())),
            Err(fault) => Err(raised(python, &fault)),
        }
    }

    /// The opener as text, for another process. The text is a key: keep it where only its owner can read it. The opener is
    /// used afterwards.
    fn store<'py>(&self, python: Python<'py>) -> PyResult<Bound<'py, PyBytes>> {
        match self.take().and_then(face::store) {
            Ok(text) => Ok(PyBytes::new(python, text.as_bytes())),
            Err(fault) => Err(raised(python, &fault)),
        }
    }

    /// Takes an opener back from the text of `store`.
    #[staticmethod]
    fn restore(python: Python<'_>, stored: &[u8]) -> PyResult<Self> {
        match face::restore(stored) {
            Ok(opener) => Ok(Self(Mutex::new(Some(opener)))),
            Err(fault) => Err(raised(python, &fault)),
        }
    }

    fn __repr__(&self) -> &'static str {
        "<cardseal.Opener>"
    }

    /// What `pickle` and `copy` ask.
    fn __reduce_ex__(&self, _protocol: i32) -> PyResult<()> {
        Err(PyTypeError::new_err(
            "an opener opens one answer and is not copied or pickled; store() gives it as text, which is a key",
        ))
    }
}
