//! What a file says of its picture before a pixel is decoded: size, orientation, colours, metadata; and the same file
//! without the metadata, where that can be had without touching the pixels.

mod bmp;
mod gif;
mod zlib;
mod png;
mod tiff;
mod webp;

use image::metadata::Orientation;

use crate::colour::Profile;
use crate::error::PrepareError;
use crate::jpeg::{self, Jpeg};
use cardseal_sniff::Kind;

/// What a file says.
pub(crate) struct Container<'a> {
    pub width: u32,
    pub height: u32,
    /// EXIF's, 1 to 8.
    pub orientation: u8,
    /// How its numbers are colours; a decoder may find a profile where this is `None`.
    pub profile: Option<Profile>,
    pub metadata: Vec<&'static str>,
    /// The same picture without metadata, as a file of its own. `None` if the service does not take the format.
    pub bare: Option<Vec<u8>>,
    /// Whether it was stored without loss.
    pub lossless: bool,
    /// Whether pixels must be written anew whatever else: 16 bits, alpha.
    pub must_change: bool,
    /// A JPEG's structure.
    pub jpeg: Option<Jpeg<'a>>,
}

/// Reads what the file says; checks that it is whole as far as its structure tells.
pub(crate) fn read(kind: Kind, bytes: &[u8]) -> Result<Container<'_>, PrepareError> {
    match kind {
        Kind::Jpeg => {
            let jpeg = Jpeg::parse(bytes)?;
            Ok(Container {
                width: jpeg.frame.width,
                height: jpeg.frame.height,
                orientation: orientation(jpeg.exif),
                profile: jpeg.icc.clone().map(Profile::Icc),
                metadata: jpeg.metadata.clone(),
                bare: Some(jpeg.bare(true)),
                lossless: false,
                must_change: jpeg.frame.components.len() == 4 || jpeg.has_late_table,
                jpeg: Some(jpeg),
            })
        }
        Kind::Png => png::read(bytes),
        Kind::Bmp => bmp::read(bytes),
        Kind::Gif => gif::read(bytes),
        Kind::WebP => webp::read(bytes),
        Kind::Tiff => tiff::read(bytes),
        _ => Err(PrepareError::NotReadable(kind)),
    }
}

/// Width and height by the header, where these bytes reach that far.
pub(crate) fn dimensions(kind: Kind, bytes: &[u8]) -> Option<(u32, u32)> {
    match kind {
        Kind::Jpeg => jpeg::dimensions(bytes),
        Kind::Png => png::dimensions(bytes),
        Kind::Bmp => bmp::dimensions(bytes),
        Kind::Gif => gif::dimensions(bytes),
        Kind::WebP => webp::dimensions(bytes),
        Kind::Tiff => tiff::dimensions(bytes),
        _ => None,
    }
}

/// The orientation of an EXIF block; 1 where it says nothing of use.
fn orientation(exif: Option<&[u8]>) -> u8 {
    exif.and_then(Orientation::from_exif_chunk)
        .map_or(1, Orientation::to_exif)
}

/// Adds a kind of metadata once.
fn note(metadata: &mut Vec<&'static str>, what: &'static str) {
    if !metadata.contains(&what) {
        metadata.push(what);
    }
}
