//! JPEG: read as far as its structure, checked to its last bit, freed of metadata without touching a pixel, decoded.
//!
//! No decoder says reliably that a JPEG is cut or damaged: where bits run out, they go on with zeros, and grey is what
//! is left of the card. So the scans are walked here first (`scan`), and a decoder sees only what is whole.

mod bits;
mod codes;
mod definitions;
mod frame;
mod huffman;
mod whole_scan;
mod kept;
mod scan;
mod segments;
mod style;
mod requantise;
mod dct;
mod plane;
mod turning;
mod turned;
mod decode;

pub(crate) use decode::decode;
pub(crate) use frame::dimensions;
pub(crate) use kept::Jpeg;
pub(crate) use requantise::Coefficients;
pub(crate) use turned::Turned;
