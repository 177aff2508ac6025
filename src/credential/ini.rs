//! Files with `name = value` lines under `[profile]`, as the clouds' SDKs and tools read and write them.
//!
//! The text is parsed in place, because a library would return copies of the secrets that are not wiped, and no line
//! numbers. Everything that the SDKs of the various languages accept is accepted: a byte order mark, `name: value`,
//! quoted values, upper-case names, comments after a value or a section.

/// One line with content.
pub(crate) enum Line<'t> {
    /// `[name]`.
    Section(&'t str),
    /// `name = value`.
    Value(&'t str, &'t str),
}

/// Any other line. It is not quoted, because it may contain a secret.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct BadLine {
    pub(crate) number: usize,
    pub(crate) why: &'static str,
}

/// Every line with content, with its number, counted from 1.
pub(crate) fn lines(text: &str) -> impl Iterator<Item = Result<(usize, Line<'_>), BadLine>> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let lines = text
        .split('\n')
        .flat_map(|line| line.strip_suffix('\r').unwrap_or(line).split('\r'));
    (1..)
        .zip(lines)
        .filter_map(|(number, line)| match read(line.trim()) {
            Ok(line) => Some(Ok((number, line?))),
            Err(why) => Some(Err(BadLine { number, why })),
        })
}

fn read(line: &str) -> Result<Option<Line<'_>>, &'static str> {
    if line.is_empty() || is_comment(line) {
        return Ok(None);
    }
    if let Some(rest) = line.strip_prefix('[') {
        let (name, after) = rest.split_once(']').ok_or("`[` without `]`")?;
        if !is_nothing(after) {
            return Err("there is text after `]`");
        }
        return Ok(Some(Line::Section(name.trim())));
    }
    let (name, value) = line
        .split_once(['=', ':'])
        .ok_or("neither `[profile]` nor `name = value`")?;
    Ok(Some(Line::Value(name.trim_end(), unquoted(value.trim())?)))
}

/// The value without quotes or a trailing comment. A key never contains a space, so a space before `#` or `;` begins a
/// comment.
fn unquoted(value: &str) -> Result<&str, &'static str> {
    for quote in ['"', '\''] {
        if let Some(rest) = value.strip_prefix(quote) {
            let (inside, after) = rest
                .split_once(quote)
                .ok_or("a quote is opened and not closed")?;
            if !is_nothing(after) {
                return Err("there is text after the closing quote");
            }
            return Ok(inside);
        }
    }
    if is_comment(value) {
        return Ok("");
    }
    let comment = [" #", "\t#", " ;", "\t;"]
        .iter()
        .filter_map(|start| value.find(start))
        .min();
    let value = comment.and_then(|at| value.get(..at)).unwrap_or(value);
    Ok(value.trim_end())
}

fn is_comment(text: &str) -> bool {
    text.starts_with(['#', ';'])
}

fn is_nothing(text: &str) -> bool {
    let text = text.trim_start();
    text.is_empty() || is_comment(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(text: &str) -> Result<Vec<(usize, String)>, BadLine> {
        lines(text)
            .map(|line| {
                let (number, line) = line?;
                let shown = match line {
                    Line::Section(name) => format!("[{name}]"),
                    Line::Value(name, value) => format!("{name}={value}"),
                };
                Ok((number, shown))
            })
            .collect()
    }

    #[test]
    fn what_the_sdks_take_is_read() {
        let text = "\u{feff}# c\n\n[default] # c\r\n  A = b\t# c\nC: d ; c\nE=\"f # g\" # h\nI = 'j'\nk = l#m;n\no =\np = # q\n[ x ]";
        let wanted = [
            (3, "[default]"),
            (4, "A=b"),
            (5, "C=d"),
            (6, "E=f # g"),
            (7, "I=j"),
            (8, "k=l#m;n"),
            (9, "o="),
            (10, "p="),
            (11, "[x]"),
        ];
        let wanted = wanted.map(|(number, shown)| (number, shown.to_owned()));
        assert_eq!(all(text).unwrap(), wanted);
    }

    #[test]
    fn what_is_no_line_of_such_a_file_is_told_by_its_number() {
        for text in [
            "a = b\nhunter2",
            "\n[default",
            "\n[default] x",
            "\na = \"b",
            "\na = 'b'c",
        ] {
            assert_eq!(all(text).unwrap_err().number, 2, "{text}");
        }
    }
}
