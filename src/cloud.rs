//! The clouds, one folder each, with the same file names in every one: `id_card`, `endpoint`, `error_codes`,
//! `sign_…`. A new cloud is one folder and one line here.

pub(crate) mod error_table;
pub(crate) mod http_status;
pub(crate) mod image;
pub(crate) mod raw;
pub(crate) mod ctyun;
pub(crate) mod switches;
pub(crate) mod huawei;
pub(crate) mod tencent;
pub(crate) mod service_codes;
