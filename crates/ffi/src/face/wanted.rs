//! The options for recognising a card.

use secrecy::SecretString;

use crate::fault::Fault;

/// A picture, or where the service fetches one.
pub enum Picture<'a> {
    /// The bytes of an image file; wiped when they are sent.
    Bytes(Vec<u8>),
    /// The file in base64, or a `data:` URL.
    Base64(&'a str),
    /// An `http` or `https` URL.
    Url(&'a str),
}

/// The card and the cloud. For `None`, the cloud's default applies or the value comes from the environment.
#[derive(Default)]
pub struct Recognize<'a> {
    /// The cloud, and how it is reached.
    pub options: ClientOptions<'a>,
    /// Tencent's public key as the service delivers it.
    pub key: Option<&'a [u8]>,
    /// The picture. There must be one.
    pub picture: Option<Picture<'a>>,
    /// `front` or `back`.
    pub side: Option<&'a str>,
    /// The account's secrets; without them they come from the environment.
    pub secrets: Secrets<'a>,
}

/// The cloud of a client, and how it is reached. For `None`, the cloud's default applies.
#[derive(Default, Clone, Copy)]
pub struct ClientOptions<'a> {
    /// `tencent`, `ctyun` or `huawei`.
    pub cloud: &'a str,
    /// A URL instead of the cloud's own endpoint.
    pub endpoint: Option<&'a str>,
    /// The region.
    pub region: Option<&'a str>,
    /// Huawei's project.
    pub project_id: Option<&'a str>,
    /// Time limit for one call in milliseconds, including retries.
    pub deadline_ms: Option<u64>,
}

/// What proves who calls.
#[derive(Default)]
pub struct Secrets<'a> {
    /// The id of the credentials; give their secret too.
    pub id: Option<&'a str>,
    /// Their secret.
    pub key: Option<SecretString>,
    /// The token of temporary credentials.
    pub token: Option<SecretString>,
    /// Ctyun's app key.
    pub app_key: Option<SecretString>,
}

/// One card for a client.
#[derive(Default)]
pub struct Card<'a> {
    /// The service's key, which Tencent's encrypted request needs and the other clouds do not take.
    pub recipient: Option<&'a cardseal::Recipient>,
    /// The picture. There must be one.
    pub picture: Option<Picture<'a>>,
    /// `front` or `back`.
    pub side: Option<&'a str>,
}

/// The clouds that have ID-card OCR.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cloud {
    Tencent,
    Ctyun,
    Huawei,
}

impl Cloud {
    pub(super) fn named(name: &str) -> Result<Self, Fault> {
        match name {
            "tencent" => Ok(Self::Tencent),
            "ctyun" => Ok(Self::Ctyun),
            "huawei" => Ok(Self::Huawei),
            _ => Err(Fault::input(
                "there is no such cloud; choose tencent, ctyun or huawei",
            )),
        }
    }

    /// What only an encrypted request has is refused where the request goes in clear.
    pub(super) fn check_clear(self, key: bool) -> Result<(), Fault> {
        match (self, key) {
            (Self::Ctyun | Self::Huawei, true) => Err(Fault::input(
                "this cloud has no encrypted ID-card OCR, so a key has no use; leave it out to send the card in clear \
                 inside TLS",
            )),
            _ => Ok(()),
        }
    }
}
