//! A fault on its way to index.js.

use cardseal_ffi::Fault;
use napi::{Error, Status};

/// `["message","kind","code","request id",exit code,"opened text"]`, each text in hexadecimal digits, so that it needs no
/// escapes.
pub(crate) fn told(fault: Fault) -> Error {
    let hex = |text: &[u8]| -> String {
        let digits: String = text.iter().map(|byte| format!("{byte:02x}")).collect();
        format!("\"{digits}\"")
    };
    let optional = |text: Option<&[u8]>| text.map_or_else(|| "null".to_owned(), hex);
    let text = format!(
        "[{},{},{},{},{},{}]",
        hex(fault.message().as_bytes()),
        hex(fault.kind().as_bytes()),
        optional(fault.code().map(str::as_bytes)),
        optional(fault.request_id().map(str::as_bytes)),
        fault.exit(),
        optional(fault.opened_text())
    );
    Error::new(Status::GenericFailure, text)
}
