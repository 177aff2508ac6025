//! Request ids, of which each cloud puts one into every answer.

use crate::entropy::{self, EntropyError};

/// A random UUID (RFC 9562 §5.4).
pub(crate) fn fresh() -> Result<String, EntropyError> {
    let mut random = [0; 16];
    entropy::fill(&mut random)?;
    let version_4 = (u128::from_be_bytes(random) & !(0xf << 76)) | (0x4 << 76);
    let variant_rfc = (version_4 & !(0b11 << 62)) | (0b10 << 62);
    Ok(format!(
        "{:08x}-{:04x}-{:04x}-{:04x}-{:012x}",
        variant_rfc >> 96,
        (variant_rfc >> 80) & 0xffff,
        (variant_rfc >> 64) & 0xffff,
        (variant_rfc >> 48) & 0xffff,
        variant_rfc & 0xffff_ffff_ffff,
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn they_are_version_4_uuids() {
        for _ in 0..100 {
            let id = fresh().unwrap();
            let parts: Vec<_> = id.split('-').map(str::len).collect();
            assert_eq!(parts, [8, 4, 4, 4, 12]);
            assert_eq!(id.as_bytes()[14], b'4');
            assert!(b"89ab".contains(&id.as_bytes()[19]), "{id}");
        }
    }
}
