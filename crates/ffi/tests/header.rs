//! `cardseal.h` in the tree is what the functions say.

use std::path::Path;

const SOURCES: [&str; 4] = ["buffers.rs", "handles.rs", "functions.rs", "calls.rs"];

fn written() -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let config = cbindgen::Config::from_file(root.join("cbindgen.toml")).unwrap();
    let mut builder = cbindgen::Builder::new().with_config(config);
    for source in SOURCES {
        builder = builder.with_src(root.join("src/c").join(source));
    }
    let mut text = Vec::new();
    builder.generate().unwrap().write(&mut text);
    String::from_utf8(text).unwrap()
}

#[test]
fn the_header_is_what_the_functions_say() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("include/cardseal.h");
    let header = written();
    if std::env::var_os("CARDSEAL_WRITE_HEADER").is_some() {
        std::fs::write(&path, &header).unwrap();
    }
    let in_the_tree = std::fs::read_to_string(&path).unwrap();
    assert!(
        header == in_the_tree,
        "write it again: CARDSEAL_WRITE_HEADER=1 cargo test --locked -p cardseal-ffi --test header"
    );
}
