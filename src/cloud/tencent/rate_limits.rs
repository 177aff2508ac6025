//! What Tencent Cloud allows of each action, and a limiter that keeps to it.

use crate::rate_limit::RateLimits;

/// Requests a second, by default.
///
/// Source: the API pages, each of which names its own limit. The limit counts an account's requests from everywhere, so a
/// part of it is all that one process can be sure of.
const PUBLISHED: &[(&str, u32)] = &[
    ("RecognizeEncryptedIDCardOCR", 20),
    ("IDCardOCR", 20),
    ("MainlandPermitOCR", 20),
    ("GeneralBasicOCR", 20),
    ("ClassifyDetectOCR", 20),
    ("BankCardOCR", 10),
    ("BizLicenseOCR", 10),
    ("DriverLicenseOCR", 10),
    ("VehicleLicenseOCR", 10),
    ("PassportOCR", 10),
    ("PermitOCR", 10),
    ("RecognizeThaiIDCardOCR", 10),
    ("GeneralAccurateOCR", 10),
    ("GeneralFastOCR", 10),
    ("GeneralHandwritingOCR", 10),
    ("RecognizeValidIDCardOCR", 5),
    ("MLIDPassportOCR", 5),
    ("HKIDCardOCR", 5),
    ("ResidenceBookletOCR", 5),
    ("RecognizeGeneralCardWarn", 5),
    ("EstateCertOCR", 5),
];

impl RateLimits {
    /// The services' published defaults: 20 a second for the encrypted ID card.
    pub fn published() -> Self {
        PUBLISHED
            .iter()
            .fold(Self::none(), |limits, (action, most)| {
                limits.limit(action, f64::from(*most))
            })
    }
}
