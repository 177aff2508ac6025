//! Any bytes as a picture: never a panic; what is made of it is within the limits, is no larger than it came, has nothing
//! left to take away, and what was called unchanged is unchanged. The first two bytes choose the limits.
#![no_main]

use cardseal_prepare::{Limits, PrepareError, check_size, prepare, sniff};
use libfuzzer_sys::fuzz_target;

/// More would be slow to no purpose.
const MOST_PIXELS: u64 = 250_000;

fuzz_target!(|input: &[u8]| {
    let Some(([bytes, side], picture)) = input.split_first_chunk() else {
        return;
    };
    let most = match bytes {
        0 => Limits::MAX_BYTES,
        bytes => usize::from(*bytes) * 64,
    };
    let mut limits = Limits::default().max_pixels(MOST_PIXELS).max_bytes(most);
    if *side > 0 {
        limits = limits.max_side(u32::from(*side) * 8);
    }
    let prepared = match prepare(picture, &limits) {
        Ok(prepared) => prepared,
        Err(error) => {
            let said = error.to_string();
            assert!(!said.contains(char::is_control), "{said:?}");
            return;
        }
    };
    assert!(check_size(picture).is_ok());
    let (came, goes) = (&prepared.report.input, &prepared.report.output);
    assert_eq!(came.format, sniff(picture));
    assert_eq!(goes.format, sniff(&prepared.image));
    assert!(goes.format.is_taken());
    assert!(prepared.image.len() <= most && prepared.image.len() == goes.bytes);
    assert_eq!(prepared.report.changed, prepared.image != picture);
    let (short, long) = (came.width.min(came.height), came.width.max(came.height));
    let (short_now, long_now) = (goes.width.min(goes.height), goes.width.max(goes.height));
    assert!(short_now <= short && long_now <= long);
    assert!(short_now >= short.min(500) && long_now >= long.min(800));
    let again = prepare(&prepared.image, &limits);
    match again {
        Ok(again) => {
            assert!(!again.report.changed, "{:?}, then {:?}", prepared.report, again.report);
            assert_eq!((again.report.input.width, again.report.input.height), (goes.width, goes.height));
        }
        Err(PrepareError::CannotFit { .. }) => panic!("it fitted: {:?}", prepared.report),
        Err(error) => panic!("{error}: {:?}", prepared.report),
    }
});
