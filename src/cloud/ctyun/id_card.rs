//! The fields of an identity card.
//!
//! Source: the product's pages 10022645 and 10213002, which list the fields in words: name, sex, nation, birth,
//! address, number, issuer, validity, and the portrait in base64. **The member names are not public.** The names here
//! are the obvious ones, so compare them with [`Recognized::raw`](super::ocr::Recognized::raw) once.

use crate::cloud::ctyun::tolerant::tolerant;

tolerant! {
    /// The data of a card. Members of the side that was not shown are empty, and so are members whose names are unknown
    /// here.
    pub IdCard {
        /// Front: the name.
        name: "name" | "xingming" | "姓名",
        /// Front: `男` or `女`.
        sex: "sex" | "gender" | "性别",
        /// Front: the ethnic group.
        nation: "nation" | "nationality" | "ethnicity" | "ethnic" | "民族",
        /// Front: the date of birth.
        birth: "birth" | "birthday" | "birthdate" | "dateofbirth" | "出生" | "出生日期",
        /// Front: the address.
        address: "address" | "addr" | "住址" | "地址",
        /// Front: the citizen's number, 18 characters.
        number: "number" | "idnum" | "idnumber" | "idno" | "idcard" | "idcardnum" | "idcardnumber" | "cardno"
            | "cardnumber" | "citizenidnumber" | "公民身份号码" | "身份证号" | "身份证号码",
        /// Back: the issuing authority.
        issuer: "issuer" | "issue" | "issuedby" | "authority" | "issueauthority" | "issuingauthority"
            | "签发机关",
        /// Back: the period of validity.
        validity: "validity" | "valid" | "validdate" | "validperiod" | "validityperiod" | "expirydate"
            | "有效期" | "有效期限",
        /// Front: base64 of the portrait.
        portrait: "portrait" | "portraitimage" | "portraitbase64" | "face" | "faceimage",
    }
}
