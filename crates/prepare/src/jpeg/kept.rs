//! A JPEG that was found whole, and what of it belongs to the picture.

use std::ops::Range;

use super::definitions::Definitions;
use super::frame::Frame;
use super::whole_scan::WholeScan;

/// A whole JPEG.
pub(crate) struct Jpeg<'a> {
    pub(super) bytes: &'a [u8],
    pub frame: Frame,
    /// The first EXIF block, from its byte order on.
    pub exif: Option<&'a [u8]>,
    pub icc: Option<Vec<u8>>,
    /// Adobe's number for how components are colours: 0 plain, 1 YCbCr, 2 YCCK.
    pub adobe: Option<u8>,
    pub metadata: Vec<&'static str>,
    /// Whether a quantisation table takes the place of one that a scan used: not every decoder reads that.
    pub has_late_table: bool,
    /// Where one scan holds all of the picture: that scan.
    pub(super) whole_scan: Option<WholeScan<'a>>,
    pub(super) tables: Definitions,
    pub(super) kept: Vec<Kept>,
}

/// What belongs to the picture.
pub(super) enum Kept {
    /// A whole segment with its marker, and the data of a scan behind it.
    Whole(Range<usize>),
    /// A segment of tables, and the numbers of those it defines.
    Tables(Range<usize>, Range<usize>),
}

impl Jpeg<'_> {
    /// The quantisation table of this number, in zigzag order.
    pub(super) fn steps(&self, number: u8) -> Option<[u16; 64]> {
        self.tables.steps(self.bytes, number)
    }

    /// The same picture without metadata: its tables and scans bit for bit. Adobe's segment stays where it says how to
    /// read the colours, unless a decoder is told otherwise.
    pub(crate) fn bare(&self, with_adobe: bool) -> Vec<u8> {
        let mut out = Vec::with_capacity(self.bytes.len());
        out.extend_from_slice(b"\xFF\xD8");
        for kept in &self.kept {
            let range = match kept {
                Kept::Tables(range, numbers) if !self.tables.all_used(numbers) => {
                    let marker = self.bytes.get(range.start + 1).copied().unwrap_or_default();
                    out.extend(self.tables.segment(self.bytes, marker, numbers));
                    continue;
                }
                Kept::Whole(range) | Kept::Tables(range, _) => range,
            };
            let segment = self.bytes.get(range.clone()).unwrap_or_default();
            match segment {
                [0xFF, 0xE0, ..] => {
                    // JFIF without its thumbnail: the fixed part, and a size of 0×0.
                    out.extend_from_slice(b"\xFF\xE0\x00\x10");
                    out.extend_from_slice(segment.get(4..16).unwrap_or_default());
                    out.extend_from_slice(&[0, 0]);
                }
                [0xFF, 0xEE, ..] if with_adobe => {
                    out.extend_from_slice(b"\xFF\xEE\x00\x0E");
                    out.extend_from_slice(segment.get(4..16).unwrap_or_default());
                }
                [0xFF, 0xEE, ..] => {}
                _ => out.extend_from_slice(segment),
            }
        }
        out.extend_from_slice(b"\xFF\xD9");
        out
    }
}
