//! What is asked for when a card is to be recognised.

use secrecy::SecretString;

/// A picture, or where the service fetches one.
pub enum Picture<'a> {
    /// The bytes of an image file; wiped when they are sent.
    Bytes(Vec<u8>),
    /// Them in base64, or a `data:` URL.
    Base64(&'a str),
    /// An `http` or `https` URL.
    Url(&'a str),
}

/// Which card is to be recognised, and by whom. What is `None` is left to the cloud, or comes from the environment.
#[derive(Default)]
pub struct Recognize<'a> {
    /// `tencent`, `ctyun` or `huawei`.
    pub cloud: &'a str,
    /// The picture. There must be one.
    pub picture: Option<Picture<'a>>,
    /// Tencent's public key as the service hands it out.
    pub key: Option<&'a [u8]>,
    /// `front` or `back`.
    pub side: Option<&'a str>,
    /// A URL in place of the cloud's own.
    pub endpoint: Option<&'a str>,
    /// The region.
    pub region: Option<&'a str>,
    /// The id of the credentials; with it their secret is given, without it both come from the environment.
    pub secret_id: Option<&'a str>,
    /// Their secret.
    pub secret_key: Option<SecretString>,
    /// The token of temporary credentials.
    pub token: Option<SecretString>,
    /// Ctyun's app key.
    pub app_key: Option<SecretString>,
    /// Huawei's project.
    pub project_id: Option<&'a str>,
    /// How long the call may take, retries included. Milliseconds.
    pub deadline_ms: Option<u64>,
}
