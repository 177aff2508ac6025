//! Pixels in memory: 8 bits a channel, grey or RGB, rows from the top, no gaps.

/// A picture's pixels.
pub(crate) struct Pixels {
    pub width: u32,
    pub height: u32,
    pub channels: Channels,
    pub data: Vec<u8>,
}

/// What a pixel is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Channels {
    /// One byte.
    Grey,
    /// Three bytes: red, green, blue.
    Rgb,
}

impl Channels {
    /// Bytes a pixel.
    pub(crate) fn count(self) -> usize {
        match self {
            Self::Grey => 1,
            Self::Rgb => 3,
        }
    }
}

impl Pixels {
    /// Bytes a row.
    pub(crate) fn stride(&self) -> usize {
        (self.width as usize).saturating_mul(self.channels.count())
    }

    /// The number of pixels.
    pub(crate) fn count(&self) -> u64 {
        u64::from(self.width).saturating_mul(u64::from(self.height))
    }
}
