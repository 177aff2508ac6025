//! A picture that an OCR service takes.

use cardseal_prepare::Limits;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::json;
use crate::fault::Fault;

/// What a prepared picture may be at most. For `None`, what a sealed request can carry.
#[derive(Default, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PrepareLimits {
    /// Bytes.
    pub max_bytes: Option<usize>,
    /// Pixels of the longer side.
    pub max_side: Option<u32>,
    /// The JPEG quality, 1 to 100.
    pub quality: Option<u8>,
}

impl PrepareLimits {
    /// From one JSON object: `max_bytes`, `max_side`, `quality`.
    ///
    /// # Errors
    /// Exit code 2 if it is no such object.
    pub fn parse(json: &str) -> Result<Self, Fault> {
        serde_json::from_str(json).map_err(|error| {
            Fault::input(format!(
                "the limits are not one JSON object of max_bytes, max_side and quality, at line {}, column {}",
                error.line(),
                error.column()
            ))
        })
    }
}

/// A picture that is ready, and what was done to it.
pub struct Prepared {
    /// The picture's file: JPEG, PNG or BMP.
    pub image: Zeroizing<Vec<u8>>,
    /// `{"input","output","changed"}`, as `cardseal prepare --json` prints it.
    pub report: Zeroizing<Vec<u8>>,
}

#[derive(Serialize)]
struct Told<'a> {
    input: Input<'a>,
    output: Output,
    changed: bool,
}

#[derive(Serialize)]
struct Input<'a> {
    format: &'static str,
    width: u32,
    height: u32,
    bytes: usize,
    orientation: u8,
    metadata: &'a [&'static str],
}

#[derive(Serialize)]
struct Output {
    format: &'static str,
    width: u32,
    height: u32,
    bytes: usize,
    quality: Option<u8>,
}

/// A picture upright, without metadata, in sRGB, within the limits.
///
/// # Errors
/// Exit code 2 if it is not a picture, is damaged, or cannot be made to fit.
pub fn prepare(image: &[u8], limits: &PrepareLimits) -> Result<Prepared, Fault> {
    let mut within = Limits::default();
    if let Some(bytes) = limits.max_bytes {
        within = within.max_bytes(bytes);
    }
    if let Some(side) = limits.max_side {
        within = within.max_side(side);
    }
    if let Some(quality) = limits.quality {
        within = within.quality(quality);
    }
    let prepared = cardseal_prepare::prepare(image, &within)
        .map_err(|error| Fault::input(error.to_string()))?;
    let (image, report) = (Zeroizing::new(prepared.image), prepared.report);
    let report = json::write(&Told {
        input: Input {
            format: report.input.format.id(),
            width: report.input.width,
            height: report.input.height,
            bytes: report.input.bytes,
            orientation: report.input.orientation,
            metadata: &report.input.metadata,
        },
        output: Output {
            format: report.output.format.id(),
            width: report.output.width,
            height: report.output.height,
            bytes: report.output.bytes,
            quality: report.output.quality,
        },
        changed: report.changed,
    })?;
    Ok(Prepared { image, report })
}
