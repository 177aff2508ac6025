//! Huawei Cloud's ID card OCR. Its siblings (general-text, bankcard, passport and some 48 more) the library calls
//! without types of their own, and so they are not described here.
//!
//! Source: the request schema of the official SDK's OCR package 3.1.219. Nothing in it is encrypted.

use super::parameter::{Form, member, switch, words};
use super::{Action, Cloud};

#[rustfmt::skip]
pub(super) static ACTIONS: &[Action] = &[Action {
    cloud: Cloud::Huawei,
    service: "ocr",
    name: "id-card",
    version: "v2",
    path: "/v2/{project_id}/ocr/id-card",
    what: words("身份证识别", "reads an ID card"),
    // Exactly one of `image` and `url`.
    one_of: &[&["url", "image"]],
    parameters: &[
        member("image", Form::Text, words("图片的 Base64；与 url 二选一", "the picture in Base64; either this or url"), r#""/9j/4AAQSkZJRg==""#)
            .optional()
            .within("Base64 不超过 10MB，边长 15 至 8192 像素；PNG、JPG、JPEG、BMP 或 TIFF", "10 MB of Base64, 15 to 8192 pixels a side; PNG, JPG, JPEG, BMP or TIFF"),
        member("url", Form::Text, words("图片的 URL 地址；与 image 二选一", "the picture's URL; either this or image"), r#""https://example.com/card.jpg""#).optional(),
        member("side", Form::Choice(&["front", "back", "double_side", ""]), words("身份证正反面；空则自动判断", "the side; empty, the service finds out"), r#""front""#).optional(),
        switch("return_verification", "是否返回证件内容的校验结果", "return whether what the card says is consistent"),
        switch("return_text_location", "是否返回文字位置", "return where each text stands"),
        switch("return_portrait_location", "是否返回头像位置", "return where the portrait is"),
        switch("return_portrait_image", "是否返回头像", "return the portrait in Base64"),
        switch("return_adjusted_image", "是否返回校正后的卡片图", "return the card, cut out and set straight"),
        switch("detect_reproduce", "是否检测翻拍", "look for a picture of a screen"),
        switch("detect_copy", "是否检测复印件", "look for a copy"),
        switch("detect_tampering", "是否检测篡改", "look for retouching"),
        switch("detect_border_integrity", "是否检测边框完整", "look for an incomplete border"),
        switch("detect_blocking_within_border", "是否检测边框内遮挡", "look for covered parts"),
        switch("detect_blur", "是否检测模糊", "look for blur"),
        switch("detect_interim", "是否检测临时身份证", "look for a temporary card"),
        switch("detect_glare", "是否检测反光", "look for glare"),
    ],
}];
