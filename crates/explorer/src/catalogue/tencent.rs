//! Tencent Cloud's actions.

pub(super) mod ocr;
pub(super) mod faceid;
