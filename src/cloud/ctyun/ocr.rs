//! The OCR capabilities: their paths and results.
//!
//! Source: the product's pages 10022645 (identity card), 10022648 (business licence), 10048693 (driver licence) and
//! 10048698 (vehicle licence); general text is from public scripts. The pages describe the fields in words; **the
//! member names of a result are not public**, so see [`Recognized::raw`].

use crate::call::Reader;
use crate::cloud::ctyun::interface_encryption::AnswerOpener;
use crate::cloud::ctyun::reply;
use crate::cloud::ctyun::tolerant::{self, Tolerant, folded, personal, tolerant};
use crate::cloud::raw::{RawAnswer, RawJson};
use crate::personal::Personal;
use crate::wiped_text::WipedText;
use crate::wire::json::{self, Member};
use crate::wire::unlike;

/// One capability of the product.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Capability {
    /// 通用文字识别.
    GeneralText,
    /// 身份证识别.
    IdCard,
    /// 营业执照识别.
    BusinessLicense,
    /// 驾驶证识别.
    DriverLicense,
    /// 行驶证识别.
    VehicleLicense,
}

impl Capability {
    /// The path on the vendor's pages. The segment after `api/` is an id that may differ between accounts.
    pub fn usual_path(self) -> &'static str {
        match self {
            Self::GeneralText => "/v1/aiop/api/2f3p1pnxpqm8/ocrdetect/ocr/v1/image.json",
            Self::IdCard => "/v1/aiop/api/2f3os7qq79xc/IdentityCard/ocr/v1/idcard.json",
            Self::BusinessLicense => {
                "/v1/aiop/api/2k8jo3ghhjwg/businesslicense/ocr/v1/BusinessLicense.json"
            }
            // The vendor's spelling.
            Self::DriverLicense => "/v1/aiop/api/3131mkjqbqck/driver-lisence/ocr/detect",
            Self::VehicleLicense => "/v1/aiop/api/3131km7vva4g/driving-lisence/ocr/detect",
        }
    }
}

/// The result of a recognition.
#[derive(Debug)]
#[non_exhaustive]
pub struct Recognized<T> {
    /// The typed result. Members with unknown names are missing.
    pub found: T,
    /// `returnObj` unchanged; `null` if there was none.
    pub raw: RawJson,
    /// The id of the request: the service's own, or else the one that it was sent under (`ctyun-eop-request-id`).
    pub request_id: String,
}

/// A type that a result can be read as.
pub(super) trait FromResult {
    /// Reads what is understood of it.
    fn from_result(result: &str) -> Self;
}

impl<T: Tolerant> FromResult for Vec<T> {
    fn from_result(result: &str) -> Self {
        tolerant::find_all(result)
    }
}

/// Reads the answer of a recognition.
pub(super) fn reader<T: FromResult + 'static>(opener: AnswerOpener) -> Reader<Recognized<T>> {
    Reader::new(reply::parse, move |reply| {
        let mut read = reply::read(opener, reply)?;
        if let Some(json) = json_within(read.result.expose()) {
            read.result = RawJson::of(json);
        }
        if says_nothing(read.result.expose()) {
            return Err(unlike("an answer: its returnObj is absent or empty")
                .with_request_id(Some(&read.request_id)));
        }
        Ok(Recognized {
            found: T::from_result(read.result.expose()),
            raw: read.result,
            request_id: read.request_id,
        })
    })
}

/// The object or list that a result holds as a text: JSON within JSON.
fn json_within(result: &str) -> Option<WipedText> {
    let text: WipedText = serde_json::from_str::<String>(result).ok()?.into();
    let bare = text.trim();
    let is_json = bare.starts_with(['{', '[']) && json::check_unique(bare).is_ok();
    is_json.then(|| bare.into())
}

/// True for an absent or empty result. An empty list is a valid result: nothing was found in the picture.
fn says_nothing(result: &str) -> bool {
    let is_hollow = serde_json::from_str(result).is_ok_and(json::says_nothing);
    is_hollow && !result.starts_with('[')
}

/// Reads the answer of any API.
pub(super) fn any_reader(opener: AnswerOpener) -> Reader<RawAnswer> {
    Reader::new(reply::parse, move |reply| {
        let read = reply::read(opener, reply)?;
        Ok(RawAnswer::in_clear(read.whole, read.request_id))
    })
}

/// A line of text, as `text_line` gives it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serialize-personal-data", derive(serde::Serialize))]
#[non_exhaustive]
pub struct TextLine {
    /// The text.
    pub text: Personal,
}

impl Tolerant for TextLine {
    fn from_members(members: &[Member<'_>]) -> Option<Self> {
        let line = members.iter().find(|(name, _)| folded(name) == "textline");
        line.map(|(_, value)| Self {
            text: personal(value),
        })
    }
}

tolerant! {
    /// The data of a business licence.
    pub BusinessLicense {
        /// The company's name.
        name: "name" | "companyname" | "enterprisename" | "名称",
        /// The unified social credit code.
        number: "number" | "regnum" | "creditcode" | "socialcreditcode" | "unifiedsocialcreditcode"
            | "registrationnumber" | "统一社会信用代码",
        /// The kind of company.
        kind: "type" | "kind" | "companytype" | "类型",
        /// The legal representative.
        legal_person: "legalperson" | "legalrepresentative" | "person" | "法定代表人",
        /// Its address.
        address: "address" | "addr" | "住所" | "地址",
        /// The registered capital.
        capital: "capital" | "registeredcapital" | "注册资本",
        /// When it was founded.
        founded: "founded" | "establishdate" | "setdate" | "dateofestablishment" | "成立日期",
        /// The period in which it may do business.
        validity: "validity" | "period" | "validperiod" | "businessterm" | "营业期限",
        /// The scope of its business.
        scope: "scope" | "business" | "businessscope" | "经营范围",
    }
}

tolerant! {
    /// The data of a driver licence.
    pub DriverLicense {
        /// The number of the licence.
        number: "number" | "licensenumber" | "licenseno" | "cardno" | "idnumber" | "证号",
        /// The driver's name.
        name: "name" | "姓名",
        /// `男` or `女`.
        sex: "sex" | "gender" | "性别",
        /// The nationality.
        nationality: "nationality" | "nation" | "国籍",
        /// The address.
        address: "address" | "addr" | "住址",
        /// The date of birth.
        birth: "birth" | "birthday" | "birthdate" | "dateofbirth" | "出生日期",
        /// When the licence was first issued.
        first_issued: "firstissue" | "firstissued" | "issuedate" | "firstissuedate" | "dateoffirstissue"
            | "初次领证日期",
        /// The class of vehicles: `C1`.
        class: "class" | "vehicleclass" | "vehicletype" | "drivetype" | "准驾车型",
        /// The period of validity.
        validity: "validity" | "valid" | "validdate" | "validperiod" | "有效期限",
    }
}

tolerant! {
    /// The data of a vehicle licence.
    pub VehicleLicense {
        /// The number plate.
        plate: "plate" | "plateno" | "platenumber" | "licenseplate" | "号牌号码",
        /// The kind of vehicle.
        kind: "type" | "kind" | "vehicletype" | "车辆类型",
        /// The owner.
        owner: "owner" | "name" | "所有人",
        /// The address.
        address: "address" | "addr" | "住址",
        /// The use of the vehicle.
        usage: "use" | "usage" | "usecharacter" | "使用性质",
        /// Make and model.
        model: "model" | "brandmodel" | "品牌型号",
        /// The vehicle identification number.
        vin: "vin" | "vehicleidentificationnumber" | "车辆识别代号",
        /// The engine's number.
        engine_number: "engineno" | "enginenum" | "enginenumber" | "发动机号码",
        /// The date of registration.
        registered: "registerdate" | "registrationdate" | "registered" | "注册日期",
        /// The date of issue.
        issued: "issuedate" | "issued" | "发证日期",
    }
}
