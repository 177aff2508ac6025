//! Tells the crate whether this compiler has the AVX-512 and GFNI intrinsics.
//!
//! They are stable since Rust 1.89. On 1.88, the oldest compiler supported, the two backends that
//! need them are left out and the AES-NI ones take their place.

use std::{env, process::Command};

const FIRST_MINOR_WITH_AVX512: u32 = 89;

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rustc-check-cfg=cfg(wide_intrinsics)");
    if compiler_minor().is_some_and(|minor| minor >= FIRST_MINOR_WITH_AVX512) {
        println!("cargo::rustc-cfg=wide_intrinsics");
    }
}

/// The `y` of `rustc 1.y.z`; nothing when the compiler does not say, which only costs speed.
fn compiler_minor() -> Option<u32> {
    let rustc = env::var_os("RUSTC")?;
    let output = Command::new(rustc).arg("--version").output().ok()?;
    let version = String::from_utf8(output.stdout).ok()?;
    version.split('.').nth(1)?.parse().ok()
}
