//! From the file a key came in to the key: the steps that were recognised, and the same steps in a POSIX shell.

/// How a key is coded in its file: the steps that decode it, outermost first, and whether bytes or text come out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct KeyCoding {
    steps: Vec<Step>,
    is_der: bool,
}

/// One step. Each has a filter of a shell that does the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Step {
    /// UTF-16, by the name that `iconv` has for it.
    Utf16(&'static str),
    /// The first JSON string of this many characters, as the file spells it; without the quotes in it, if it has some.
    JsonString { characters: usize, has_quotes: bool },
    /// Line ends, slashes and other characters that are written with a backslash.
    Escapes,
    /// `NAME=` or `name:` before the value.
    Name,
    /// Quotes around the value; in Python a `b` before them.
    Quotes { of_bytes: bool },
    /// The digits between the first pair of dashed lines.
    PemBody,
    /// Hexadecimal digits; plain where nothing but digits and line feeds is there.
    Hex { is_plain: bool },
    /// Base64; plain where it has the first alphabet, its padding, and nothing but line feeds within.
    Base64 { is_plain: bool, padding: usize },
}

impl KeyCoding {
    /// Text that needs no decoding.
    pub(crate) fn text() -> Self {
        Self {
            steps: Vec::new(),
            is_der: false,
        }
    }

    /// Bytes that need none.
    pub(crate) fn der() -> Self {
        Self {
            steps: Vec::new(),
            is_der: true,
        }
    }

    /// The same with one step more, after which it is text or, after digits, bytes.
    pub(crate) fn then(&self, step: Step) -> Self {
        let is_der = matches!(step, Step::Hex { .. } | Step::Base64 { .. });
        let mut steps = self.steps.clone();
        steps.push(step);
        Self { steps, is_der }
    }

    /// The same, where the bytes that come out are text.
    pub(crate) fn is_text(&self) -> Self {
        Self {
            steps: self.steps.clone(),
            is_der: false,
        }
    }

    /// How many times digits are decoded.
    pub(crate) fn depth(&self) -> usize {
        let digits = |step: &&Step| matches!(step, Step::Hex { .. } | Step::Base64 { .. });
        self.steps.iter().filter(digits).count()
    }

    /// Whether the last step was base64.
    pub(crate) fn is_base64(&self) -> bool {
        matches!(self.steps.last(), Some(Step::Base64 { .. }))
    }

    /// The command that prints what the steps lead to.
    pub(crate) fn printed(&self) -> String {
        self.pipe().unwrap_or_else(|| "cat FILE".to_owned())
    }

    /// `openssl` with this verb, what it is given, and the options after it.
    pub(crate) fn openssl(&self, verb: &str, then: &str) -> String {
        let form = if self.is_der { " -inform DER" } else { "" };
        match self.pipe() {
            Some(pipe) => format!("{pipe} | openssl {verb}{form} {then}"),
            None => format!("openssl {verb}{form} -in FILE {then}"),
        }
        .trim_end()
        .to_owned()
    }

    /// Writes the point uncompressed and the curve by name.
    pub(crate) fn rewritten(&self) -> String {
        self.openssl(
            "ec -pubin",
            "-conv_form uncompressed -param_enc named_curve",
        )
    }

    /// A command that reads a file of text by its name, more than once or with a program that reads no stdin.
    pub(crate) fn on_a_file(&self, command: &str) -> String {
        match self.pipe() {
            Some(pipe) => format!(
                "{pipe} >FILE.txt && {}",
                command.replace("FILE", "FILE.txt")
            ),
            None => command.to_owned(),
        }
    }

    /// The steps as one pipe from `FILE`; `None` if there are none.
    pub(crate) fn pipe(&self) -> Option<String> {
        let (first, rest) = self.steps.split_first()?;
        let mut pipe = first.reading_file();
        for step in rest {
            pipe.push_str(" | ");
            pipe.push_str(&step.filter(""));
        }
        Some(pipe)
    }
}

impl Step {
    /// The first step, which reads the file.
    fn reading_file(&self) -> String {
        match self {
            Self::Utf16(_) | Self::Hex { is_plain: true } | Self::Base64 { is_plain: true, .. } => {
                self.filter(" FILE")
            }
            _ => self.filter(" <FILE"),
        }
    }

    /// The step as a filter; `file` stands behind its first program.
    fn filter(&self, file: &str) -> String {
        match self {
            Self::Utf16(name) => format!("iconv -f {name} -t UTF-8{file}"),
            Self::JsonString {
                characters,
                has_quotes,
            } => {
                let (quotes, file) = match has_quotes {
                    true => (format!("sed 's/\\\\\"//g'{file} | "), ""),
                    false => (String::new(), file),
                };
                format!(
                    "{quotes}tr '\"' '\\n'{file} | awk 'length == {characters} {{print; exit}}'"
                )
            }
            Self::Escapes => format!("{UNESCAPE}{file}"),
            Self::Name => format!("tr -d '\\r\\n'{file} | sed 's/^[^=:]*[=:][ |>-]*//'"),
            Self::Quotes { of_bytes: false } => format!("tr -d '\\042\\047\\140'{file}"),
            Self::Quotes { of_bytes: true } => {
                format!("tr -d '\\042\\047\\140'{file} | sed 's/^b//'")
            }
            Self::PemBody => {
                format!("tr -d '\\r\\n'{file} | sed 's/-----END.*//; s/.*-----//'")
            }
            Self::Hex { is_plain: true } => format!("xxd -r -p{file}"),
            Self::Hex { is_plain: false } => {
                format!("sed 's/0[xX]//'{file} | tr -cd 0-9A-Fa-f | xxd -r -p")
            }
            Self::Base64 { is_plain: true, .. } => format!("base64 -d{file}"),
            Self::Base64 { padding, .. } => {
                let more = match "=".repeat(*padding) {
                    none if none.is_empty() => none,
                    some => format!(" | sed 's/$/{some}/'"),
                };
                format!("tr -cd 'A-Za-z0-9+/=_-'{file} | tr '_-' '/+'{more} | base64 -d")
            }
        }
    }
}

/// What JSON and source text write with a backslash, in a key: line ends, slashes, and the characters that .NET and
/// Python escape by their numbers.
const UNESCAPE: &str = r#"awk '{gsub(/\\r|\\u000[dD]/, ""); gsub(/\\n|\\u000[aA]/, "\n"); gsub(/\\\/|\\u002[fF]/, "/"); gsub(/\\u002[bB]/, "+"); gsub(/\\u003[dD]/, "="); gsub(/\\u003[cC]/, "<"); gsub(/\\u003[eE]/, ">"); print}'"#;
