//! Instructions that AArch64 takes for the work of docs/performance.md, counted under emulation: qemu is no clock, and it
//! counts exactly.
//!
//! ```sh
//! cargo run --locked --release --manifest-path benches/aarch64/Cargo.toml              # prints the table
//! cargo run --locked --release --manifest-path benches/aarch64/Cargo.toml -- --write   # and puts it into docs/performance.md
//! ```
//!
//! Needs Debian's `qemu-user`, `gcc` and `gcc-aarch64-linux-gnu`, and Rust's target aarch64-unknown-linux-gnu, for which
//! it builds itself. A count is the difference of a run that does the work more often and one that does it less.
#![forbid(unsafe_code)]

// As the table of the peers writes its part.
#[path = "../../peers/src/page.rs"]
mod page;
mod work;
mod emulated;
mod table;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words[..] {
        [] => println!("{}", table::measured()),
        ["--write"] => {
            let measured = table::measured();
            let page = page::rewrite("aarch64", &measured).expect("the page");
            println!("{measured}\nwritten to {}", page.display());
        }
        ["do", work, by, bytes, times] => {
            let [bytes, times] = [bytes, times].map(|word| word.parse().expect("a number"));
            work::run(work, by, bytes, times);
        }
        _ => panic!("unknown arguments {words:?}; see src/main.rs"),
    }
}
