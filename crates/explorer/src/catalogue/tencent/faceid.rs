//! Tencent's faceid (2018-03-01): the actions that take the envelope, in the order of the library's own table.
//!
//! Source: the API pages of faceid for the members that may be encrypted; its specification for the names and forms of
//! the others. What those are for is said only where their names leave no doubt; whether they must be there, and what
//! they must keep to, is known of few.

use super::ocr::{
    ALGORITHM, CIPHERTEXT_BLOB, ENCRYPT_LIST, ENCRYPTED_BODY, IMAGE_BASE64, IMAGE_URL, IV, TAG_LIST,
};
use crate::catalogue::parameter::{Form, Need, Parameter, member, switch, words};
use crate::catalogue::{Action, Cloud};

const fn text(
    name: &'static str,
    zh: &'static str,
    en: &'static str,
    example: &'static str,
) -> Parameter {
    member(name, Form::Text, words(zh, en), example)
}

const fn maybe(parameter: Parameter) -> Parameter {
    Parameter {
        need: Need::Unknown,
        ..parameter
    }
}

const NAME: Parameter = text("Name", "姓名", "the person's name", r#""张三""#);
const ID_CARD: Parameter = text(
    "IdCard",
    "身份证号",
    "the number of the ID card",
    r#""11010119900307123X""#,
);
const BANK_CARD: Parameter = text(
    "BankCard",
    "银行卡号",
    "the number of the bank card",
    r#""6222000000000000000""#,
);
const PHONE: Parameter = text(
    "Phone",
    "手机号",
    "the mobile phone's number",
    r#""13800000000""#,
);
const MOBILE: Parameter = text(
    "Mobile",
    "手机号",
    "the mobile phone's number",
    r#""13800000000""#,
);
const CERT_TYPE: Parameter = member(
    "CertType",
    Form::Integer,
    words(
        "证件类型的编号；取值见该接口文档",
        "the kind of identity document, by a number; the action's page has the values",
    ),
    "0",
);
const EXTRA: Parameter = text(
    "Extra",
    "透传字段：原样保存，查询结果时返回",
    "a text of the caller's own, which comes back with the result",
    r#""order-1""#,
);
const RULE_ID: Parameter = text("RuleId", "业务流程编号", "the id of the rule", r#""1""#);
const REDIRECT_URL: Parameter = text(
    "RedirectUrl",
    "完成后跳转的地址",
    "where to go afterwards",
    r#""https://example.com/done""#,
);
const OPTIONAL: Parameter = text(
    "Optional",
    "附加选项；取值见该接口文档",
    "further options; the action's page has their values",
    r#""""#,
);
const PHOTO: Parameter = maybe(text(
    "ImageBase64",
    "照片的 Base64",
    "a photograph in Base64",
    r#""/9j/4AAQSkZJRg==""#,
));
const CONFIG: Parameter = member(
    "Config",
    Form::Object(&[]),
    words(
        "流程配置，JSON 对象；成员名见该接口文档",
        "settings of the verification, a JSON object; its members are on the action's page",
    ),
    "{}",
);
const CARD_CONFIG: Parameter = member(
    "Config",
    Form::JsonText(&[]),
    words(
        "识别选项，写成内容为 JSON 的字符串；成员名见该接口文档",
        "what to look for in the picture, as a string that holds JSON; its members are on the action's page",
    ),
    r#""{}""#,
);

const ENCRYPTION: Parameter = member(
    "Encryption",
    Form::Object(&[
        ENCRYPT_LIST.required().exemplified(r#"["IdCard","Name"]"#).within("参数名本身，不带前缀；整体加密时为 EncryptionBody", "the bare names; EncryptionBody for a whole body"),
        CIPHERTEXT_BLOB.required(),
        IV.required(),
        ALGORITHM,
        TAG_LIST,
    ]),
    words("信封：哪些参数已加密、如何解开；由 cardseal 生成", "the envelope: which members are encrypted, and what it takes to open them; cardseal makes it"),
    r#"{"EncryptList": ["IdCard"], "CiphertextBlob": "AAAA", "Iv": "AAAA", "Algorithm": "SM4-GCM", "TagList": ["AAAA"]}"#,
)
.optional();

/// For an answer: only `CiphertextBlob` and `Algorithm` have to say something, since nothing of the request is encrypted.
const ANSWER_ENCRYPTION: Parameter = member(
    "Encryption",
    Form::Object(&[
        maybe(ENCRYPT_LIST),
        maybe(CIPHERTEXT_BLOB),
        maybe(IV),
        ALGORITHM,
        TAG_LIST,
    ]),
    words(
        "信封：应答用哪个会话密钥加密；由 cardseal 生成",
        "the envelope: the session key for the answer; cardseal makes it",
    ),
    r#"{"EncryptList": [], "CiphertextBlob": "AAAA", "Algorithm": "SM4-GCM"}"#,
)
.optional();

const WHOLE_ANSWER: Parameter = switch(
    "IsEncryptResponse",
    "是否将整个应答加密",
    "whether the whole answer comes encrypted",
);
const ANSWER_MEMBERS: Parameter = switch(
    "IsEncrypt",
    "是否将应答中的个人信息逐项加密",
    "whether personal members of the answer come encrypted one by one",
);

macro_rules! action {
    ($name:literal, $zh:literal, $en:literal, [$($parameter:expr),* $(,)?]) => {
        action!($name, $zh, $en, [$($parameter),*], &[])
    };
    ($name:literal, $zh:literal, $en:literal, [$($parameter:expr),* $(,)?], $one_of:expr) => {
        Action {
            cloud: Cloud::Tencent,
            service: "faceid",
            name: $name,
            version: "2018-03-01",
            path: "/",
            what: words($zh, $en),
            parameters: &[$($parameter),*],
            one_of: $one_of,
        }
    };
}

#[rustfmt::skip]
pub(crate) static ACTIONS: &[Action] = &[
    action!("BankCard2EVerification", "银行卡二要素核验", "checks a bank card against a name", [NAME, BANK_CARD, ENCRYPTION]),
    action!("BankCard4EVerification", "银行卡四要素核验", "checks a bank card against a name, a phone and an ID card", [NAME, BANK_CARD, PHONE, ID_CARD, CERT_TYPE, ENCRYPTION]),
    action!("BankCardVerification", "银行卡三要素核验", "checks a bank card against a name and an ID card", [ID_CARD, NAME, BANK_CARD, CERT_TYPE, ENCRYPTION]),
    action!("CheckBankCardInformation", "银行卡信息查询", "looks up a bank card", [BANK_CARD, ENCRYPTION]),
    action!("CheckIdCardInformation", "身份证照片信息核验", "checks a picture of an ID card", [IMAGE_BASE64, IMAGE_URL, CARD_CONFIG, ANSWER_MEMBERS, WHOLE_ANSWER, ANSWER_ENCRYPTION], &[&["ImageUrl", "ImageBase64"]]),
    action!("CheckIdNameDate", "身份信息及有效期核验", "checks name, ID card and its dates", [ID_CARD, NAME,
        text("ValidityBegin", "证件有效期起始日", "the first day of the card's validity", r#""20180812""#),
        text("ValidityEnd", "证件有效期截止日", "the last day of the card's validity", r#""20380812""#),
        ENCRYPTION]),
    action!("CheckPhoneAndName", "手机号二要素核验", "checks a phone against a name", [MOBILE, NAME, ENCRYPTION]),
    action!("DetectAIFakeFaces", "AI 人脸防护盾", "tells whether a face is made up", [
        text("FaceInput", "人脸图片或视频的 Base64", "a picture or video of a face, in Base64", r#""/9j/4AAQSkZJRg==""#),
        member("FaceInputType", Form::Integer, words("输入类型：1 为图片，2 为视频", "1 for a picture, 2 for a video"), "1"),
        maybe(ENCRYPTED_BODY), ENCRYPTION], &[&["FaceInput", "EncryptedBody"], &["FaceInputType", "EncryptedBody"]]),
    action!("DetectAuth", "实名核身鉴权", "starts a verification and gives its token", [ID_CARD, NAME, RULE_ID,
        text("TerminalType", "发起核身的终端类型；取值见该接口文档", "the kind of device that the verification starts on; the action's page has the values", r#""""#), REDIRECT_URL, EXTRA, PHOTO,
        text("IntentionVerifyText", "意愿核身（朗读模式）：要求用户朗读的文本", "for consent by reading aloud: the text that the person reads", r#""同意""#),
        member("IntentionQuestions", Form::Unknown, words("意愿核身（问答模式）：JSON 数组，每项含播报的问题与预期的回答", "for consent by answering: a JSON array; each item holds the question read out and the answers that count"), "[]"),
        member("IntentionActions", Form::Unknown, words("意愿核身（点头确认模式）：JSON 数组，每项含播报的文本", "for consent by nodding: a JSON array; each item holds the text read out"), "[]"),
        CONFIG, ENCRYPTION]),
    action!("GetDetectInfoEnhanced", "获取实名核身结果（增强版）", "gets the result of a verification", [
        text("BizToken", "核身流程的标识", "the token of the verification", r#""00000000-0000-0000-0000-000000000000""#).required(), RULE_ID.required(),
        text("InfoType", "要获取的结果类型", "which parts of the result", r#""0""#),
        member("BestFramesCount", Form::Integer, words("返回的最佳帧数", "how many of the best frames"), "0"),
        switch("IsCutIdCardImage", "是否裁剪身份证图片", "whether to cut out the ID card"),
        switch("IsNeedIdCardAvatar", "是否返回证件头像", "whether to return the card's portrait"),
        switch("IsReturnAllVideo", "是否返回全部视频", "whether to return all videos"),
        ANSWER_MEMBERS, WHOLE_ANSWER, ANSWER_ENCRYPTION]),
    action!("GetEidToken", "获取 E 证通令牌", "gets a token for an eID verification", [ID_CARD, NAME,
        text("MerchantId", "商户编号", "the merchant's id", r#""0""#), EXTRA, CONFIG, REDIRECT_URL, ENCRYPTION]),
    action!("GetFaceIdResult", "获取 SDK 核验结果", "gets the result of a verification by the SDK", [
        text("FaceIdToken", "SDK 核身流程的标识", "the token of the verification", r#""00000000-0000-0000-0000-000000000000""#).required(),
        switch("IsNeedVideo", "是否返回视频", "whether to return the video"),
        switch("IsNeedBestFrame", "是否返回最佳帧", "whether to return the best frame"),
        WHOLE_ANSWER, ANSWER_ENCRYPTION]),
    action!("GetFaceIdToken", "获取 SDK 核验令牌", "gets a token for a verification by the SDK", [ID_CARD, NAME, PHOTO,
        text("CompareLib", "用作比对的照片来源；取值见该接口文档", "the source of the photograph to compare with; the action's page has the values", r#""LIBRARY""#),
        text("Meta", "自定义数据，原样保存", "data of the caller's own, kept as it is", r#""""#), EXTRA,
        member("UseCos", Form::Switch, words("是否使用对象存储", "whether to use object storage"), "false"),
        RULE_ID,
        text("MetaData", "自定义数据，原样保存", "data of the caller's own, kept as it is", r#""""#), ENCRYPTION]),
    action!("IdCardOCRVerification", "身份证识别及信息核验", "reads an ID card or takes name and number, and checks them", [ID_CARD, NAME, IMAGE_BASE64, IMAGE_URL, CARD_CONFIG, ENCRYPTION]),
    action!("IdCardVerification", "身份信息认证（二要素）", "checks a name against an ID card", [ID_CARD, NAME, ENCRYPTION]),
    action!("ImageRecognition", "照片人脸核身", "compares a photograph with a name and an ID card", [ID_CARD, NAME, PHOTO, OPTIONAL, ENCRYPTION]),
    action!("ImageRecognitionV2", "照片人脸核身（V2）", "compares a photograph with a name and an ID card", [ID_CARD, NAME, PHOTO, OPTIONAL, EXTRA, ENCRYPTION]),
    action!("LivenessRecognition", "活体人脸核身", "compares a video with a name and an ID card", [ID_CARD, NAME,
        text("LivenessType", "活体检测类型，如 SILENT（静默）；其余取值见该接口文档", "the kind of liveness check, as in SILENT; the action's page has the other values", r#""SILENT""#),
        text("VideoBase64", "视频的 Base64", "the video in Base64", r#""AAAA""#),
        text("VideoUrl", "视频的 URL 地址", "the video's URL", r#""https://example.com/face.mp4""#),
        text("ValidateData", "活体检测的校验数据，随 LivenessType 而定（如数字或动作的顺序）", "what the video has to show, by LivenessType: the digits or the order of the movements", r#""""#), OPTIONAL, ENCRYPTION]),
    action!("MinorsVerification", "未成年人守护", "tells whether somebody is a minor", [ID_CARD, NAME, MOBILE,
        text("Type", "以哪些信息核验；取值见该接口文档", "which of the details are compared; the action's page has the values", r#""0""#), ENCRYPTION]),
    action!("MobileNetworkTimeVerification", "手机号在网时长核验", "tells how long a phone's number has been in use", [MOBILE, ENCRYPTION]),
    action!("MobileStatus", "手机号状态查询", "tells the state of a phone's number", [MOBILE, ENCRYPTION]),
    action!("PhoneVerification", "手机号三要素核验", "checks a phone against a name and an ID card", [ID_CARD, NAME, PHONE,
        text("VerifyMode", "应答中差异的详细程度；取值见该接口文档", "how much the answer says of what differs; the action's page has the values", r#""0""#),
        // The oldest form of the envelope: its members stand beside the others, and it is AES-256-CBC only.
        maybe(CIPHERTEXT_BLOB).within("RSA，128 字节", "RSA, 128 bytes"), maybe(ENCRYPT_LIST), maybe(IV).within("AES-256-CBC，16 字节", "AES-256-CBC, 16 bytes")]),
    action!("PhoneVerificationCMCC", "手机号三要素核验（移动）", "checks a phone of China Mobile against a name and an ID card", [ID_CARD, NAME, PHONE, ENCRYPTION]),
    action!("PhoneVerificationCTCC", "手机号三要素核验（电信）", "checks a phone of China Telecom against a name and an ID card", [ID_CARD, NAME, PHONE, ENCRYPTION]),
    action!("PhoneVerificationCUCC", "手机号三要素核验（联通）", "checks a phone of China Unicom against a name and an ID card", [ID_CARD, NAME, PHONE, ENCRYPTION]),
];
