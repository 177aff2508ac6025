//! Bills of materials, held against CycloneDX's own schema by its Python library.

use std::path::PathBuf;

use duct::cmd;

use crate::shell::{Done, Shell};

/// Strict: what the schema does not name is an error, too.
const CHECK: &str = "\
import pathlib, sys
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
for name in sys.argv[1:]:
    wrong = JsonStrictValidator(SchemaVersion.V1_5).validate_str(pathlib.Path(name).read_text())
    if wrong:
        sys.exit(f'{name}: {wrong}')
print(len(sys.argv) - 1, 'bills of materials are CycloneDX 1.5')
";

/// Checks all of them.
pub(crate) fn check(shell: &Shell, bills: &[PathBuf]) -> Done {
    if bills.is_empty() {
        return Err("there is no bill of materials to check".into());
    }
    let programs =
        crate::tools::python(shell, "bills", &["cyclonedx-python-lib[json-validation]"])?;
    let said = shell.read(cmd(
        programs.join("python"),
        ["-c".into(), PathBuf::from(CHECK)].iter().chain(bills),
    ))?;
    shell.say(format!("REACHED {said}"));
    Ok(())
}
