//! Eight at once against one at a time, which is proven against a big-integer crate.

use super::*;
use crate::cpu::has_ifma;
use crate::sm2::field::FieldElement;
use crate::taint::{mark_public, mark_secret, reports};

type Eight = [FieldElement; 8];

/// Ends of the field and elements between them, as their Montgomery form.
fn elements() -> Vec<FieldElement> {
    let p = [
        u64::MAX,
        0xffff_ffff_0000_0000,
        u64::MAX,
        0xffff_fffe_ffff_ffff,
    ];
    let mut elements = vec![FieldElement::ZERO, FieldElement::ONE, FieldElement::SIXTEEN];
    for word in [1, 2, 15, 0xffff_ffff, 1 << 51, u64::MAX] {
        for (place, most) in p.into_iter().enumerate() {
            let mut limbs = [0; 4];
            limbs[place] = word & most;
            let element = FieldElement::from_limbs(limbs);
            elements.extend([element, element.negate()]);
        }
    }
    let mut walk = FieldElement::SIXTEEN.add(&FieldElement::ONE);
    for _ in 0..200 {
        walk = walk.square().add(&FieldElement::SIXTEEN);
        elements.push(walk);
    }
    elements
}

#[target_feature(enable = "avx512f,avx512ifma")]
fn load(elements: &Eight) -> Lanes {
    let limbs = elements.map(|element| element.mul(&FieldElement::SIXTEEN).into_limbs());
    let words = [0, 1, 2, 3].map(|word| limbs.map(|limbs| limbs[word]));
    // SAFETY: eight words are 64 readable bytes; the loads need no alignment.
    Lanes::from_words(words.map(|words| unsafe { _mm512_loadu_epi64(words.as_ptr().cast()) }))
}

#[target_feature(enable = "avx512f,avx512ifma")]
fn store(lanes: &Lanes) -> Eight {
    let words = lanes.into_words().map(|word| {
        let mut words = [0u64; 8];
        // SAFETY: eight words are 64 writable bytes; the store needs no alignment.
        unsafe { _mm512_storeu_epi64(words.as_mut_ptr().cast(), word) }
        words
    });
    core::array::from_fn(|lane| FieldElement::from_wide_form(&words.map(|words| words[lane])))
}

fn each(
    a: &Eight,
    b: &Eight,
    operation: impl Fn(&FieldElement, &FieldElement) -> FieldElement,
) -> Eight {
    core::array::from_fn(|lane| operation(&a[lane], &b[lane]))
}

#[target_feature(enable = "avx512f,avx512ifma")]
fn check(a: &Eight, b: &Eight) {
    let (x, y) = (load(a), load(b));
    assert_eq!(store(&x), *a);
    assert_eq!(store(&x.mul(&y)), each(a, b, |a, b| a.mul(b)));
    assert_eq!(store(&x.square()), each(a, a, |a, _| a.square()));
    assert_eq!(store(&x.sub(&y)), each(a, b, |a, b| a.sub(b)));
    assert_eq!(
        store(&x.sub_and_twice(&y, &x)),
        each(a, b, |a, b| a.negate().sub(b))
    );
    assert_eq!(
        store(&x.sub_and_twice(&x, &y)),
        each(a, b, |_, b| b.double().negate())
    );
    let negative = store(&x.negate_where(0b0101_0011));
    for (lane, (found, a)) in negative.iter().zip(a).enumerate() {
        let is_negative = 0b0101_0011 >> lane & 1 == 1;
        assert_eq!(*found, if is_negative { a.negate() } else { *a });
    }
    let within = x.sub(&y).within_256_bits();
    assert_eq!(store(&within), each(a, b, |a, b| a.sub(b)));
    let above = _mm512_cmpneq_epi64_mask(within.into_words()[4], _mm512_setzero_si512());
    assert_eq!(above, 0, "no lane has anything above bit 256");
    let [a0, a1, a2, a3, a4, a5, a6, a7] = *a;
    assert_eq!(store(&x.swapped_by_one()), [a1, a0, a3, a2, a5, a4, a7, a6]);
    assert_eq!(store(&x.swapped_by_two()), [a2, a3, a0, a1, a6, a7, a4, a5]);
}

/// Results that nothing has brought below p go on as factors, a thousand times.
#[target_feature(enable = "avx512f,avx512ifma")]
fn go_on(a: &Eight, b: &Eight) {
    let (mut one, mut other) = (*a, *b);
    let (mut x, mut y) = (load(a), load(b));
    for _ in 0..1000 {
        (x, y) = (x.mul(&y).sub(&x), y.square().sub_and_twice(&x, &y));
        let product = each(&each(&one, &other, |a, b| a.mul(b)), &one, |a, b| a.sub(b));
        let square = each(&each(&other, &other, |a, _| a.square()), &one, |a, b| {
            a.sub(b)
        });
        other = each(&square, &other, |a, b| a.sub(&b.double()));
        one = product;
    }
    assert_eq!((store(&x), store(&y)), (one, other));
}

#[test]
fn eight_at_once_are_right() {
    if !has_ifma() {
        println!("N/A SM2 eight at once: this CPU lacks AVX-512 IFMA");
        return;
    }
    let elements = elements();
    let eights: Vec<Eight> = (0..elements.len())
        .map(|first| core::array::from_fn(|lane| elements[(first + 7 * lane) % elements.len()]))
        .collect();
    for a in &eights {
        for b in eights.iter().step_by(3) {
            // SAFETY: the CPU has AVX-512 F and IFMA.
            unsafe { check(a, b) }
        }
    }
    for pair in eights.windows(2) {
        // SAFETY: as above.
        unsafe { go_on(&pair[0], &pair[1]) }
    }
}

#[target_feature(enable = "avx512f,avx512ifma")]
fn convert_and_invert(a: &Eight) {
    let words = [0, 1, 2, 3].map(|word| a.map(|element| element.into_limbs()[word]));
    // SAFETY: eight words are 64 readable bytes; the loads need no alignment.
    let words = words.map(|words| unsafe { _mm512_loadu_epi64(words.as_ptr().cast()) });
    let wide = Lanes::from_words(words).mul(&Lanes::sixteen());
    assert_eq!(store(&wide), *a);
    assert_eq!(store(&wide.invert()), a.map(|element| element.invert()));
}

#[test]
fn eight_at_once_are_converted_and_inverted() {
    if has_ifma() {
        for eight in elements().as_chunks().0 {
            // SAFETY: the CPU has AVX-512 F and IFMA.
            unsafe { convert_and_invert(eight) }
        }
    }
}

/// One that is as far above 2^256 as an element may be, and one that is not.
#[test]
fn what_is_above_2_to_the_256_comes_below() {
    #[target_feature(enable = "avx512f,avx512ifma")]
    fn check() {
        let most = [(1 << 52) - 1, 5, 0, 0, (1 << 48) + (1 << 44)];
        let lanes = Lanes(most.map(|limb| _mm512_set1_epi64(limb)));
        let within = lanes.within_256_bits();
        assert_eq!(store(&within), store(&lanes));
        let above = _mm512_cmpneq_epi64_mask(within.into_words()[4], _mm512_setzero_si512());
        assert_eq!(above, 0);
    }
    if has_ifma() {
        // SAFETY: the CPU has AVX-512 F and IFMA.
        unsafe { check() }
    }
}

/// What stands at bit 256 counts: 2^256 + 16 m is 16 times 2^252 + m.
#[test]
fn what_is_above_is_taken_along() {
    for m in [0, 1, 12345, u64::MAX >> 4] {
        let expected = FieldElement::from_limbs([m, 0, 0, 1 << 60]);
        assert_eq!(
            FieldElement::from_wide_form(&[16 * m, 0, 0, 0, 1]),
            expected
        );
    }
    let p = [
        u64::MAX,
        0xffff_ffff_0000_0000,
        u64::MAX,
        0xffff_fffe_ffff_ffff,
        0,
    ];
    assert_eq!(FieldElement::from_wide_form(&p), FieldElement::ZERO);
}

/// Only meaningful under valgrind, on optimised code; elsewhere this passes without having looked. The vector
/// instructions before it valgrind does not know: tests/disassembly reads those.
#[test]
fn a23_taint_of_the_wide_form() {
    let before = reports();
    let words = [5, 6, 7, 8, 1];
    mark_secret(&words);
    let element = FieldElement::from_wide_form(&words);
    assert_eq!(reports(), before, "a branch or an address uses a secret");
    mark_public(&element);
    assert_ne!(element, FieldElement::ZERO);
}
