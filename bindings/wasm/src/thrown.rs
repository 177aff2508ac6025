//! A fault as JavaScript catches it, and bytes as it gives them.

use cardseal_ffi::Fault;
use js_sys::{Error, Object, Reflect, TypeError, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use zeroize::Zeroizing;

/// An `Error` named `CardsealError`, with `kind`, `code`, `requestId`, `exitCode` and, which is not enumerable, `openedText`.
pub(crate) fn thrown(fault: Fault) -> JsValue {
    let error = Error::new(fault.message());
    error.set_name("CardsealError");
    let optional = |text: Option<&str>| text.map_or(JsValue::UNDEFINED, JsValue::from_str);
    for (name, value) in [
        ("kind", JsValue::from_str(fault.kind())),
        ("code", optional(fault.code())),
        ("requestId", optional(fault.request_id())),
        ("exitCode", JsValue::from(fault.exit())),
    ] {
        // It fails for what was made immutable, and this was made here.
        let _ = Reflect::set(&error, &JsValue::from_str(name), &value);
    }
    if let Some(opened) = fault.opened_text() {
        let how = Object::new();
        let _ = Reflect::set(&how, &JsValue::from_str("value"), &Uint8Array::from(opened));
        let _ = Reflect::define_property(&error, &JsValue::from_str("openedText"), &how);
    }
    error.into()
}

/// Bytes, and no text: its encoding would have to be guessed.
pub(crate) fn bytes(value: &JsValue, name: &str) -> Result<Zeroizing<Vec<u8>>, JsValue> {
    match value.dyn_ref::<Uint8Array>() {
        Some(array) => Ok(Zeroizing::new(array.to_vec())),
        None => Err(TypeError::new(&format!("{name} must be a Uint8Array")).into()),
    }
}
