//! The actions that use the envelope, one line each: which parts of the request or the answer may be sealed.
//!
//! Source: the API pages of faceid (2018-03-01); the members in clear from its Python SDK 3.1.179.

use crate::error::{Error, printable_name};

/// An action of faceid that uses the envelope.
#[derive(Debug)]
pub struct FaceidAction {
    name: &'static str,
    pub(super) sealable: Sealable,
    /// The members in clear, without the envelope's own members.
    beside: &'static [&'static str],
}

/// The parts that may be sealed.
#[derive(Debug)]
pub(super) enum Sealable {
    /// These members of the request, each separately; `Encryption` describes them.
    Members(&'static [&'static str]),
    /// These members of the request, each separately; `CiphertextBlob`, `EncryptList` and `Iv` beside them describe
    /// them. Only AES-256-CBC fits this form.
    FlatMembers(&'static [&'static str]),
    /// The whole request.
    Body,
    /// Nothing of the request; only the answer, in any of these forms.
    Answer(&'static [AnswerForm]),
}

/// The form of a sealed answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum AnswerForm {
    Whole,
    Members,
}

impl AnswerForm {
    /// The request member that selects it.
    fn switch(self) -> &'static str {
        match self {
            Self::Whole => "IsEncryptResponse",
            Self::Members => "IsEncrypt",
        }
    }
}

use AnswerForm::{Members as SomeMembers, Whole};
use Sealable::{Answer, Body, FlatMembers, Members};

impl FaceidAction {
    /// All of them.
    #[rustfmt::skip]
    pub const ALL: &'static [Self] = &[
        of("BankCard2EVerification", Members(&["Name", "BankCard"]), &[]),
        of("BankCard4EVerification", Members(&["Name", "BankCard", "Phone", "IdCard"]), &["CertType"]),
        of("BankCardVerification", Members(&["IdCard", "Name", "BankCard"]), &["CertType"]),
        of("CheckBankCardInformation", Members(&["BankCard"]), &[]),
        of("CheckIdCardInformation", Answer(&[Whole, SomeMembers]), &["ImageBase64", "ImageUrl", "Config"]),
        of("CheckIdNameDate", Members(&["IdCard", "Name"]), &["ValidityBegin", "ValidityEnd"]),
        of("CheckPhoneAndName", Members(&["Mobile", "Name"]), &[]),
        of("DetectAIFakeFaces", Body, &["FaceInput", "FaceInputType"]),
        of("DetectAuth", Members(&["IdCard", "Name"]), &["RuleId", "TerminalType", "RedirectUrl", "Extra", "ImageBase64", "IntentionVerifyText", "IntentionQuestions", "IntentionActions", "Config"]),
        of("GetDetectInfoEnhanced", Answer(&[Whole, SomeMembers]), &["BizToken", "RuleId", "InfoType", "BestFramesCount", "IsCutIdCardImage", "IsNeedIdCardAvatar", "IsReturnAllVideo"]),
        of("GetEidToken", Members(&["IdCard", "Name"]), &["MerchantId", "Extra", "Config", "RedirectUrl"]),
        of("GetFaceIdResult", Answer(&[Whole]), &["FaceIdToken", "IsNeedVideo", "IsNeedBestFrame"]),
        of("GetFaceIdToken", Members(&["IdCard", "Name", "ImageBase64"]), &["CompareLib", "Meta", "Extra", "UseCos", "RuleId", "MetaData"]),
        of("IdCardOCRVerification", Members(&["IdCard", "Name"]), &["ImageBase64", "ImageUrl", "Config"]),
        of("IdCardVerification", Members(&["IdCard", "Name"]), &[]),
        of("ImageRecognition", Members(&["IdCard", "Name"]), &["ImageBase64", "Optional", "Extra"]),
        of("ImageRecognitionV2", Members(&["IdCard", "Name"]), &["ImageBase64", "Optional", "Extra"]),
        of("LivenessRecognition", Members(&["IdCard", "Name"]), &["LivenessType", "VideoBase64", "VideoUrl", "ValidateData", "Optional"]),
        of("MinorsVerification", Members(&["IdCard", "Name", "Mobile"]), &["Type"]),
        of("MobileNetworkTimeVerification", Members(&["Mobile"]), &[]),
        of("MobileStatus", Members(&["Mobile"]), &[]),
        of("PhoneVerification", FlatMembers(&["IdCard", "Name", "Phone"]), &["VerifyMode"]),
        of("PhoneVerificationCMCC", Members(&["IdCard", "Name", "Phone"]), &[]),
        of("PhoneVerificationCTCC", Members(&["IdCard", "Name", "Phone"]), &[]),
        of("PhoneVerificationCUCC", Members(&["IdCard", "Name", "Phone"]), &[]),
    ];

    /// The action with this name, in the service's spelling.
    ///
    /// # Errors
    /// `Input` if there is no such action with an envelope.
    pub fn named(name: &str) -> Result<&'static Self, Error> {
        Self::ALL
            .iter()
            .find(|action| action.name == name)
            .ok_or_else(|| {
                Error::input(format!(
                    "faceid has no action `{}` that takes the envelope; what takes none is called in clear",
                    printable_name(name)
                ))
            })
    }

    /// The action's name.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// The members of a request that may be sealed separately; empty if the whole body is sealed, or only the answer.
    pub fn sealable(&self) -> &'static [&'static str] {
        match self.sealable {
            Members(names) | FlatMembers(names) => names,
            Body | Answer(_) => &[],
        }
    }

    /// Whether the action has a request member with exactly this name.
    pub(super) fn knows(&self, member: &str) -> bool {
        self.sealable().contains(&member) || self.beside.contains(&member)
    }

    /// The member that this name means, ignoring case.
    pub(super) fn meant_by(&self, member: &str) -> Option<&'static str> {
        let mut known = self.sealable().iter().chain(self.beside);
        known
            .find(|known| known.eq_ignore_ascii_case(member))
            .copied()
    }

    /// True if only the answer is sealed, not the request.
    pub fn seals_its_answer(&self) -> bool {
        matches!(self.sealable, Answer(_))
    }

    /// The switch that requests an answer of this form.
    pub(super) fn switch_of(&self, form: AnswerForm) -> Result<&'static str, Error> {
        match self.sealable {
            Answer(forms) if forms.contains(&form) => Ok(form.switch()),
            Answer(_) => Err(Error::input(format!(
                "{} seals its answer as a whole only",
                self.name
            ))),
            _ => Err(Error::input(format!(
                "{} answers in clear; nothing of its answer can be sealed",
                self.name
            ))),
        }
    }
}

const fn of(
    name: &'static str,
    sealable: Sealable,
    beside: &'static [&'static str],
) -> FaceidAction {
    FaceidAction {
        name,
        sealable,
        beside,
    }
}
