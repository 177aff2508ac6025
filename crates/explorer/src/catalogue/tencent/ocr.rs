//! Tencent's OCR (2018-11-19): the actions that the library has types for.
//!
//! Source: the API pages of IDCardOCR (866/33524), RecognizeEncryptedIDCardOCR (866/103433) and GeneralBasicOCR
//! (866/33526), and the service's guide to encrypting sensitive data (866/106048).

use crate::catalogue::parameter::{Form, Parameter, member, switch, words};
use crate::catalogue::{Action, Cloud};

/// The service's own sample picture.
const SAMPLE: &str =
    r#""https://ocr-demo-1254418846.cos.ap-guangzhou.myqcloud.com/card/IDCardOCR/IDCardOCR1.jpg""#;

pub(super) const IMAGE_URL: Parameter = member(
    "ImageUrl",
    Form::Text,
    words(
        "图片的 URL 地址；与 ImageBase64 都给出时以它为准",
        "the picture's URL; it wins where ImageBase64 is given too",
    ),
    SAMPLE,
)
.optional()
.within(
    "服务须在 3 秒内下载完成；PNG、JPG、JPEG 或 BMP",
    "the service fetches it within 3 seconds; PNG, JPG, JPEG or BMP",
);

pub(super) const IMAGE_BASE64: Parameter = member(
    "ImageBase64",
    Form::Text,
    words("图片的 Base64；不带 data: 前缀，不含换行", "the picture in Base64, without a data: prefix and line breaks"),
    r#""/9j/4AAQSkZJRg==""#,
)
.optional()
.within(
    "Base64 不超过 10M，整个请求不超过 10 MB；PNG、JPG、JPEG 或 BMP；建议不小于 500×800，卡片占画面三分之二以上",
    "10M of Base64, 10 MB for the whole request; PNG, JPG, JPEG or BMP; 500 by 800 pixels or more are advised, with the card over two thirds of them",
);

/// What `Config` may switch on; all are off where they are absent.
const CONFIG: &[&str] = &[
    "CropIdCard",
    "CropPortrait",
    "CopyWarn",
    "BorderCheckWarn",
    "ReshootWarn",
    "DetectPsWarn",
    "TempIdWarn",
    "InvalidDateWarn",
    "Quality",
    "MultiCardDetect",
    "ReflectWarn",
];

const CARD_SIDE: Parameter = member(
    "CardSide",
    Form::Choice(&["FRONT", "BACK"]),
    words(
        "身份证正反面：FRONT 为人像面，BACK 为国徽面；不填则自动判断",
        "the side: FRONT with the portrait, BACK with the emblem; absent, the service finds out",
    ),
    r#""FRONT""#,
)
.optional();

const CONFIG_TEXT: Parameter = member(
    "Config",
    Form::JsonText(CONFIG),
    words(
        "开关，写成内容为 JSON 的字符串；默认全部关闭",
        "switches, as a string that holds JSON; all are off by default",
    ),
    r#""{\"CropPortrait\":true}""#,
)
.optional();

const RECTIFY: Parameter = switch(
    "EnableRecognitionRectify",
    "是否将号码、出生日期与性别一并校正；默认开启",
    "whether number, date of birth and sex are corrected together; on by default",
);

const REFLECT_DETAIL: Parameter = switch(
    "EnableReflectDetail",
    "是否返回反光位置；须同时打开 Config 中的 ReflectWarn；默认关闭",
    "whether to say where reflections are; needs ReflectWarn in Config; off by default",
);

const WARN_TYPE: Parameter = member(
    "CardWarnType",
    Form::Choice(&["Basic", "Advanced"]),
    words(
        "告警范围；默认 Basic",
        "how many kinds of warning; Basic by default",
    ),
    r#""Advanced""#,
)
.optional();

/// How an envelope's members are described; which of them must be there differs from service to service.
pub(super) const CIPHERTEXT_BLOB: Parameter = member(
    "CiphertextBlob",
    Form::Text,
    words(
        "用服务方公钥加密的会话密钥的 Base64",
        "Base64 of the session key, wrapped under the service's public key",
    ),
    r#""AAAA""#,
)
.within(
    "RSA 为 128 字节，SM2 为 113 字节",
    "128 bytes under RSA, 113 under SM2",
);

pub(super) const IV: Parameter = member(
    "Iv",
    Form::Text,
    words(
        "初始向量的 Base64；每个请求都须重新生成",
        "Base64 of the IV, fresh for every request",
    ),
    r#""AAAA""#,
)
.within(
    "AES-256-CBC 为 16 字节，SM4-GCM 为 12 字节",
    "16 bytes for AES-256-CBC, 12 for SM4-GCM",
);

pub(super) const ALGORITHM: Parameter = member(
    "Algorithm",
    Form::Choice(&["AES-256-CBC", "SM4-GCM"]),
    words(
        "加密算法；默认 AES-256-CBC",
        "the cipher; AES-256-CBC by default",
    ),
    r#""SM4-GCM""#,
)
.optional();

pub(super) const TAG_LIST: Parameter = member(
    "TagList",
    Form::Texts,
    words(
        "SM4-GCM 的认证标签的 Base64，与 EncryptList 逐项对应；AES-256-CBC 为空",
        "Base64 of SM4-GCM's tags, one for each of EncryptList in its order; empty for AES-256-CBC",
    ),
    r#"["AAAA"]"#,
)
.optional();

pub(super) const ENCRYPT_LIST: Parameter = member(
    "EncryptList",
    Form::Texts,
    words("已加密的参数名", "the names of what is encrypted"),
    r#"["EncryptedBody"]"#,
);

const ENCRYPTION: Parameter = member(
    "Encryption",
    Form::Object(&[
        CIPHERTEXT_BLOB.required(),
        IV.required(),
        ALGORITHM,
        TAG_LIST,
        ENCRYPT_LIST.optional().within("整体加密时为 EncryptedBody，也是默认值", "EncryptedBody for a whole body, which is the default"),
    ]),
    words("信封：密文如何解开；由 `cardseal seal` 生成", "the envelope: what it takes to open the ciphertext; `cardseal seal` makes it"),
    r#"{"CiphertextBlob": "AAAA", "Iv": "AAAA", "Algorithm": "SM4-GCM", "TagList": ["AAAA"], "EncryptList": ["EncryptedBody"]}"#,
)
.required();

pub(super) const ENCRYPTED_BODY: Parameter = member(
    "EncryptedBody",
    Form::Text,
    words("整个业务请求加密后的 Base64；由 `cardseal seal` 生成", "Base64 of the whole request, encrypted; `cardseal seal` makes it"),
    r#""AAAA""#,
)
.within(
    "原图约 5.6 MiB 以内：密文又经一次 Base64，而请求不超过 10 MB",
    "pictures of some 5.6 MiB: the ciphertext goes into Base64 once more, and the request may have 10 MB",
);

const ONE_IMAGE: &[&[&str]] = &[&["ImageUrl", "ImageBase64"]];

pub(crate) static ACTIONS: &[Action] = &[
    Action {
        cloud: Cloud::Tencent,
        service: "ocr",
        name: "RecognizeEncryptedIDCardOCR",
        version: "2018-11-19",
        path: "/",
        what: words("身份证识别，请求与应答全程加密", "reads an ID card; request and answer are encrypted"),
        // The members in clear are accepted beside the envelope; what they are for, IDCardOCR says.
        parameters: &[
            ENCRYPTED_BODY.required(),
            ENCRYPTION,
            IMAGE_BASE64,
            IMAGE_URL,
            CARD_SIDE,
            CONFIG_TEXT,
            RECTIFY,
            REFLECT_DETAIL,
            WARN_TYPE,
        ],
        one_of: &[],
    },
    Action {
        cloud: Cloud::Tencent,
        service: "ocr",
        name: "IDCardOCR",
        version: "2018-11-19",
        path: "/",
        what: words("身份证识别，明文传输", "reads an ID card, in clear"),
        parameters: &[
            IMAGE_BASE64,
            IMAGE_URL,
            CARD_SIDE,
            CONFIG_TEXT,
            RECTIFY,
            REFLECT_DETAIL,
            switch("EnableDateVerify", "已停用", "withdrawn by the service, and without effect"),
            WARN_TYPE,
        ],
        one_of: ONE_IMAGE,
    },
    Action {
        cloud: Cloud::Tencent,
        service: "ocr",
        name: "GeneralBasicOCR",
        version: "2018-11-19",
        path: "/",
        what: words("通用印刷体识别", "reads every line of text in a picture or in a page of a PDF"),
        parameters: &[
            IMAGE_BASE64,
            IMAGE_URL,
            member("Scene", Form::Text, words("保留字段", "kept by the service for later use"), r#""doc""#).optional(),
            // An open set: the names that the library knows are examples.
            member(
                "LanguageType",
                Form::Text,
                words("识别语言，如 zh（默认：中英文与数字）、zh_rare、auto、mix、jap、kor", "the language, as in zh (the default: Chinese, English, digits), zh_rare, auto, mix, jap, kor"),
                r#""zh""#,
            )
            .optional(),
            switch("IsPdf", "文件是否为 PDF；默认否", "whether the file is a PDF; off by default"),
            member(
                "PdfPageNumber",
                Form::Integer,
                words("要识别的 PDF 页码", "the page of the PDF to read"),
                "1",
            )
            .optional()
            .within("从 1 起", "from 1"),
            switch("IsWords", "是否返回每个字及其位置；默认否", "whether to return every character with its place; off by default"),
        ],
        one_of: ONE_IMAGE,
    },
];
