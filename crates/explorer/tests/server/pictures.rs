//! Files that are dropped on the page, and what the page is told of a request in both languages.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::client::{Page, and, called};

const KEY: &[u8] = b"-----BEGIN PRIVATE KEY-----\nMIIB\n-----END PRIVATE KEY-----\n";
const PICTURE: &str = "iVBORw0KGgoAAAANSUhEUgAAAAIAAAACCAIAAAD91JpzAAAAEklEQVR4nGP4z8DAAMIM/4EAAB/uBfsL2XwTAAAAAElFTkSuQmCC";

fn look(page: &Page, file: &[u8]) -> Value {
    let asked = json!({"picture": STANDARD.encode(file)});
    page.ask("picture", &and(called("IDCardOCR", "embedded"), asked))
}

#[test]
fn s12_no_file_but_a_picture_is_taken() {
    let page = Page::new();
    assert_eq!(
        look(&page, &STANDARD.decode(PICTURE).unwrap())["taken"],
        true
    );
    for (file, name) in [
        (KEY, "key"),
        (b"%PDF-1.7", "PDF"),
        (b"GIF89a\x01\0\x01\0", "GIF"),
        (b"some notes of somebody's", "text"),
        (b"", "empty"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "cut short"),
    ] {
        let refused = &look(&page, file)["refused"];
        assert_eq!(refused["check"], "request", "{name}");
        let (en, zh) = (&refused["message"]["en"], &refused["message"]["zh"]);
        assert!(en.as_str().unwrap().contains(name), "{en}");
        assert!(zh.as_str().unwrap().starts_with("图片无法处理："), "{zh}");
    }
}

#[test]
fn s12_a_key_in_a_request_is_not_sealed_and_half_a_picture_is_told() {
    let page = Page::new();
    let seal = |picture: &str| {
        let inner = json!({"ImageBase64": picture}).to_string();
        let asked = json!({"inner": inner, "suite": "sm4-gcm"});
        page.ask(
            "seal",
            &and(called("RecognizeEncryptedIDCardOCR", "embedded"), asked),
        )
    };
    for key in [
        STANDARD.encode(KEY),
        String::from_utf8(KEY.to_vec()).unwrap(),
    ] {
        let refused = seal(&key);
        assert_eq!(refused["refused"]["check"], "request", "{refused}");
        let said = refused["refused"]["message"]["en"].as_str().unwrap();
        assert!(
            said.contains("a key or certificate") && !said.contains("MIIB"),
            "{said}"
        );
    }
    let half = seal("/9j/4AAQSkZJRg==");
    assert!(
        half["findings"][0]["en"]
            .as_str()
            .unwrap()
            .contains("cut short"),
        "{half}"
    );
    assert_eq!(seal(PICTURE)["findings"], json!([]));
}

#[test]
fn what_the_catalogue_finds_is_told_in_both_languages() {
    let page = Page::new();
    let inner =
        r#"{"ImageUrl":"https://example.com/a.jpg","CardSide":"front","Cardside":1,"Config":"x"}"#;
    let asked = json!({"inner": inner, "suite": "sm4-gcm"});
    let sealed = page.ask("seal", &and(called("IDCardOCR", "embedded"), asked));
    let findings = sealed["findings"].as_array().unwrap();
    assert_eq!(findings.len(), 3, "{findings:?}");
    for finding in findings {
        let chinese = |c: char| ('\u{4e00}'..='\u{9fff}').contains(&c);
        assert!(
            finding["zh"].as_str().unwrap().contains(chinese),
            "{finding}"
        );
        assert!(finding["en"].as_str().unwrap().is_ascii(), "{finding}");
    }
}
