//! The arguments of `prepare`.

use std::path::PathBuf;

use cardseal_prepare::Limits;
use clap::Args;

/// Prepare a picture for the service: upright, without metadata, small enough.
///
/// Reads JPEG, PNG, BMP, WebP, TIFF and the first frame of a GIF; writes JPEG, PNG or BMP, as OUT is named. Colours of a wide gamut or
/// of print become sRGB, and alpha is laid on white. A picture is never enlarged, and never made smaller than 500×800.
/// A picture that needs no change keeps its bytes. With --json: {input: {format, width, height, bytes, orientation,
/// metadata}, output: {format, width, height, bytes, quality}, changed}.
#[derive(Args)]
pub(crate) struct Prepare {
    /// The picture; `-` is stdin.
    #[arg(value_name = "IMAGE")]
    pub image: PathBuf,

    /// The file to write, mode 0600. Its ending selects the format: .jpg, .png or .bmp; with any other, or none, whichever
    /// suits the picture. An existing file is not overwritten without --force.
    #[arg(long, short = 'o', value_name = "OUT")]
    pub out: PathBuf,

    /// Maximum size of OUT in bytes; default: what any sealed request can carry (with some keys it is a few bytes more).
    #[arg(long, value_name = "N", default_value_t = Limits::MAX_BYTES)]
    pub max_bytes: usize,

    /// Maximum length of either side, in pixels.
    #[arg(long, value_name = "PX")]
    pub max_side: Option<u32>,

    /// The JPEG quality, 1 to 100, where a JPEG has to be written. By default 85, or lower, down to 60, to fit.
    #[arg(long, value_name = "Q", value_parser = clap::value_parser!(u8).range(1..=100))]
    pub quality: Option<u8>,

    /// Overwrite OUT if it exists, completely or not at all.
    #[arg(long)]
    pub force: bool,
}
