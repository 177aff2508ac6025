//! The arguments of `prepare`.

use std::path::PathBuf;

use cardseal_prepare::Limits;
use clap::Args;

/// Make a picture one that the service takes: upright, without metadata, small enough.
///
/// Reads JPEG, PNG, BMP, WebP, TIFF and the first frame of a GIF; writes JPEG, PNG or BMP. Colours of a wide gamut or of
/// print become sRGB, and alpha is laid on white. A picture is never made larger, and not smaller than 500×800. One that
/// needs nothing keeps its bytes. With --json: {input: {format, width, height, bytes, orientation, metadata}, output:
/// {format, width, height, bytes, quality}, changed}.
#[derive(Args)]
pub(crate) struct Prepare {
    /// The picture; `-` is stdin.
    #[arg(value_name = "IMAGE")]
    pub image: PathBuf,

    /// The file to write, mode 0600. One that exists is not overwritten without --force.
    #[arg(long, short = 'o', value_name = "OUT")]
    pub out: PathBuf,

    /// The most bytes OUT may have: by default what a sealed request can carry.
    #[arg(long, value_name = "N", default_value_t = Limits::MAX_BYTES)]
    pub max_bytes: usize,

    /// The most pixels either side may have.
    #[arg(long, value_name = "PX")]
    pub max_side: Option<u32>,

    /// The JPEG quality, 1 to 100, where a JPEG has to be written. By default 85, or less down to 60 where that fits.
    #[arg(long, value_name = "Q", value_parser = clap::value_parser!(u8).range(1..=100))]
    pub quality: Option<u8>,

    /// Overwrite OUT where it exists: whole, or not at all.
    #[arg(long)]
    pub force: bool,
}
