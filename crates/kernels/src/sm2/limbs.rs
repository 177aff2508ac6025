//! Carry arithmetic on 64-bit limbs and the masks that stand in for branches.
//!
//! Everything here is straight-line code: additions, multiplications, shifts
//! and bitwise operations on full words. Numbers of four limbs are 256 bits,
//! least significant limb first. A *mask* is all ones for yes and zero for no.

/// A 256-bit number, least significant limb first.
pub(crate) type Limbs = [u64; 4];

/// `a + b + carry`, as (low word, carry out).
#[inline(always)]
pub(crate) const fn add_carry(a: u64, b: u64, carry: bool) -> (u64, bool) {
    let (sum, first) = a.overflowing_add(b);
    let (sum, second) = sum.overflowing_add(carry as u64);
    (sum, first | second)
}

/// `a - b - borrow`, as (low word, borrow out).
#[inline(always)]
pub(crate) const fn sub_borrow(a: u64, b: u64, borrow: bool) -> (u64, bool) {
    let (difference, first) = a.overflowing_sub(b);
    let (difference, second) = difference.overflowing_sub(borrow as u64);
    (difference, first | second)
}

/// `a * b + c + d`, as (low word, high word).
///
/// Cannot overflow: (2^64 - 1)^2 + 2 (2^64 - 1) = 2^128 - 1.
#[inline(always)]
pub(crate) const fn multiply_add(a: u64, b: u64, c: u64, d: u64) -> (u64, u64) {
    let wide = (a as u128) * (b as u128) + c as u128 + d as u128;
    (wide as u64, (wide >> 64) as u64)
}

/// `a + b`, as (sum mod 2^256, carry out).
#[inline(always)]
pub(crate) const fn add_wide(a: &Limbs, b: &Limbs) -> (Limbs, u64) {
    let (s0, carry) = add_carry(a[0], b[0], false);
    let (s1, carry) = add_carry(a[1], b[1], carry);
    let (s2, carry) = add_carry(a[2], b[2], carry);
    let (s3, carry) = add_carry(a[3], b[3], carry);
    ([s0, s1, s2, s3], carry as u64)
}

/// `a - b`, as (difference mod 2^256, borrow out).
#[inline(always)]
pub(crate) const fn sub_wide(a: &Limbs, b: &Limbs) -> (Limbs, u64) {
    let (d0, borrow) = sub_borrow(a[0], b[0], false);
    let (d1, borrow) = sub_borrow(a[1], b[1], borrow);
    let (d2, borrow) = sub_borrow(a[2], b[2], borrow);
    let (d3, borrow) = sub_borrow(a[3], b[3], borrow);
    ([d0, d1, d2, d3], borrow as u64)
}

/// All ones if `bit` is 1, zero if it is 0.
///
/// The barrier keeps the optimiser from learning that the mask has only two
/// values and turning the selection that uses it back into a branch.
#[inline(always)]
pub(crate) fn mask_from_bit(bit: u64) -> u64 {
    opaque(bit.wrapping_neg())
}

/// `word`, of which the optimiser is told nothing.
#[inline(always)]
#[cfg(all(any(target_arch = "x86_64", target_arch = "aarch64"), not(miri)))]
fn opaque(mut word: u64) -> u64 {
    // SAFETY: no instruction at all; a register is claimed to change.
    unsafe {
        core::arch::asm!("/* {0} */", inout(reg) word, options(pure, nomem, nostack, preserves_flags));
    }
    word
}

/// `word`, of which the optimiser is told nothing, by way of memory.
#[inline(always)]
#[cfg(not(all(any(target_arch = "x86_64", target_arch = "aarch64"), not(miri))))]
fn opaque(word: u64) -> u64 {
    core::hint::black_box(word)
}

/// All ones if every limb is zero.
#[inline(always)]
pub(crate) fn mask_if_zero(a: &Limbs) -> u64 {
    let any = a[0] | a[1] | a[2] | a[3];
    // The top bit of `any | -any` is set exactly when `any` is not zero.
    mask_from_bit(((any | any.wrapping_neg()) >> 63) ^ 1)
}

/// `yes` if the mask is ones, `no` if it is zero.
#[inline(always)]
pub(crate) fn select(mask: u64, yes: &Limbs, no: &Limbs) -> Limbs {
    [
        no[0] ^ (mask & (yes[0] ^ no[0])),
        no[1] ^ (mask & (yes[1] ^ no[1])),
        no[2] ^ (mask & (yes[2] ^ no[2])),
        no[3] ^ (mask & (yes[3] ^ no[3])),
    ]
}

/// Reads 32 big-endian bytes.
pub(crate) fn from_be_bytes(bytes: &[u8; 32]) -> Limbs {
    let mut limbs = [0u64; 4];
    for (limb, chunk) in limbs.iter_mut().rev().zip(bytes.chunks_exact(8)) {
        *limb = chunk
            .iter()
            .fold(0, |word, byte| word << 8 | u64::from(*byte));
    }
    limbs
}

/// Writes 32 big-endian bytes.
pub(crate) fn to_be_bytes(limbs: &Limbs) -> [u8; 32] {
    let mut bytes = [0u8; 32];
    for (chunk, limb) in bytes.chunks_exact_mut(8).zip(limbs.iter().rev()) {
        chunk.copy_from_slice(&limb.to_be_bytes());
    }
    bytes
}
