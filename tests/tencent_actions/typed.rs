//! The typed actions in clear: `IDCardOCR` and `GeneralBasicOCR`.

use cardseal::tencent::{CardSide, Config, IdCardRequest, Switch, TextRequest};
use cardseal::{ErrorKind, Image};

use crate::{NAME, NUMBER, PNG, run, run_async, service};

fn image() -> Image {
    Image::from_base64(PNG).unwrap()
}

#[test]
fn an_id_card_in_clear() {
    let service = service(|_| {});
    let front = IdCardRequest::new(image()).config(Config::of([Switch::Quality]));
    let call = || service.tencent().recognize_id_card(&front).unwrap();
    for answer in [run(call()).unwrap(), run_async(call()).unwrap()] {
        assert_eq!(answer.card.name.expose(), NAME);
        assert_eq!(answer.card.id_num.expose(), NUMBER);
        assert!(answer.card.authority.is_empty());
        assert!(answer.card.advanced_info.quality.is_some());
        assert!(!answer.request_id.is_empty());
        assert!(!format!("{answer:?}").contains(NUMBER));
    }
    let back = IdCardRequest::new(image()).side(CardSide::Back);
    let answer = run(service.tencent().recognize_id_card(&back).unwrap()).unwrap();
    assert!(!answer.card.authority.is_empty() && answer.card.name.is_empty());
    let seen = service.requests.lock().unwrap().clone();
    assert_eq!(seen, vec![(Some("IDCardOCR"), None); 3]);
}

#[test]
fn an_image_that_cannot_fit_or_be_read_says_so() {
    let service = service(|_| {});
    let large = IdCardRequest::new(Image::from_bytes_unchecked(vec![0; 8 << 20]).unwrap());
    let error = service.tencent().recognize_id_card(&large).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Input);
    assert!(error.to_string().contains("8.00 MiB"), "{error}");
    assert!(service.requests.lock().unwrap().is_empty());

    let no_image =
        IdCardRequest::new(Image::from_bytes_unchecked(b"not an image".to_vec()).unwrap());
    let error = run(service.tencent().recognize_id_card(&no_image).unwrap()).unwrap_err();
    assert_eq!(
        error.service_code(),
        Some("FailedOperation.ImageDecodeFailed")
    );
    assert!(
        error.to_string().contains("send PNG, JPEG or BMP"),
        "{error}"
    );
}

#[test]
fn lines_of_text() {
    let service = service(|_| {});
    let request = TextRequest::new(image()).language("zh").with_words();
    let call = || service.tencent().recognize_text(&request).unwrap();
    for text in [run(call()).unwrap(), run_async(call()).unwrap()] {
        assert!(!text.lines.is_empty() && !text.request_id.is_empty());
        let line = &text.lines[0];
        assert!(!line.text.is_empty());
        assert_eq!((line.polygon.len(), line.confidence), (4, 99.0));
        assert_eq!(line.item_polygon.unwrap().width, 400);
        assert_eq!(
            (text.language.as_str(), text.angel, text.angle),
            ("zh", 0.0, Some(0.0))
        );
        assert!(!format!("{text:?}").contains(line.text.expose()));
    }
}
