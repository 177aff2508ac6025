//! The faceid actions whose answer comes sealed, and what an answer must be to open.

use cardseal::tencent::{FaceidAction, SealedAnswer};
use cardseal::{EncryptedReply, ErrorKind, IvPolicy, WholeBody};
use cardseal_gateway::{Fault, IvMode};
use serde_json::json;

use crate::faceid::{ask, object, request, value};
use crate::{NUMBER, common, service};

const RESULTS: [(&str, &str, &[&str]); 3] = [
    (
        "CheckIdCardInformation",
        "/IdNum",
        &["Response.IdNum", "Response.Name"],
    ),
    (
        "GetDetectInfoEnhanced",
        "/Text/IdCard",
        &[
            "Response.Text.IdCard",
            "Response.Text.Name",
            "Response.Text.LivenessDetail[0].Idcard",
            "Response.Text.LivenessDetail[0].Name",
        ],
    ),
    ("GetFaceIdResult", "/IdCard", &[]),
];

#[test]
fn sealed_answers_in_both_iv_modes() {
    for (mode, reused) in [(IvMode::Same, true), (IvMode::Fresh, false)] {
        let service = service(|config| config.iv_mode = mode);
        for key in &service.recipients {
            for (name, number, paths) in RESULTS {
                let action = FaceidAction::named(name).unwrap();
                let named = || SealedAnswer::Members(paths.iter().map(|p| (*p).into()).collect());
                let forms = [
                    SealedAnswer::Whole,
                    named(),
                    SealedAnswer::MembersNamedByAnswer,
                ];
                let usable = if paths.is_empty() { 1 } else { 3 };
                for form in forms.into_iter().take(usable) {
                    let request = request(action, &object(action))
                        .sealed_answer(form.clone())
                        .unwrap()
                        .iv_policy(IvPolicy::AcceptForgeableFirstBlock);
                    let answer = ask(&service, key, &request)
                        .unwrap_or_else(|error| panic!("{name} {form:?}: {error}"));
                    let opened = value(&answer);
                    assert_eq!(opened.pointer(number), Some(&json!(NUMBER)), "{name}");
                    let seal = answer.seal.unwrap();
                    assert_eq!(seal.iv_reused, reused);
                    assert_eq!(seal.authenticated, key.algorithm() == "SM4-GCM");
                }
                let fresh = request(action, &object(action)).iv_policy(IvPolicy::Fresh);
                assert_eq!(ask(&service, key, &fresh).is_ok(), !reused, "{name}");
            }
        }
    }
}

#[test]
fn an_answer_sealed_otherwise_than_asked_is_refused() {
    let service = service(|_| {});
    let action = FaceidAction::named("CheckIdCardInformation").unwrap();
    for paths in [
        &["Response.IdNum"][..],
        &["Response.IdNum", "Response.Name", "Response.Sex"],
    ] {
        let paths = paths.iter().map(|path| (*path).to_owned()).collect();
        let request = request(action, &object(action))
            .sealed_answer(SealedAnswer::Members(paths))
            .unwrap();
        let error = ask(&service, &service.recipients[1], &request).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Open);
        assert!(error.request_id().is_some());
    }
}

#[test]
fn a_spoilt_answer_does_not_open() {
    for (fault, key) in [
        (Fault::WrongTag, 1),
        (Fault::OtherKey, 1),
        (Fault::WrongIvLength, 0),
    ] {
        let service = service(|config| config.fault = Some(fault));
        let action = FaceidAction::named("GetFaceIdResult").unwrap();
        let request = request(action, &object(action));
        let error = ask(&service, &service.recipients[key], &request).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Open, "{fault}");
    }
}

/// Each service's own name for a sealed whole body, and no other's.
#[test]
fn the_name_of_a_whole_body_is_strict() {
    use WholeBody::{EncryptedBody, EncryptionBody};
    for (sealed_as, opened_as) in [
        (EncryptedBody, EncryptedBody),
        (EncryptedBody, EncryptionBody),
        (EncryptionBody, EncryptedBody),
        (EncryptionBody, EncryptionBody),
    ] {
        for key in [common::rsa(), common::sm2()] {
            // A sealed request is well formed as an answer to itself.
            let (sealed, opener) = key.seal_named(b"{}", sealed_as).unwrap();
            let reply = EncryptedReply::parse(sealed.as_json()).unwrap();
            assert!(!reply.names_fields());
            let opened = common::forgetful(opener).open_named(&reply, opened_as, IvPolicy::Same);
            assert_eq!(
                opened.is_ok(),
                sealed_as == opened_as,
                "{sealed_as:?} {opened_as:?}"
            );
        }
    }
}

/// Personal members outside the seal of a whole answer: somebody put them there.
#[test]
fn a_whole_answer_with_anything_personal_beside_it_is_refused() {
    let key = common::sm2();
    for beside in [
        r#""IdCard":"1""#,
        r#""Text":{"Name":"x"}"#,
        r#""BestFrameBase64":"AA==""#,
    ] {
        let (sealed, opener) = key.seal_named(b"{}", WholeBody::EncryptionBody).unwrap();
        let json = core::str::from_utf8(sealed.as_json()).unwrap();
        let json = json.replacen('{', &format!("{{{beside},"), 1);
        let reply = EncryptedReply::parse(json.as_bytes()).unwrap();
        assert_eq!(reply.clear_text_fields().len(), 1);
        let opened = opener.open_named(&reply, WholeBody::EncryptionBody, IvPolicy::BySuite);
        assert!(opened.is_err(), "{beside}");
    }
}
