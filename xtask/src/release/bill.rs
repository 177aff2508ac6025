//! The bill of materials of one artefact, as CycloneDX 1.5 in JSON.

use serde_json::{Value, json};

use super::tree::{Key, Package, Role, Tree};
use crate::shell::Done;

/// What a bill says of its artefact beside the packages.
pub(crate) struct Subject<'a> {
    /// The file's name in the archive.
    pub(crate) file: &'a str,
    pub(crate) sha256: &'a str,
    pub(crate) kind: Kind,
    /// The commit's, in seconds since 1970.
    pub(crate) time: u64,
    /// What decides its bytes beside the sources: target, features, tools.
    pub(crate) properties: &'a [(&'static str, String)],
}

/// What an artefact is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Application,
    Library,
}

/// C code that a package brings and compiles: no package manager knows it, and advisories name it.
pub(crate) struct Bundled {
    pub(crate) name: &'static str,
    pub(crate) version: String,
    pub(crate) licence: &'static str,
    /// The package that has it.
    pub(crate) inside: Key,
}

/// The bill, as text. The same tree gives the same text.
pub(crate) fn bill(tree: &Tree, bundled: &[Bundled], subject: &Subject) -> Done<String> {
    let own = tree
        .packages
        .get(&tree.subject)
        .ok_or("the tree is empty")?;
    let mut described = component(&tree.subject, own);
    described["type"] = json!(match subject.kind {
        Kind::Application => "application",
        Kind::Library => "library",
    });
    described["hashes"] = json!([{ "alg": "SHA-256", "content": subject.sha256 }]);
    described["properties"] = std::iter::once(("file", subject.file.to_owned()))
        .chain(subject.properties.iter().cloned())
        .map(|(name, value)| json!({ "name": format!("cardseal:{name}"), "value": value }))
        .collect();

    let others = tree
        .packages
        .iter()
        .filter(|(key, _)| **key != tree.subject);
    let mut components: Vec<_> = others
        .map(|(key, package)| component(key, package))
        .collect();
    components.extend(bundled.iter().map(bundled_component));
    let depends: Vec<_> = tree
        .packages
        .iter()
        .map(|(key, package)| {
            let mut on: Vec<_> = package.needs.iter().map(purl).collect();
            on.extend(
                bundled
                    .iter()
                    .filter(|code| code.inside == *key)
                    .map(bundled_purl),
            );
            json!({ "ref": purl(key), "dependsOn": on })
        })
        .collect();
    let bill = json!({
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "metadata": { "timestamp": timestamp(subject.time)?, "component": described },
        "components": components,
        "dependencies": depends,
    });
    Ok(serde_json::to_string_pretty(&bill)? + "\n")
}

fn component(key: &Key, package: &Package) -> Value {
    let mut component = json!({
        "bom-ref": purl(key),
        "type": "library",
        "name": key.0,
        "version": key.1,
        "purl": purl(key),
        "scope": match package.role {
            Role::Contained => "required",
            Role::BuildTime => "excluded",
        },
    });
    if !package.licence.is_empty() {
        component["licenses"] = json!([{ "expression": package.licence }]);
    }
    if let Some(checksum) = &package.checksum {
        component["hashes"] = json!([{ "alg": "SHA-256", "content": checksum }]);
    }
    component
}

fn bundled_component(code: &Bundled) -> Value {
    json!({
        "bom-ref": bundled_purl(code),
        "type": "library",
        "name": code.name,
        "version": code.version,
        "purl": bundled_purl(code),
        "scope": "required",
        "licenses": [{ "expression": code.licence }],
    })
}

/// A `+` has a meaning of its own in an address.
fn purl((name, version): &Key) -> String {
    format!("pkg:cargo/{name}@{}", version.replace('+', "%2B"))
}

fn bundled_purl(code: &Bundled) -> String {
    format!("pkg:generic/{}@{}", code.name, code.version)
}

fn timestamp(time: u64) -> Done<String> {
    Ok(jiff::Timestamp::from_second(i64::try_from(time)?)?.to_string())
}

/// SQLite, as `libsqlite3-sys` has it: its header names the version.
pub(crate) fn sqlite(inside: &Key, header: &str) -> Done<Bundled> {
    let version = header
        .lines()
        .find_map(|line| line.strip_prefix("#define SQLITE_VERSION "))
        .map(|version| version.trim().trim_matches('"').to_owned())
        .ok_or("sqlite3.h names no version")?;
    Ok(Bundled {
        name: "sqlite",
        version,
        // In the public domain, which SPDX has this name for.
        licence: "blessing",
        inside: inside.clone(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    fn key(name: &str, version: &str) -> Key {
        (name.to_owned(), version.to_owned())
    }

    fn tree() -> Tree {
        let mut tree = Tree {
            subject: key("ours", "0.1.0"),
            ..Tree::default()
        };
        let package = |role, checksum: Option<&str>, needs: &[Key]| Package {
            licence: "MIT".into(),
            checksum: checksum.map(str::to_owned),
            needs: needs.iter().cloned().collect(),
            role,
        };
        let (sys, cc) = (key("libsqlite3-sys", "0.38.0"), key("cc", "1.0.0+x"));
        tree.packages.insert(
            tree.subject.clone(),
            package(Role::Contained, None, std::slice::from_ref(&sys)),
        );
        tree.packages.insert(
            sys,
            package(Role::Contained, Some("ab"), std::slice::from_ref(&cc)),
        );
        tree.packages
            .insert(cc, package(Role::BuildTime, Some("cd"), &[]));
        tree
    }

    fn made() -> Value {
        let header = "/* x */\n#define SQLITE_VERSION        \"3.53.1\"\n";
        let code = sqlite(&key("libsqlite3-sys", "0.38.0"), header).unwrap();
        let subject = Subject {
            file: "cardseal",
            sha256: "ef",
            kind: Kind::Application,
            time: 1_700_000_000,
            properties: &[("target", "x86_64-unknown-linux-musl".into())],
        };
        serde_json::from_str(&bill(&tree(), &[code], &subject).unwrap()).unwrap()
    }

    #[test]
    fn every_package_is_in_it_once_and_with_its_role() {
        let bill = made();
        let told: Vec<_> = bill["components"]
            .as_array()
            .unwrap()
            .iter()
            .map(|it| (it["purl"].as_str().unwrap(), it["scope"].as_str().unwrap()))
            .collect();
        assert_eq!(
            told,
            [
                ("pkg:cargo/cc@1.0.0%2Bx", "excluded"),
                ("pkg:cargo/libsqlite3-sys@0.38.0", "required"),
                ("pkg:generic/sqlite@3.53.1", "required"),
            ]
        );
        assert_eq!(bill["components"][1]["hashes"][0]["content"], "ab");
    }

    #[test]
    fn its_subject_is_the_file() {
        let subject = &made()["metadata"]["component"];
        assert_eq!(subject["type"], "application");
        assert_eq!(subject["hashes"][0]["content"], "ef");
        assert_eq!(
            subject["properties"][1]["value"],
            "x86_64-unknown-linux-musl"
        );
        assert_eq!(made()["metadata"]["timestamp"], "2023-11-14T22:13:20Z");
    }

    /// Each name that one of them depends on is the name of another.
    #[test]
    fn what_needs_what_names_components_only() {
        let bill = made();
        let list = |value: &Value| value.as_array().unwrap().clone();
        let mut known: BTreeSet<_> = list(&bill["components"])
            .iter()
            .map(|it| it["bom-ref"].clone().to_string())
            .collect();
        known.insert(bill["metadata"]["component"]["bom-ref"].to_string());
        let mut edges = 0;
        for depends in list(&bill["dependencies"]) {
            assert!(known.contains(&depends["ref"].to_string()));
            for on in list(&depends["dependsOn"]) {
                assert!(known.contains(&on.to_string()), "{on}");
                edges += 1;
            }
        }
        assert_eq!(edges, 3);
    }
}
