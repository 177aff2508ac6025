//! SM4 on 512-bit vectors with GFNI: a group of 16 blocks a vector set, four groups in flight.

use core::arch::x86_64::*;

use super::{
    RoundKeys,
    constants::{
        SWAP_WORDS,
        gfni::{POST, POST_ADD, PRE, PRE_ADD},
        rotation,
    },
};
use crate::block::{Block, GROUP_BYTES};

/// One word of 16 blocks in each vector.
///
/// A transposition works within 128-bit lanes, so element `4 l + p` belongs to block `4 p + l`.
pub(crate) type State = [__m512i; 4];

#[target_feature(enable = "avx512f,avx512bw,avx512vl,gfni,vpclmulqdq")]
pub(crate) fn encrypt_group(keys: &RoundKeys, group: &mut [u8; GROUP_BYTES]) {
    let blocks = [0, 64, 128, 192].map(|v| {
        // SAFETY: 64 bytes at `v`, which is at most 192, lie within the 256.
        shuffle(
            unsafe { _mm512_loadu_si512(group.as_ptr().add(v).cast()) },
            SWAP_WORDS,
        )
    });
    let mut states = [transpose(blocks)];
    rounds(keys, &mut states);
    let [state] = states;
    for (v, out) in [0, 64, 128, 192].into_iter().zip(output(state)) {
        // SAFETY: 64 bytes at `v`, which is at most 192, lie within the 256.
        unsafe { _mm512_storeu_si512(group.as_mut_ptr().add(v).cast(), out) }
    }
}

#[target_feature(enable = "avx512f,avx512bw,avx512vl,gfni,vpclmulqdq")]
pub(crate) fn ctr_groups(keys: &RoundKeys, counter: &Block, groups: &mut [[u8; GROUP_BYTES]]) {
    let to = groups.as_mut_ptr();
    // SAFETY: all groups can be read and written, and each stays where it is.
    unsafe { ctr(keys, counter, to.cast_const(), to, groups.len()) }
}

/// The same from one place to another, as far as both reach.
#[target_feature(enable = "avx512f,avx512bw,avx512vl,gfni,vpclmulqdq")]
pub(crate) fn ctr_groups_between(
    keys: &RoundKeys,
    counter: &Block,
    from: &[[u8; GROUP_BYTES]],
    to: &mut [[u8; GROUP_BYTES]],
) {
    let count = from.len().min(to.len());
    // SAFETY: so many groups can be read in the one place and written in the other.
    unsafe { ctr(keys, counter, from.as_ptr(), to.as_mut_ptr(), count) }
}

/// `count` groups from one place to another, or each to where it is.
///
/// # Safety
///
/// So many groups can be read at `from` and written at `to`; the places are the same or do not overlap.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vl,gfni,vpclmulqdq")]
unsafe fn ctr(
    keys: &RoundKeys,
    counter: &Block,
    from: *const [u8; GROUP_BYTES],
    to: *mut [u8; GROUP_BYTES],
    count: usize,
) {
    let mut counters = Counters::starting_at(counter);
    let (mut from, mut to, mut left) = (from, to, count);
    // SAFETY: no call takes more groups than are left, and both places go on by what it did.
    unsafe {
        while left >= 4 {
            counters.xor_into::<4>(keys, from, to);
            (from, to, left) = (from.add(4), to.add(4), left - 4);
        }
        if left >= 2 {
            counters.xor_into::<2>(keys, from, to);
            (from, to, left) = (from.add(2), to.add(2), left - 2);
        }
        if left >= 1 {
            counters.xor_into::<1>(keys, from, to);
        }
    }
}

/// The counter blocks of the next group, word by word.
pub(crate) struct Counters {
    nonce: [__m512i; 3],
    count: __m512i,
}

impl Counters {
    #[inline]
    #[target_feature(enable = "avx512f,avx512bw,avx512vl,gfni,vpclmulqdq")]
    pub(crate) fn starting_at(counter: &Block) -> Self {
        let value = u128::from_be_bytes(*counter);
        let steps = _mm512_setr_epi32(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15);
        Counters {
            nonce: [96, 64, 32].map(|shift| _mm512_set1_epi32((value >> shift) as i32)),
            count: _mm512_add_epi32(_mm512_set1_epi32(value as i32), steps),
        }
    }

    /// The counters of the next `N` groups.
    #[inline]
    #[target_feature(enable = "avx512f,avx512bw,avx512vl,gfni,vpclmulqdq")]
    pub(crate) fn next<const N: usize>(&mut self) -> [State; N] {
        let [n0, n1, n2] = self.nonce;
        let mut states: [State; N] = [[n0, n1, n2, self.count]; N];
        for state in &mut states {
            state[3] = self.count;
            self.count = _mm512_add_epi32(self.count, _mm512_set1_epi32(16));
        }
        states
    }

    /// Encrypts the counters of `N` groups together and XORs the result with what is at `from`.
    ///
    /// # Safety
    ///
    /// `N` groups can be read at `from` and written at `to`; the places are the same or do not overlap.
    #[inline]
    #[target_feature(enable = "avx512f,avx512bw,avx512vl,gfni,vpclmulqdq")]
    unsafe fn xor_into<const N: usize>(
        &mut self,
        keys: &RoundKeys,
        from: *const [u8; GROUP_BYTES],
        to: *mut [u8; GROUP_BYTES],
    ) {
        let mut states = self.next::<N>();
        rounds(keys, &mut states);
        for (group, state) in states.into_iter().enumerate() {
            // SAFETY: `group` is below `N`.
            unsafe { xor_output(state, from.add(group), to.add(group)) }
        }
    }
}

#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vl,gfni,vpclmulqdq")]
fn rounds<const N: usize>(keys: &RoundKeys, states: &mut [State; N]) {
    // Where the compiler sees through a rotation by whole bytes, it takes the instruction that rotates, which shares its
    // port with the S-box; the port that shuffles then idles.
    let rotations = core::hint::black_box(rotations());
    let (quads, _) = keys.0.as_chunks::<4>();
    for &[k0, k1, k2, k3] in quads {
        let [k0, k1, k2, k3] = [k0, k1, k2, k3].map(|key| _mm512_set1_epi32(key as i32));
        for [x0, x1, x2, x3] in states.iter_mut() {
            round(x0, *x1, *x2, *x3, k0, &rotations);
        }
        for [x0, x1, x2, x3] in states.iter_mut() {
            round(x1, *x2, *x3, *x0, k1, &rotations);
        }
        for [x0, x1, x2, x3] in states.iter_mut() {
            round(x2, *x3, *x0, *x1, k2, &rotations);
        }
        for [x0, x1, x2, x3] in states.iter_mut() {
            round(x3, *x0, *x1, *x2, k3, &rotations);
        }
    }
}

#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vl,gfni,vpclmulqdq")]
fn round(
    x0: &mut __m512i,
    x1: __m512i,
    x2: __m512i,
    x3: __m512i,
    key: __m512i,
    rotations: &[__m512i; 3],
) {
    // The newest word is x3: it comes last, so that the rest is ready before it.
    let input = _mm512_xor_si512(xor3(x1, x2, key), x3);
    let before = _mm512_gf2p8affine_epi64_epi8::<PRE_ADD>(input, _mm512_set1_epi64(PRE));
    let b = _mm512_gf2p8affineinv_epi64_epi8::<POST_ADD>(before, _mm512_set1_epi64(POST));
    let [b8, b16, b24] = rotations.map(|order| _mm512_shuffle_epi8(b, order));
    // L(B) = B ^ B⋘24 ^ (B ^ B⋘8 ^ B⋘16)⋘2
    let c2 = _mm512_rol_epi32::<2>(xor3(b, b8, b16));
    *x0 = _mm512_xor_si512(xor3(*x0, b, b24), c2);
}

/// The order of bytes that rotates each word by 8, 16 and 24 bits.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vl,gfni,vpclmulqdq")]
fn rotations() -> [__m512i; 3] {
    const { [rotation::<1>(), rotation::<2>(), rotation::<3>()] }.map(|order| broadcast(order))
}

/// Two rounds. The words then move up by two places, so that the next two find theirs where these did.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vl,gfni,vpclmulqdq")]
pub(crate) fn two_rounds<const N: usize>([k0, k1]: [u32; 2], states: &mut [State; N]) {
    let [k0, k1] = [k0, k1].map(|key| _mm512_set1_epi32(key as i32));
    // The hash beside it shuffles.
    let rotations = rotations();
    for [x0, x1, x2, x3] in states.iter_mut() {
        round(x0, *x1, *x2, *x3, k0, &rotations);
    }
    for state in states.iter_mut() {
        let [x0, x1, x2, x3] = state;
        round(x1, *x2, *x3, *x0, k1, &rotations);
        *state = [*x2, *x3, *x0, *x1];
    }
}

/// The key stream of a group, from the state after the last round, XORed with the group at `from`.
///
/// # Safety
///
/// A group can be read at `from` and written at `to`; the places are the same or do not overlap.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vl,gfni,vpclmulqdq")]
pub(crate) unsafe fn xor_output(
    state: State,
    from: *const [u8; GROUP_BYTES],
    to: *mut [u8; GROUP_BYTES],
) {
    let (from, to) = (from.cast::<u8>(), to.cast::<u8>());
    for (v, stream) in [0, 64, 128, 192].into_iter().zip(output(state)) {
        // SAFETY: 64 bytes at `v`, which is at most 192, lie within the 256.
        unsafe {
            let data = _mm512_loadu_si512(from.add(v).cast());
            _mm512_storeu_si512(to.add(v).cast(), _mm512_xor_si512(data, stream));
        }
    }
}

/// The last step: words reversed, back in memory order.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vl,gfni,vpclmulqdq")]
fn output([a, b, c, d]: State) -> State {
    transpose([d, c, b, a]).map(|v| shuffle(v, SWAP_WORDS))
}

/// Blocks to words, or back, within each 128-bit lane.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vl,gfni,vpclmulqdq")]
fn transpose([a, b, c, d]: State) -> State {
    let (ab_low, ab_high) = (_mm512_unpacklo_epi32(a, b), _mm512_unpackhi_epi32(a, b));
    let (cd_low, cd_high) = (_mm512_unpacklo_epi32(c, d), _mm512_unpackhi_epi32(c, d));
    [
        _mm512_unpacklo_epi64(ab_low, cd_low),
        _mm512_unpackhi_epi64(ab_low, cd_low),
        _mm512_unpacklo_epi64(ab_high, cd_high),
        _mm512_unpackhi_epi64(ab_high, cd_high),
    ]
}

#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vl,gfni,vpclmulqdq")]
fn xor3(a: __m512i, b: __m512i, c: __m512i) -> __m512i {
    _mm512_ternarylogic_epi32::<0x96>(a, b, c)
}

#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vl,gfni,vpclmulqdq")]
fn shuffle(v: __m512i, mask: [u8; 16]) -> __m512i {
    _mm512_shuffle_epi8(v, broadcast(mask))
}

/// The same bytes in each block.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vl,gfni,vpclmulqdq")]
fn broadcast(bytes: [u8; 16]) -> __m512i {
    let value = u128::from_le_bytes(bytes);
    _mm512_broadcast_i32x4(_mm_set_epi64x((value >> 64) as i64, value as i64))
}
