//! A body against the catalogue: members that the action does not know, members that are missing, values of another
//! type. What the catalogue does not know it does not judge.

use serde_json::{Map, Value};

use super::Action;
use super::finding::{Finding, Problem, printable};
use super::parameter::{Form, Need, Parameter};

/// Checks a body against its action. Empty where nothing was found.
pub fn check(action: &Action, body: &Map<String, Value>) -> Vec<Finding> {
    let mut findings = Vec::new();
    check_members(action.parameters, body, "", &mut findings);
    for names in action.one_of {
        if !names.iter().any(|name| is_there(body, name)) {
            push(
                &mut findings,
                names.first().copied().unwrap_or_default(),
                Problem::NoneOf(names),
            );
        }
    }
    findings
}

fn check_members(
    known: &'static [Parameter],
    body: &Map<String, Value>,
    above: &str,
    findings: &mut Vec<Finding>,
) {
    let path = |name: &str| match above {
        "" => printable(name),
        above => format!("{above}.{}", printable(name)),
    };
    for (name, value) in body {
        match known.iter().find(|parameter| parameter.name == name) {
            // A member that is null counts as absent.
            Some(_) if value.is_null() => {}
            Some(parameter) => check_value(parameter.form, value, &path(name), findings),
            None => push(
                findings,
                &path(name),
                Problem::Unknown(nearest(known, name)),
            ),
        }
    }
    for parameter in known {
        if parameter.need == Need::Required && !is_there(body, parameter.name) {
            push(findings, &path(parameter.name), Problem::Missing);
        }
    }
}

fn check_value(form: Form, value: &Value, path: &str, findings: &mut Vec<Finding>) {
    let mut wrong = || push(findings, path, Problem::WrongType(form));
    match (form, value) {
        (Form::Unknown, _) | (Form::Text, Value::String(_)) | (Form::Switch, Value::Bool(_)) => {}
        (Form::Choice(names), Value::String(text)) => {
            if !names.contains(&text.as_str()) {
                push(findings, path, Problem::NotAmong(names));
            }
        }
        (Form::Integer, Value::Number(number)) if !number.is_f64() => {}
        (Form::Texts, Value::Array(items)) => {
            for (at, item) in items.iter().enumerate() {
                check_value(Form::Text, item, &format!("{path}[{at}]"), findings);
            }
        }
        (Form::Object([]), Value::Object(_)) => {}
        (Form::Object(known), Value::Object(members)) => {
            check_members(known, members, path, findings)
        }
        (Form::JsonText(names), Value::String(text)) => {
            let inner = serde_json::from_str::<Map<String, Value>>(text);
            match inner {
                _ if text.is_empty() => {}
                Ok(members) if !names.is_empty() => check_switches(names, &members, path, findings),
                Ok(_) => {}
                Err(_) => wrong(),
            }
        }
        _ => wrong(),
    }
}

fn check_switches(
    names: &'static [&'static str],
    members: &Map<String, Value>,
    path: &str,
    findings: &mut Vec<Finding>,
) {
    for (name, value) in members {
        let path = format!("{path}.{}", printable(name));
        match names.iter().any(|known| known == name) {
            false => push(
                findings,
                &path,
                Problem::Unknown(nearest_name(names.iter().copied(), name)),
            ),
            true => check_value(Form::Switch, value, &path, findings),
        }
    }
}

fn is_there(body: &Map<String, Value>, name: &str) -> bool {
    body.get(name).is_some_and(|value| !value.is_null())
}

fn push(findings: &mut Vec<Finding>, path: &str, problem: Problem) {
    findings.push(Finding {
        path: path.to_owned(),
        problem,
    });
}

fn nearest(known: &'static [Parameter], name: &str) -> Option<&'static str> {
    nearest_name(known.iter().map(|parameter| parameter.name), name)
}

/// The name that differs in case, in `_` or `-`, or in two characters at most.
fn nearest_name(known: impl Iterator<Item = &'static str>, name: &str) -> Option<&'static str> {
    let folded = |text: &str| text.replace(['_', '-'], "").to_lowercase();
    let asked = folded(name);
    known
        .map(|known| (distance(&folded(known), &asked), known))
        .filter(|(distance, known)| *distance <= 2 && *distance < known.len() / 2)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, known)| known)
}

/// How many characters have to be put in, left out or replaced.
fn distance(from: &str, to: &str) -> usize {
    // A name of another length altogether is not near; and a body may hold names of any length.
    if from.len().abs_diff(to.len()) > 2 {
        return usize::MAX;
    }
    let to: Vec<char> = to.chars().collect();
    let mut row: Vec<usize> = (0..=to.len()).collect();
    for (at, left) in from.chars().enumerate() {
        let mut next = vec![at + 1];
        for (right, pair) in to.iter().zip(row.windows(2)) {
            let (&[above_left, above], &before) = (pair, next.last().unwrap_or(&0)) else {
                break;
            };
            next.push(
                (above_left + usize::from(left != *right))
                    .min(above + 1)
                    .min(before + 1),
            );
        }
        row = next;
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::{Cloud, find};

    fn said(cloud: Cloud, action: &str, body: &str) -> Vec<String> {
        let body = serde_json::from_str(body).unwrap();
        let findings = check(find(cloud, action).unwrap(), &body);
        findings.iter().map(Finding::to_string).collect()
    }

    #[test]
    fn a_body_that_the_service_takes_has_no_findings() {
        for (cloud, action, body) in [
            (
                Cloud::Tencent,
                "IDCardOCR",
                r#"{"ImageUrl":"https://h/a.png","CardSide":"BACK","Config":"{\"Quality\":true}","EnableReflectDetail":false}"#,
            ),
            (
                Cloud::Tencent,
                "IDCardOCR",
                r#"{"ImageBase64":"AAAA","ImageUrl":null,"Config":""}"#,
            ),
            (
                Cloud::Tencent,
                "GeneralBasicOCR",
                r#"{"ImageBase64":"AAAA","PdfPageNumber":2,"IsPdf":true}"#,
            ),
            (
                Cloud::Tencent,
                "IdCardVerification",
                r#"{"IdCard":"1","Name":"a","Encryption":{"EncryptList":["Name"],"CiphertextBlob":"a","Iv":"b","TagList":[]}}"#,
            ),
            (Cloud::Ctyun, "id-card", r#"{"data":["AAAA","BBBB"]}"#),
            (
                Cloud::Huawei,
                "id-card",
                r#"{"url":"https://h/a.png","detect_copy":true}"#,
            ),
        ] {
            assert!(said(cloud, action, body).is_empty(), "{action} {body}");
        }
    }

    #[test]
    fn what_the_service_would_refuse_is_named_with_its_place() {
        for (cloud, action, body, expected) in [
            (
                Cloud::Tencent,
                "IDCardOCR",
                "{}",
                vec!["one of `ImageUrl`, `ImageBase64` has to be there"],
            ),
            (
                Cloud::Tencent,
                "IdCardVerification",
                r#"{"Idcard":"1"}"#,
                vec!["`Idcard` is not known to the action; `IdCard` is"],
            ),
            (
                Cloud::Tencent,
                "IdCardVerification",
                r#"{"New":"1"}"#,
                vec!["`New` is not known to the action"],
            ),
            (
                Cloud::Tencent,
                "IDCardOCR",
                r#"{"ImageUrl":1}"#,
                vec!["`ImageUrl` has to be a string"],
            ),
            (
                Cloud::Tencent,
                "IDCardOCR",
                r#"{"ImageUrl":"u","CardSide":"front"}"#,
                vec!["`CardSide` has to be one of FRONT, BACK"],
            ),
            (
                Cloud::Tencent,
                "IDCardOCR",
                r#"{"ImageUrl":"u","Config":{"Quality":true}}"#,
                vec!["`Config` has to be a string that holds a JSON object"],
            ),
            (
                Cloud::Tencent,
                "IDCardOCR",
                r#"{"ImageUrl":"u","Config":"{\"CropIDCard\":true,\"Quality\":1}"}"#,
                vec![
                    "`Config.CropIDCard` is not known to the action; `CropIdCard` is",
                    "`Config.Quality` has to be true or false",
                ],
            ),
            (
                Cloud::Tencent,
                "GeneralBasicOCR",
                r#"{"ImageUrl":"u","PdfPageNumber":1.5}"#,
                vec!["`PdfPageNumber` has to be a whole number"],
            ),
            (
                Cloud::Tencent,
                "RecognizeEncryptedIDCardOCR",
                r#"{"EncryptedBody":"a","Encryption":{"CiphertextBlob":"b","TagList":["a",1]}}"#,
                vec![
                    "`Encryption.TagList[1]` has to be a string",
                    "`Encryption.Iv` is missing",
                ],
            ),
            (
                Cloud::Ctyun,
                "id-card",
                r#"{"data":"AAAA"}"#,
                vec!["`data` has to be a list of strings"],
            ),
            (
                Cloud::Huawei,
                "id-card",
                r#"{"image":"AAAA","detect_copy":"true"}"#,
                vec!["`detect_copy` has to be true or false"],
            ),
        ] {
            assert_eq!(said(cloud, action, body), expected, "{action} {body}");
        }
    }

    #[test]
    fn names_of_any_length_and_any_letters_are_compared() {
        let long = "x".repeat(1 << 20);
        for name in ["名", "", long.as_str(), "\u{202e}"] {
            let body = Map::from_iter([
                ("ImageUrl".to_owned(), Value::from("u")),
                (name.to_owned(), Value::from(1)),
            ]);
            let findings = check(find(Cloud::Tencent, "IDCardOCR").unwrap(), &body);
            assert_eq!(findings.len(), 1);
            assert_eq!(findings[0].problem, Problem::Unknown(None));
            assert!(
                findings[0].to_string().len() < 2000
                    && !findings[0].to_string().contains('\u{202e}')
            );
        }
        assert_eq!(distance("kitten", "sittin"), 2);
    }
}
