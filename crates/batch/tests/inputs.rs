//! What a batch is given: files that are no pictures, lists with bad lines, names that are no text. Each is a card that fails
//! with its reason, and the others go on.

mod common;

use std::fs;
use std::path::Path;

use cardseal_batch::{BatchError, Card, Inputs, Options, Picture, Side, Stop, Work};
use common::{PICTURE, Scratch, Service};

/// All cards of an input.
fn cards(inputs: &[&Path]) -> Vec<Card> {
    let inputs: Vec<_> = inputs.iter().map(|path| path.to_path_buf()).collect();
    let mut work = Inputs::of(&inputs).unwrap();
    let stop = Stop::default();
    std::iter::from_fn(|| work.next(&stop)).collect()
}

fn at_list(scratch: &Scratch, content: impl AsRef<[u8]>) -> std::path::PathBuf {
    let list = scratch.path("list");
    fs::write(&list, content).unwrap();
    format!("@{}", list.display()).into()
}

#[test]
fn a_file_that_is_no_whole_picture_fails_by_name_and_is_not_sent() {
    let scratch = Scratch::with_cards(1);
    let png = include_bytes!("../../prepare/tests/images/plain.png");
    let bmp = include_bytes!("../../prepare/tests/images/plain.bmp");
    for (name, bytes, words) in [
        ("empty.jpg", &b""[..], "empty"),
        ("cut.jpg", &PICTURE[..PICTURE.len() - 2], "cut short"),
        ("cut.png", &png[..png.len() - 4], "cut short"),
        ("cut.bmp", &bmp[..bmp.len() - 1], "cut short"),
        ("text.jpg", b"Dear sir or madam", "text"),
        ("page.png", b"<!DOCTYPE html><title>sign in</title>", "HTML"),
        ("key.jpg", b"-----BEGIN PRIVATE KEY-----\n", "key"),
        ("heic.jpg", b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "HEIC"),
        ("webp.jpg", b"RIFF\x10\0\0\0WEBPVP8 ", "WebP"),
    ] {
        fs::write(scratch.cards().join(name), bytes).unwrap();
        let service = Service::good();
        let ended = scratch.batch(&service);
        let stem = Path::new(name).file_stem().unwrap().to_str().unwrap();
        let line = scratch.lines()[stem].clone();
        let message = line["error"]["message"].as_str().unwrap();
        assert!(message.contains(words), "{name}: {message}");
        assert_eq!(
            (line["error"]["kind"].as_str(), line["attempts"].as_u64()),
            (Some("input"), Some(0))
        );
        assert_eq!(
            (ended.summary.failed, ended.summary.ok, service.asked()),
            (1, 1, 1),
            "{name}"
        );
        fs::remove_file(scratch.cards().join(name)).unwrap();
        fs::remove_file(scratch.results()).unwrap();
        fs::remove_file(scratch.journal()).unwrap();
    }
    // Another ending than its own is no fault of a picture's.
    fs::write(scratch.cards().join("z.jpg"), png).unwrap();
    assert_eq!(scratch.batch(&Service::good()).summary.ok, 2);
}

#[cfg(unix)]
#[test]
fn what_is_no_ordinary_file_is_not_waited_for() {
    let scratch = Scratch::with_cards(1);
    let pipe = scratch.path("cards/pipe.jpg");
    let made = std::process::Command::new("mkfifo").arg(&pipe).status();
    assert!(made.unwrap().success());
    std::os::unix::fs::symlink("nowhere", scratch.path("cards/link.jpg")).unwrap();
    fs::create_dir(scratch.path("cards/folder.jpg")).unwrap();
    let ended = scratch.batch(&Service::good());
    assert_eq!((ended.summary.ok, ended.summary.failed), (1, 2));
    let lines = scratch.lines();
    for (name, words) in [("pipe", "not a regular file"), ("link", "cannot be read")] {
        let message = lines[name]["error"]["message"].as_str().unwrap();
        assert!(message.contains(words), "{message}");
    }
}

#[test]
fn a_bad_line_is_named_by_its_number_and_the_others_go_on() {
    let scratch = Scratch::with_cards(1);
    let card = scratch.card(0).display().to_string();
    let mut list = Vec::new();
    list.extend(b"\xef\xbb\xbf");
    list.extend(format!("{{\"image\":\"{card}\",\"side\":\"back\",\"id\":\"first\"}}\r\n").bytes());
    list.extend(b"\n{\"image\":\n\xff\xfe\n[\"a\",null,null,null]\n{\"image\":\"\"}\n{\"image\":\"a\",\"side\":\"up\"}\n");
    list.extend(b"{\"image\":\"a\",\"id\":\"\"}\n{\"image\":\"a\",\"id\":\"first\"}\n");
    list.extend(format!("{{\"image\":\"{}\"}}\n", "x".repeat(2 << 20)).bytes());
    list.extend(b"{\"url\":\"https://h.example/c.jpg\",\"id\":9}");
    let cards = cards(&[&at_list(&scratch, list)]);
    let place = scratch.path("list").display().to_string();
    let first = &cards[0];
    assert_eq!((first.id.as_str(), first.side), ("first", Some(Side::Back)));
    assert_eq!(cards.last().unwrap().id, "9");
    assert_eq!(cards.len(), 10);
    for (card, (line, words)) in cards[1..9].iter().zip([
        (3, "no JSON object"),
        (4, "no JSON object"),
        (5, "no JSON object"),
        (6, "has no picture"),
        (7, "side"),
        (8, "its id is empty"),
        (9, "came before"),
        (10, "more than"),
    ]) {
        assert_eq!(card.id, format!("{place}:{line}"));
        let Picture::Unusable(why) = &card.picture else {
            panic!("{card:?}")
        };
        assert!(
            why.contains(words) && why.contains(&line.to_string()),
            "{why}"
        );
    }
}

#[test]
fn a14_a_member_twice_and_a_text_that_is_no_utf_8_are_named() {
    let scratch = Scratch::with_cards(0);
    for (line, words) in [
        (
            &b"{\"image\":\"a\",\"image\":\"b\"}"[..],
            "the member `image` twice",
        ),
        (
            b"{\"url\":\"https://h.example/\",\"id\":1,\"id\":2}",
            "the member `id` twice",
        ),
        (b"{\"image\":\"\xbf\xa8.jpg\"}", "not UTF-8 (byte 11)"),
        (b"{\"image\":}", "no JSON object"),
    ] {
        let cards = cards(&[&at_list(&scratch, line)]);
        let Picture::Unusable(why) = &cards[0].picture else {
            panic!("{cards:?}")
        };
        assert!(why.contains(words), "{why}");
    }
}

#[cfg(unix)]
#[test]
fn a14_a_file_is_one_card_however_its_path_is_spelled() {
    let scratch = Scratch::with_cards(3);
    let folder = scratch.cards();
    let around = folder.join("../cards");
    std::os::unix::fs::symlink(&folder, scratch.path("link")).unwrap();
    std::os::unix::fs::symlink("a.jpg", folder.join("other-name.jpg")).unwrap();
    let inputs = [
        folder.clone(),
        around.clone(),
        around.join("a.jpg"),
        scratch.path("link"),
        scratch.path("cards/./b.jpg"),
    ];
    let mut work = Inputs::of(&inputs).unwrap();
    let cards: Vec<_> = std::iter::from_fn(|| work.next(&Stop::default())).collect();
    // Three, and the one that has another name on purpose.
    assert_eq!((cards.len(), work.repeated()), (4, 10), "{cards:?}");
    // A list says which card it means by an id of its own.
    let a = scratch.card(0).display().to_string();
    let again = around.join("a.jpg").display().to_string();
    let list = format!(
        "{{\"image\":\"{a}\"}}\n{{\"image\":\"{again}\"}}\n{{\"image\":\"{again}\",\"id\":\"mine\"}}\n"
    );
    let list = self::cards(&[&at_list(&scratch, list)]);
    assert!(matches!(&list[0].picture, Picture::File(_)));
    let Picture::Unusable(why) = &list[1].picture else {
        panic!("{list:?}")
    };
    assert!(why.contains("same file came before"), "{why}");
    assert!(matches!(&list[2].picture, Picture::File(_)));
}

#[cfg(unix)]
#[test]
fn a14_what_is_not_looked_into_is_counted() {
    let scratch = Scratch::with_cards(1);
    fs::write(scratch.path("cards/.hidden.jpg"), PICTURE).unwrap();
    fs::create_dir_all(scratch.path("cards/below/.git")).unwrap();
    fs::create_dir(scratch.path("elsewhere")).unwrap();
    std::os::unix::fs::symlink(scratch.path("elsewhere"), scratch.path("cards/link")).unwrap();
    let mut work = Inputs::of(&[scratch.cards()]).unwrap();
    assert_eq!(std::iter::from_fn(|| work.rest()).count(), 1);
    let passed_over = work.passed_over();
    assert_eq!((passed_over.hidden, passed_over.links), (2, 1));
}

#[test]
fn a_member_in_other_letters_is_not_passed_over() {
    let scratch = Scratch::with_cards(0);
    for (line, meant) in [
        (r#"{"image":"a","Side":"back"}"#, Some("side")),
        (r#"{"image":"a","ID":"7"}"#, Some("id")),
        (r#"{"Image":"a"}"#, Some("image")),
        (r#"{"image":"a","branch":"Side","note":{"Id":1}}"#, None),
    ] {
        let cards = cards(&[&at_list(&scratch, line)]);
        match (&cards[0].picture, meant) {
            (Picture::Unusable(why), Some(meant)) => {
                assert!(why.contains(&format!("write `{meant}`")), "{why}");
            }
            (Picture::File(_), None) => {}
            (other, _) => panic!("{line}: {other:?}"),
        }
    }
}

#[test]
fn a_list_or_a_folder_that_cannot_be_read_begins_nothing() {
    let scratch = Scratch::with_cards(1);
    for input in ["@none", "@", "@cards"] {
        let input = match input {
            "@cards" => format!("@{}", scratch.cards().display()),
            other => other.to_owned(),
        };
        let refused = Inputs::of(&[input.into()]).err().unwrap();
        assert!(matches!(refused, BatchError::List { .. }), "{refused}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn names_with_line_breaks_and_names_that_are_no_text_keep_their_lines_whole() {
    use std::os::unix::ffi::OsStrExt;
    let scratch = Scratch::with_cards(0);
    for name in [
        &b"line\nbreak.jpg"[..],
        b"odd\xff.jpg",
        b"odd\xfe.jpg",
        "\u{202e}卡.jpg".as_bytes(),
    ] {
        let path = scratch.cards().join(std::ffi::OsStr::from_bytes(name));
        fs::write(path, PICTURE).unwrap();
    }
    let service = Service::good();
    assert_eq!(scratch.batch(&service).summary.ok, 4);
    let lines = scratch.lines();
    let names: Vec<&str> = lines.keys().map(String::as_str).collect();
    assert_eq!(names, ["line\nbreak", "odd\\xfe", "odd\\xff", "\u{202e}卡"]);
    // They are the same cards when the batch goes on.
    let again = Service::good();
    assert_eq!(
        (scratch.batch(&again).summary.skipped, again.asked()),
        (4, 0)
    );
}

#[test]
fn a_picture_is_made_to_fit_and_a_bomb_is_refused_by_its_header() {
    let scratch = Scratch::with_cards(0);
    let tiff = include_bytes!("../../prepare/tests/images/lzw.tif");
    fs::write(scratch.cards().join("good.tif"), tiff).unwrap();
    // 20,000×20,000 pixels by its header, in a file of 400 MB that takes no room.
    let mut header = b"BM".to_vec();
    for number in [1_200_000_054_u32, 0, 54, 40, 20_000, 20_000, 1 | 24 << 16] {
        header.extend(number.to_le_bytes());
    }
    header.resize(54, 0);
    fs::write(scratch.cards().join("bomb.bmp"), header).unwrap();
    let bomb = fs::OpenOptions::new()
        .write(true)
        .open(scratch.cards().join("bomb.bmp"));
    bomb.unwrap().set_len(400_000_000).unwrap();
    let options = Options {
        fit: Some(cardseal_prepare::Limits::default()),
        ..Options::default()
    };
    let service = Service::good();
    let started = std::time::Instant::now();
    let ended = scratch.batch_with(&service, &options, &Stop::default());
    assert!(started.elapsed() < std::time::Duration::from_secs(20));
    assert_eq!((ended.summary.ok, ended.summary.failed), (1, 1));
    let lines = scratch.lines();
    let message = lines["bomb"]["error"]["message"].as_str().unwrap();
    assert!(message.contains("20000×20000"), "{message}");
    assert_eq!(lines["good"]["outcome"], "ok");
}
