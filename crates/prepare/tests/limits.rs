//! Bytes, sides, quality, and the size below which nothing is shrunk.

mod common;

use cardseal_prepare::{Kind, Limits, PrepareError, Prepared, prepare};
use common::{image, noise};

fn within(bytes: &[u8], limits: &Limits) -> Prepared {
    let prepared = prepare(bytes, limits).unwrap();
    let output = &prepared.report.output;
    assert_eq!(prepared.image.len(), output.bytes);
    let again = prepare(&prepared.image, &Limits::default()).unwrap().report;
    assert_eq!(
        (again.input.width, again.input.height),
        (output.width, output.height)
    );
    assert!(!again.changed);
    prepared
}

#[test]
fn quality_goes_before_pixels_and_pixels_before_legibility() {
    let bytes = noise(1600, 1000);
    let seen = [2_000_000, 900_000, 700_000, 300_000, 150_000, 90_000].map(|most| {
        let prepared = within(&bytes, &Limits::default().max_bytes(most));
        let output = prepared.report.output;
        assert!(output.bytes <= most, "{output:?}");
        assert!(
            output.bytes * 3 > most * 2 || output.quality == Some(85),
            "far below the limit: {output:?} for {most}"
        );
        (output.width, output.quality.unwrap())
    });
    assert_eq!(seen[0], (1600, 85));
    assert!(
        seen.windows(2).all(|pair| pair[0].0 >= pair[1].0),
        "{seen:?}"
    );
    assert!(
        seen.iter()
            .all(|(width, quality)| *width == 800 || *quality >= 60),
        "{seen:?}"
    );
    assert_eq!(seen[5].0, 800, "{seen:?}");
}

#[test]
fn nothing_is_shrunk_below_500_by_800() {
    for (width, height, floor) in [
        (1600, 1000, (800, 500)),
        (1000, 1600, (500, 800)),
        (3000, 900, (1667, 500)),
        (2000, 300, (2000, 300)),
    ] {
        let error =
            prepare(&noise(width, height), &Limits::default().max_bytes(2_000)).unwrap_err();
        let PrepareError::CannotFit {
            floor_width,
            floor_height,
            ..
        } = error
        else {
            panic!("{error}");
        };
        assert_eq!((floor_width, floor_height), floor);
    }
}

#[test]
fn a_side_is_met_exactly_or_refused() {
    let bytes = noise(1600, 1000);
    let output = within(&bytes, &Limits::default().max_side(1200))
        .report
        .output;
    assert_eq!((output.width, output.height), (1200, 750));
    let output = within(&bytes, &Limits::default().max_side(800))
        .report
        .output;
    assert_eq!((output.width, output.height), (800, 500));
    let error = prepare(&bytes, &Limits::default().max_side(799)).unwrap_err();
    assert!(error.to_string().contains("799 pixels"), "{error}");
    let output = within(&image("plain.jpg"), &Limits::default().max_side(5000)).report;
    assert!(!output.changed, "nothing is made larger");
}

#[test]
fn the_quality_asked_for_is_the_quality_used() {
    let bytes = noise(900, 700);
    for quality in [1, 37, 95, 100] {
        let output = within(&bytes, &Limits::default().quality(quality)).report;
        // It fits as it is, so it is left as it is.
        assert!(!output.changed);
        let limits = Limits::default().quality(quality).max_side(880);
        let output = within(&bytes, &limits).report.output;
        assert_eq!((output.format, output.quality), (Kind::Jpeg, Some(quality)));
    }
    for quality in [0, 101] {
        assert!(matches!(
            prepare(&bytes, &Limits::default().quality(quality)),
            Err(PrepareError::BadLimit(_))
        ));
    }
}

#[test]
fn a_picture_never_grows() {
    for name in [
        "phone.jpg",
        "cmyk.jpg",
        "ycck.jpg",
        "p3.jpg",
        "lzw.tif",
        "two-frames.gif",
    ] {
        let bytes = image(name);
        let prepared = within(&bytes, &Limits::default());
        assert!(
            prepared.image.len() <= bytes.len(),
            "{name}: {:?}",
            prepared.report
        );
    }
}
