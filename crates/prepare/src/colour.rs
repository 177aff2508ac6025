//! Colours into sRGB, which a picture without a profile is taken for.

use std::sync::Arc;

use moxcms::{
    CicpProfile, ColorProfile, DataColorSpace, Layout, Transform8BitExecutor, TransformOptions,
};

use crate::pixels::{Channels, Pixels};

/// How a file says what its numbers mean.
#[derive(Clone)]
pub(crate) enum Profile {
    /// An ICC profile.
    Icc(Vec<u8>),
    /// PNG's coding-independent code points: primaries, transfer.
    Cicp(u8, u8),
    /// PNG's gamma, the exponent to encode with, times 100,000.
    Gamma(u32),
}

/// Differences up to this are sRGB written down a little otherwise.
const SAME: u8 = 2;

/// A way into sRGB, where the numbers change by it.
pub(crate) struct Conversion {
    transform: Arc<Transform8BitExecutor>,
    from: Channels,
}

impl Conversion {
    /// The way for grey or RGB pixels. `None` if the profile is sRGB, is for other channels, or cannot be read: then
    /// every program takes the numbers as they are.
    pub(crate) fn of(profile: &Profile, channels: Channels) -> Option<Self> {
        let (space, layout) = match channels {
            Channels::Grey => (DataColorSpace::Gray, Layout::Gray),
            Channels::Rgb => (DataColorSpace::Rgb, Layout::Rgb),
        };
        let profile = load(profile, channels)?;
        if profile.color_space != space {
            return None;
        }
        let transform = profile
            .create_transform_8bit(
                layout,
                &ColorProfile::new_srgb(),
                Layout::Rgb,
                TransformOptions::default(),
            )
            .ok()?;
        let probe: Vec<u8> = match channels {
            Channels::Grey => (0..=255).collect(),
            // Ten steps a channel.
            Channels::Rgb => (0..1000_u32)
                .flat_map(|n| [n / 100, n / 10 % 10, n % 10].map(|step| (step * 255 / 9) as u8))
                .collect(),
        };
        let mut converted = vec![0; probe.len() / channels.count() * 3];
        transform.transform(&probe, &mut converted).ok()?;
        let (converted, _) = converted.as_chunks::<3>();
        let changes = probe
            .chunks_exact(channels.count())
            .zip(converted)
            .any(|(before, after)| {
                before
                    .iter()
                    .cycle()
                    .zip(after)
                    .any(|(b, a)| b.abs_diff(*a) > SAME)
            });
        changes.then_some(Self {
            transform,
            from: channels,
        })
    }

    /// The pixels in sRGB.
    pub(crate) fn apply(&self, pixels: Pixels) -> Pixels {
        if pixels.channels != self.from {
            return pixels;
        }
        let mut data = vec![0; pixels.data.len() / self.from.count() * 3];
        let (wide, narrow) = (pixels.stride(), pixels.width as usize * 3);
        for (from, to) in pixels
            .data
            .chunks_exact(wide.max(1))
            .zip(data.chunks_exact_mut(narrow.max(1)))
        {
            if self.transform.transform(from, to).is_err() {
                return pixels;
            }
        }
        Pixels {
            channels: Channels::Rgb,
            data,
            ..pixels
        }
    }
}

fn load(profile: &Profile, channels: Channels) -> Option<ColorProfile> {
    match profile {
        Profile::Icc(bytes) => ColorProfile::new_from_slice(bytes).ok(),
        Profile::Cicp(primaries, transfer) => {
            let profile = ColorProfile::new_from_cicp(CicpProfile {
                color_primaries: (*primaries).try_into().ok()?,
                transfer_characteristics: (*transfer).try_into().ok()?,
                matrix_coefficients: moxcms::MatrixCoefficients::Identity,
                full_range: true,
            });
            Some(profile)
        }
        Profile::Gamma(encode) => {
            let decode = 100_000.0 / (*encode).clamp(10_000, 1_000_000) as f32;
            if channels == Channels::Grey {
                return Some(ColorProfile::new_gray_with_gamma(decode));
            }
            let mut profile = ColorProfile::new_srgb();
            let curve = Some(moxcms::ToneReprCurve::Parametric(vec![decode]));
            (profile.red_trc, profile.green_trc, profile.blue_trc) =
                (curve.clone(), curve.clone(), curve);
            profile.cicp = None;
            Some(profile)
        }
    }
}

/// Inks into sRGB, by their profile, or if there is none by multiplying what each lets through.
pub(crate) fn inks_to_srgb(width: u32, height: u32, inks: &[u8], icc: Option<&[u8]>) -> Pixels {
    let mut data = vec![0; inks.len() / 4 * 3];
    if icc
        .and_then(|icc| by_profile(inks, &mut data, icc))
        .is_none()
    {
        for (ink, colour) in inks.chunks_exact(4).zip(data.chunks_exact_mut(3)) {
            let [rest @ .., black] = ink else { continue };
            for (ink, colour) in rest.iter().zip(colour) {
                let light = u32::from(255 - *ink) * u32::from(255 - *black);
                *colour = ((light + 127) / 255) as u8;
            }
        }
    }
    Pixels {
        width,
        height,
        channels: Channels::Rgb,
        data,
    }
}

fn by_profile(inks: &[u8], out: &mut [u8], icc: &[u8]) -> Option<()> {
    let profile = ColorProfile::new_from_slice(icc).ok()?;
    if profile.color_space != DataColorSpace::Cmyk {
        return None;
    }
    let transform = profile
        .create_transform_8bit(
            Layout::Rgba,
            &ColorProfile::new_srgb(),
            Layout::Rgb,
            TransformOptions::default(),
        )
        .ok()?;
    transform.transform(inks, out).ok()
}
