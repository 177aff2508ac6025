//! A complete program that makes one call to Tencent Cloud, in any of nine languages.
//!
//! A program is a template, in `templates/`, with its places filled in: `{{body}}`, `{{action}}` and so on. What a
//! caller wrote stands in one place only, the body, as a literal of the language; all else is checked to be a name.

pub(crate) mod comments;
pub(crate) mod language;
mod literal;

use core::fmt;

use cardseal::tencent::RawCall;
use cardseal::{Endpoint, Error};

use crate::catalogue::{self, Cloud};
use comments::{Comments, opened_by};
use language::Language;
use literal::literal;

/// A little less than fits the heap of an assembly's strings.
const MOST_IN_CSHARP: usize = 8_000_000;

/// The call that a program is to make.
#[derive(Debug, Clone, Copy)]
pub struct ProgramRequest<'a> {
    /// The action as its page spells it.
    pub action: &'a str,
    /// Its version.
    pub version: &'a str,
    /// The service it belongs to. `None`: the catalogue's, or `ocr` if the catalogue has no such action.
    pub service: Option<&'a str>,
    /// The body, one JSON object, which is sent byte for byte, but for blank space around it.
    pub body: &'a [u8],
    /// `https://host[:port]`, or `http` on this machine. `None`: the service's own.
    pub endpoint: Option<&'a str>,
    /// The language of the program's comments.
    pub comments: Comments,
}

/// Why there is no program: what was asked for is no call.
#[derive(Debug)]
#[non_exhaustive]
pub enum ProgramError {
    /// The action is no name.
    Action,
    /// The endpoint's host is no name.
    Endpoint,
    /// The body is longer than what all literals of a C# assembly may have together, which is 16 MiB of UTF-16.
    TooLongForCSharp,
    /// Something else is not what the library takes.
    Rejected(Error),
}

impl fmt::Display for ProgramError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Action => f.write_str(
                "the action is no name: it holds only letters, digits and `_`, as in IDCardOCR",
            ),
            Self::Endpoint => f.write_str(
                "the endpoint's host is no name: it holds only letters, digits, `.`, `-` and `_`",
            ),
            Self::TooLongForCSharp => f.write_str(
                "the body has more than 8 million characters, which no program in C# can hold; choose another language",
            ),
            Self::Rejected(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for ProgramError {}

impl From<Error> for ProgramError {
    fn from(error: Error) -> Self {
        Self::Rejected(error)
    }
}

/// Writes the program.
///
/// # Errors
/// [`ProgramError`] if the action, the version or the service is no name, the body is no JSON object (a member
/// twice, anything that is not UTF-8), or the endpoint is none.
pub fn program(language: Language, request: &ProgramRequest<'_>) -> Result<String, ProgramError> {
    let service = request
        .service
        .unwrap_or_else(|| service_of(request.action));
    check_action(request.action)?;
    // The library's own checks, which the program in Rust will meet again.
    RawCall::new(service, request.action, request.version)?.json(request.body)?;
    let usual = format!(
        "https://{}.tencentcloudapi.com",
        service.to_ascii_lowercase()
    );
    let endpoint = Endpoint::custom(request.endpoint.unwrap_or(&usual))?.to_string();
    let host = endpoint.split_once("://").map_or("", |(_, host)| host);
    // A URL may hold quotes and dollar signs; no host's name does.
    let fine = |byte: u8| byte.is_ascii_alphanumeric() || b"-._:[]".contains(&byte);
    if !host.bytes().all(fine) {
        return Err(ProgramError::Endpoint);
    }
    let body = String::from_utf8_lossy(request.body);
    // What an editor puts at a file's end is not part of the object.
    let body = body.trim_matches([' ', '\t', '\r', '\n']);
    if language == Language::CSharp && body.encode_utf16().count() > MOST_IN_CSHARP {
        return Err(ProgramError::TooLongForCSharp);
    }
    let answer = match is_sealed(body) {
        true => language.comment_above_body(opened_by(request.comments)),
        false => String::new(),
    };
    let literal = literal(language, body);
    // Lines of its own begin below the equals sign.
    let body = match literal.starts_with('\n') || language == Language::Curl {
        true => literal,
        false => format!(" {literal}"),
    };
    let places = [
        ("action", request.action),
        ("version", request.version),
        ("service", service),
        ("endpoint", &endpoint),
        ("host", host),
        ("answer", &answer),
        ("body", &body),
    ];
    Ok(fill(&request.comments.of(language.template()), &places))
}

/// The service of an action; OCR's where the catalogue has no such action.
fn service_of(action: &str) -> &'static str {
    catalogue::find(Cloud::Tencent, action).map_or("ocr", |found| found.service)
}

/// Whether the answer comes encrypted: the request was sealed whole, or asks for it.
pub(crate) fn is_sealed(body: &str) -> bool {
    let members = serde_json::from_str::<serde_json::Map<String, serde_json::Value>>(body);
    members.is_ok_and(|members| {
        let has = |name: &str| members.get(name).is_some_and(|value| !value.is_null());
        let asks =
            |name: &str| members.get(name).and_then(serde_json::Value::as_bool) == Some(true);
        has("Encryption")
            && (has("EncryptedBody") || asks("IsEncryptResponse") || asks("IsEncrypt"))
    })
}

fn check_action(action: &str) -> Result<(), ProgramError> {
    let fine = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    if action.is_empty() || !action.bytes().all(fine) {
        return Err(ProgramError::Action);
    }
    Ok(())
}

/// Fills the places in one pass, so that what is filled in is not looked at again.
pub(crate) fn fill(template: &str, places: &[(&str, &str)]) -> String {
    let mut out = String::with_capacity(template.len() * 2);
    let mut rest = template;
    while let Some((before, after)) = rest.split_once("{{") {
        out.push_str(before);
        let place = after.split_once("}}").and_then(|(name, after)| {
            let (_, value) = places.iter().find(|(place, _)| *place == name)?;
            Some((*value, after))
        });
        match place {
            Some((value, after)) => {
                out.push_str(value);
                rest = after;
            }
            None => {
                out.push_str("{{");
                rest = after;
            }
        }
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    const REQUEST: ProgramRequest<'static> = ProgramRequest {
        action: "IDCardOCR",
        version: "2018-11-19",
        service: None,
        body: br#"{"ImageUrl":"https://example.com/{{service}}.png"}"#,
        endpoint: None,
        comments: Comments::English,
    };

    #[test]
    fn no_place_is_left_open_and_none_in_the_body_is_filled() {
        for language in Language::ALL {
            let program = program(*language, &REQUEST).unwrap();
            for place in [
                "action", "version", "service", "endpoint", "host", "answer", "body",
            ] {
                let open = program.replace("/{{service}}.png", "");
                let place = format!("{{{{{place}}}}}");
                assert!(!open.contains(&place), "{}: {place}", language.name());
            }
            assert!(
                program.contains("https://ocr.tencentcloudapi.com"),
                "{}",
                language.name()
            );
            assert!(program.contains("{{service}}"), "{}", language.name());
            assert!(
                program.ends_with('\n') && !program.contains('\r'),
                "{}",
                language.name()
            );
            let longest = program.lines().map(str::len).max();
            assert!(longest <= Some(124), "{}: {longest:?}", language.name());
        }
    }

    #[test]
    fn the_service_is_the_actions_own() {
        assert_eq!(service_of("IdCardVerification"), "faceid");
        assert_eq!(service_of("BankCardOCR"), "ocr");
        let request = ProgramRequest {
            action: "IdCardVerification",
            version: "2018-03-01",
            ..REQUEST
        };
        let made = program(Language::Curl, &request).unwrap();
        assert!(made.contains("https://faceid.tencentcloudapi.com"));
        let request = ProgramRequest {
            service: Some("cvm"),
            endpoint: Some("http://127.0.0.1:8080/"),
            ..request
        };
        let made = program(Language::Curl, &request).unwrap();
        assert!(
            made.contains("cvm")
                && made.contains("http://127.0.0.1:8080")
                && !made.contains("faceid")
        );
    }

    #[test]
    fn a_program_with_a_sealed_body_says_how_its_answer_is_opened() {
        let sealed =
            br#"{"EncryptedBody":"AAAA","Encryption":{"CiphertextBlob":"AAAA","Iv":"AAAA"}}"#;
        let answer = br#"{"FaceIdToken":"1","IsEncryptResponse":true,"Encryption":{"CiphertextBlob":"AAAA"}}"#;
        for language in Language::ALL {
            let of = |body| program(*language, &ProgramRequest { body, ..REQUEST }).unwrap();
            for body in [&sealed[..], answer] {
                let comments = Comments::Chinese;
                let request = ProgramRequest {
                    body,
                    comments,
                    ..REQUEST
                };
                let chinese = program(*language, &request).unwrap();
                assert!(
                    chinese.contains("应答是加密的")
                        && chinese.contains("cardseal open --opener FILE")
                );
                assert!(!chinese.contains("The answer comes"), "{chinese}");
                let made = of(body);
                assert!(made.contains("cardseal open --opener FILE"), "{made}");
                // But for the body's own.
                let lines = made.lines().filter(|line| !line.contains("AAAA"));
                let longest = lines.map(str::len).max();
                assert!(longest <= Some(124), "{}: {longest:?}", language.name());
            }
            for body in [REQUEST.body, br#"{"Encryption":null,"EncryptedBody":"a"}"#] {
                assert!(!of(body).contains("cardseal open"), "{}", language.name());
            }
        }
    }

    #[test]
    fn a_body_of_lines_is_indented_and_no_line_ends_with_a_blank() {
        let body = b"{\n  \"a\": 1,\n  \"b\": 2\n}";
        for language in Language::ALL {
            let made = program(*language, &ProgramRequest { body, ..REQUEST }).unwrap();
            let ends = made.lines().find(|line| line.ends_with([' ', '\t']));
            assert_eq!(ends, None, "{}", language.name());
        }
        let of = |language| program(language, &ProgramRequest { body, ..REQUEST }).unwrap();
        assert!(of(Language::Java).contains("String BODY =\n        \"{\\n\" +\n        \""));
        assert!(of(Language::Python).contains("BODY = (\n    '{\\n'\n"));
        assert!(of(Language::Curl).contains("\nbody='{\n"));
    }

    #[test]
    fn the_program_in_csharp_says_how_either_runs_it() {
        let made = program(Language::CSharp, &REQUEST).unwrap();
        assert!(made.contains("dotnet run --project") && made.contains(Language::CSharp.command()));
    }

    #[test]
    fn blank_space_around_a_body_is_not_sent() {
        let body = b"\n {\"a\": \" b \"}\r\n\t";
        let made = program(Language::Curl, &ProgramRequest { body, ..REQUEST }).unwrap();
        assert!(made.contains("\nbody='{\"a\": \" b \"}'\n"), "{made}");
    }

    #[test]
    fn a_body_that_no_program_in_csharp_can_hold_is_refused_for_it_alone() {
        let body = format!("{{\"ImageBase64\":\"{}\"}}", "A".repeat(MOST_IN_CSHARP));
        let request = ProgramRequest {
            body: body.as_bytes(),
            ..REQUEST
        };
        let error = program(Language::CSharp, &request).unwrap_err();
        assert!(matches!(error, ProgramError::TooLongForCSharp), "{error}");
        assert!(program(Language::Java, &request).unwrap().contains("AAAA"));
    }

    #[test]
    fn what_is_no_name_and_what_is_no_json_is_refused() {
        let refused =
            |request: ProgramRequest<'_>| match program(Language::Python, &request).unwrap_err() {
                ProgramError::Action | ProgramError::Endpoint => {}
                ProgramError::TooLongForCSharp => panic!("{request:?}"),
                ProgramError::Rejected(error) => {
                    assert_eq!(error.kind(), cardseal::ErrorKind::Input, "{request:?}")
                }
            };
        for action in [
            "", "ID Card", "a'b", "a\nb", "名", "*/", "a.b", "-a", "{{body}}",
        ] {
            refused(ProgramRequest { action, ..REQUEST });
        }
        for version in ["", "2018 11", "'", "\n"] {
            refused(ProgramRequest { version, ..REQUEST });
        }
        for service in ["", "o'cr", "ocr/"] {
            refused(ProgramRequest {
                service: Some(service),
                ..REQUEST
            });
        }
        for body in [
            &b""[..],
            b"[]",
            b"{",
            b"{\"a\":1,\"a\":2}",
            b"\xef\xbb\xbf{}",
            b"{\"a\":\"\xff\"}",
            b"{\"a\":1,}",
        ] {
            refused(ProgramRequest { body, ..REQUEST });
        }
        for endpoint in [
            "",
            "ftp://h",
            "http://example.com",
            "https://h/path",
            "https://a@h",
            "https://h:0",
            "https://a'b.com",
            "https://a$(id).com",
            "https://a`b`",
        ] {
            refused(ProgramRequest {
                endpoint: Some(endpoint),
                ..REQUEST
            });
        }
    }
}
