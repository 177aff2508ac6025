//! Tencent Cloud's actions.

pub mod faceid;
pub mod ocr;
