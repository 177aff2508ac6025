//! The same call as a program, for the page: which of it is the body's is told from the rest.

use serde_json::{Value, json};

use super::told::{Check, Refused};
use crate::catalogue::{Action, Cloud};
use crate::code::comments::Comments;
use crate::code::language::Language;
use crate::code::{ProgramRequest, is_sealed, program};

pub(crate) fn program_for(
    action: &Action,
    language: &str,
    body: &[u8],
    endpoint: Option<&str>,
    comments: Comments,
) -> Result<Value, Refused> {
    let mut languages = Language::ALL.iter();
    let language = languages.find(|known| known.name() == language);
    let (Cloud::Tencent, Some(language)) = (action.cloud, language) else {
        return Err(Refused::new(
            Check::Request,
            "there are programs for Tencent Cloud only, in the languages of the list",
            "仅提供腾讯云接口的代码，语言见列表",
        ));
    };
    let request = ProgramRequest {
        action: action.name,
        version: action.version,
        service: Some(action.service),
        body,
        endpoint,
        comments,
    };
    let text = program(*language, &request)
        .map_err(|error| Refused::quoting(Check::Request, "", "无法生成代码：", error))?;
    // Only what the body makes of it may be personal.
    let bare: &[u8] = match std::str::from_utf8(body).is_ok_and(is_sealed) {
        true => br#"{"EncryptedBody":"","Encryption":{}}"#,
        false => b"{}",
    };
    let frame = ProgramRequest {
        body: bare,
        ..request
    };
    let frame = program(*language, &frame).unwrap_or_default();
    let (before, body, after) = apart(&text, &frame);
    Ok(json!({
        "before": before,
        "body": body,
        "after": after,
        "file": language.file(),
        "command": language.command(),
    }))
}

/// A text in three parts: what it begins with as another does, what is its own, what it ends with as the other does.
fn apart<'a>(text: &'a str, other: &str) -> (&'a str, &'a str, &'a str) {
    let alike = |pairs: &mut dyn Iterator<Item = (char, char)>| {
        let same = pairs.take_while(|(one, another)| one == another);
        same.map(|(one, _)| one.len_utf8()).sum::<usize>()
    };
    let front = alike(&mut text.chars().zip(other.chars()));
    let (before, rest) = text.split_at_checked(front).unwrap_or((text, ""));
    let left = other.get(front..).unwrap_or_default();
    let back = alike(&mut rest.chars().rev().zip(left.chars().rev()));
    let end = rest.len().saturating_sub(back);
    let (own, after) = rest.split_at_checked(end).unwrap_or((rest, ""));
    (before, own, after)
}

#[cfg(test)]
mod tests {
    use super::apart;

    #[test]
    fn what_is_a_texts_own_is_told_from_what_it_shares() {
        for (text, other, parts) in [
            ("a{名}b", "a{}b", ("a{", "名", "}b")),
            ("ab", "ab", ("ab", "", "")),
            ("aXa", "aa", ("a", "X", "a")),
            ("", "x", ("", "", "")),
            ("名", "字", ("", "名", "")),
        ] {
            assert_eq!(apart(text, other), parts, "{text} {other}");
        }
    }
}
