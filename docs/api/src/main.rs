//! Prints the public API that a file of rustdoc's JSON tells of, an item a line, sorted.

use std::error::Error;
use std::path::PathBuf;

fn main() -> Result<(), Box<dyn Error>> {
    let path = std::env::args_os()
        .nth(1)
        .ok_or("name the file of rustdoc's JSON")?;
    // Left out is only what every type has: `Any`, `Into`. That a type is `Clone`, `Debug`, `Send` is part of the promise.
    let api = public_api::Builder::from_rustdoc_json(PathBuf::from(path))
        .omit_blanket_impls(true)
        .sorted(true)
        .build()?;
    for item in api.items() {
        println!("{item}");
    }
    Ok(())
}
