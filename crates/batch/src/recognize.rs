//! The service: recognises one ID card at a cloud and returns the result as JSON.

mod ctyun;
mod huawei;
mod tencent;

use std::io::{self, Write};

use cardseal::{Error, Image, Watch};
use serde::Serialize;
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

/// A result as JSON, in memory that never moves and is wiped.
pub(crate) fn json(value: &impl Serialize) -> Zeroizing<Vec<u8>> {
    let mut length = Length(0);
    // A result of texts and numbers is always written.
    let _ = serde_json::to_writer(&mut length, value);
    let mut text = Zeroizing::new(Vec::with_capacity(length.0));
    let _ = serde_json::to_writer(&mut *text, value);
    text
}

/// Counts what is written.
struct Length(usize);

impl Write for Length {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 = self.0.saturating_add(bytes.len());
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
