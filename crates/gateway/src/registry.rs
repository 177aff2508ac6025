//! The clouds this gateway can play, one line each.

use crate::cloud::Cloud;

/// Every cloud; the first that claims a request answers it.
pub(crate) static CLOUDS: &[&dyn Cloud] = &[
    &crate::metadata::Metadata,
    &crate::ctyun::Ctyun,
    &crate::huawei::Huawei,
    &crate::tencent::Tencent,
];
