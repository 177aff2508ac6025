//! Tencent Cloud's actions.

pub mod ocr;
pub mod faceid;
