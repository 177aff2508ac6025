//! cardseal for Python: `Recipient`, `Opener`, `Credentials`, `Client`, `sign`, `recognize`, `prepare`, and an exception for
//! each kind of error.
#![deny(unsafe_code, missing_docs)]

mod errors;
mod envelope;
mod calls;
mod client;

use pyo3::prelude::*;

/// Seals, signs, sends and opens encrypted ID-card OCR requests.
#[pymodule]
fn cardseal(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add("__version__", env!("CARGO_PKG_VERSION"))?;
    errors::add(module)?;
    module.add_class::<envelope::Recipient>()?;
    module.add_class::<envelope::Opener>()?;
    module.add_class::<client::Credentials>()?;
    module.add_class::<client::Client>()?;
    module.add_function(wrap_pyfunction!(calls::sign, module)?)?;
    module.add_function(wrap_pyfunction!(calls::prepare, module)?)?;
    module.add_function(wrap_pyfunction!(calls::recognize, module)?)
}
