//! `docs/performance.md`: what stands between the markers is this program's output, and nothing else.

use std::path::PathBuf;

const BEGIN: &str = "<!-- measured: begin -->";
const END: &str = "<!-- measured: end -->";

/// Puts a new measurement in place of the old one.
pub fn rewrite(measured: &str) -> Result<PathBuf, String> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../docs/performance.md");
    let shown = path.display();
    let page = std::fs::read_to_string(&path).map_err(|error| format!("{shown}: {error}"))?;
    let (before, rest) = page.split_once(BEGIN).ok_or("no begin marker")?;
    let (_, after) = rest.split_once(END).ok_or("no end marker")?;
    let page = format!("{before}{BEGIN}\n\n{measured}\n{END}{after}");
    std::fs::write(&path, page).map_err(|error| format!("{shown}: {error}"))?;
    Ok(path)
}
