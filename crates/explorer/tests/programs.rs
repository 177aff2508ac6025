//! Every program is written, built and run: what it sends arrives byte for byte, and the gateway finds its signature
//! good.

mod common;

use std::path::Path;
use std::process::Output;

use cardseal_explorer::{Comments, Language, ProgramRequest, program};
use common::{Case, ID, KEY, Stage, TOKEN, cases, long_case, shell, skip, zone_of_another_date};
use serde_json::Value;

const CREDENTIALS: [(&str, &str); 3] = [
    ("TENCENTCLOUD_SECRET_ID", ID),
    ("TENCENTCLOUD_SECRET_KEY", KEY),
    ("TENCENTCLOUD_TOKEN", TOKEN),
];

/// How a language is run here: `probe` succeeds where it is installed.
struct Runner {
    language: Language,
    probe: &'static str,
    build: Option<&'static str>,
    run: &'static str,
    variables: &'static [(&'static str, &'static str)],
}

impl Runner {
    /// As [`Language::command`] says, in the two steps that it has.
    fn of(language: Language, probe: &'static str) -> Self {
        let (build, run) = match language.command().split_once(" && ") {
            Some((build, run)) => (Some(build), run),
            None => (None, language.command()),
        };
        Self {
            language,
            probe,
            build,
            run,
            variables: &[],
        }
    }

    fn write(&self, folder: &Path, case: &Case, endpoint: &str, comments: Comments) {
        let request = ProgramRequest {
            action: case.action,
            version: case.version,
            service: None,
            body: case.body.as_bytes(),
            endpoint: Some(endpoint),
            comments,
        };
        let program = program(self.language, &request).unwrap();
        let file = folder.join(self.language.file());
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(file, program).unwrap();
        if let Some(build) = self.build {
            let built = shell(folder, build, self.variables);
            assert!(built.status.success(), "{} {}", case.action, said(&built));
        }
    }

    fn run(&self, folder: &Path, credentials: &[(&str, &str)]) -> Output {
        let variables = [credentials, self.variables].concat();
        shell(folder, self.run, &variables)
    }

    /// All of it.
    fn check(&self) {
        let name = self.language.name();
        let scratch = tempfile::tempdir().unwrap();
        let folder = scratch.path();
        if !shell(folder, self.probe, &[]).status.success() {
            return skip(name, &format!("`{}` fails here", self.probe));
        }
        let zone = format!("date.timezone = \"{}\"\n", zone_of_another_date());
        std::fs::write(folder.join("zone.ini"), zone).unwrap();
        let stage = Stage::new();
        let (url, host) = (stage.url(), stage.address.to_string());
        let cases: Vec<Case> = cases().into_iter().chain([long_case()]).collect();
        let english = cases.iter().map(|case| (case, Comments::English));
        // Comments in another writing change nothing of what is built and sent.
        let chinese = cases.iter().take(1).map(|case| (case, Comments::Chinese));
        for (case, comments) in english.chain(chinese) {
            self.write(folder, case, &url, comments);
            let done = self.run(folder, &CREDENTIALS);
            assert!(done.status.success(), "{} {}", case.action, said(&done));
            let reply: Value = serde_json::from_slice(&done.stdout)
                .unwrap_or_else(|error| panic!("{error}: {}", said(&done)));
            assert!(!reply["Response"][case.answer].is_null(), "{}", said(&done));
            assert!(!reply["Response"]["RequestId"].is_null(), "{}", said(&done));
            let recorded = stage.recorded();
            assert_eq!(recorded.len(), 1, "{recorded:?}");
            recorded[0].is(case, &host);
            assert_eq!(recorded[0].header("X-TC-Token"), Some(TOKEN));
            shows_no_secret(&done);
        }
        self.fails_before_it_sends(folder, &stage);
        println!(
            "REACHED a program in {name}: {} bodies as they were, each signature good",
            cases.len()
        );
    }

    fn fails_before_it_sends(&self, folder: &Path, stage: &Stage) {
        for credentials in [
            &[][..],
            &CREDENTIALS[..1],
            &CREDENTIALS[1..],
            &[("TENCENTCLOUD_SECRET_ID", ""), CREDENTIALS[1]],
        ] {
            let done = self.run(folder, credentials);
            assert!(!done.status.success(), "{credentials:?}");
            assert!(done.stdout.is_empty(), "{}", said(&done));
            assert!(
                String::from_utf8_lossy(&done.stderr).contains("TENCENTCLOUD_SECRET_"),
                "{}",
                said(&done)
            );
            shows_no_secret(&done);
        }
        assert!(stage.recorded().is_empty());
    }
}

fn shows_no_secret(done: &Output) {
    for stream in [&done.stdout, &done.stderr] {
        let text = String::from_utf8_lossy(stream);
        assert!(!text.contains(KEY) && !text.contains(TOKEN), "{text}");
    }
}

fn said(done: &Output) -> String {
    let (out, err) = (
        String::from_utf8_lossy(&done.stdout),
        String::from_utf8_lossy(&done.stderr),
    );
    format!("{}\n{out:.2000}\n{err:.4000}", done.status)
}

#[test]
fn curl() {
    Runner::of(Language::Curl, "curl --version && openssl version").check();
}

#[test]
fn python() {
    Runner::of(Language::Python, "python3 --version").check();
}

#[test]
fn nodejs() {
    Runner::of(Language::NodeJs, "node --version").check();
}

#[test]
fn java() {
    Runner::of(Language::Java, "java --version && javac --version").check();
}

#[test]
fn go() {
    let runner = Runner::of(Language::Go, "go version");
    Runner {
        variables: &[("GO111MODULE", "off")],
        ..runner
    }
    .check();
}

#[test]
fn php() {
    let runner = Runner::of(Language::Php, "php --version");
    // PHP does not look at TZ; it has the setting of `check`'s file from its folder, beside its usual ones.
    Runner {
        variables: &[("PHP_INI_SCAN_DIR", ":.")],
        ..runner
    }
    .check();
}

#[test]
fn csharp() {
    Runner::of(Language::CSharp, "command -v mcs && command -v mono").check();
}

#[test]
fn cpp() {
    let probe = "g++ --version && echo '#include <curl/curl.h>\n#include <openssl/hmac.h>' | g++ -E -x c++ - >/dev/null";
    Runner::of(Language::Cpp, probe).check();
}
