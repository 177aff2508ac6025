//! The library's advice in this program's words: it names its own functions, and here they are options.

/// A line each: what the library says, in either language, and what is said of it here.
const NAMES: &str = include_str!("../locales/options.tsv");

/// The message with options in the place of functions.
pub(crate) fn named(message: String) -> String {
    if !message.contains("::") {
        return message;
    }
    let names = NAMES.lines().filter_map(|line| line.split_once('\t'));
    names.fold(message, |message, (theirs, ours)| {
        message.replace(theirs, ours)
    })
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    /// Every message of the library's that names a function of its own is known here.
    #[test]
    fn a20_no_advice_names_a_function() {
        let sources = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../src");
        let mut found = 0;
        let mut folders = vec![sources];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                    continue;
                }
                let text = std::fs::read_to_string(&path).unwrap();
                // A text that goes on in the next line, as the compiler reads it.
                let joined: String = text
                    .split("\\\n")
                    .map(str::trim_start)
                    .collect::<Vec<_>>()
                    .concat();
                for line in joined
                    .lines()
                    .filter(|line| !line.trim_start().starts_with("//"))
                {
                    for name in [
                        "TransportOptions::",
                        "`Image::",
                        "RetryPolicy::",
                        "`Recipient::",
                    ] {
                        if line.contains(name) && line.contains('"') {
                            found += 1;
                            let said = named(line.to_owned());
                            assert!(!said.contains(name), "{}: {line}", path.display());
                        }
                    }
                }
            }
        }
        assert!(found >= 4, "{found}");
    }
}
