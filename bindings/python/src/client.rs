//! `Credentials` and `Client`.

use cardseal_ffi::face;
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use secrecy::SecretString;

use crate::calls::{options, parsed, picture};
use crate::envelope::Recipient;
use crate::errors::raised;

/// What proves who calls. It cannot be copied, pickled or shown.
#[pyclass(frozen, module = "cardseal")]
pub(crate) struct Credentials(face::CredentialsProvider);

#[pymethods]
impl Credentials {
    /// Takes an id and its secret; the token of temporary credentials; Ctyun's app key.
    #[new]
    #[pyo3(signature = (secret_id, secret_key, *, token=None, app_key=None))]
    fn new(
        python: Python<'_>,
        secret_id: &str,
        secret_key: &str,
        token: Option<&str>,
        app_key: Option<&str>,
    ) -> PyResult<Self> {
        let given = face::given(face::Secrets {
            id: Some(secret_id),
            key: Some(SecretString::from(secret_key)),
            token: token.map(SecretString::from),
            app_key: app_key.map(SecretString::from),
        });
        match given {
            Ok(Some(credentials)) => Ok(Self(credentials)),
            Ok(None) => Err(PyTypeError::new_err("give secret_id and secret_key")),
            Err(fault) => Err(raised(python, &fault)),
        }
    }

    /// Those that a cloud's own programs would find, looked for when they are needed.
    #[staticmethod]
    fn of_environment(python: Python<'_>, cloud: &str) -> PyResult<Self> {
        let found = face::of_environment(cloud);
        found.map(Self).map_err(|fault| raised(python, &fault))
    }

    fn __repr__(&self) -> &'static str {
        "<cardseal.Credentials>"
    }

    /// What `pickle` and `copy` ask.
    fn __reduce_ex__(&self, _protocol: i32) -> PyResult<()> {
        Err(PyTypeError::new_err(
            "credentials are not copied or pickled; make them where they are needed",
        ))
    }
}

/// Recognises cards at one cloud, and keeps its connections between calls. Threads may share one. A process that was
/// forked off has connections of its own.
#[pyclass(frozen, module = "cardseal")]
pub(crate) struct Client(face::Client);

#[pymethods]
impl Client {
    /// Without credentials they come from the environment. timeout is each call's, in seconds, retries included.
    #[new]
    #[pyo3(signature = (cloud, *, credentials=None, endpoint=None, region=None, project_id=None, timeout=None))]
    fn new(
        python: Python<'_>,
        cloud: &str,
        credentials: Option<&Credentials>,
        endpoint: Option<&str>,
        region: Option<&str>,
        project_id: Option<&str>,
        timeout: Option<f64>,
    ) -> PyResult<Self> {
        let options = options(cloud, endpoint, region, project_id, timeout)?;
        let client = face::Client::new(&options, credentials.map(|given| given.0.clone()));
        client.map(Self).map_err(|fault| raised(python, &fault))
    }

    /// Recognises one ID card: seals, signs, sends, opens. The recipient is Tencent's key; the other clouds take none.
    #[pyo3(signature = (recipient=None, *, image=None, url=None, side=None))]
    fn recognize<'py>(
        &self,
        python: Python<'py>,
        recipient: Option<&Recipient>,
        image: Option<&[u8]>,
        url: Option<&str>,
        side: Option<&str>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let card = face::Card {
            recipient: recipient.map(Recipient::get),
            picture: picture(image, url)?,
            side,
        };
        match python.detach(|| self.0.recognize(card)) {
            Ok(json) => parsed(python, &json),
            Err(fault) => Err(raised(python, &fault)),
        }
    }

    fn __repr__(&self) -> &'static str {
        "<cardseal.Client>"
    }
}
