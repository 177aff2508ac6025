//! Where a limit is: the most that is taken, and that one more is not.

mod common;

use std::time::{Duration, SystemTime};

use cardseal::tencent::{Role, profile_in};
use cardseal::{
    EncryptedReply, ErrorKind, Expected, Image, IvPolicy, KeyRejected, MAX_BODY, Opener, Recipient,
    SharedNonce, TransportOptions,
};
use serde_json::{Value, json};

#[test]
fn a_key_may_have_16_kib_of_text() {
    const MOST: usize = 16_384;
    let of_length = |bytes: usize| format!("{:bytes$}", common::SM2_KEY.trim_end());
    let longest = of_length(MOST);
    assert_eq!(longest.len(), MOST);
    assert!(Recipient::parse(longest.as_bytes()).is_ok());
    let refused = Recipient::parse(of_length(MOST + 1).as_bytes()).unwrap_err();
    let too_long = KeyRejected::TooLong {
        bytes: MOST + 1,
        most: MOST,
    };
    assert_eq!(refused, too_long);
}

/// 10 MiB, which is what the service takes.
#[test]
fn an_object_with_sealed_members_may_fill_the_body() {
    assert_eq!(MAX_BODY, 10_485_760);
    let recipient = common::rsa();
    let seal = |filler: usize| {
        let object = format!(r#"{{"a":"x","filler":"{}"}}"#, "-".repeat(filler));
        recipient.seal_fields(object.as_bytes(), &["a"], SharedNonce::Refuse)
    };
    let around = seal(0).unwrap().0.as_json().len();
    let (fits, _) = seal(MAX_BODY - around).unwrap();
    assert_eq!(fits.as_json().len(), MAX_BODY);
    let error = seal(MAX_BODY - around + 1).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Input);
    let number = (MAX_BODY + 1).to_string();
    assert!(error.to_string().contains(&number), "{error}");
}

/// An object of members named `0`, `1` and so on, sealed one and all, as its own answer.
fn answer(names: usize) -> (Value, Opener) {
    let names: Vec<String> = (0..names).map(|name| name.to_string()).collect();
    let object: Value = names
        .iter()
        .map(|name| (name.clone(), json!("x")))
        .collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let (sealed, opener) = common::rsa()
        .seal_fields(object.to_string().as_bytes(), &names, SharedNonce::Refuse)
        .unwrap();
    (serde_json::from_slice(sealed.as_json()).unwrap(), opener)
}

fn opens(reply: &Value, opener: Opener) -> Result<(), ErrorKind> {
    let reply = EncryptedReply::parse(reply.to_string().as_bytes()).unwrap();
    common::forgetful(opener)
        .open_fields(&reply, Expected::NamedByReply, IvPolicy::BySuite)
        .map(drop)
        .map_err(|error| error.kind())
}

/// More than any action has; each takes another pass over the answer.
#[test]
fn an_answer_may_have_64_sealed_members() {
    for (names, outcome) in [(64, Ok(())), (65, Err(ErrorKind::Open))] {
        let (reply, opener) = answer(names);
        assert_eq!(opens(&reply, opener), outcome, "{names} members");
    }
}

#[test]
fn a_sealed_member_may_stand_32_steps_down() {
    for (steps, outcome) in [(32, Ok(())), (33, Err(ErrorKind::Open))] {
        let (sealed, opener) = answer(1);
        let value = (1..steps).fold(sealed["0"].clone(), |inner, _| json!({ "a": inner }));
        let path = vec!["a"; steps].join(".");
        let mut reply = json!({ "a": value, "Encryption": sealed["Encryption"] });
        reply["Encryption"]["EncryptList"] = json!([path]);
        assert_eq!(opens(&reply, opener), outcome, "{steps} steps");
    }
}

/// No service takes more; a file beyond it is not read.
#[test]
fn an_image_file_may_have_64_mib() {
    const MOST: u64 = 67_108_864;
    let file = tempfile::NamedTempFile::new().unwrap();
    // A bitmap of one pixel, with something behind it.
    let mut pixel = [0; 58];
    pixel[..2].copy_from_slice(b"BM");
    for (at, byte) in [(10, 54), (14, 40), (18, 1), (22, 1), (26, 1), (28, 24)] {
        pixel[at] = byte;
    }
    std::fs::write(file.path(), pixel).unwrap();
    file.as_file().set_len(MOST).unwrap();
    let image = Image::from_path(file.path()).unwrap();
    assert_eq!(format!("{image:?}"), format!("Image({MOST} bytes)"));
    file.as_file().set_len(MOST + 1).unwrap();
    let error = Image::from_path(file.path()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Input);
    assert!(error.to_string().contains(&MOST.to_string()), "{error}");
}

#[test]
fn a_profile_file_may_have_64_kib() {
    const MOST: usize = 65_536;
    let file = tempfile::NamedTempFile::new().unwrap();
    let profile = "[default]\nsecret_id = id\nsecret_key = key\n# ";
    let read = |bytes: usize| {
        let text = format!("{profile}{}", "-".repeat(bytes - profile.len()));
        std::fs::write(file.path(), text).unwrap();
        profile_in(file.path(), "default").available(SystemTime::now())
    };
    assert!(matches!(read(MOST), Ok(Some(_))));
    let error = read(MOST + 1).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Credential);
    assert!(error.to_string().contains("too large"), "{error}");
}

#[test]
fn a_roles_key_may_last_twelve_hours() {
    let duration = |time: Duration| {
        let role = Role::new("qcs::cam::uin/1:roleName/Name", "session").unwrap();
        role.duration(time).is_ok()
    };
    let most = Duration::from_secs(12 * 3600);
    assert!(duration(Duration::from_secs(1)) && duration(most));
    assert!(!duration(Duration::from_millis(999)) && !duration(most + Duration::from_nanos(1)));
}

/// All the authorities there are have less; a file beyond it is not read.
#[test]
fn a_file_of_root_certificates_may_have_4_mib() {
    const MOST: u64 = 4_194_304;
    let file = tempfile::NamedTempFile::new().unwrap();
    let read = |bytes: u64| {
        file.as_file().set_len(bytes).unwrap();
        TransportOptions::default().root_certificate_file(file.path())
    };
    assert!(read(MOST).is_ok());
    let error = read(MOST + 1).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Input);
    assert!(error.to_string().contains("4 MiB"), "{error}");
}
