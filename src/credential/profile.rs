//! A profile file: the credentials of one section, in the layout of one cloud's SDKs.

use core::fmt;
use std::fs::File;
use std::io::{ErrorKind as IoErrorKind, Read as _};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::SystemTime;

use secrecy::{ExposeSecret, SecretString};
use zeroize::Zeroizing;

use crate::credential::ini::{self, Line};
use crate::credential::{Credentials, Environment, Provide, Provided, Renewal};
use crate::error::{Error, ErrorKind, printable, printable_name};

/// The maximum size of a profile file, in bytes.
const MOST: u64 = 64 * 1024;

/// The location and the names of one cloud's profile file.
pub(crate) struct Layout {
    /// The variable that names another file.
    pub(crate) variable: &'static str,
    pub(crate) in_home: &'static str,
    /// The file for the whole machine, if the cloud has one.
    pub(crate) for_all: Option<&'static str>,
    /// The default profile.
    pub(crate) usual: &'static str,
    pub(crate) id: &'static str,
    pub(crate) secret: &'static str,
    pub(crate) token: &'static str,
}

/// The credentials of one profile in a file. Read once, and again after the service refused them.
pub(crate) struct ProfileSource {
    layout: &'static Layout,
    place: Result<Place, Error>,
    profile: String,
    /// True if the caller named the profile and therefore expects it.
    must_be_there: bool,
    read: Mutex<Read>,
}

/// The location of the file, and whether it may be missing.
enum Place {
    /// Named explicitly, so it must exist.
    Named(PathBuf),
    /// In the home folder, otherwise for the whole machine.
    Usual(Vec<PathBuf>),
}

impl ProfileSource {
    pub(crate) fn at(layout: &'static Layout, path: PathBuf) -> Self {
        Self::of(layout, Ok(Place::Named(path)))
    }

    pub(crate) fn by(layout: &'static Layout, environment: &dyn Environment) -> Self {
        let named = environment.variable(layout.variable);
        let place = named.map(|named| match named {
            Some(path) => Place::Named(PathBuf::from(path.expose_secret())),
            None => {
                let home = environment.home().map(|home| home.join(layout.in_home));
                let for_all = layout.for_all.map(PathBuf::from);
                Place::Usual(home.into_iter().chain(for_all).collect())
            }
        });
        Self::of(layout, place)
    }

    fn of(layout: &'static Layout, place: Result<Place, Error>) -> Self {
        Self {
            layout,
            must_be_there: matches!(place, Ok(Place::Named(_))),
            place,
            profile: layout.usual.to_owned(),
            read: Mutex::default(),
        }
    }

    pub(crate) fn profile(mut self, name: String, must_be_there: bool) -> Self {
        self.profile = name;
        self.must_be_there |= must_be_there;
        self
    }

    /// The first file that has the profile.
    fn look(&self) -> Result<Provided, Error> {
        let (paths, is_named) = match &self.place {
            Ok(Place::Named(path)) => (core::slice::from_ref(path), true),
            Ok(Place::Usual(paths)) => (paths.as_slice(), false),
            Err(error) => return Err(error.again()),
        };
        let mut reasons = Vec::new();
        if paths.is_empty() {
            reasons.push("there is no home folder for a profile file".to_owned());
        }
        for path in paths {
            match self.look_at(path, is_named)? {
                Ok(credentials) => return Ok(Provided::Ready(Arc::new(credentials))),
                Err(reason) => reasons.push(reason),
            }
        }
        let reason = reasons.join(", and ");
        if self.must_be_there {
            return Err(Error::credential(reason));
        }
        Ok(Provided::Absent { reason })
    }

    /// The profile's credentials, or why this file has none.
    fn look_at(&self, path: &Path, is_named: bool) -> Result<Result<Credentials, String>, Error> {
        let shown = printable(&path.display().to_string());
        let Some(text) = read_capped(path, is_named, &shown)? else {
            return Ok(Err(format!("there is no file `{shown}`")));
        };
        let name = self.profile.as_str();
        let place = format!("[{}] in `{shown}`", printable_name(name));
        match Profile::find_in(self.layout, &text, name, &shown)? {
            Some(profile) => profile.credentials(&place).map(Ok),
            None => Ok(Err(format!("there is no profile {place}"))),
        }
    }
}

impl Provide for ProfileSource {
    fn provide(&self, _: SystemTime) -> Result<Provided, Error> {
        let mut read = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(credentials) = &read.current {
            return Ok(Provided::Ready(Arc::clone(credentials)));
        }
        let provided = self.look()?;
        if let Provided::Ready(credentials) = &provided {
            read.current = Some(Arc::clone(credentials));
        }
        Ok(provided)
    }

    fn refused(&self, used: &Arc<Credentials>) -> Renewal {
        let mut read = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        let is_current = |current: &Arc<Credentials>| Arc::ptr_eq(current, used);
        if read.current.as_ref().is_some_and(is_current) {
            // Somebody may have written new ones into the file meanwhile.
            read.current = None;
            read.dropped = Arc::downgrade(used);
        }
        // Of calls that were refused together the first drops what all of them used.
        let was_dropped = core::ptr::eq(read.dropped.as_ptr(), Arc::as_ptr(used));
        match read.current.is_some() || was_dropped {
            true => Renewal::Possible,
            false => Renewal::Impossible,
        }
    }
}

/// What was read of the file, until the service refuses it.
#[derive(Default)]
struct Read {
    current: Option<Arc<Credentials>>,
    /// What was refused last.
    dropped: Weak<Credentials>,
}

/// The file's text; `None` where there is no file and nobody named it.
pub(crate) fn read_capped(
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
    // Filled once and never grown, so that no copy is left behind.
    let mut text = Zeroizing::new(String::with_capacity(
        usize::try_from(MOST).unwrap_or(0).saturating_add(1),
    ));
    let read = file
        .take(MOST.saturating_add(1))
        .read_to_string(&mut text)
        .map_err(|error| refuse(&format!("cannot be read: {error}; save it as UTF-8 text")))?;
    if u64::try_from(read).unwrap_or(u64::MAX) > MOST {
        return Err(refuse("is too large for a file of credentials"));
    }
    Ok(Some(text))
}

/// The values of a profile, borrowed from the file's text.
#[cfg_attr(
    not(feature = "testing"),
    allow(unreachable_pub, reason = "fuzzers reach it under `testing`")
)]
pub struct Profile<'t> {
    /// The secret id, or access key.
    pub id: Option<&'t str>,
    /// The secret key.
    pub secret: Option<&'t str>,
    /// The token of a temporary pair.
    pub token: Option<&'t str>,
    layout: &'static Layout,
    /// The line numbers of these three.
    lines: [usize; 3],
}

impl fmt::Debug for Profile<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Profile")
    }
}

impl<'t> Profile<'t> {
    /// The profile with this name; `None` if the file has none. If a value is given twice, the last counts, as in the
    /// service's own tools. `shown` is the file's name in errors.
    ///
    /// # Errors
    /// `Credential`, with the line, if the text is not an INI file.
    pub(crate) fn find_in(
        layout: &'static Layout,
        text: &'t str,
        name: &str,
        shown: &str,
    ) -> Result<Option<Self>, Error> {
        let mut found: Option<Self> = None;
        let mut is_here = false;
        for line in ini::lines(text) {
            let (number, line) = line.map_err(|bad| {
                Error::credential(format!(
                    "`{shown}` is not an INI file of `name = value` lines under `[profile]`: line {}: {}",
                    bad.number, bad.why
                ))
            })?;
            match line {
                Line::Section(section) => {
                    is_here = section == name;
                    if is_here && found.is_none() {
                        found = Some(Self {
                            id: None,
                            secret: None,
                            token: None,
                            layout,
                            lines: [0; 3],
                        });
                    }
                }
                Line::Value(name, value) => {
                    if let Some(profile) = found.as_mut().filter(|_| is_here) {
                        profile.take(number, name, value);
                    }
                }
            }
        }
        Ok(found)
    }

    fn take(&mut self, number: usize, name: &str, value: &'t str) {
        let layout = self.layout;
        let [id, secret, token] = &mut self.lines;
        let (place, line) = if name.eq_ignore_ascii_case(layout.id) {
            (&mut self.id, id)
        } else if name.eq_ignore_ascii_case(layout.secret) {
            (&mut self.secret, secret)
        } else if name.eq_ignore_ascii_case(layout.token) {
            (&mut self.token, token)
        } else {
            return;
        };
        *place = Some(value).filter(|value| !value.is_empty());
        *line = number;
    }

    /// Credentials from the profile. `place` is the profile's name in errors.
    ///
    /// # Errors
    /// `Credential` if the id or the key is missing or invalid.
    #[cfg_attr(not(feature = "testing"), allow(unreachable_pub, reason = "as above"))]
    pub fn credentials(&self, place: &str) -> Result<Credentials, Error> {
        let wanted = |name: &str, value: Option<&'t str>| {
            value.ok_or_else(|| Error::credential(format!("{place} has no `{name}`; write one")))
        };
        let id = wanted(self.layout.id, self.id)?;
        let secret = wanted(self.layout.secret, self.secret)?;
        let [id_line, secret_line, token_line] = self.lines;
        let told =
            |line: usize| move |error: Error| error.while_doing(&format!("line {line}, {place}"));
        Credentials::check_id(id).map_err(told(id_line))?;
        let credentials =
            Credentials::new(id, SecretString::from(secret)).map_err(told(secret_line))?;
        match self.token {
            Some(token) => credentials.with_token(token).map_err(told(token_line)),
            None => Ok(credentials),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LAYOUT: Layout = Layout {
        variable: "FILE",
        in_home: "credentials",
        for_all: None,
        usual: "default",
        id: "secret_id",
        secret: "secret_key",
        token: "token",
    };

    #[test]
    fn s15_a_placeholder_is_named_and_not_shown() {
        for value in [
            "$SECRET_KEY",
            "${SECRET_KEY}",
            "$(cat hunter2)",
            "`hunter2`",
            "%SECRET_KEY%",
            "!SECRET_KEY!",
            "{{hunter2}}",
            "{{ secrets.SECRET_KEY }}",
            "${{ secrets.SECRET_KEY }}",
            "%(SECRET_KEY)s",
            "<your-SECRET_KEY>",
            "<hunter2 goes here>",
        ] {
            for (id, secret, line) in [("AKIDz8", value, 3), (value, "Gu5t9xGARNpq86cd98jo", 2)] {
                let text = format!("[default]\nsecret_id = {id}\nsecret_key = {secret}\n");
                let profile = Profile::find_in(&LAYOUT, &text, "default", "f")
                    .unwrap()
                    .unwrap();
                let told = profile
                    .credentials("[default] in `f`")
                    .unwrap_err()
                    .to_string();
                assert!(told.contains("nothing is expanded here"), "{told}");
                assert!(told.contains(&format!("line {line}")), "{told}");
                assert!(
                    !told.contains("SECRET_KEY") && !told.contains("hunter2"),
                    "{told}"
                );
            }
        }
    }

    /// A secret may begin or end with what a shell reads, too.
    #[test]
    fn s15_a_secret_with_a_shells_signs_in_it_is_taken() {
        for secret in [
            "$1abcdefgh",
            "$ab-cdefgh",
            "ab$cdefgh",
            "`abcdefgh",
            "abcdefgh`",
            "%abcdefgh",
            "%20abcdefgh%",
            "${abc",
            "$",
            "%%",
            "!abc",
            "!ab-cdefgh!",
            "!!",
            "{abcdefgh}",
            "{{abcdefgh",
            "<abcdefgh",
            "<>",
        ] {
            let text = format!("[default]\nsecret_id = AKIDz8\nsecret_key = {secret}\n");
            let profile = Profile::find_in(&LAYOUT, &text, "default", "f")
                .unwrap()
                .unwrap();
            let taken = profile.credentials("[default] in `f`");
            assert!(taken.is_ok(), "{secret}: {taken:?}");
        }
    }
}
