//! What keeps secrets out of places they should not reach: no core dumps, no tracing by the same user, no panic
//! messages that quote data.

use std::io::{self, Write};

/// Switches core dumps off; on Linux also tracing, and reading this process's memory, by others of the same user.
pub(crate) fn core_dumps_off() -> io::Result<()> {
    #[cfg(unix)]
    {
        use rustix::process::{Resource, Rlimit, setrlimit};
        let none = Rlimit {
            current: Some(0),
            maximum: Some(0),
        };
        setrlimit(Resource::Core, none)?;
    }
    #[cfg(target_os = "linux")]
    {
        use rustix::process::{DumpableBehavior, set_dumpable_behavior};
        set_dumpable_behavior(DumpableBehavior::NotDumpable)?;
    }
    Ok(())
}

/// A file that may grow no further (`ulimit -f`) is an error of whoever writes it, like a full disk, and not the end of the
/// process. A library leaves signals alone, so this is done here, for every command.
pub(crate) fn full_files_are_errors() -> io::Result<()> {
    #[cfg(unix)]
    {
        use std::sync::{Arc, atomic::AtomicBool};
        // It is caught and not ignored: programs that are started here would inherit that.
        let seen = Arc::new(AtomicBool::new(false));
        signal_hook::flag::register(signal_hook::consts::SIGXFSZ, seen)?;
    }
    Ok(())
}

/// A panic says where it happened and nothing of what was in memory.
pub(crate) fn quiet_panics() {
    std::panic::set_hook(Box::new(|info| {
        let place = info
            .location()
            .map_or_else(String::new, |place| format!(" at {place}"));
        // Nobody is left to be told where stderr is closed.
        let _ = writeln!(io::stderr(), "cardseal: panicked{place}");
    }));
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use rustix::process::{DumpableBehavior, Resource, dumpable_behavior, getrlimit};

    #[test]
    fn neither_dumps_nor_tracing() {
        super::core_dumps_off().unwrap();
        assert_eq!(dumpable_behavior().unwrap(), DumpableBehavior::NotDumpable);
        let core = getrlimit(Resource::Core);
        assert_eq!((core.current, core.maximum), (Some(0), Some(0)));
    }
}
