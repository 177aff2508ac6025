//! A value of every public type, with a secret in it wherever one fits, as `{:?}`, `{:#?}` and `{}` print it.

use std::fmt::{Debug, Display};
use std::time::{Duration, SystemTime};

use cardseal::signing::{Payload, SigningInput, by_scheme};
use cardseal::tencent::*;
use cardseal::*;
use cardseal::{crypto, ctyun, huawei, service_codes};
use serde_json::{Value, json};

use super::common;
use super::needles::Needles;
use super::world::{ID, ID_NUMBER, NAME, SECRET, TOKEN, World, picture};

pub(crate) struct Shown {
    pub name: &'static str,
    pub debug: Option<String>,
    pub display: Option<String>,
}

/// Prints a type, as every public one does, and asks whether it displays itself: the methods of one that does are found
/// first.
struct Look<'a, T>(&'a T);

trait Prints {
    fn debug(&self) -> Option<String>;
}
impl<T: Debug> Prints for Look<'_, T> {
    fn debug(&self) -> Option<String> {
        Some(format!("{0:?} {0:#?}", self.0))
    }
}

trait Displays {
    fn display(&self) -> Option<String>;
}
impl<T: Display> Displays for Look<'_, T> {
    fn display(&self) -> Option<String> {
        Some(format!("{0} {0:#}", self.0))
    }
}
trait DisplaysNot {
    fn display(&self) -> Option<String> {
        None
    }
}
impl<T> DisplaysNot for &Look<'_, T> {}

macro_rules! show {
    ($shown:ident; $($name:literal => $value:expr;)+) => {$(match $value {
        #[allow(clippy::needless_borrow)] // the borrow is what looks for the second method
        value => $shown.push(Shown {
            name: $name,
            debug: (&Look(&value)).debug(),
            display: (&Look(&value)).display(),
        }),
    })+};
}

pub(crate) fn every_type(world: &World, needles: &mut Needles) -> Vec<Shown> {
    let mut shown = Vec::new();
    envelopes(world, needles, &mut shown);
    accounts(world, &mut shown);
    requests(world, &mut shown);
    answers(world, &mut shown);
    clouds(world, &mut shown);
    words(&mut shown);
    shown
}

/// The envelope, and what is in it.
fn envelopes(world: &World, needles: &mut Needles, shown: &mut Vec<Shown>) {
    let plaintext = json!({"Name": NAME, "IdNum": ID_NUMBER}).to_string();
    let recipient = || Recipient::parse(common::RSA_KEY.as_bytes()).unwrap();
    let (sealed, opener) = world.recipients[1].seal(plaintext.as_bytes()).unwrap();
    world.look_for_key(sealed.as_json(), needles);
    let stored = opener.expose_for_storage().unwrap();
    let reply = || EncryptedReply::parse(sealed.as_json()).unwrap();
    let restored = || Opener::restore(stored.as_bytes()).unwrap();
    let (fields, field_opener) = world.recipients[1]
        .seal_fields(plaintext.as_bytes(), &["Name"], SharedNonce::Refuse)
        .unwrap();
    world.look_for_key(fields.as_json(), needles);
    drop(field_opener);
    let refusal = json!({"Response": {"Error": {"Code": "FailedOperation.Unknown", "Message": "no"}, "RequestId": "r"}});
    show! { shown;
        "PictureFault" => cardseal::PictureFault::of_base64(SECRET).unwrap();
        "Recipient" => recipient();
        "Opener" => restored();
        "Opened" => common::forgetful(restored()).open(&reply(), IvPolicy::BySuite).unwrap();
        "EncryptedReply" => reply();
        "Encryption" => sealed.encryption().clone();
        "SealedFields" => fields;
        "SharedNonce" => SharedNonce::AcceptRepeatedGcmNonce;
        "IvPolicy" => IvPolicy::Same;
        "Expected" => Expected::Exactly(&["Name"]);
        "WholeBody" => WholeBody::EncryptedBody;
        "Refusal" => EncryptedReply::parse(refusal.to_string().as_bytes()).unwrap().refusal().unwrap();
        "KeyRejected" => Recipient::parse(format!("-----BEGIN PRIVATE KEY-----\n{SECRET}\n-----END PRIVATE KEY-----").as_bytes()).unwrap_err();
        "KeyFormat" => KeyFormat::Certificate;
        "Personal" => Personal::from(NAME);
        "Image" => Image::from_bytes_unchecked(picture()).unwrap();
    }
    show! { shown; "Sealed" => sealed; }
}

/// Who signs, and how.
fn accounts(world: &World, shown: &mut Vec<Shown>) {
    let credentials = || world.credentials();
    let provider = || CredentialsProvider::from(credentials());
    let role = || Role::new("qcs::cam::uin/1:roleName/r", "session").unwrap();
    let mut headers = http::HeaderMap::new();
    for (name, value) in [
        ("host", "h.example"),
        ("content-type", "application/json"),
        ("x-tc-token", TOKEN),
    ] {
        headers.insert(
            http::HeaderName::from_static(name),
            http::HeaderValue::from_static(value),
        );
    }
    let body = json!({"Name": NAME}).to_string();
    let input = || SigningInput {
        method: &http::Method::POST,
        path: "/",
        query: "",
        headers: &headers,
        payload: Payload::Bytes(body.as_bytes()),
        service: "ocr",
        region: "",
        signed_headers: None,
    };
    let signer = by_scheme("tc3-hmac-sha256").unwrap();
    let sign = |input| signer.sign(&input, &credentials(), SystemTime::now());
    let nothing = http::HeaderMap::new();
    show! { shown;
        "Credentials" => credentials();
        "CredentialsProvider" => provider();
        "VariableNames" => VARIABLES;
        "tencent::Role" => role();
        "tencent::CvmRole" => CvmRole::new();
        "huawei::EcsAgency" => huawei::EcsAgency::new();
        "signing::SigningInput" => input();
        "signing::Payload" => Payload::Bytes(body.as_bytes());
        "signing::Signed" => sign(input()).unwrap();
        "signing::SignError" => sign(SigningInput { headers: &nothing, ..input() }).unwrap_err();
        "tencent::V1" => V1::HmacSha256;
    }
}

/// What is asked for.
fn requests(world: &World, shown: &mut Vec<Shown>) {
    let url = world.gateway.url();
    let object = || json!({"Name": NAME, "IdCard": ID_NUMBER}).to_string();
    let image = || Image::from_bytes_unchecked(picture()).unwrap();
    let call = || {
        world
            .account(&url)
            .recognize_id_card(&world.card())
            .unwrap()
    };
    let action = || {
        RawCall::new("ocr", "IDCardOCR", "2018-11-19")
            .unwrap()
            .json(object())
            .unwrap()
    };
    let faceid = || FaceidRequest::new("BankCard2EVerification", object()).unwrap();
    let login = || {
        huawei::IamLogin::new(
            Endpoint::custom(&url).unwrap(),
            "domain",
            "user",
            SECRET,
            "project",
        )
        .unwrap()
    };
    show! { shown;
        "Call" => call();
        "Next" => call().next(SystemTime::now()).unwrap();
        "Settled" => call().settle(Err(TransportFailure::TimedOut));
        "Client" => Client::new().unwrap();
        "BlockingClient" => BlockingClient::new().unwrap();
        "ctyun::RawCall" => ctyun::RawCall::post("/v1", object()).unwrap();
        "huawei::RawCall" => huawei::RawCall::post("/v1", object()).unwrap().query([("name", NAME)]);
        "tencent::IdCardRequest" => world.card();
        "tencent::TextRequest" => TextRequest::new(image());
        "tencent::RawCall" => action();
        "tencent::FaceidRequest" => faceid();
        "tencent::FaceidAction" => faceid().action();
        "tencent::Parameters" => Parameters::from_json(object().as_bytes()).unwrap();
        "tencent::Tencent" => world.account(&url);
        "huawei::IdCardRequest" => huawei::IdCardRequest::new(image());
        "huawei::IamLogin" => login();
        "ctyun::EncryptedBody" => ctyun::EncryptedBody::new(object().into_bytes(), Opens);
    }
}

/// The interface of an encryption that is the caller's own.
struct Opens;

impl ctyun::OpenAnswer for Opens {
    fn open(
        self: Box<Self>,
        body: &[u8],
    ) -> Result<Vec<u8>, Box<dyn std::error::Error + Send + Sync>> {
        Ok(body.to_vec())
    }
}

/// What is answered.
fn answers(world: &World, shown: &mut Vec<Shown>) {
    let url = world.gateway.url();
    let client = BlockingClient::new().unwrap();
    let tencent = world.account(&url);
    let image = || Image::from_bytes_unchecked(picture()).unwrap();
    let sealed = tencent
        .recognize_encrypted_id_card(
            &world.recipients[0],
            &world.card().config(Config::of(Switch::ALL.iter().copied())),
            IvPolicy::BySuite,
        )
        .unwrap();
    let sealed = client.run(sealed).unwrap();
    assert_eq!(sealed.card.id_num.expose(), ID_NUMBER);
    assert!(sealed.card.advanced_info.portrait.is_some());
    let text = client
        .run(
            tencent
                .recognize_text(&TextRequest::new(image()).with_words())
                .unwrap(),
        )
        .unwrap();
    assert_eq!(text.lines[0].text.expose(), NAME);
    let action = RawCall::new("ocr", "IDCardOCR", "2018-11-19")
        .unwrap()
        .json(json!({"ImageBase64": common::b64(&picture())}).to_string())
        .unwrap();
    let action = client.run(tencent.call(action).unwrap()).unwrap();
    let wrong = Tencent::new(Credentials::new(ID, TOKEN).unwrap())
        .endpoint(Endpoint::custom(&url).unwrap());
    let error = client
        .run(wrong.recognize_id_card(&world.card()).unwrap())
        .unwrap_err();
    show! { shown;
        "tencent::Recognized" => &sealed;
        "tencent::IdCard" => &sealed.card;
        "tencent::AdvancedInfo" => &sealed.card.advanced_info;
        "tencent::Warning" => Warning(-9102);
        "tencent::ReflectDetail" => of::<ReflectDetail>(json!({"Position": "Portrait"}));
        "tencent::RecognizedInClear" => client.run(tencent.recognize_id_card(&world.card()).unwrap()).unwrap();
        "tencent::RecognizedText" => &text;
        "tencent::TextLine" => &text.lines[0];
        "tencent::Word" => of::<Word>(json!({"Character": NAME}));
        "tencent::WordPlace" => of::<WordPlace>(json!({"WordCoordinate": [{"X": 1, "Y": 2}]}));
        "tencent::Point" => Point::default();
        "tencent::Area" => Area::default();
        "RawAnswer" => &action;
        "RawJson" => &action.json;
        "Seal" => action.seal;
        "Error" => &error;
        "ErrorKind" => error.kind();
        "TransportFailure" => TransportFailure::TimedOut;
    }

    let ctyun = ctyun::Ctyun::new(world.credentials()).endpoint(Endpoint::custom(&url).unwrap());
    let cards = client.run(ctyun.id_cards(&[image()]).unwrap()).unwrap();
    let lines = client.run(ctyun.general_text(&[image()]).unwrap()).unwrap();
    let business = client
        .run(ctyun.business_license(&image()).unwrap())
        .unwrap();
    let driver = client.run(ctyun.driver_license(&image()).unwrap()).unwrap();
    let vehicle = client
        .run(ctyun.vehicle_license(&image(), "VehicleLicense").unwrap())
        .unwrap();
    assert_eq!(cards.found[0].number.expose(), ID_NUMBER);
    show! { shown;
        "ctyun::Ctyun" => ctyun;
        "ctyun::Recognized" => &cards;
        "ctyun::IdCard" => &cards.found[0];
        "ctyun::TextLine" => &lines.found[0];
        "ctyun::BusinessLicense" => &business.found[0];
        "ctyun::DriverLicense" => &driver.found[0];
        "ctyun::VehicleLicense" => &vehicle.found[0];
    }

    let endpoint = || Endpoint::custom(&url).unwrap();
    let project = "0123456789abcdef0123456789abcdef";
    // With a token's credentials it would have to be the gateway's.
    let pair = Credentials::new(ID, SECRET.to_owned()).unwrap();
    let huawei = huawei::Huawei::new(pair, endpoint(), project).unwrap();
    let card = client
        .run(
            huawei
                .id_card(&huawei::IdCardRequest::new(image()))
                .unwrap(),
        )
        .unwrap();
    assert_eq!(card.card.number.expose(), ID_NUMBER);
    show! { shown;
        "huawei::Huawei" => huawei;
        "huawei::Recognized" => &card;
        "huawei::IdCard" => &card.card;
        "huawei::Verification" => &card.card.verification;
        "huawei::Detections" => &card.card.detections;
    }
}

fn of<T: serde::de::DeserializeOwned>(value: Value) -> T {
    serde_json::from_value(value).unwrap()
}

/// Where things are sent, and names of operations.
fn clouds(world: &World, shown: &mut Vec<Shown>) {
    let url = world.gateway.url();
    show! { shown;
        "Endpoint" => Endpoint::custom(&url).unwrap();
    }
}

/// Words that choose something, and settings.
fn words(shown: &mut Vec<Shown>) {
    show! { shown;
        "RateLimits" => RateLimits::published();
        "RetryPolicy" => RetryPolicy::default();
        "LostAnswer" => LostAnswer::Fail;
        "service_codes::ServiceCode" => service_codes::table().next().unwrap();
        "Proxy" => Proxy::parse(&format!("http://user:{SECRET}@proxy:8080")).unwrap();
        "TransportOptions" => TransportOptions::default()
            .deadline(Duration::from_secs(1))
            .proxy(Proxy::parse(&format!("http://user:{SECRET}@proxy:8080")).unwrap())
            .client_certificate(picture(), secrecy::SecretString::from(SECRET));
        "tencent::CardSide" => CardSide::Front;
        "tencent::Config" => Config::of(Switch::ALL.iter().copied());
        "tencent::HeaderSet" => HeaderSet::Usual;
        "tencent::Language" => Language::Chinese;
        "tencent::SealedAnswer" => SealedAnswer::Members(vec!["Name".to_owned()]);
        "tencent::Switch" => Switch::TempIdWarn;
        "tencent::WarningLevel" => WarningLevel::Basic;
        "ctyun::Alphabet" => ctyun::Alphabet::Standard;
        "ctyun::Capability" => ctyun::Capability::IdCard;
        "huawei::Side" => huawei::Side::Front;
        "huawei::Switch" => huawei::Switch::ALL;
        "huawei::Signature" => huawei::Signature::SdkHmacSha256;
        "crypto::Facts" => crypto::built_in().suites()[0].facts();
        "crypto::OpenFailed" => crypto::OpenFailed::Refused;
        "crypto::OsRandom" => crypto::OsRandom;
        "crypto::Provider" => crypto::built_in();
        "crypto::ProviderError" => crypto::ProviderError::lost("the module is gone");
        "crypto::ProviderErrorKind" => crypto::ProviderErrorKind::Lost;
        "crypto::PublicKey" => crypto::PublicKey::Sm2 { x: &[1; 32], y: &[2; 32] };
        "crypto::SelfTest" => crypto::self_test().remove(0);
        "crypto::SessionKey" => crypto::SessionKey::restore(SECRET.as_bytes()).unwrap();
    }
}
