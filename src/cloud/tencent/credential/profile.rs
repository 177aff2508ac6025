//! The profile files of the service's tools: the SDKs' INI file with one section per profile, and `tccli`'s JSON with
//! one file per profile.
//!
//! ```text
//! [default]
//! secret_id = …
//! secret_key = …
//! ```
//!
//! Source: the SDKs' guides: `TENCENTCLOUD_CREDENTIALS_FILE`, else `.tencentcloud/credentials` in the home folder, else
//! `/etc/tencentcloud/credentials`. A `token` may be given besides the pair. `tccli configure` writes
//! `.tccli/default.credential` in the home folder: `{"secretId":…,"secretKey":…,"token":…}`.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::SystemTime;

use secrecy::SecretString;
use serde::Deserialize;
use zeroize::Zeroizing;

#[cfg(feature = "testing")]
use crate::credential::profile;
use crate::credential::profile::{Layout, read_capped};
use crate::credential::{Credentials, Environment, Provide, Provided};
use crate::error::{Error, printable, printable_name};

pub(crate) const LAYOUT: &Layout = &Layout {
    variable: "TENCENTCLOUD_CREDENTIALS_FILE",
    in_home: ".tencentcloud/credentials",
    for_all: Some("/etc/tencentcloud/credentials"),
    usual: "default",
    id: "secret_id",
    secret: "secret_key",
    token: "token",
};

/// The profile that `tccli configure` wrote. It is read again for each attempt.
pub(crate) struct TccliFile {
    path: Option<PathBuf>,
    /// The same for a message: the profile's name may be a secret in the wrong place.
    shown: String,
}

impl TccliFile {
    /// The profile with this name, in the home folder.
    pub(crate) fn by(environment: &dyn Environment, profile: &str) -> Self {
        // The name is part of a file name: it must not lead to another folder.
        let is_name = !profile.is_empty() && !profile.contains(['/', '\\', '\0']);
        let folder = environment
            .home()
            .filter(|_| is_name)
            .map(|home| home.join(".tccli"));
        let file = |name: &str| Some(folder.as_ref()?.join(format!("{name}.credential")));
        let shown = file(&printable_name(profile)).unwrap_or_default();
        Self {
            path: file(profile),
            shown: printable(&shown.display().to_string()),
        }
    }

    pub(super) fn is_there(&self) -> bool {
        self.path.as_ref().is_some_and(|path| path.exists())
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Written {
    secret_id: SecretString,
    secret_key: SecretString,
    token: Option<SecretString>,
}

impl Provide for TccliFile {
    fn provide(&self, _: SystemTime) -> Result<Provided, Error> {
        use secrecy::ExposeSecret as _;

        let Some(path) = &self.path else {
            let reason = "there is no home folder for a file of tccli's".to_owned();
            return Ok(Provided::Absent { reason });
        };
        let shown = self.shown.as_str();
        let text: Option<Zeroizing<String>> = read_capped(path, false, shown)?;
        let Some(text) = text else {
            let reason = format!("there is no file `{shown}`");
            return Ok(Provided::Absent { reason });
        };
        let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
        let told = |error: Error| error.while_doing(&format!("`{shown}`"));
        let written: Written = serde_json::from_str(text).map_err(|error| {
            // The text is not quoted, because it may contain a secret.
            told(Error::credential(format!(
                "no JSON object with secretId and secretKey, line {}; run `tccli configure`",
                error.line()
            )))
        })?;
        let id = written.secret_id.expose_secret();
        let mut credentials = Credentials::new(id, written.secret_key).map_err(told)?;
        let has_token = |token: &SecretString| !token.expose_secret().is_empty();
        if let Some(token) = written.token.filter(has_token) {
            credentials = credentials.with_token(token).map_err(told)?;
        }
        Ok(Provided::Ready(Arc::new(credentials)))
    }
}

/// Reads the text of a profile file, for fuzzing.
#[cfg(feature = "testing")]
#[derive(Debug)]
pub struct Profile;

#[cfg(feature = "testing")]
impl Profile {
    /// Reads it as the library does.
    ///
    /// # Errors
    /// `Credential`, with the line, if the text is not an INI file.
    pub fn find<'t>(
        text: &'t str,
        name: &str,
        shown: &str,
    ) -> Result<Option<profile::Profile<'t>>, Error> {
        profile::Profile::find_in(LAYOUT, text, name, shown)
    }
}
