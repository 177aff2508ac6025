//! The arguments of every command that calls: by what else than a key of one's own it is proved who calls.

use clap::Args;

use super::AuthName;

/// By what else than a key of one's own it is proved who calls.
#[derive(Args)]
#[command(next_help_heading = "Login")]
pub(crate) struct Login {
    /// How it is proved who calls, for huawei. With `iam-token` a user logs in: HW_USER_NAME, HW_USER_PASSWORD and
    /// HW_DOMAIN_NAME, the variables of the vendor's own tools; HW_PROJECT_NAME, or else the region's name, is the project.
    /// The vendor recommends `aksk`.
    #[arg(long, value_name = "PROOF", default_value = "aksk")]
    pub auth: AuthName,

    /// Call as this role, for tencent: qcs::cam::uin/UIN:roleName/NAME. Its temporary key is fetched with the account's own
    /// credentials, and again before it ends.
    #[arg(long, value_name = "ROLE")]
    pub role: Option<String>,

    /// What the role's session is called in the account's audit.
    #[arg(
        long,
        value_name = "NAME",
        requires = "role",
        default_value = "cardseal"
    )]
    pub role_session: String,

    /// Where tokens and roles are asked for. Absent: the cloud's own, or --endpoint where that is plain HTTP on this host.
    #[arg(long, value_name = "URL")]
    pub login_endpoint: Option<String>,
}
