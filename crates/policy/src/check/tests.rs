use super::*;
use crate::least::Policy;
use crate::name::SubAccount;

fn names(names: &[&str]) -> Vec<ActionName> {
    let names = names.iter().map(|name| ActionName::parse(name).unwrap());
    names.collect()
}

/// A policy of these statements, each on a line of its own from the second on: effect, actions, resources.
fn policy(statements: &[(&str, &[&str], &[&str])]) -> String {
    let list: Vec<String> = statements
        .iter()
        .map(|(effect, action, resource)| {
            serde_json::json!({"effect": effect, "action": action, "resource": resource})
                .to_string()
        })
        .collect();
    format!(
        "{{\"version\":\"2.0\",\"statement\":[\n{}]}}",
        list.join(",\n")
    )
}

fn judge(statements: &[(&str, &[&str], &[&str])], wanted: &[&str]) -> Verdict {
    check(policy(statements).as_bytes(), Some(&names(wanted)))
}

#[test]
fn the_least_policy_is_sound() {
    let wanted = names(&["IDCardOCR", "QueryCallForConsole", "GeneralBasicOCR"]);
    let account = SubAccount::parse("0001").unwrap();
    for accounts in [&[][..], &[account]] {
        let policy = Policy::least(&wanted, accounts).to_string();
        for wanted in [Some(&wanted[..]), None] {
            let verdict = check(policy.as_bytes(), wanted);
            assert!(verdict.is_sound(), "{verdict:?}");
        }
    }
}

#[test]
fn a_star_counts_for_what_it_matches_and_is_beyond() {
    for (action, shown) in [
        ("ocr:*", "ocr:*"),
        ("*", "*"),
        ("ocr:ID*", "ocr:ID*"),
        ("*:*", "*"),
    ] {
        let verdict = judge(&[("allow", &[action], &["*"])], &["IDCardOCR"]);
        assert_eq!(
            (verdict.missing, verdict.beyond),
            (vec![], vec![shown.to_owned()])
        );
    }
    let verdict = judge(&[("allow", &["ocr:General*"], &["*"])], &["IDCardOCR"]);
    assert_eq!(verdict.missing, ["ocr:IDCardOCR"]);
}

#[test]
fn a_denial_wins() {
    let allow: (&str, &[&str], &[&str]) =
        ("allow", &["ocr:IDCardOCR", "ocr:GeneralBasicOCR"], &["*"]);
    for denied in ["ocr:IDCardOCR", "ocr:ID*", "ocr:*", "*"] {
        for denial in [
            [allow, ("deny", &[denied], &["*"])],
            [("deny", &[denied], &["*"]), allow],
        ] {
            let verdict = judge(&denial, &["IDCardOCR"]);
            assert_eq!(verdict.missing, ["ocr:IDCardOCR"], "{denied}");
            // What is denied is not beyond either.
            let beyond = verdict.beyond.len();
            assert_eq!(beyond, usize::from(denied.contains("ID")), "{denied}");
        }
    }
    // Of a part only.
    let all: (&str, &[&str], &[&str]) = ("allow", &["ocr:*"], &["*"]);
    let verdict = judge(&[all, ("deny", &["ocr:Console*"], &["*"])], &["IDCardOCR"]);
    assert_eq!(
        (verdict.missing, verdict.beyond),
        (vec![], vec!["ocr:*".to_owned()])
    );
    // For one sub-account only.
    let query: (&str, &[&str], &[&str]) = ("allow", &["ocr:QueryCallForConsole"], &["*"]);
    let one = (
        "deny",
        &["ocr:QueryCallForConsole"][..],
        &["qcs::ocr:::subUin/1"][..],
    );
    assert_eq!(
        judge(&[query, one], &["QueryCallForConsole"]).missing,
        Vec::<String>::new()
    );
}

#[test]
fn another_services_actions_are_beyond() {
    let verdict = judge(
        &[(
            "allow",
            &["ocr:IDCardOCR", "cos:GetObject", "name/cvm:*"],
            &["*"],
        )],
        &["IDCardOCR"],
    );
    assert_eq!(verdict.beyond, ["cos:GetObject", "cvm:*"]);
    let text = policy(&[("allow", &["ocr:*", "cos:GetObject"], &["*"])]);
    assert_eq!(check(text.as_bytes(), None).beyond, ["cos:GetObject"]);
}

#[test]
fn a_narrowed_resource_on_an_action_that_takes_all_only_is_a_problem() {
    let verdict = judge(
        &[("allow", &["ocr:IDCardOCR"], &["qcs::ocr:::subUin/1"])],
        &["IDCardOCR"],
    );
    assert!(
        verdict.problems[0].contains("`ocr:IDCardOCR` takes the resource `*` only"),
        "{verdict:?}"
    );
    assert_eq!(verdict.missing, ["ocr:IDCardOCR"]);
    assert!(verdict.valid);
    let verdict = judge(
        &[(
            "allow",
            &["ocr:QueryQpsForConsole"],
            &["qcs::ocr:::subUin/1"],
        )],
        &["QueryQpsForConsole"],
    );
    assert!(verdict.is_sound(), "{verdict:?}");
}

#[test]
fn all_beside_a_narrower_resource_is_a_problem() {
    let narrow: (&str, &[&str], &[&str]) = (
        "allow",
        &["ocr:QueryCallForConsole"],
        &["qcs::ocr:::subUin/1"],
    );
    let both = (
        "allow",
        &["ocr:QueryCallForConsole"][..],
        &["*", "qcs::ocr:::subUin/1"][..],
    );
    for statements in [
        vec![both],
        vec![narrow, ("allow", &["ocr:Query*"], &["*"])],
        vec![
            (
                "allow",
                &["ocr:QueryCallForConsole"],
                &["qcs::ocr:::subUin/*"],
            ),
            narrow,
        ],
    ] {
        let verdict = judge(&statements, &["QueryCallForConsole"]);
        assert!(
            verdict.problems[0].contains("has no effect because of"),
            "{verdict:?}"
        );
    }
    // Another action's `*` does no harm.
    let verdict = judge(
        &[("allow", &["ocr:IDCardOCR"], &["*"]), narrow],
        &["IDCardOCR", "QueryCallForConsole"],
    );
    assert!(verdict.is_sound(), "{verdict:?}");
}

#[test]
fn the_guides_own_sample_is_read_on_behind_its_comma() {
    let text = r#"{
  "version": "2.0",
  "statement": [
    {
      "effect": "allow",
      "action": ["ocr:QueryCallForConsole"],
      "resource": [
        "qcs::ocr:::subUin/${uin}",
      ]
    }
  ]
}"#;
    let verdict = check(text.as_bytes(), Some(&names(&["QueryCallForConsole"])));
    assert!(!verdict.valid);
    assert!(
        verdict.problems[0].starts_with("line 8: a comma"),
        "{verdict:?}"
    );
    assert!(verdict.problems[1].contains("${uin}"), "{verdict:?}");
    assert_eq!((verdict.missing, verdict.beyond), (vec![], vec![]));
}

#[test]
fn what_is_no_policy_at_all_grants_nothing() {
    for text in [
        "",
        "[]",
        "nothing",
        "{}",
        "\u{0}",
        "{\"version\":\"2.0\",\"statement\":7}",
    ] {
        let verdict = check(text.as_bytes(), Some(&names(&["IDCardOCR"])));
        assert!(
            !verdict.problems.is_empty() && verdict.beyond.is_empty(),
            "{text}"
        );
        assert_eq!(verdict.missing, ["ocr:IDCardOCR"]);
    }
}

#[test]
fn a14_of_what_is_no_policy_nothing_is_quoted() {
    let secret = "AGE-SECRET-KEY-1WLL87Q0UYXVNRY3289NCASQ3FLH3RF79CEG9E4DNWNJPQQQQQQ";
    for text in [
        format!("# a comment\n{secret}\n"),
        secret.to_owned(),
        format!("{{\"Key\": {secret}}}"),
        format!("{{{secret}: 1}}"),
        format!("[{secret}]"),
    ] {
        let verdict = check(text.as_bytes(), None);
        assert!(!verdict.valid, "{text}");
        let told = verdict.problems.join("\n");
        assert!(!told.contains("AGE") && !told.contains("Key"), "{told}");
        assert!(told.contains("line "), "{told}");
    }
    // Of a policy it is, as far as helps.
    let told = check(b"{\"version\":\"2.0\",\"statment\":[], eggs: 1}", None).problems;
    assert!(told.iter().any(|told| told.contains("`eggs`")), "{told:?}");
}

#[test]
fn a14_the_remedy_for_a_narrow_resource_is_one() {
    let with = |actions: &str| {
        let text = format!(
            "{{\"version\":\"2.0\",\"statement\":[{{\"effect\":\"allow\",\"action\":[{actions}],\"resource\":\
             \"qcs::ocr:::subUin/100000000001\"}}]}}"
        );
        check(text.as_bytes(), None).problems
    };
    let alone = with("\"ocr:IDCardOCR\"");
    assert_eq!(alone.len(), 1, "{alone:?}");
    assert!(
        alone[0].ends_with("write `*` as the statement's resource"),
        "{alone:?}"
    );
    let narrowable = format!("\"ocr:{}\"", NARROWABLE[0]);
    let beside = with(&format!("\"ocr:IDCardOCR\",{narrowable}"));
    assert!(
        beside[0].ends_with("put it into a statement of its own, with `*` as its resource"),
        "{beside:?}"
    );
}
