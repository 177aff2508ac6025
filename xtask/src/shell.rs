//! Other programs: where they run, what they find in their environment, where their output goes.

use std::collections::HashMap;
use std::error::Error;
use std::ffi::{OsStr, OsString};
use std::fmt::Display;
use std::fs::{self, File, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::{env, io};

use duct::Expression;

use crate::interrupt::{self, Running};

/// Why something did not go well, for people.
pub(crate) type Fault = Box<dyn Error + Send + Sync>;
/// What went well, or why it did not.
pub(crate) type Done<T = ()> = Result<T, Fault>;

/// Runs programs in the root of the repository, with their output here or in a log.
pub(crate) struct Shell {
    root: PathBuf,
    environment: HashMap<OsString, OsString>,
    log: Option<(PathBuf, File)>,
}

impl Shell {
    /// Goes to the root of the repository; the output of programs is this program's.
    pub(crate) fn at_root() -> Done<Self> {
        // Cargo names the folder of the package that it runs; a program that was moved has what it was built from.
        let package =
            env::var_os("CARGO_MANIFEST_DIR").unwrap_or_else(|| env!("CARGO_MANIFEST_DIR").into());
        let root = Path::new(&package)
            .parent()
            .ok_or("xtask/ stands in no folder")?;
        env::set_current_dir(root)?;
        Ok(Self::with_root(root))
    }

    /// The same, with another folder in the root's place, to which it does not go.
    pub(crate) fn with_root(root: &Path) -> Self {
        Self {
            root: root.to_owned(),
            environment: environment(),
            log: None,
        }
    }

    /// The same, with the output of programs in a new file.
    pub(crate) fn with_log(&self, path: &Path) -> io::Result<Self> {
        // Several programs write at the end of it, one of them beside another.
        let _ = fs::remove_file(path);
        let file = OpenOptions::new().create(true).append(true).open(path)?;
        Ok(Self {
            log: Some((path.to_owned(), file)),
            ..self.clone_without_log()
        })
    }

    /// The same, with one more variable in the environment of programs.
    pub(crate) fn with_env(&self, name: &str, value: impl Into<OsString>) -> io::Result<Self> {
        let mut new = self.clone_without_log();
        if let Some((path, file)) = &self.log {
            new.log = Some((path.clone(), file.try_clone()?));
        }
        new.environment.insert(name.into(), value.into());
        Ok(new)
    }

    /// The same, with one variable less in the environment of programs.
    pub(crate) fn without_env(mut self, name: &str) -> Self {
        self.environment.remove(OsStr::new(name));
        self
    }

    fn clone_without_log(&self) -> Self {
        Self {
            root: self.root.clone(),
            environment: self.environment.clone(),
            log: None,
        }
    }

    /// The root of the repository.
    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// Where Cargo builds.
    pub(crate) fn target(&self) -> PathBuf {
        let named = self.environment.get(OsStr::new("CARGO_TARGET_DIR"));
        self.root.join(named.map_or(Path::new("target"), Path::new))
    }

    /// What has been written to the log so far, whatever bytes it holds.
    pub(crate) fn logged(&self) -> String {
        let path = self.log.as_ref().map(|(path, _)| path);
        let bytes = path
            .and_then(|path| fs::read(path).ok())
            .unwrap_or_default();
        String::from_utf8_lossy(&bytes).into_owned()
    }

    /// Writes a line to where the output of programs goes.
    pub(crate) fn say(&self, line: impl Display) {
        let line = format!("{line}\n");
        let written = match &self.log {
            Some((_, file)) => (&*file).write_all(line.as_bytes()),
            None => io::stdout().write_all(line.as_bytes()),
        };
        // Nobody looks on any more: what was asked for is done all the same.
        let _ = written;
    }

    /// Runs a program to its end.
    ///
    /// # Errors
    /// Where it cannot be started, ends with another code than 0, or was interrupted.
    pub(crate) fn run(&self, command: Expression) -> Done {
        let command = match self.logs()? {
            Some(file) => command.stderr_to_stdout().stdout_file(file),
            None => command,
        };
        self.to_its_end(command).map(drop)
    }

    /// Runs a program and returns what it prints, without the line's end; what it says on stderr goes to the output.
    ///
    /// # Errors
    /// As [`Shell::run`].
    pub(crate) fn read(&self, command: Expression) -> Done<String> {
        let command = match self.logs()? {
            Some(file) => command.stdout_capture().stderr_file(file),
            None => command.stdout_capture(),
        };
        let output = self.to_its_end(command)?;
        Ok(String::from_utf8_lossy(&output.stdout)
            .trim_end()
            .to_owned())
    }

    /// Runs a program to its end, whatever that is: its exit code, or none where a signal ended it.
    ///
    /// # Errors
    /// Where it cannot be started, or was interrupted.
    pub(crate) fn code(&self, command: Expression) -> Done<Option<i32>> {
        let command = match self.logs()? {
            Some(file) => command.unchecked().stderr_to_stdout().stdout_file(file),
            None => command.unchecked(),
        };
        Ok(self.to_its_end(command)?.status.code())
    }

    /// Whether a program ends with 0; what it prints is lost.
    pub(crate) fn succeeds(&self, command: Expression) -> bool {
        self.to_its_end(command.stdout_null().stderr_null()).is_ok()
    }

    fn logs(&self) -> io::Result<Option<File>> {
        self.log
            .as_ref()
            .map(|(_, file)| file.try_clone())
            .transpose()
    }

    fn to_its_end(&self, command: Expression) -> Done<std::process::Output> {
        if interrupt::interrupted() {
            return Err("interrupted".into());
        }
        let handle = command
            .stdin_null()
            .full_env(&self.environment)
            .before_spawn(|command| {
                own_group(command);
                Ok(())
            })
            .start()?;
        let running = Running::new(handle.pids());
        let ended = handle.into_output();
        drop(running);
        if interrupt::interrupted() {
            return Err("interrupted".into());
        }
        Ok(ended?)
    }
}

#[cfg(unix)]
fn own_group(command: &mut std::process::Command) {
    use std::os::unix::process::CommandExt;
    command.process_group(0);
}

#[cfg(not(unix))]
fn own_group(_command: &mut std::process::Command) {}

/// This program's environment without what Cargo has put there for this program: another `cargo` would build what depends
/// on it anew, and other programs would load libraries of the compiler.
fn environment() -> HashMap<OsString, OsString> {
    let program = env::current_exe().unwrap_or_default();
    without_cargos_own(env::vars_os(), program.parent().unwrap_or(Path::new("/")))
}

/// Variables without Cargo's own; `built` is the folder of this program.
fn without_cargos_own(
    all: impl Iterator<Item = (OsString, OsString)>,
    built: &Path,
) -> HashMap<OsString, OsString> {
    let own = |name: &str| {
        ["CARGO", "CARGO_MANIFEST_DIR", "CARGO_MANIFEST_PATH"].contains(&name)
            || name.starts_with("CARGO_PKG_")
    };
    let mut kept: HashMap<_, _> = all
        .filter(|(name, _)| !own(&name.to_string_lossy()))
        .collect();
    if let Some(folders) = kept.remove(OsStr::new("LD_LIBRARY_PATH")) {
        let compilers = |folder: &Path| {
            folder
                .components()
                .any(|part| part.as_os_str() == "toolchains")
        };
        let others = env::split_paths(&folders)
            .filter(|folder| !compilers(folder) && !folder.starts_with(built));
        if let Some(others) = env::join_paths(others)
            .ok()
            .filter(|others| !others.is_empty())
        {
            kept.insert("LD_LIBRARY_PATH".into(), others);
        }
    }
    kept
}

#[cfg(test)]
#[path = "shell/tests.rs"]
mod tests;
