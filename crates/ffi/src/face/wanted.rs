//! The options for recognising a card.

use secrecy::SecretString;

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
    /// `tencent`, `ctyun` or `huawei`.
    pub cloud: &'a str,
    /// The picture. There must be one.
    pub picture: Option<Picture<'a>>,
    /// Tencent's public key as the service delivers it.
    pub key: Option<&'a [u8]>,
    /// `front` or `back`.
    pub side: Option<&'a str>,
    /// A URL instead of the cloud's own endpoint.
    pub endpoint: Option<&'a str>,
    /// The region.
    pub region: Option<&'a str>,
    /// The id of the credentials; give their secret too. Without it, both come from the environment.
    pub secret_id: Option<&'a str>,
    /// Their secret.
    pub secret_key: Option<SecretString>,
    /// The token of temporary credentials.
    pub token: Option<SecretString>,
    /// Ctyun's app key.
    pub app_key: Option<SecretString>,
    /// Huawei's project.
    pub project_id: Option<&'a str>,
    /// Time limit for the call in milliseconds, including retries.
    pub deadline_ms: Option<u64>,
}
