//! `docs/performance.md`: what stands between the markers of a part is a program's output, and nothing else.

use std::path::PathBuf;

/// Puts a new measurement in place of this part's old one.
pub fn rewrite(part: &str, measured: &str) -> Result<PathBuf, String> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../docs/performance.md");
    let shown = path.display();
    let [begin, end] = ["begin", "end"].map(|which| format!("<!-- {part}: {which} -->"));
    let page = std::fs::read_to_string(&path).map_err(|error| format!("{shown}: {error}"))?;
    let (before, rest) = page.split_once(&begin).ok_or("no begin marker")?;
    let (_, after) = rest.split_once(&end).ok_or("no end marker")?;
    let page = format!("{before}{begin}\n\n{measured}\n{end}{after}");
    std::fs::write(&path, page).map_err(|error| format!("{shown}: {error}"))?;
    Ok(path)
}
