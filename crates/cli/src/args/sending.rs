//! The arguments of `recognize` and `call`: what is sent to a cloud, and how it gets there.

use std::path::PathBuf;

use clap::Args;

use super::ledger::Ledger;
use super::login::Login;
use super::network::Network;
use super::profile::Profile;
use super::{CloudName, IvPolicyName, LanguageTag, MethodName, SideName, SignMethodName};

/// Recognise one ID card, encrypted if the cloud supports it, and print the typed result.
///
/// Tencent: TENCENTCLOUD_SECRET_ID, TENCENTCLOUD_SECRET_KEY and, for temporary ones, TENCENTCLOUD_TOKEN, or else the
/// profile file (TENCENTCLOUD_CREDENTIALS_FILE, ~/.tencentcloud/credentials); TENCENTCLOUD_REGION is the region where
/// --region is absent. With --json: {request_id, result, iv_reused, authenticated}.
///
/// Ctyun: CTYUN_AK, CTYUN_SK, CTYUN_APP_KEY. Huawei: HUAWEICLOUD_SDK_AK, HUAWEICLOUD_SDK_SK,
/// HUAWEICLOUD_SDK_PROJECT_ID and, for temporary ones, HUAWEICLOUD_SDK_SECURITY_TOKEN. Both take the card in clear,
/// inside TLS. With --json: {request_id, result}; Ctyun's result is a list, a card each.
#[derive(Args)]
#[command(group = clap::ArgGroup::new("picture").required(true))]
pub(crate) struct Recognize {
    /// The cloud.
    #[arg(long, value_name = "CLOUD")]
    pub cloud: CloudName,

    /// The image file: PNG, JPEG or BMP, or the text of a `data:` URL.
    #[arg(long, value_name = "FILE", group = "picture")]
    pub image: Option<PathBuf>,

    /// The image's URL, which the service fetches.
    #[arg(long, value_name = "URL", group = "picture")]
    pub url: Option<String>,

    /// Which side the image shows; default: the service detects it.
    #[arg(long, value_name = "SIDE")]
    pub side: Option<SideName>,

    /// The service's public key. Required for tencent; not used for other clouds.
    #[arg(long, value_name = "FILE")]
    pub key: Option<PathBuf>,

    /// Make the picture fit first, as `prepare` does: upright, without metadata, small enough.
    #[arg(long, conflicts_with = "url")]
    pub fit: bool,

    /// Switches to turn on, by the cloud's names: CropIdCard,CopyWarn at tencent, detect_copy at huawei.
    #[arg(long, value_name = "A,B", value_delimiter = ',')]
    pub config: Vec<String>,

    /// Which IV the answer may be sealed under. Default: either for SM4-GCM, only the request's for AES-256-CBC.
    #[arg(long, value_name = "POLICY")]
    pub iv_policy: Option<IvPolicyName>,

    #[command(flatten)]
    pub ledger: Ledger,

    #[command(flatten)]
    pub reach: Reach,
}

/// Call any other action, signed, and print its answer.
///
/// The body is JSON; {} where there is none. Tencent: --action is an action's name, and --version its version.
/// Huawei: --action is the API's name, as in general-text, and --version stands before it in the path, as in v2; or
/// --action is the whole path. Ctyun: --action is the whole path, or id-card, general-text, business-license,
/// driver-license or vehicle-license for its usual one. Credentials as for `recognize`.
#[derive(Args)]
pub(crate) struct Call {
    /// The cloud.
    #[arg(long, value_name = "CLOUD")]
    pub cloud: CloudName,

    /// The action's name, or its path.
    #[arg(long, value_name = "A")]
    pub action: String,

    /// The action's version, as in 2018-11-19 or v2.
    #[arg(long, value_name = "V", required_if_eq("cloud", "tencent"))]
    pub version: Option<String>,

    /// The file with the request, as JSON. With GET its members become the query.
    #[arg(long, value_name = "FILE")]
    pub body: Option<PathBuf>,

    /// How the parameters are sent.
    #[arg(
        long,
        value_name = "METHOD",
        default_value = "POST",
        ignore_case = true
    )]
    pub method: MethodName,

    /// How the request is signed, for tencent.
    #[arg(long, value_name = "METHOD", default_value = "tc3")]
    pub sign_method: SignMethodName,

    /// The language of the service's messages, for tencent; the service's own choice where it is absent.
    #[arg(long, value_name = "TAG")]
    pub language: Option<LanguageTag>,

    /// Seal the members of a faceid action that are sealed there, for this public key. --action must be one of those.
    #[arg(long, value_name = "KEY-FILE")]
    pub seal_for: Option<PathBuf>,

    /// The service the action belongs to, as in faceid. For tencent.
    #[arg(long, value_name = "S", default_value = "ocr")]
    pub service: String,

    #[command(flatten)]
    pub ledger: Ledger,

    #[command(flatten)]
    pub reach: Reach,
}

/// How a request gets to its service.
#[derive(Args)]
pub(crate) struct Reach {
    /// Another endpoint: an https origin, or http for loopback.
    #[arg(long, value_name = "URL")]
    pub endpoint: Option<String>,

    /// The region to name in the request, or whose endpoint to use.
    #[arg(long, value_name = "R")]
    pub region: Option<String>,

    /// Time limit for the whole call, in seconds.
    #[arg(long, value_name = "SECONDS", default_value_t = 60,
          value_parser = clap::value_parser!(u64).range(1..=3600))]
    pub timeout: u64,

    /// How often to retry if the rate is limited or there was no connection. A retry is signed again but never sealed
    /// again.
    #[arg(long, value_name = "N", default_value_t = 2, value_parser = clap::value_parser!(u8).range(..=10))]
    pub retries: u8,

    #[command(flatten)]
    pub login: Login,

    #[command(flatten)]
    pub profile: Profile,

    #[command(flatten)]
    pub network: Network,
}
