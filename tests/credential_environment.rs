//! Credentials in an environment, and in the profile file of a home folder.

mod common;

use std::io::Write;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::SystemTime;

use cardseal::tencent::{ProfileFile, Tencent, credentials_from};
use cardseal::{CredentialChain, ErrorKind, ProvideCredentials, Provided, Renewal};
use common::driving::{NOON, at, call, header, sends};
use common::variables::Variables;

fn chain(variables: &[(&str, &str)], home: Option<PathBuf>) -> CredentialChain {
    credentials_from(Variables::at_home(variables, home))
}

fn id(source: &dyn ProvideCredentials) -> Result<String, String> {
    match source.provide(SystemTime::UNIX_EPOCH) {
        Ok(Provided::Ready(found)) => Ok(found.id().to_owned()),
        Ok(Provided::Absent { reason }) => Err(format!("absent: {reason}")),
        Ok(_) => panic!("not ready"),
        Err(error) => Err(error.to_string()),
    }
}

fn home_with(text: &str) -> tempfile::TempDir {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join(".tencentcloud");
    std::fs::create_dir(&folder).unwrap();
    std::fs::write(folder.join("credentials"), text).unwrap();
    home
}

#[test]
fn the_environment_comes_before_the_file() {
    let home = home_with("[default]\nsecret_id = AKIDfile\nsecret_key = file-secret\n");
    let there = || Some(home.path().to_owned());
    assert_eq!(id(&chain(&[], there())), Ok("AKIDfile".to_owned()));
    let set = [
        ("TENCENTCLOUD_SECRET_ID", "AKIDenv"),
        ("TENCENTCLOUD_SECRET_KEY", "env-secret"),
    ];
    assert_eq!(id(&chain(&set, there())), Ok("AKIDenv".to_owned()));
    let error = id(&chain(&set[..1], there())).unwrap_err();
    assert!(
        error.contains("TENCENTCLOUD_SECRET_KEY is not"),
        "half a pair is no reason to use another account: {error}"
    );

    let mut named = tempfile::NamedTempFile::new().unwrap();
    writeln!(named, "[default]\nsecret_id=AKIDnamed\nsecret_key=x").unwrap();
    let path = named.path().to_str().unwrap();
    let named = chain(&[("TENCENTCLOUD_CREDENTIALS_FILE", path)], there());
    assert_eq!(id(&named), Ok("AKIDnamed".to_owned()));
}

#[test]
fn a_token_in_the_environment_is_sent_with_the_call() {
    let set = [
        ("TENCENTCLOUD_SECRET_ID", "AKIDenv"),
        ("TENCENTCLOUD_SECRET_KEY", "env-secret"),
        ("TENCENTCLOUD_TOKEN", "env-token"),
    ];
    let tencent = Tencent::with_provider(Arc::new(chain(&set, None)));
    let sent = sends(&mut call(&tencent), at(NOON));
    assert_eq!(header(&sent, "x-tc-token"), "env-token");
}

#[test]
fn where_there_is_nothing_everything_that_was_looked_for_is_told() {
    let home = tempfile::tempdir().unwrap();
    for home in [None, Some(home.path().to_owned())] {
        let reason = id(&chain(&[], home)).unwrap_err();
        assert!(reason.starts_with("absent: TENCENTCLOUD_SECRET_ID and"));
        assert!(reason.contains("file"), "{reason}");
    }
    let tencent = Tencent::with_provider(Arc::new(chain(&[], None)));
    let error = call(&tencent).next(at(NOON)).err().unwrap();
    assert_eq!(error.kind(), ErrorKind::Credential);
    // A file that somebody named must be there.
    let missing = chain(&[("TENCENTCLOUD_CREDENTIALS_FILE", "/no/such/file")], None);
    assert!(id(&missing).unwrap_err().contains("/no/such/file"));
}

#[test]
fn a_file_that_cannot_be_used_says_why_and_quotes_no_secret() {
    for (text, why) in [
        ("[default]\nsecret_key = hunter2\n", "`secret_id`"),
        ("[default]\nsecret_id = a\n", "`secret_key`"),
        ("[default]\nsecret_id = a\nsecret_key = hun ter2\n", "blank"),
        ("[default]\nsecret_id = a\nsecret_key =\n", "`secret_key`"),
        ("[default]\nsecret_id = a\nhunter2\n", "not an INI file"),
        ("[default\nsecret_key = hunter2\n", "not an INI file"),
        ("[other]\nsecret_key = hunter2\n", "no profile [default]"),
    ] {
        let home = home_with(text);
        let error = id(&chain(&[], Some(home.path().to_owned()))).unwrap_err();
        assert!(error.contains(why), "{why}: {error}");
        assert!(
            !error.contains("hunter2") && !error.contains("ter2"),
            "{error}"
        );
    }
    let vast = home_with(&"# a line\n".repeat(10_000));
    let error = id(&chain(&[], Some(vast.path().to_owned()))).unwrap_err();
    assert!(error.contains("too large"), "{error}");
}

#[test]
fn a_file_holds_profiles_and_is_read_again_where_the_service_refuses() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let write = |id: &str| {
        let text = format!(
            "# for tests\n; and for nothing else\n\n  \n[default]\nsecret_id = other\nsecret_key = b\n\n\
             [ocr]\r\nsecret_id = {id}\r\nsecret_key = b#c;d\r\ntoken = t\r\n"
        );
        std::fs::write(file.path(), text).unwrap();
    };
    write("first");
    let source = ProfileFile::at(file.path()).profile("ocr");
    assert_eq!(id(&source), Ok("first".to_owned()));
    write("second");
    assert_eq!(id(&source), Ok("first".to_owned()), "it is read once");
    let Ok(Provided::Ready(used)) = source.provide(at(NOON)) else {
        panic!("not ready");
    };
    assert_eq!(source.refused(&used), Renewal::Possible);
    assert_eq!(id(&source), Ok("second".to_owned()));
    assert_eq!(source.refused(&used), Renewal::Impossible);
}
