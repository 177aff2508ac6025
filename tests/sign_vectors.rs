//! Every known answer below `vectors/sign`, each a test by the name of its folder. A failure names the first
//! stage that differs and the byte in it.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, UNIX_EPOCH};

use cardseal::Credentials;
use cardseal::signing::by_scheme;
use cardseal_explain::{RequestText, StageFile, first_difference, stages_as_text};
use libtest_mimic::{Arguments, Failed, Trial};
use serde::Deserialize;
use sha2::{Digest, Sha256};

fn main() {
    let arguments = Arguments::from_args();
    let mut trials: Vec<Trial> = cases()
        .into_iter()
        .map(|case| Trial::test(name(&case), move || check(&case)))
        .collect();
    let found = trials.len();
    trials.push(Trial::test("no_case_is_lost", move || {
        // A wrong folder would otherwise pass with nothing tested.
        if found < 36 {
            return Err(format!("only {found} cases were found").into());
        }
        Ok(())
    }));
    libtest_mimic::run(&arguments, trials).exit();
}

#[derive(Deserialize)]
struct Context {
    secret_id: String,
    secret_key: String,
    token: Option<String>,
    time: u64,
    service: String,
    region: String,
    signed_headers: Option<Vec<String>>,
    #[serde(default)]
    derived_keys: BTreeMap<String, String>,
}

fn cases() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("vectors/sign");
    let mut cases: Vec<PathBuf> = folders(&root).iter().flat_map(|s| folders(s)).collect();
    cases.sort();
    cases
}

fn folders(of: &Path) -> Vec<PathBuf> {
    fs::read_dir(of)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_dir())
        .collect()
}

fn scheme(case: &Path) -> &str {
    case.parent()
        .unwrap()
        .file_name()
        .unwrap()
        .to_str()
        .unwrap()
}

fn name(case: &Path) -> String {
    format!("{}::{}", scheme(case), case.file_name().unwrap().display())
}

fn check(case: &Path) -> Result<(), Failed> {
    let read = |file: &str| fs::read(case.join(file)).map_err(|error| format!("{file}: {error}"));
    let text = |file: &str| read(file).map(|bytes| String::from_utf8(bytes).unwrap());
    let context: Context = serde_json::from_slice(&read("context.json")?)?;
    let request = RequestText::parse(&read("request.txt")?)?;

    let mut credentials = Credentials::new(context.secret_id, context.secret_key)?;
    if let Some(token) = context.token {
        credentials = credentials.with_token(token)?;
    }
    let names: Vec<&str> = context
        .signed_headers
        .iter()
        .flatten()
        .map(String::as_str)
        .collect();
    let signed_headers = context.signed_headers.as_ref().map(|_| names.as_slice());
    let signer = by_scheme(scheme(case)).ok_or("no such scheme")?;
    let input = request.signing_input(&context.service, &context.region, signed_headers);
    let now = UNIX_EPOCH + Duration::from_secs(context.time);
    let ours = signer.sign(&input, &credentials, now)?;

    let mut theirs = StageFile::default();
    theirs.canonical_request = Some(text("canonical-request.txt")?);
    theirs.string_to_sign = Some(text("string-to-sign.txt")?);
    theirs.signature = Some(text("signature.txt")?);
    for (name, key) in context.derived_keys {
        let key = base16ct::lower::decode_vec(&key).map_err(|_| "a derived key is not hex")?;
        let fingerprint = base16ct::lower::encode_string(&Sha256::digest(&key));
        theirs.derived_keys.push((name, fingerprint));
    }
    match first_difference(&ours, &theirs) {
        Some(difference) => {
            Err(format!("{difference}\n\n{}", stages_as_text(&ours, Some(&theirs))).into())
        }
        None => Ok(()),
    }
}
