//! The faceid actions that take the envelope, one line each: which fields may be encrypted, and which others there are.
//!
//! Source: the specification of faceid 2018-03-01 for the members, the API pages for the fields that may be encrypted.

use super::{Fields, Place, Verdict, fake_faces, results, verify};
use crate::tencent::action::{Action, Forms, Run};
use crate::tencent::members::{Kind, Known};

const ENVELOPE: &[Known] = &[("Encryption", Kind::Object)];

/// Writes an action and its fields from one line.
macro_rules! fields {
    ($name:literal [$($field:literal)+] [$($other:literal $kind:ident)*] $verdict:expr, $place:ident) => {
        Action {
            service: "faceid",
            name: $name,
            version: "2018-03-01",
            members: &[
                &[$(($field, Kind::Text),)+],
                &[$(($other, Kind::$kind),)*],
                place_of!($place),
            ],
            forms: Forms::JsonOrQuery,
            run: |call, members| {
                let fields = Fields {
                    encryptable: &[$(($field, Kind::Text),)+],
                    envelope: Place::$place,
                    verdict: $verdict,
                };
                verify(call, members, &fields)
            },
        }
    };
}

/// The members that the envelope itself takes.
macro_rules! place_of {
    (Member) => {
        ENVELOPE
    };
    (Flat) => {
        &[]
    };
}

const MATCH: Verdict = Verdict::Match;
const LIKENESS: Verdict = Verdict::Likeness;

#[rustfmt::skip]
pub(in crate::tencent) static ACTIONS: &[Action] = &[
    fields!("BankCard2EVerification" ["Name" "BankCard"] [] MATCH, Member),
    fields!("BankCard4EVerification" ["Name" "BankCard" "Phone" "IdCard"] ["CertType" Number] MATCH, Member),
    fields!("BankCardVerification" ["IdCard" "Name" "BankCard"] ["CertType" Number] MATCH, Member),
    fields!("CheckBankCardInformation" ["BankCard"] [] MATCH, Member),
    fields!("CheckIdNameDate" ["IdCard" "Name"] ["ValidityBegin" Text "ValidityEnd" Text] MATCH, Member),
    fields!("CheckPhoneAndName" ["Mobile" "Name"] [] MATCH, Member),
    fields!("DetectAuth" ["IdCard" "Name"]
        ["RuleId" Text "TerminalType" Text "RedirectUrl" Text "Extra" Text "ImageBase64" Text
         "IntentionVerifyText" Text "IntentionQuestions" Own "IntentionActions" Own "Config" Object]
        Verdict::Tokens(&["Url", "BizToken"]), Member),
    fields!("GetEidToken" ["IdCard" "Name"]
        ["MerchantId" Text "Extra" Text "Config" Object "RedirectUrl" Text]
        Verdict::Tokens(&["EidToken", "Url"]), Member),
    fields!("GetFaceIdToken" ["IdCard" "Name" "ImageBase64"]
        ["CompareLib" Text "Meta" Text "Extra" Text "UseCos" Switch "RuleId" Text "MetaData" Text]
        Verdict::Tokens(&["FaceIdToken"]), Member),
    fields!("IdCardOCRVerification" ["IdCard" "Name"]
        ["ImageBase64" Text "ImageUrl" Text "Config" Text]
        MATCH, Member),
    fields!("IdCardVerification" ["IdCard" "Name"] [] MATCH, Member),
    fields!("ImageRecognition" ["IdCard" "Name"] ["ImageBase64" Text "Optional" Text] LIKENESS, Member),
    fields!("ImageRecognitionV2" ["IdCard" "Name"]
        ["ImageBase64" Text "Optional" Text "Extra" Text]
        LIKENESS, Member),
    fields!("LivenessRecognition" ["IdCard" "Name"]
        ["LivenessType" Text "VideoBase64" Text "VideoUrl" Text "ValidateData" Text "Optional" Text]
        LIKENESS, Member),
    fields!("MinorsVerification" ["IdCard" "Name" "Mobile"] ["Type" Text] MATCH, Member),
    fields!("MobileNetworkTimeVerification" ["Mobile"] [] MATCH, Member),
    fields!("MobileStatus" ["Mobile"] [] MATCH, Member),
    fields!("PhoneVerificationCMCC" ["IdCard" "Name" "Phone"] [] MATCH, Member),
    fields!("PhoneVerificationCTCC" ["IdCard" "Name" "Phone"] [] MATCH, Member),
    fields!("PhoneVerificationCUCC" ["IdCard" "Name" "Phone"] [] MATCH, Member),
    fields!("PhoneVerification" ["IdCard" "Name" "Phone"]
        ["VerifyMode" Text "CiphertextBlob" Text "EncryptList" Texts "Iv" Text]
        MATCH, Flat),
    own("DetectAIFakeFaces", fake_faces::MEMBERS, fake_faces::detect),
    own("CheckIdCardInformation", results::CARD_MEMBERS, results::check_id_card),
    own("GetDetectInfoEnhanced", results::DETECTION_MEMBERS, results::detection),
    own("GetFaceIdResult", results::FACE_ID_MEMBERS, results::face_id),
];

const fn own(name: &'static str, members: &'static [&'static [Known]], run: Run) -> Action {
    Action {
        service: "faceid",
        name,
        version: "2018-03-01",
        members,
        forms: Forms::JsonOrQuery,
        run,
    }
}
