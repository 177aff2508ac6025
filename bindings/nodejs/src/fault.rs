//! A fault on its way to index.js.

use cardseal_ffi::Fault;
use napi::{Error, Status};

/// `["message","kind","code","request id",exit code]`, each text in hexadecimal digits, so that it needs no escapes.
pub(crate) fn told(fault: Fault) -> Error {
    let hex = |text: &str| -> String {
        let digits: String = text.bytes().map(|byte| format!("{byte:02x}")).collect();
        format!("\"{digits}\"")
    };
    let optional = |text: Option<&str>| text.map_or_else(|| "null".to_owned(), hex);
    let text = format!(
        "[{},{},{},{},{}]",
        hex(fault.message()),
        hex(fault.kind()),
        optional(fault.code()),
        optional(fault.request_id()),
        fault.exit()
    );
    Error::new(Status::GenericFailure, text)
}
