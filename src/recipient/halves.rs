//! Whether the private half of a public key stands beside it: a scalar beside its point, a factor or an exponent beside
//! its modulus. No name and no label is asked; the numbers themselves tell.

use crypto_bigint::modular::{BoxedMontyForm, BoxedMontyParams};
use crypto_bigint::{BoxedUint, ConcatenatingMul, Gcd, Odd, Resize};
use zeroize::Zeroizing;

use super::der_kinds;
use super::sm2_multiple::Multiple;
use super::sm2_point::{self, Element};

/// What is written out in a text: bytes, or a number's.
pub(super) type Written = Zeroizing<Vec<u8>>;

/// Scalars that are tried, and points that each is compared with: some tens of milliseconds at most.
const MOST_SCALARS: usize = 512;
const MOST_POINTS: usize = 8;

/// Numbers that are tried, and moduli that each is tried with.
const MOST_NUMBERS: usize = 24;
const MOST_MODULI: usize = 3;

/// A scalar's bytes. Programs that write numbers leave out zeros in front.
const SCALAR: usize = 32;
const SHORTEST_SCALAR: usize = 28;

/// Half of the shortest modulus, and room for zeros in front.
const SHORTEST_FACTOR: usize = 60;
const SHORTEST_MODULUS: usize = 127;
const LONGEST_MODULUS: usize = 512;

/// A divisor that a modulus and another number have in common is one of its two factors, or chance.
const SHORTEST_DIVISOR: u32 = 128;

/// Whether one of these is the private half of a key whose public half is among them too.
pub(super) fn are_among(written: &[Written]) -> bool {
    are_of_sm2(written) || are_of_rsa(written)
}

/// A coordinate x, and y where the point was not compressed.
type Point = (Element, Option<Element>);

fn are_of_sm2(written: &[Written]) -> bool {
    let mut points = Vec::new();
    let mut rest = Vec::new();
    for bytes in written {
        split_at_points(bytes, &mut points, &mut rest);
    }
    add_coordinates(written, &mut points);
    points.truncate(MOST_POINTS);
    if points.is_empty() {
        return false;
    }
    // A line of a public key in base64 is a part of the key.
    let public = || {
        written
            .iter()
            .filter(|bytes| der_kinds::public_end(bytes) == bytes.len())
    };
    rest.retain(|part| {
        !part.is_empty() && !public().any(|key| key.windows(part.len()).any(|bytes| bytes == *part))
    });
    // What has a scalar's length is tried first.
    rest.sort_by_key(|bytes| bytes.len());
    let mut scalars: Vec<Zeroizing<[u8; SCALAR]>> = Vec::new();
    for scalar in rest.into_iter().flat_map(scalars_in) {
        if scalars.len() < MOST_SCALARS && !scalars.contains(&scalar) {
            scalars.push(scalar);
        }
    }
    scalars.iter().any(|scalar| {
        let multiple = Multiple::of_generator(scalar);
        points.iter().any(|(x, y)| match y {
            Some(y) => multiple.is(x, y),
            None => multiple.has_first(x),
        })
    })
}

/// The points in some bytes, and what stands before, between and after them.
fn split_at_points<'w>(bytes: &'w [u8], points: &mut Vec<Point>, rest: &mut Vec<&'w [u8]>) {
    let bare = || sm2_point::check(&[&[4], bytes].concat()).is_ok();
    if let Some((x, y)) = bytes.split_at_checked(SCALAR).filter(|_| bare()) {
        points.extend(coordinate(x).map(|x| (x, coordinate(y))));
        return;
    }
    // A compressed point, alone or at the end of its SubjectPublicKeyInfo.
    if matches!(bytes.len(), 33 | 59)
        && let Some((before, [2 | 3, x @ ..])) = bytes.split_last_chunk::<33>()
    {
        points.extend(coordinate(x).map(|x| (x, None)));
        rest.push(before);
        return;
    }
    // No number stands bare within a structure of a public key or a certificate.
    let mut done = der_kinds::public_end(bytes);
    let mut place = 0;
    while let Some(candidate) = bytes.get(place..).and_then(<[u8]>::first_chunk::<65>) {
        if let Ok((x, y)) = sm2_point::check(candidate) {
            points.extend(coordinate(x).map(|x| (x, coordinate(y))));
            rest.push(bytes.get(done..place).unwrap_or_default());
            place = place.saturating_add(candidate.len());
            done = done.max(place);
        } else {
            place = place.saturating_add(1);
        }
    }
    rest.push(bytes.get(done..).unwrap_or_default());
}

/// Two coordinates that are written one after the other.
fn add_coordinates(written: &[Written], points: &mut Vec<Point>) {
    let of_length: Vec<&[u8]> = written
        .iter()
        .filter(|bytes| bytes.len() == SCALAR)
        .map(|bytes| bytes.as_slice())
        .collect();
    for pair in of_length.windows(2) {
        let bytes = Zeroizing::new([&[4], pair.concat().as_slice()].concat());
        if let Ok((x, y)) = sm2_point::check(&bytes) {
            points.extend(coordinate(x).map(|x| (x, coordinate(y))));
        }
    }
}

fn coordinate(bytes: &[u8]) -> Option<Element> {
    bytes.try_into().ok().and_then(sm2_point::element)
}

/// Every 32 bytes in a row; or the number itself, where it is shorter.
fn scalars_in(bytes: &[u8]) -> Vec<Zeroizing<[u8; SCALAR]>> {
    if (SHORTEST_SCALAR..SCALAR).contains(&bytes.len()) {
        let mut scalar = Zeroizing::new([0; SCALAR]);
        let end = scalar.iter_mut().rev();
        end.zip(bytes.iter().rev())
            .for_each(|(to, from)| *to = *from);
        return vec![scalar];
    }
    bytes
        .windows(SCALAR)
        .filter_map(|window| window.try_into().ok())
        .map(Zeroizing::new)
        .collect()
}

fn are_of_rsa(written: &[Written]) -> bool {
    let mut numbers: Vec<&[u8]> = Vec::new();
    let whole = written
        .iter()
        .map(|bytes| bytes.as_slice())
        .filter(|bytes| der_kinds::public_end(bytes) == 0);
    let inside = written.iter().flat_map(|bytes| integers_in(bytes));
    for number in whole.chain(inside) {
        let zeros = number.iter().take_while(|byte| **byte == 0).count();
        let number = number.get(zeros..).unwrap_or_default();
        let fits = (SHORTEST_FACTOR..=LONGEST_MODULUS).contains(&number.len());
        if fits && !numbers.contains(&number) {
            numbers.push(number);
        }
    }
    let mut moduli: Vec<&[u8]> = numbers
        .iter()
        .copied()
        .filter(|number| number.len() >= SHORTEST_MODULUS)
        .filter(|number| number.last().is_some_and(|last| last & 1 == 1))
        .collect();
    moduli.sort_by_key(|number| core::cmp::Reverse(number.len()));
    moduli.truncate(MOST_MODULI);
    numbers.truncate(MOST_NUMBERS);
    moduli.iter().any(|modulus| {
        let modulus = BoxedUint::from_be_slice_vartime(modulus);
        let odd: Option<Odd<BoxedUint>> = modulus.to_odd().into_option();
        odd.is_some_and(|modulus| {
            let modulus = BoxedMontyParams::new_vartime(modulus);
            numbers
                .iter()
                .map(|number| BoxedUint::from_be_slice_vartime(number))
                .any(|number| belongs(&modulus, &number))
        })
    })
}

/// The contents of DER's INTEGERs that may be a modulus or a part of a private key.
fn integers_in(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    (0..bytes.len()).filter_map(|place| {
        let (len, content) = match bytes.get(place..)? {
            [2, len @ 0..=0x7f, content @ ..] | [2, 0x81, len, content @ ..] => {
                (usize::from(*len), content)
            }
            [2, 0x82, high, low, content @ ..] => {
                (usize::from(u16::from_be_bytes([*high, *low])), content)
            }
            _ => return None,
        };
        content
            .get(..len)
            .filter(|number| number.len() >= SHORTEST_FACTOR)
    })
}

/// Whether the number shares a factor with the modulus, or is an exponent that undoes 65537 modulo the modulus or one of
/// its factors: 2^(65537·d) = 2.
fn belongs(modulus: &BoxedMontyParams, number: &BoxedUint) -> bool {
    let n = modulus.modulus();
    let shares = |other: &BoxedUint| n.as_ref().gcd(other).bit_width() >= SHORTEST_DIVISOR;
    let rest = number.rem_vartime(n.as_nz_ref());
    if bool::from(rest.is_zero()) {
        return false;
    }
    if shares(&rest) {
        return true;
    }
    let width = n.as_ref().bits_precision();
    let exponent = number.concatenating_mul(&BoxedUint::from(65_537_u32));
    let two = BoxedUint::from(2_u32).resize(width);
    let two = BoxedMontyForm::new(two, modulus);
    let difference = two.pow(&exponent).sub(&two);
    bool::from(difference.is_zero()) || shares(&difference.retrieve())
}
