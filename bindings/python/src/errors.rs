//! `Error`, and below it an exception for each kind.

use cardseal_ffi::Fault;
use pyo3::create_exception;
use pyo3::exceptions::{PyException, PyRuntimeError};
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::PyBytes;

create_exception!(
    cardseal,
    Error,
    PyException,
    "What went wrong: str() says what happened and what to do. It has kind, code (the service's own), request_id, \
     exit_code (that of the command line), and opened_text (what a billed answer opened to that cannot be read)."
);

macro_rules! kinds {
    ($($kind:literal $name:ident $doc:literal)+) => {
        $(create_exception!(cardseal, $name, Error, $doc);)+

        fn of_kind(kind: &str, message: String) -> PyErr {
            match kind {
                $($kind => $name::new_err(message),)+
                _ => Error::new_err(message),
            }
        }

        /// Adds the exceptions to the module.
        pub(crate) fn add(module: &Bound<'_, PyModule>) -> PyResult<()> {
            let python = module.py();
            let error = python.get_type::<Error>();
            error.setattr("opened_text", opened_text(python)?)?;
            module.add("Error", error)?;
            $(module.add(stringify!($name), python.get_type::<$name>())?;)+
            Ok(())
        }
    };
}

kinds! {
    "input" InputError "Bad input: a used opener, a missing picture, a malformed option."
    "key" KeyRejectedError "The public key is refused."
    "credential" CredentialError "Credentials are missing or malformed, or could not be fetched."
    "signing" SigningError "The request cannot be signed, or the service refused the signature."
    "transport" TransportError "The network: no connection, TLS, a time limit."
    "throttled" ThrottledError "The service limits the rate."
    "service" ServiceError "The service said no; code says why."
    "protocol" ProtocolError "The reply is not what the service promises."
    "open" OpenError "The answer cannot be opened."
    "provider" ProviderError "The crypto provider failed."
    "bug" BugError "A defect of this library, or a random generator that failed."
}

/// What answers opened to, by their errors: apart from them, so that nothing that shows, copies or pickles an error has it.
static OPENED: PyOnceLock<Py<PyAny>> = PyOnceLock::new();

/// The property that reads there.
fn opened_text(python: Python<'_>) -> PyResult<Bound<'_, PyAny>> {
    let opened = OPENED.get_or_try_init(python, || {
        let made = python.import("weakref")?.call_method0("WeakKeyDictionary");
        made.map(Bound::unbind)
    })?;
    let get = opened.bind(python).getattr("get")?;
    python.import("builtins")?.call_method1("property", (get,))
}

fn keep(python: Python<'_>, error: &Bound<'_, PyAny>, text: &[u8]) -> PyResult<()> {
    let missing = || PyRuntimeError::new_err("the module was not initialised");
    let opened = OPENED.get(python).ok_or_else(missing)?;
    opened
        .bind(python)
        .set_item(error, PyBytes::new(python, text))
}

/// An error as Python raises it.
pub(crate) fn raised(python: Python<'_>, fault: &Fault) -> PyErr {
    let error = of_kind(fault.kind(), fault.message().to_owned());
    let value = error.value(python);
    let told = value
        .setattr("kind", fault.kind())
        .and_then(|()| value.setattr("code", fault.code()))
        .and_then(|()| value.setattr("request_id", fault.request_id()))
        .and_then(|()| value.setattr("exit_code", fault.exit()))
        .and_then(|()| match fault.opened_text() {
            Some(text) => keep(python, value, text),
            None => Ok(()),
        });
    match told {
        Ok(()) => error,
        Err(other) => other,
    }
}
