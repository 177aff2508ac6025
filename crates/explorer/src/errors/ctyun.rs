//! Ctyun. The page of the OCR product's own codes is not public; these were seen.

use super::Meaning;

pub(super) const MEANINGS: &[Meaning] = &[
    ("CTAPI_10002", "access key or secret key is not valid"),
    (
        "CTAPI_10009",
        "the signature does not fit the request, or its time is off",
    ),
    ("900", "the service failed, without saying how"),
];
