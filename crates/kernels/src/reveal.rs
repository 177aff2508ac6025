//! The one door through which a bit computed from secrets becomes public.

/// Whether `bit` is 1, as something to branch on.
///
/// Every caller says why the bit may be known. All other branches on secrets
/// are errors to the taint test.
pub(crate) fn reveal(bit: u64) -> bool {
    #[cfg(test)]
    crate::taint::mark_public(&bit);
    bit == 1
}

/// 1 if the byte is zero, 0 if not, without a branch.
pub(crate) fn is_zero_bit(byte: u8) -> u64 {
    u64::from(byte).wrapping_sub(1) >> 63
}
