//! The command line that other programs rely on: every option that is promised stands in the help text of its command.
#![cfg(all(
    feature = "gateway",
    feature = "batch",
    feature = "explorer",
    feature = "serve"
))]

mod common;

use common::Scratch;

const PROMISED: &[(&str, &str)] = &[
    ("demo", "--suite --json"),
    ("keygen", "--suite --out"),
    (
        "gateway",
        "--listen --keys --secret-id --secret-key-file --iv-mode --fixture --qps --fault --tls-dir --echo",
    ),
    ("seal", "--key --opener --fields"),
    ("open", "--opener --keep --iv-policy"),
    (
        "sign",
        "--scheme --request --secret-id --secret-key-file --time --signed-headers --service --region --explain",
    ),
    (
        "recognize",
        "--cloud --image --url --side --key --endpoint --region --config",
    ),
    (
        "call",
        "--cloud --action --version --body --method --sign-method --language --auth",
    ),
    ("inspect", "--key --request"),
    ("errors", "--cloud"),
    ("selftest", "--json"),
    ("prepare", "--max-bytes --max-side --quality --force"),
    (
        "batch",
        "--cloud --out --key --side --fit --jobs --max-rps --resume --encrypt-to --ledger --endpoint --region --config \
         --within-packages",
    ),
    ("usage", "--since --until --by --csv --xlsx --plot --ledger"),
    ("package add", "--action --calls --from --until"),
    ("package list", "--ledger"),
    ("doctor", "--cloud --key --endpoint"),
    ("policy", "--actions --sub-account --check"),
    (
        "code",
        "--language --action --version --service --body --endpoint",
    ),
    ("explorer", "--listen --endpoint"),
    ("serve", "--listen --token-file --key --cloud"),
];

/// What every command takes that calls.
const CALLING: &str = "--proxy --ca-file --connect-timeout --resolve --profile --config-file";

#[test]
fn a20_every_option_that_is_promised_is_there() {
    let scratch = Scratch::new();
    for (command, options) in PROMISED {
        let words: Vec<&str> = command.split(' ').chain(["--help"]).collect();
        let help = scratch.run(&words, "").expect_code(0).stdout;
        for option in options.split(' ') {
            assert!(
                help.contains(&format!("{option} "))
                    || help.contains(&format!("{option}\n"))
                    || help.contains(&format!("{option}[")),
                "{command} has no {option}"
            );
        }
        if ["recognize", "call", "batch", "serve", "doctor"].contains(command) {
            for option in CALLING.split(' ') {
                assert!(help.contains(option), "{command} has no {option}");
            }
        }
    }
}
