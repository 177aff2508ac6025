//! Randomness from the operating system's generator: the only file here that asks for any.

use rand::rand_core::{TryRng, UnwrapErr};
use rand::rngs::SysRng;

/// The operating system could not give random bytes.
#[derive(Debug, thiserror::Error)]
#[error("the operating system's random generator failed")]
pub(crate) struct EntropyError;

/// Fills `buffer` with random bytes.
pub(crate) fn fill(buffer: &mut [u8]) -> Result<(), EntropyError> {
    SysRng.try_fill_bytes(buffer).map_err(|_| EntropyError)
}

/// The generator in the infallible shape RSA key generation wants.
///
/// It would panic if the system call failed, so it is handed out only after the call has worked once: on the systems we
/// run on, a generator that has answered keeps answering.
pub(crate) fn proven_generator() -> Result<UnwrapErr<SysRng>, EntropyError> {
    fill(&mut [0; 1])?;
    Ok(UnwrapErr(SysRng))
}
