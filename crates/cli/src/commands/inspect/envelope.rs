//! An `Encryption` object and what it says is sealed: lengths, and everything in it that contradicts something
//! else. Source: the data type `Encryption` and the service's guide, with the errors of its samples.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use cardseal::crypto::Facts;

use crate::printable::{self, printable};

use super::blob::Blob;
use super::clear;
use super::report::Report;
use super::suites;
use super::{Members, is_set, string};

pub(super) const WHOLE_BODY: &str = "EncryptedBody";

/// Bytes of a tag.
const TAG: usize = 16;

const MEMBERS: [&str; 5] = [
    "CiphertextBlob",
    "Iv",
    "Algorithm",
    "TagList",
    "EncryptList",
];

/// Where an `Encryption` object stands. A reply need not repeat the blob, the algorithm or the list: what is absent or
/// null there is the request's.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    Request,
    Reply,
    Alone,
}

/// An object with a member `Encryption`.
pub(super) fn examine(members: &Members<'_>, place: Place, report: &mut Report) {
    let Some(encryption) = members
        .get("Encryption")
        .and_then(|value| serde_json::from_str::<Members<'_>>(value.get()).ok())
    else {
        return report.problem("Encryption is not an object");
    };
    let list = examine_encryption(&encryption, place, report);
    let whole = list
        .iter()
        .any(|name| name == WHOLE_BODY || name == "EncryptionBody")
        || list.is_empty();
    if whole {
        examine_sealed(members, WHOLE_BODY, &encryption, report);
        if place == Place::Request {
            clear::beside(members, report);
        }
    } else if place == Place::Request {
        for name in &list {
            examine_sealed(members, name, &encryption, report);
        }
    }
}

/// An `Encryption` object by itself.
pub(super) fn examine_alone(encryption: &Members<'_>, report: &mut Report) {
    examine_encryption(encryption, Place::Alone, report);
}

/// Gives what `EncryptList` names.
fn examine_encryption(encryption: &Members<'_>, place: Place, report: &mut Report) -> Vec<String> {
    for name in encryption
        .keys()
        .filter(|name| !MEMBERS.contains(&name.as_str()))
    {
        report.warning(format!(
            "Encryption has an unknown member `{}`",
            printable::name(name)
        ));
    }
    let stated = string(encryption, "Algorithm");
    report.fact("algorithm", stated.as_deref().unwrap_or("not stated"));
    let by_blob = examine_blob(encryption, place, report);
    let by_iv = examine_iv(encryption, report);
    let tags = strings(encryption, "TagList", report);
    report.fact("tags", tags.len());

    if let (Some(blob), Some(iv)) = (by_blob, by_iv)
        && blob != iv
    {
        let (blob, iv) = (blob.algorithm, iv.algorithm);
        report.problem(format!(
            "the CiphertextBlob is {blob}'s and the Iv is {iv}'s"
        ));
    }
    let implied = by_blob.or(by_iv);
    examine_algorithm(stated.as_deref(), implied, tags.is_empty(), place, report);

    let list = strings(encryption, "EncryptList", report);
    let is_listed = is_set(encryption, "EncryptList");
    examine_list(&list, is_listed, place, report);
    let suite = implied.or_else(|| suites::named(stated.as_deref()?));
    examine_tags(&tags, suite, list.len().max(1), report);
    list
}

fn examine_blob(
    encryption: &Members<'_>,
    place: Place,
    report: &mut Report,
) -> Option<&'static Facts> {
    if place == Place::Reply
        && string(encryption, "CiphertextBlob")
            .unwrap_or_default()
            .is_empty()
    {
        return None;
    }
    let bytes = decoded(encryption, "CiphertextBlob", report)?;
    report.fact("blob_bytes", bytes.len());
    let blob = Blob::of(&bytes);
    match &blob {
        Blob::Rsa { bits } => report.fact("blob_form", format!("as long as RSA-{bits} gives")),
        Blob::Sm2 => report.fact("blob_form", "SM2, its C1 on the curve"),
        Blob::OddRsa(why) | Blob::OddSm2(why) | Blob::Written(why) => {
            report.problem(format!("the CiphertextBlob cannot be unwrapped: {why}"))
        }
        Blob::Odd => report.problem(format!(
            "the CiphertextBlob has {} bytes; RSA-1024 gives 128, SM2 gives 113",
            bytes.len()
        )),
    }
    if let Some(unseen) = blob.unseen() {
        report.unseen("blob_unseen", unseen);
    }
    report.wrapped_by(bytes, blob.key());
    blob.suite()
}

fn examine_iv(encryption: &Members<'_>, report: &mut Report) -> Option<&'static Facts> {
    let bytes = decoded(encryption, "Iv", report)?;
    report.fact("iv_bytes", bytes.len());
    let suite = suites::with_iv_of(bytes.len());
    if suite.is_none() {
        let lengths = suites::each(|suite| format!("{} takes {}", suite.algorithm, suite.iv_len));
        report.problem(format!("the Iv has {} bytes; {lengths}", bytes.len()));
    }
    suite
}

fn examine_algorithm(
    stated: Option<&str>,
    implied: Option<&'static Facts>,
    untagged: bool,
    place: Place,
    report: &mut Report,
) {
    let Some(stated) = stated else {
        if place == Place::Reply {
            return report.warning("Algorithm is not stated; it is read as the request's");
        }
        let unstated = suites::unstated().map_or("", |suite| suite.algorithm);
        return match implied.map(|suite| suite.algorithm) {
            Some(implied) if implied != unstated => report.problem(format!(
                "Algorithm is not stated, which means {unstated}; this is {implied}"
            )),
            _ => report.warning(format!(
                "Algorithm is not stated; the service takes {unstated}"
            )),
        };
    };
    let Some(suite) = suites::named(stated) else {
        let names: Vec<&str> = suites::all().map(|suite| suite.algorithm).collect();
        return report.problem(format!(
            "Algorithm `{}` is neither {}",
            printable(stated),
            names.join(" nor ")
        ));
    };
    if let Some(implied) = implied.filter(|implied| *implied != suite) {
        let name = implied.algorithm;
        let also = match untagged && implied.authenticates() {
            true => " and the tag in TagList, as the guide's own SM4 sample fails to",
            false => "",
        };
        report.problem(format!(
            "Algorithm says {stated}, and the blob and the Iv are {name}'s; state {name}{also}"
        ));
    }
}

fn examine_list(list: &[String], is_listed: bool, place: Place, report: &mut Report) {
    report.fact("encrypt_list", list.to_vec());
    if !is_listed && place == Place::Reply {
        report.warning("EncryptList is not stated; it is read as the request's");
    } else if list.is_empty() && place == Place::Reply {
        report.problem("EncryptList is empty; an answer must say what is sealed");
    } else if list.is_empty() {
        report.warning("EncryptList is empty; the service takes EncryptedBody");
    }
    if list.iter().any(|name| name == "EncryptionBody") {
        report.problem(
            "EncryptList says EncryptionBody, which is the faceid actions' spelling; the OCR action's is EncryptedBody",
        );
    }
}

fn examine_tags(tags: &[String], suite: Option<&Facts>, parts: usize, report: &mut Report) {
    if let Some(suite) = suite {
        let name = suite.algorithm;
        if !suite.authenticates() && !tags.is_empty() {
            report.problem(format!(
                "{name} has no tags, but TagList has {}",
                tags.len()
            ));
        } else if suite.authenticates() && tags.len() != parts {
            report.problem(format!(
                "{name} needs one tag for each sealed part, {parts} in all, but TagList has {}",
                tags.len()
            ));
        } else if suite.nonce_reuse_is_fatal && parts > 1 {
            report.warning(format!(
                "{parts} parts under {name} share one nonce, which reveals the XOR of their values"
            ));
        }
    }
    for tag in tags {
        if of_hex(tag).is_some() {
            report.problem("a tag is hexadecimal; the service takes base64 of its 16 bytes");
            continue;
        }
        match STANDARD.decode(tag) {
            Ok(bytes) if bytes.len() == TAG => {}
            Ok(bytes) => report.problem(format!("a tag has {} bytes and not 16", bytes.len())),
            Err(_) => report.problem("a tag is not strict base64"),
        }
    }
}

/// A member that holds a ciphertext.
fn examine_sealed(
    members: &Members<'_>,
    name: &str,
    encryption: &Members<'_>,
    report: &mut Report,
) {
    let Some(bytes) = decoded(members, name, report) else {
        return;
    };
    report.fact("ciphertext_bytes", bytes.len());
    let tags: Vec<String> = encryption
        .get("TagList")
        .and_then(|list| serde_json::from_str(list.get()).ok())
        .unwrap_or_default();
    let is_left_on = |tag: &String| {
        let tag = STANDARD.decode(tag).unwrap_or_default();
        tag.len() == TAG && bytes.ends_with(&tag)
    };
    if tags.iter().any(is_left_on) {
        report.problem(format!(
            "`{}` ends with the tag that TagList gives, too: cut its last {TAG} bytes off",
            printable::name(name)
        ));
    }
    let iv = decoded_quietly(encryption, "Iv");
    let mut fronts = vec![("Iv", iv.clone().unwrap_or_default())];
    fronts.extend(
        tags.iter()
            .map(|tag| ("tag", STANDARD.decode(tag).unwrap_or_default())),
    );
    for (what, front) in fronts {
        // As long as chance does not make it.
        if front.len() >= 12 && bytes.starts_with(&front) {
            report.problem(format!(
                "`{}` begins with the {what}, which the Encryption object gives, too: cut its first {} bytes off",
                printable::name(name),
                front.len()
            ));
        }
    }
    if is_readable(&bytes) {
        report.problem(format!(
            "`{}` is base64 of readable text and not of a ciphertext: it was never encrypted",
            printable::name(name)
        ));
    }
    let suite = iv.and_then(|iv| suites::with_iv_of(iv.len()));
    // Padding is never empty, so a suite of whole blocks makes one at least.
    if let Some(suite) = suite.filter(|suite| suite.block_len > 1)
        && (bytes.is_empty() || bytes.len() % suite.block_len != 0)
    {
        report.problem(format!(
            "`{}` has {} bytes of ciphertext, but {} produces a positive multiple of {}",
            printable::name(name),
            bytes.len(),
            suite.algorithm,
            suite.block_len
        ));
    }
}

/// JSON, or other text, which no cipher makes of this length by chance; padding may stand behind it.
fn is_readable(bytes: &[u8]) -> bool {
    const FEWEST: usize = 12;
    const BLOCK: usize = 16;
    let padding = bytes.last().map_or(0, |last| usize::from(*last));
    let bare = match padding {
        1..=BLOCK => bytes.get(..bytes.len().saturating_sub(padding)),
        _ => None,
    };
    let bare = bare.unwrap_or(bytes);
    let is_text = |text: &str| {
        text.chars()
            .all(|c| !c.is_control() || c.is_ascii_whitespace())
    };
    bare.len() >= FEWEST && std::str::from_utf8(bare).is_ok_and(is_text)
}

fn decoded(members: &Members<'_>, name: &str, report: &mut Report) -> Option<Vec<u8>> {
    let shown = printable::name(name);
    if !is_set(members, name) {
        report.problem(format!("`{shown}` is missing"));
        return None;
    }
    if let Some(bytes) = string(members, name).as_deref().and_then(of_hex) {
        report.problem(format!(
            "`{shown}` is hexadecimal, of {} bytes; the service takes base64 of the bytes themselves",
            bytes.len()
        ));
        return Some(bytes);
    }
    let bytes = decoded_quietly(members, name);
    if bytes.is_none() {
        report.problem(format!(
            "`{shown}` is not strict base64 (standard alphabet, padded, no whitespace)"
        ));
    }
    bytes
}

/// The bytes of hexadecimal digits. So many of them and nothing else are no base64 by chance.
fn of_hex(text: &str) -> Option<Vec<u8>> {
    const FEWEST: usize = 24;
    let is_hex = text.len() >= FEWEST
        && text.len().is_multiple_of(2)
        && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    let pair = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok();
    is_hex.then(|| text.as_bytes().chunks(2).map(pair).collect())?
}

/// A member that is a string of strict base64.
pub(super) fn decoded_quietly(members: &Members<'_>, name: &str) -> Option<Vec<u8>> {
    STANDARD.decode(string(members, name)?).ok()
}

fn strings(members: &Members<'_>, name: &str, report: &mut Report) -> Vec<String> {
    if !is_set(members, name) {
        return Vec::new();
    }
    let found = members
        .get(name)
        .and_then(|value| serde_json::from_str(value.get()).ok());
    found.unwrap_or_else(|| {
        report.problem(format!("{name} is not a list of strings"));
        Vec::new()
    })
}
