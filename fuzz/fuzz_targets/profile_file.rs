//! Any text as a profile file: never a panic; what is taken has an id and a key that can sign, and printed and read again
//! it is the same; the kind of line end, and what another profile says, mean nothing. Of the seeds exactly those are
//! taken that are called so.
#![no_main]

use std::fs;
use std::path::Path;
use std::time::{Duration, UNIX_EPOCH};

use cardseal::testing::Profile;
use cardseal::signing::by_scheme;
use cardseal::{Credentials, ErrorKind};
use cardseal_explain::RequestText;
use libfuzzer_sys::fuzz_target;

const ANOTHER: &str =
    "\n[another]\nsecret_id = AKIDanother\nsecret_key = another\ntoken = another\n";

const REQUEST: &[u8] = b"POST / HTTP/1.1\nHost: example.com\nContent-Type: application/json\n\n{}";

/// The id, the key and the token of a profile that can be used.
type Taken<'t> = (&'t str, &'t str, Option<&'t str>);

fn read<'t>(text: &'t str, name: &str) -> Option<Taken<'t>> {
    let refused = |error: cardseal::Error| {
        assert_eq!(error.kind(), ErrorKind::Credential);
        let said = format!("{error} {error:?}");
        assert!(!said.contains(char::is_control), "{said:?}");
    };
    let profile = Profile::find(text, name, "a file")
        .map_err(refused)
        .ok()??;
    let credentials = profile.credentials("[it]").map_err(refused).ok()?;
    let (id, secret) = (profile.id.expect("an id"), profile.secret.expect("a key"));
    assert_eq!(credentials.id(), id);
    assert_eq!(signature(&credentials), signature(&by_hand(id, secret)));
    let in_a_header = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
    assert!(!id.bytes().all(in_a_header) || signature(&credentials).is_some());
    for value in [Some(id), Some(secret), profile.token]
        .into_iter()
        .flatten()
    {
        assert!(!value.is_empty() && value.bytes().all(|byte| byte.is_ascii_graphic()));
    }
    Some((id, secret, profile.token))
}

fn by_hand(id: &str, secret: &str) -> Credentials {
    Credentials::new(id, secret.to_owned()).expect("what the profile took")
}

/// Tells one key from another; `None` where the id has a sign that no scheme puts into a header.
fn signature(credentials: &Credentials) -> Option<String> {
    let request = RequestText::parse(REQUEST).expect("a request");
    let input = request.signing_input("ocr", "", None);
    let now = UNIX_EPOCH + Duration::from_secs(1_551_113_065);
    let scheme = by_scheme("tc3-hmac-sha256").expect("a scheme");
    let signed = scheme.sign(&input, credentials, now).ok()?;
    Some(signed.signature)
}

fn print(name: &str, (id, secret, token): Taken<'_>) -> String {
    let [id, secret] = [id, secret].map(written);
    let token = token.map_or(String::new(), |token| format!("token = {}\n", written(token)));
    format!("[{name}]\nsecret_id = {id}\nsecret_key = {secret}\n{token}")
}

/// What begins like a comment or a quote was quoted, by the quote that is not in it.
fn written(value: &str) -> String {
    let quote = match (value.starts_with(['#', ';', '"', '\'']), value.contains('"')) {
        (false, _) => "",
        (true, false) => "\"",
        (true, true) => "'",
    };
    format!("{quote}{value}{quote}")
}

/// A seed's name begins with what is to become of it.
fn seeds() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus/profile_file");
    let mut counts = [0, 0];
    for entry in fs::read_dir(folder).expect("the seeds beside this folder") {
        let path = entry.expect("readable").path();
        let name = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        let is_taken = match name.split_once('-') {
            Some(("taken", _)) => true,
            Some(("refused", _)) => false,
            _ => continue,
        };
        let text = fs::read_to_string(&path).expect("text");
        assert_eq!(read(&text, "default").is_some(), is_taken, "{name}");
        counts[usize::from(is_taken)] += 1;
    }
    assert!(counts[0] >= 10 && counts[1] >= 10, "{counts:?} seeds");
}

fuzz_target!(init: seeds(), |text: &str| {
    for name in ["default", "ocr"] {
        let taken = read(text, name);
        assert_eq!(read(&text.replace('\n', "\r\n"), name), taken);
        assert_eq!(read(&format!("{text}{ANOTHER}"), name), taken);
        if let Some(taken) = taken {
            assert_eq!(read(&print(name, taken), name), Some(taken));
        }
    }
});
