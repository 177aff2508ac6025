//! Ctyun's OCR capabilities. They have no names on the wire, only paths; the names here are the library's.
//!
//! Source: the product's pages 10007766/10022645 (identity card), 10022648 (business licence), 10048693 (driver
//! licence) and 10048698 (vehicle licence); the path of general text is from public scripts. The segment after `api/`
//! is an id, which an account may have another of. Interface encryption exists, and its page is not public.

use super::parameter::{Form, Parameter, Words, member, words};
use super::{Action, Cloud};

const DATA: Parameter = member(
    "data",
    Form::Texts,
    words(
        "图片的 Base64 列表；不带 data: 前缀",
        "the pictures in Base64, without a data: prefix",
    ),
    r#"["/9j/4AAQSkZJRg=="]"#,
)
.required()
.within(
    "1 至 50 张；每张不超过 10MB，边长 32 至 5000 像素；JPG、JPEG、PNG 或 BMP",
    "1 to 50 pictures of 10 MB and 32 to 5000 pixels a side; JPG, JPEG, PNG or BMP",
);

const IMAGE_DATA: Parameter = member(
    "ImageData",
    Form::Text,
    words(
        "图片的 Base64；不带 data: 前缀",
        "the picture in Base64, without a data: prefix",
    ),
    r#""/9j/4AAQSkZJRg==""#,
)
.required()
.within(
    "Base64 不超过 7MB；JPG、JPEG、PNG 或 BMP",
    "7 MB of Base64; JPG, JPEG, PNG or BMP",
);

const fn kind(form: Form, example: &'static str) -> Parameter {
    member(
        "Action",
        form,
        words(
            "能力名称，由该能力的文档规定",
            "the name of the capability, as its page gives it",
        ),
        example,
    )
    .required()
}

const fn action(
    name: &'static str,
    path: &'static str,
    what: Words,
    parameters: &'static [Parameter],
) -> Action {
    Action {
        cloud: Cloud::Ctyun,
        service: "",
        name,
        version: "",
        path,
        what,
        parameters,
        one_of: &[],
    }
}

#[rustfmt::skip]
pub(super) static ACTIONS: &[Action] = &[
    action("general-text", "/v1/aiop/api/2f3p1pnxpqm8/ocrdetect/ocr/v1/image.json", words("通用文字识别", "reads lines of text"), &[DATA]),
    action("id-card", "/v1/aiop/api/2f3os7qq79xc/IdentityCard/ocr/v1/idcard.json", words("身份证识别", "reads ID cards"), &[DATA]),
    action("business-license", "/v1/aiop/api/2k8jo3ghhjwg/businesslicense/ocr/v1/BusinessLicense.json", words("营业执照识别", "reads a business licence"),
        &[kind(Form::Choice(&["BusinessCardOCR"]), r#""BusinessCardOCR""#), IMAGE_DATA]),
    // `lisence` is the vendor's spelling. ImageData is inferred from the page of the business licence.
    action("driver-license", "/v1/aiop/api/3131mkjqbqck/driver-lisence/ocr/detect", words("驾驶证识别", "reads a driver licence"),
        &[kind(Form::Choice(&["DriversLicense"]), r#""DriversLicense""#), IMAGE_DATA]),
    // What Action must be is not public.
    action("vehicle-license", "/v1/aiop/api/3131km7vva4g/driving-lisence/ocr/detect", words("行驶证识别", "reads a vehicle licence"),
        &[kind(Form::Text, r#""见控制台示例""#), IMAGE_DATA]),
];
