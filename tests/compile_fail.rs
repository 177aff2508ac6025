//! What cannot be written down: each file in `compile_fail/` must not compile, for the reason its `.stderr` tells.

#[test]
fn misuse_does_not_compile() {
    trybuild::TestCases::new().compile_fail("tests/compile_fail/*.rs");
}
