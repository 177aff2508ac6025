//! The service: recognises one ID card at a cloud and returns the result as JSON.

mod ctyun;
mod huawei;
mod tencent;

use cardseal::{Error, Image, Watch};
use zeroize::Zeroizing;

use crate::card::Side;

pub use ctyun::CtyunCards;
pub use huawei::HuaweiCards;
pub use tencent::TencentCards;

/// The result for a card.
pub struct Answer {
    /// The service's request id.
    pub request_id: String,
    /// The typed result as JSON.
    pub result: Zeroizing<Vec<u8>>,
}

/// Recognises cards, many at a time.
pub trait Recognize: Sync {
    /// The cloud: `tencent`, `ctyun` or `huawei`.
    fn cloud(&self) -> &'static str;

    /// Recognises one card, under a watch.
    ///
    /// # Errors
    /// The call's error, or the watch's.
    fn recognize(
        &self,
        image: Image,
        side: Option<Side>,
        watch: &mut dyn Watch,
    ) -> Result<Answer, Error>;
}
