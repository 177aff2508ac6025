//! A picture that was dropped on the page, made one that the service takes.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use cardseal_prepare::{Limits, prepare as prepare_picture};
use serde_json::{Value, json};

use super::told::{Check, Refused};

pub(crate) fn prepare(picture: &[u8]) -> Result<Value, Refused> {
    let prepared = prepare_picture(picture, &Limits::default()).map_err(|error| {
        Refused::new(
            Check::Request,
            format!("the picture: {error}"),
            format!("图片无法处理：{error}"),
        )
    })?;
    let report = &prepared.report;
    Ok(json!({
        "base64": STANDARD.encode(&prepared.image),
        "changed": report.changed,
        "before": { "width": report.input.width, "height": report.input.height, "bytes": report.input.bytes },
        "after": { "width": report.output.width, "height": report.output.height, "bytes": report.output.bytes },
        "metadata": report.input.metadata,
        "turned": report.input.orientation > 1,
    }))
}
