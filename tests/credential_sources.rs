//! Every source of credentials: the file, the machine's role, an assumed role; fetched once, kept, renewed, refused.

mod common;

use std::collections::BTreeMap;
use std::io::Write;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::SystemTime;

use cardseal::tencent::{
    AssumeRole, CvmRole, Endpoint, Origin, ProfileFile, Role, Tencent, credentials_from,
};
use cardseal::{
    CredentialChain, Credentials, Environment, Error, ErrorKind, ProvideCredentials, Provided,
    Renewal, RetryPolicy, Settled, StaticCredentials, TransportFailure,
};
use cardseal_gateway::SignedRequest;
use common::driving::{
    NOON, at, call, fails, fetches, header, refusal, reply, sends, tries_again, waits,
};
use secrecy::SecretString;

/// A temporary key that ends in two hours.
const KEY: &str = r#"{"TmpSecretId":"AKIDtmp","TmpSecretKey":"tmpsecret","ExpiredTime":1771984800,
    "Expiration":"2026-02-25T02:00:00Z","Token":"tmptoken","Code":"Success"}"#;
const END: u64 = NOON + 7200;

fn with(source: impl ProvideCredentials + 'static) -> Tencent {
    Tencent::with_provider(Arc::new(source)).retrying(RetryPolicy::never())
}

#[test]
fn the_machines_role_is_asked_for_and_then_its_key() {
    let tencent = with(CvmRole::new());
    let mut call = call(&tencent);
    let asked = fetches(&mut call, at(NOON));
    let base = "http://metadata.tencentyun.com/latest/meta-data/cam/security-credentials/";
    assert_eq!(asked.uri(), base);
    assert!(asked.body().is_empty());
    assert!(matches!(
        call.settle(Ok(reply(200, "the-role\n"))),
        Settled::Again { .. }
    ));
    let asked = fetches(&mut call, at(NOON));
    assert_eq!(asked.uri(), format!("{base}the-role").as_str());
    assert!(matches!(
        call.settle(Ok(reply(200, KEY))),
        Settled::Again { .. }
    ));
    let sent = sends(&mut call, at(NOON));
    assert!(header(&sent, "authorization").contains("Credential=AKIDtmp/"));
    assert_eq!(header(&sent, "x-tc-token"), "tmptoken");
}

#[test]
fn one_call_fetches_and_the_others_wait() {
    let tencent = with(CvmRole::named("r").unwrap());
    let (mut first, mut second) = (call(&tencent), call(&tencent));
    fetches(&mut first, at(NOON));
    assert!(waits(&mut second, at(NOON)));
    first.settle(Ok(reply(200, KEY)));
    sends(&mut second, at(NOON));
    sends(&mut first, at(NOON));
    // And nobody asks again while the key is good.
    sends(&mut call(&tencent), at(END - 301));
}

#[test]
fn who_gives_up_lets_another_fetch() {
    let tencent = with(CvmRole::named("r").unwrap());
    let (mut first, mut second) = (call(&tencent), call(&tencent));
    fetches(&mut first, at(NOON));
    assert!(waits(&mut second, at(NOON)));
    drop(first);
    fetches(&mut second, at(NOON));
}

#[test]
fn a_key_is_renewed_before_it_ends_and_used_until_then() {
    let role = Arc::new(CvmRole::named("r").unwrap());
    assert_eq!(role.expires_at(), None);
    let tencent = Tencent::with_provider(Arc::clone(&role) as Arc<dyn ProvideCredentials>)
        .retrying(RetryPolicy::never());
    fetch(&tencent, NOON);
    assert_eq!(role.expires_at(), Some(at(END)));

    let soon = END - 299;
    let (mut renewing, mut other) = (call(&tencent), call(&tencent));
    fetches(&mut renewing, at(soon));
    assert!(header(&sends(&mut other, at(soon)), "authorization").contains("AKIDtmp"));
    // The renewal fails: the old one will do, and for a minute nobody tries again.
    let settled = renewing.settle(Err(TransportFailure::TimedOut));
    assert!(matches!(settled, Settled::Again { .. }));
    sends(&mut renewing, at(soon));
    sends(&mut call(&tencent), at(soon + 59));
    fetches(&mut call(&tencent), at(soon + 60));
    // Once it has ended it is not used.
    fetches(&mut call(&tencent), at(END));
}

fn fetch(tencent: &Tencent, now: u64) {
    let mut call = call(tencent);
    fetches(&mut call, at(now));
    call.settle(Ok(reply(200, KEY)));
    sends(&mut call, at(now));
}

#[test]
fn a_failed_fetch_is_an_error_for_whoever_waited() {
    let tencent = with(CvmRole::named("r").unwrap());
    let (mut first, mut second) = (call(&tencent), call(&tencent));
    fetches(&mut first, at(NOON));
    assert!(waits(&mut second, at(NOON)));
    let error = fails(first.settle(Ok(reply(404, ""))));
    assert_eq!(error.kind(), ErrorKind::Credential);
    assert!(error.to_string().contains("metadata service"), "{error}");
    let shared = second.next(at(NOON)).err().expect("the same error");
    assert_eq!(
        (shared.kind(), shared.to_string()),
        (error.kind(), error.to_string())
    );
    // A later call tries for itself.
    fetches(&mut call(&tencent), at(NOON + 1));
}

#[test]
fn a_fetch_is_tried_again_where_that_may_help() {
    let patient = || Tencent::with_provider(Arc::new(CvmRole::named("r").unwrap()));
    let broken = TransportFailure::Broken { reason: "".into() };
    for lost in [TransportFailure::TimedOut, broken] {
        let mut call = call(&patient());
        fetches(&mut call, at(NOON));
        assert!(!tries_again(call.settle(Err(lost))).is_zero());
        fetches(&mut call, at(NOON + 1));
        call.settle(Ok(reply(200, KEY)));
        sends(&mut call, at(NOON + 1));
    }
    for (status, body) in [(404, ""), (200, "not json")] {
        let mut call = call(&patient());
        fetches(&mut call, at(NOON));
        fails(call.settle(Ok(reply(status, body))));
    }
}

#[test]
fn a_reply_that_is_no_key_is_an_error_that_quotes_nothing() {
    for body in [
        "",
        "not json: hunter2",
        r#"{"TmpSecretId":"hunter2"}"#,
        r#"{"TmpSecretId":"a","TmpSecretKey":"hunter2","Token":"","ExpiredTime":1}"#,
        r#"{"TmpSecretId":"a","TmpSecretKey":"hun\nter2","Token":"t","ExpiredTime":1}"#,
        r#"{"TmpSecretId":"a","TmpSecretKey":"hunter2","Token":"t","ExpiredTime":-1}"#,
    ] {
        let mut call = call(&with(CvmRole::named("r").unwrap()));
        fetches(&mut call, at(NOON));
        let error = fails(call.settle(Ok(reply(200, body))));
        assert!(!format!("{error} {error:?}").contains("hunter2"), "{body}");
    }
    for role in ["", "../../user-data", "a/b", "a?b", "a b", ".."] {
        assert!(CvmRole::named(role).is_err(), "{role:?}");
        let mut call = call(&with(CvmRole::new()));
        fetches(&mut call, at(NOON));
        let error = fails(call.settle(Ok(reply(200, role))));
        assert_eq!(error.kind(), ErrorKind::Protocol, "{role:?}");
    }
}

#[test]
fn another_metadata_service_may_be_asked() {
    let relay = Origin::parse("http://127.0.0.1:8123").unwrap();
    let mut call = call(&with(CvmRole::named("r").unwrap().at(&relay)));
    let asked = fetches(&mut call, at(NOON));
    assert_eq!(
        asked.uri(),
        "http://127.0.0.1:8123/latest/meta-data/cam/security-credentials/r"
    );
}

fn base() -> StaticCredentials {
    StaticCredentials::new(Credentials::new("AKIDbase", "base-secret").unwrap())
}

fn role() -> Role {
    Role::new("qcs::cam::uin/12345678:roleName/Reader", "cardseal").unwrap()
}

const ASSUMED: &str = r#"{"Response":{"Credentials":{"Token":"tmptoken","TmpSecretId":"AKIDtmp",
    "TmpSecretKey":"tmpsecret"},"ExpiredTime":1771984800,"Expiration":"2026-02-25T02:00:00Z","RequestId":"r"}}"#;

#[test]
fn a_role_is_assumed_by_a_signed_request() {
    let role = role()
        .lasting(std::time::Duration::from_secs(3600))
        .unwrap()
        .external_id("e")
        .in_region("ap-guangzhou")
        .unwrap();
    let tencent = with(AssumeRole::new(Arc::new(base()), role));
    let mut call = call(&tencent);
    let asked = fetches(&mut call, at(NOON));
    assert_eq!(asked.uri(), "https://sts.tencentcloudapi.com/");
    assert_eq!(header(&asked, "x-tc-action"), "AssumeRole");
    assert_eq!(header(&asked, "x-tc-version"), "2018-08-13");
    assert_eq!(header(&asked, "x-tc-region"), "ap-guangzhou");
    let body: serde_json::Value = serde_json::from_slice(asked.body()).unwrap();
    assert_eq!(
        body,
        serde_json::json!({
            "RoleArn": "qcs::cam::uin/12345678:roleName/Reader", "RoleSessionName": "cardseal",
            "DurationSeconds": 3600, "ExternalId": "e"
        })
    );
    // The signature is right by code that shares nothing with the signer.
    let signed = SignedRequest {
        method: "POST",
        path: "/",
        query: "",
        headers: asked.headers(),
        body: asked.body(),
    };
    let secret = SecretString::from("base-secret");
    let verified =
        cardseal_gateway::tencent::verify(&signed, "AKIDbase", &secret, at(NOON)).unwrap();
    assert_eq!(verified.service, "sts");

    call.settle(Ok(reply(200, ASSUMED)));
    let sent = sends(&mut call, at(NOON));
    assert!(header(&sent, "authorization").contains("Credential=AKIDtmp/"));
    assert_eq!(header(&sent, "x-tc-token"), "tmptoken");
    fetches(&mut self::call(&tencent), at(END - 600));
}

#[test]
fn a_role_that_may_not_be_assumed_is_the_services_no() {
    let mut call = call(&with(AssumeRole::new(Arc::new(base()), role())));
    fetches(&mut call, at(NOON));
    let error = fails(call.settle(Ok(refusal("UnauthorizedOperation"))));
    assert_eq!(error.kind(), ErrorKind::Credential);
    assert_eq!(error.service_code(), Some("UnauthorizedOperation"));
    assert!(
        error.to_string().starts_with("assuming the role: "),
        "{error}"
    );
}

#[test]
fn a_role_can_be_assumed_with_credentials_that_are_fetched_too() {
    let machine = CvmRole::named("r").unwrap();
    let mut call = call(&with(AssumeRole::new(Arc::new(machine), role())));
    let first = fetches(&mut call, at(NOON));
    assert_eq!(first.uri().host(), Some("metadata.tencentyun.com"));
    call.settle(Ok(reply(200, KEY)));
    let second = fetches(&mut call, at(NOON));
    assert_eq!(second.uri().host(), Some("sts.tencentcloudapi.com"));
    assert_eq!(header(&second, "x-tc-token"), "tmptoken");
    call.settle(Ok(reply(200, ASSUMED)));
    sends(&mut call, at(NOON));
}

#[test]
fn a_role_that_cannot_be_is_refused_at_once() {
    for (description, name) in [("", "name"), ("a\nb", "name"), ("a", "x"), ("a", "a b")] {
        assert!(Role::new(description, name).is_err());
    }
    for seconds in [0, 12 * 3600 + 1] {
        let time = std::time::Duration::from_secs(seconds);
        assert!(role().lasting(time).is_err());
    }
    assert!(role().in_region("a b").is_err());
    let elsewhere = role().at(Endpoint::custom("http://127.0.0.1:1").unwrap());
    let mut call = call(&with(AssumeRole::new(Arc::new(base()), elsewhere)));
    assert_eq!(fetches(&mut call, at(NOON)).uri(), "http://127.0.0.1:1/");
}

struct Home {
    variables: BTreeMap<&'static str, String>,
    home: Option<PathBuf>,
}

impl Environment for Home {
    fn variable(&self, name: &str) -> Result<Option<SecretString>, Error> {
        Ok(self.variables.get(name).cloned().map(SecretString::from))
    }
    fn home(&self) -> Option<PathBuf> {
        self.home.clone()
    }
}

fn chain(variables: &[(&'static str, &str)], home: Option<PathBuf>) -> CredentialChain {
    let variables = variables
        .iter()
        .map(|(name, text)| (*name, (*text).to_owned()))
        .collect();
    credentials_from(Arc::new(Home { variables, home }))
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
fn where_there_is_nothing_everything_that_was_looked_for_is_told() {
    let home = tempfile::tempdir().unwrap();
    for home in [None, Some(home.path().to_owned())] {
        let reason = id(&chain(&[], home)).unwrap_err();
        assert!(reason.starts_with("absent: TENCENTCLOUD_SECRET_ID and"));
        assert!(reason.contains("file"), "{reason}");
    }
    let tencent = with(chain(&[], None));
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
