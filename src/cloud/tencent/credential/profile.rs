//! The profile file of the service's tools: INI, a section a profile.
//!
//! ```text
//! [default]
//! secret_id = …
//! secret_key = …
//! ```
//!
//! Source: the SDKs' guides: `TENCENTCLOUD_CREDENTIALS_FILE`, else `.tencentcloud/credentials` in the home folder.
//! A `token` may stand beside the pair.

use std::fs::File;
use std::io::{ErrorKind as IoErrorKind, Read};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use ini_core::{Item, Parser};
use secrecy::{ExposeSecret, SecretString};
use zeroize::Zeroizing;

use crate::credential::{Credentials, Environment, ProvideCredentials, Provided, Renewal};
use crate::error::{Error, ErrorKind, printable};

const VARIABLE: &str = "TENCENTCLOUD_CREDENTIALS_FILE";
const IN_HOME: &str = ".tencentcloud/credentials";
const DEFAULT: &str = "default";

/// A profile file is some lines; beyond this it is another file, in bytes.
const MOST: u64 = 64 * 1024;

/// The credentials of one profile in a file. Read once, and again where the service refused them.
pub struct ProfileFile {
    place: Result<Place, Error>,
    profile: String,
    read: Mutex<Option<Arc<Credentials>>>,
}

/// Where the file is, and whether it may be missing.
enum Place {
    /// Named by somebody, who expects it there.
    Named(PathBuf),
    /// In the home folder.
    Usual(PathBuf),
    /// There is no home folder.
    Nowhere,
}

impl ProfileFile {
    /// The `default` profile in this file, which must be there.
    pub fn at(path: impl Into<PathBuf>) -> Self {
        Self::of(Ok(Place::Named(path.into())))
    }

    /// The `default` profile in the file that the environment names, or in the home folder's.
    pub fn by(environment: &dyn Environment) -> Self {
        let named = environment.variable(VARIABLE);
        Self::of(named.map(|named| match (named, environment.home()) {
            (Some(path), _) => Place::Named(PathBuf::from(path.expose_secret())),
            (None, Some(home)) => Place::Usual(home.join(IN_HOME)),
            (None, None) => Place::Nowhere,
        }))
    }

    fn of(place: Result<Place, Error>) -> Self {
        Self {
            place,
            profile: DEFAULT.to_owned(),
            read: Mutex::default(),
        }
    }

    /// Another profile of the file.
    #[must_use]
    pub fn profile(mut self, name: impl Into<String>) -> Self {
        self.profile = name.into();
        self
    }

    fn read(&self) -> Result<Provided, Error> {
        let absent = |reason: String| Ok(Provided::Absent { reason });
        let (path, is_named) = match &self.place {
            Ok(Place::Named(path)) => (path, true),
            Ok(Place::Usual(path)) => (path, false),
            Ok(Place::Nowhere) => {
                return absent("there is no home folder for a profile file".to_owned());
            }
            Err(error) => return Err(Error::new(error.kind(), error.message())),
        };
        let shown = printable(&path.display().to_string());
        let Some(text) = read_capped(path, is_named, &shown)? else {
            return absent(format!("there is no file `{shown}`"));
        };
        let place = format!("[{}] in `{shown}`", printable(&self.profile));
        let credentials = match Profile::find(&text, &self.profile, &shown)? {
            Some(profile) => profile.credentials(&place)?,
            None if is_named => {
                return Err(Error::new(
                    ErrorKind::Credential,
                    format!("there is no profile {place}"),
                ));
            }
            None => return absent(format!("there is no profile {place}")),
        };
        Ok(Provided::Ready(Arc::new(credentials)))
    }
}

impl ProvideCredentials for ProfileFile {
    fn provide(&self, _: SystemTime) -> Result<Provided, Error> {
        let mut kept = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(credentials) = &*kept {
            return Ok(Provided::Ready(Arc::clone(credentials)));
        }
        let provided = self.read()?;
        if let Provided::Ready(credentials) = &provided {
            *kept = Some(Arc::clone(credentials));
        }
        Ok(provided)
    }

    fn refused(&self, used: &Arc<Credentials>) -> Renewal {
        let mut kept = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        match &*kept {
            Some(current) if !Arc::ptr_eq(current, used) => Renewal::Impossible,
            Some(_) => {
                // Somebody may have written new ones into the file meanwhile.
                *kept = None;
                Renewal::Possible
            }
            None => Renewal::Impossible,
        }
    }
}

/// The file's text; `None` where there is no file and nobody named it.
fn read_capped(
    path: &Path,
    is_named: bool,
    shown: &str,
) -> Result<Option<Zeroizing<String>>, Error> {
    let refuse = |why: &str| Error::new(ErrorKind::Credential, format!("`{shown}` {why}"));
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == IoErrorKind::NotFound && !is_named => return Ok(None),
        Err(error) => return Err(refuse(&format!("cannot be read: {error}"))),
    };
    // Filled once and never grown, so that nothing of it is left behind.
    let mut text = Zeroizing::new(String::with_capacity(
        usize::try_from(MOST).unwrap_or(0).saturating_add(1),
    ));
    let read = file
        .take(MOST.saturating_add(1))
        .read_to_string(&mut text)
        .map_err(|error| refuse(&format!("cannot be read: {error}")))?;
    if u64::try_from(read).unwrap_or(u64::MAX) > MOST {
        return Err(refuse("is too large for a file of credentials"));
    }
    Ok(Some(text))
}

/// What a profile says, as it stands in the file's text.
#[derive(Default)]
pub struct Profile<'t> {
    /// `secret_id`.
    pub id: Option<&'t str>,
    /// `secret_key`.
    pub secret: Option<&'t str>,
    /// `token`.
    pub token: Option<&'t str>,
}

impl<'t> Profile<'t> {
    /// The profile of this name; `None` where the file has none. The last of two values counts, as for the service's
    /// own tools. `shown` is what an error calls the file.
    ///
    /// # Errors
    /// `Credential` where the text is no INI.
    pub fn find(text: &'t str, name: &str, shown: &str) -> Result<Option<Self>, Error> {
        let mut found: Option<Self> = None;
        let mut is_here = false;
        for item in Parser::new(text).comment_char(b'#').auto_trim(true) {
            match item {
                Item::Section(section) => {
                    is_here = section == name;
                    if is_here {
                        found.get_or_insert_default();
                    }
                }
                Item::Property(key, Some(value)) => {
                    let value = Some(value).filter(|value| !value.is_empty());
                    if let Some(profile) = found.as_mut().filter(|_| is_here) {
                        match key {
                            "secret_id" => profile.id = value,
                            "secret_key" => profile.secret = value,
                            "token" => profile.token = value,
                            _ => {}
                        }
                    }
                }
                Item::Property(text, None) if !text.starts_with(';') && !text.is_empty() => {
                    return Err(not_ini(shown));
                }
                Item::Error(_) => return Err(not_ini(shown)),
                _ => {}
            }
        }
        Ok(found)
    }

    /// Something to sign with. `place` is what an error calls the profile.
    ///
    /// # Errors
    /// `Credential` where the id or the key is missing, or holds what none can hold.
    pub fn credentials(&self, place: &str) -> Result<Credentials, Error> {
        let wanted = |name: &str, value: Option<&'t str>| {
            value.ok_or_else(|| {
                Error::new(
                    ErrorKind::Credential,
                    format!("{place} has no `{name}`; write one"),
                )
            })
        };
        let credentials = Credentials::new(
            wanted("secret_id", self.id)?,
            SecretString::from(wanted("secret_key", self.secret)?),
        )?;
        match self.token {
            Some(token) => credentials.with_token(token),
            None => Ok(credentials),
        }
    }
}

/// Nothing of a line is quoted: a secret may stand in it.
fn not_ini(shown: &str) -> Error {
    Error::new(
        ErrorKind::Credential,
        format!("`{shown}` is not an INI file of `name = value` lines under `[profile]`"),
    )
}
