//! Credentials in an environment, and in the profile file of a home folder.

mod common;

use std::io::Write;
use std::path::PathBuf;
use std::time::SystemTime;

use cardseal::tencent::{Role, Tencent, credentials_from, profile_from, profile_in};
use cardseal::{CredentialsProvider, ErrorKind, Settled};
use common::driving::{NOON, at, call, fetches, header, refusal, reply, sends};
use common::variables::variables;

fn chain(set: &[(&str, &str)], home: Option<PathBuf>) -> CredentialsProvider {
    credentials_from(variables(set), home)
}

fn id(source: &CredentialsProvider) -> Result<String, String> {
    match source.available(SystemTime::UNIX_EPOCH) {
        Ok(Some(found)) => Ok(found.id().to_owned()),
        Ok(None) => panic!("not ready"),
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
    let tencent = Tencent::new(chain(&set, None));
    let sent = sends(&mut call(&tencent), at(NOON));
    assert_eq!(header(&sent, "x-tc-token"), "env-token");
}

#[test]
fn where_there_is_nothing_everything_that_was_looked_for_is_told() {
    let home = tempfile::tempdir().unwrap();
    for home in [None, Some(home.path().to_owned())] {
        let reason = id(&chain(&[], home)).unwrap_err();
        assert!(reason.starts_with("there are no credentials: TENCENTCLOUD_SECRET_ID and"));
        assert!(reason.contains("file"), "{reason}");
    }
    let tencent = Tencent::new(chain(&[], None));
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
        (
            "[default]\nsecret_id = a\nsecret_key = hun ter2\n",
            "contains a space",
        ),
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
    let source = profile_in(file.path(), "ocr");
    assert_eq!(id(&source), Ok("first".to_owned()));
    write("second");
    assert_eq!(id(&source), Ok("first".to_owned()), "it is read once");
    let tencent = Tencent::new(source.clone());
    let (mut refused, mut late) = (call(&tencent), call(&tencent));
    let signed_by = |call: &mut _| header(&sends(call, at(NOON)), "authorization").to_owned();
    assert!(signed_by(&mut refused).contains("Credential=first/"));
    assert!(signed_by(&mut late).contains("Credential=first/"));
    refused.settle(Ok(refusal("AuthFailure.SecretIdNotFound")));
    assert!(signed_by(&mut refused).contains("Credential=second/"));
    assert_eq!(id(&source), Ok("second".to_owned()));
    late.settle(Ok(refusal("AuthFailure.SecretIdNotFound")));
    assert!(
        signed_by(&mut late).contains("Credential=second/"),
        "there are newer ones"
    );
}

/// The first of two drops what both have used, and nobody has read the file again yet.
#[test]
fn s18_calls_that_are_refused_together_all_sign_with_what_the_file_says_now() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let write = |id: &str| {
        let text = format!("[ocr]\nsecret_id = {id}\nsecret_key = secret\n");
        std::fs::write(file.path(), text).unwrap();
    };
    write("first");
    let tencent = Tencent::new(profile_in(file.path(), "ocr"));
    let mut calls = [call(&tencent), call(&tencent), call(&tencent)];
    let signed_by = |call: &mut _| header(&sends(call, at(NOON)), "authorization").to_owned();
    for call in &mut calls {
        assert!(signed_by(call).contains("Credential=first/"));
    }
    write("second");
    for call in &mut calls {
        let settled = call.settle(Ok(refusal("AuthFailure.SecretIdNotFound")));
        assert!(matches!(settled, Settled::Retry { .. }), "{settled:?}");
    }
    for call in &mut calls {
        assert!(signed_by(call).contains("Credential=second/"));
    }
}

/// What the official SDKs read is read, and means the same.
#[test]
fn a3_a_file_in_any_form_that_the_sdks_take_signs_with_the_key_itself() {
    for text in [
        "\u{feff}[default]\nsecret_id = AKIDfile\nsecret_key = file-secret\n",
        "[default] # mine\nsecret_id = AKIDfile # of the bank\nsecret_key = file-secret ; too\n",
        "[default]\nsecret_id = \"AKIDfile\"\nsecret_key = 'file-secret'\n",
        "[default]\nsecret_id: AKIDfile\nsecret_key:file-secret\n",
        "[default]\nSECRET_ID=AKIDfile\nSecret_Key=file-secret\n",
        "[ default ]\r\n  secret_id = AKIDfile\r\n\tsecret_key = \"file-secret\" # c\r\n",
    ] {
        let home = home_with(text);
        let chain = chain(&[], Some(home.path().to_owned()));
        assert_eq!(signed_by(chain), signed_by(pair("file-secret")), "{text:?}");
    }
}

/// The signature of one request for a role, which no other secret makes.
fn signed_by(source: impl Into<CredentialsProvider>) -> String {
    let role = Role::new("qcs::cam::uin/1:roleName/Name", "session").unwrap();
    let mut call = call(&Tencent::new(role.assumed_by(source)));
    header(&fetches(&mut call, at(NOON)), "authorization").to_owned()
}

fn pair(secret: &str) -> cardseal::Credentials {
    cardseal::Credentials::new("AKIDfile", secret.to_owned()).unwrap()
}

#[test]
fn a3_a_message_names_the_file_the_line_and_the_variable() {
    for (text, line) in [
        ("[default]\nsecret_id = a\n\nhunter2\n", "line 4"),
        (
            "[default]\nsecret_id = a\nsecret_key = \"hunter2\n",
            "line 3",
        ),
        (
            "[default]\nsecret_id = a b\nsecret_key = hunter2\n",
            "line 2",
        ),
        (
            "[default]\nsecret_id = a\nsecret_key = hun ter2\n",
            "line 3",
        ),
    ] {
        let home = home_with(text);
        let error = id(&chain(&[], Some(home.path().to_owned()))).unwrap_err();
        assert!(
            error.contains(line) && error.contains(".tencentcloud"),
            "{error}"
        );
        assert!(
            !error.contains("hunter2") && !error.contains("ter2"),
            "{error}"
        );
    }
    for (name, value) in [
        ("TENCENTCLOUD_SECRET_ID", "a b"),
        ("TENCENTCLOUD_SECRET_KEY", "\"hunter2\""),
        ("TENCENTCLOUD_TOKEN", "hunter2\n"),
    ] {
        let mut set = vec![
            ("TENCENTCLOUD_SECRET_ID", "AKIDenv"),
            ("TENCENTCLOUD_SECRET_KEY", "env-secret"),
            ("TENCENTCLOUD_TOKEN", "env-token"),
        ];
        set.iter_mut().find(|(known, _)| *known == name).unwrap().1 = value;
        let error = id(&chain(&set, None)).unwrap_err();
        assert!(error.starts_with(name), "{error}");
        assert!(!error.contains("hunter2"), "{error}");
    }
}

#[test]
fn a3_a_cloud_functions_variables_are_read() {
    let set = [
        ("TENCENTCLOUD_SECRETID", "AKIDfunction"),
        ("TENCENTCLOUD_SECRETKEY", "function-secret"),
        ("TENCENTCLOUD_SESSIONTOKEN", "function-token"),
    ];
    let tencent = Tencent::new(chain(&set, None));
    let sent = sends(&mut call(&tencent), at(NOON));
    assert!(header(&sent, "authorization").contains("Credential=AKIDfunction/"));
    assert_eq!(header(&sent, "x-tc-token"), "function-token");
}

#[test]
fn a3_what_tccli_wrote_is_read() {
    let home = tempfile::tempdir().unwrap();
    let there = || Some(home.path().to_owned());
    std::fs::create_dir(home.path().join(".tccli")).unwrap();
    let write = |name: &str, text: &str| {
        std::fs::write(home.path().join(".tccli").join(name), text).unwrap();
    };
    write(
        "default.credential",
        r#"{"secretId": "AKIDtccli", "secretKey": "x"}"#,
    );
    assert_eq!(id(&chain(&[], there())), Ok("AKIDtccli".to_owned()));
    write(
        "bank.credential",
        r#"{"secretId":"AKIDbank","secretKey":"x","token":"t"}"#,
    );
    let named = |name| profile_from(variables(&[]), there(), name);
    assert_eq!(id(&named("bank")), Ok("AKIDbank".to_owned()));
    assert!(id(&named("nobody")).is_err());
    assert!(id(&named("../.tccli/bank")).is_err());
    write("bank.credential", "{\n\"secretId\": hunter2");
    let error = id(&named("bank")).unwrap_err();
    assert!(
        error.contains("bank.credential") && error.contains("line 2"),
        "{error}"
    );
    assert!(!error.contains("hunter2"), "{error}");
}

/// Who names a profile means it: no other credentials take its place.
#[test]
fn a_profile_that_is_named_comes_before_the_environment_and_must_be_there() {
    let text =
        "[default]\nsecret_id = a\nsecret_key = b\n[bank]\nsecret_id = AKIDbank\nsecret_key = b\n";
    let home = home_with(text);
    let set = [
        ("TENCENTCLOUD_SECRET_ID", "AKIDenv"),
        ("TENCENTCLOUD_SECRET_KEY", "env-secret"),
    ];
    let named = |name| profile_from(variables(&set), Some(home.path().to_owned()), name);
    assert_eq!(id(&named("bank")), Ok("AKIDbank".to_owned()));
    let error = id(&named("bnak")).unwrap_err();
    assert!(error.starts_with("there is no profile [bnak]"), "{error}");
}

#[test]
fn a3_huaweis_profile_file_is_read() {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join(".huaweicloud");
    std::fs::create_dir(&folder).unwrap();
    let text = "[basic]\nak = AKhuawei\nsk = x\nsecurity_token = t\nproject_id = p\n";
    std::fs::write(folder.join("credentials"), text).unwrap();
    let of = |set: &[(&str, &str)]| {
        let there = Some(home.path().to_owned());
        cardseal::huawei::credentials_from(variables(set), there)
    };
    assert_eq!(id(&of(&[])), Ok("AKhuawei".to_owned()));
    let set = [("HUAWEICLOUD_SDK_AK", "AKenv"), ("HUAWEICLOUD_SDK_SK", "x")];
    assert_eq!(id(&of(&set)), Ok("AKenv".to_owned()));
    let missing = [("HUAWEICLOUD_SDK_CREDENTIALS_FILE", "/no/such/file")];
    assert!(id(&of(&missing)).unwrap_err().contains("/no/such/file"));
}

#[test]
fn a3_a_pods_role_is_assumed_with_the_pods_own_token() {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), "pod-token\n").unwrap();
    let mut set = vec![
        ("TKE_REGION", "ap-guangzhou"),
        ("TKE_PROVIDER_ID", "cls-1"),
        ("TKE_WEB_IDENTITY_TOKEN_FILE", file.path().to_str().unwrap()),
        ("TKE_ROLE_ARN", "qcs::cam::uin/1:roleName/Pod"),
    ];
    let tencent = Tencent::new(chain(&set, None));
    let mut call = call(&tencent);
    let asked = fetches(&mut call, at(NOON));
    assert_eq!(asked.uri(), "https://sts.tencentcloudapi.com/");
    assert_eq!(header(&asked, "authorization"), "SKIP");
    assert_eq!(header(&asked, "x-tc-action"), "AssumeRoleWithWebIdentity");
    assert_eq!(header(&asked, "x-tc-region"), "ap-guangzhou");
    assert_eq!(header(&asked, "x-tc-timestamp"), NOON.to_string());
    let body: serde_json::Value = serde_json::from_slice(asked.body()).unwrap();
    assert_eq!(
        body,
        serde_json::json!({"ProviderId": "cls-1", "WebIdentityToken": "pod-token",
            "RoleArn": "qcs::cam::uin/1:roleName/Pod", "RoleSessionName": "cardseal"})
    );
    let assumed = r#"{"Response":{"Credentials":{"Token":"tmptoken","TmpSecretId":"AKIDtmp",
        "TmpSecretKey":"x"},"ExpiredTime":1771984800,"RequestId":"r"}}"#;
    call.settle(Ok(reply(200, assumed)));
    let sent = sends(&mut call, at(NOON));
    assert_eq!(header(&sent, "x-tc-token"), "tmptoken");

    std::fs::write(file.path(), "\n").unwrap();
    let error = id(&chain(&set, None)).unwrap_err();
    assert!(error.contains("TKE_WEB_IDENTITY_TOKEN_FILE"), "{error}");
    set.retain(|(name, _)| *name != "TKE_REGION");
    assert!(id(&chain(&set, None)).unwrap_err().contains("TKE_REGION"));
}

#[test]
fn a3_an_ecs_agencys_key_is_asked_for_with_a_token_of_the_metadata_service_or_without() {
    use cardseal::huawei::{EcsAgency, Huawei, IdCardRequest, endpoint};

    let key = r#"{"credential":{"access":"AKtmp","secret":"x","securitytoken":"agency-token",
        "expires_at":"2026-02-25T01:00:00.000000Z"}}"#;
    for (status, token) in [(200, "metadata-token"), (404, "")] {
        let endpoint = endpoint::in_region("cn-north-4").unwrap();
        let agency = CredentialsProvider::from(EcsAgency::new());
        let huawei = Huawei::new(agency.clone(), endpoint, "p").unwrap();
        let card =
            IdCardRequest::new(cardseal::Image::from_url("https://a.example/a.jpg").unwrap());
        let mut call = huawei.id_card(&card).unwrap();
        let asked = fetches(&mut call, at(NOON));
        assert_eq!(asked.method(), "PUT");
        assert_eq!(
            asked.uri(),
            "http://169.254.169.254/meta-data/latest/api/token"
        );
        call.settle(Ok(reply(status, token)));
        let asked = fetches(&mut call, at(NOON));
        assert_eq!(asked.uri().path(), "/openstack/latest/securitykey");
        assert_eq!(header(&asked, "x-metadata-token"), token);
        call.settle(Ok(reply(200, key)));
        let sent = sends(&mut call, at(NOON));
        assert_eq!(header(&sent, "x-security-token"), "agency-token");
        assert_eq!(agency.expires_at(), Some(at(NOON + 3600)));
    }
}
