//! Transcripts: what is typed, what is printed, and the exit code. One file a topic, in `cmd/`.
#![cfg(feature = "gateway")]

#[test]
fn transcripts() {
    trycmd::TestCases::new().case("tests/cmd/*.trycmd");
}
