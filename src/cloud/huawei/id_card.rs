//! `POST /v2/{project_id}/ocr/id-card`: the typed request and the typed answer.
//!
//! Source: the request and result schemas of the official SDK's OCR package 3.1.219. Nothing in them is encrypted: this
//! cloud receives the card in clear, and only TLS protects it on the way.

mod answer;
mod request;

pub use answer::{Detections, IdCard, Recognized, Verification};
pub use request::{IdCardRequest, Side, Switch};

use crate::call::Reader;
use crate::cloud::huawei::reply;

/// The last segment of the path.
pub(super) const NAME: &str = "id-card";

/// Reads the answer.
pub(super) fn reader() -> Reader<Recognized> {
    Reader::new(reply::parse, answer::read)
}
