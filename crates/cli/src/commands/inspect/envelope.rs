//! An `Encryption` object and what it says is sealed: lengths, and everything in it that contradicts something
//! else. Source: the data type `Encryption` and the service's guide, with the errors of its samples.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::printable::printable;

use super::blob::Blob;
use super::report::Report;
use super::{Members, is_set, string};

const AES: &str = "AES-256-CBC";
const SM4: &str = "SM4-GCM";
const WHOLE_BODY: &str = "EncryptedBody";

const MEMBERS: [&str; 5] = [
    "CiphertextBlob",
    "Iv",
    "Algorithm",
    "TagList",
    "EncryptList",
];

/// Where an `Encryption` object stands. A reply need not repeat the blob, and must state the algorithm.
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
            printable(name)
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
        report.problem(format!(
            "the CiphertextBlob is {blob}'s and the Iv is {iv}'s"
        ));
    }
    let implied = by_blob.or(by_iv);
    examine_algorithm(stated.as_deref(), implied, tags.is_empty(), place, report);

    let list = strings(encryption, "EncryptList", report);
    examine_list(&list, place, report);
    let suite = implied.or(stated.as_deref());
    examine_tags(&tags, suite, list.len().max(1), report);
    list
}

fn examine_blob(
    encryption: &Members<'_>,
    place: Place,
    report: &mut Report,
) -> Option<&'static str> {
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
        Blob::OddSm2(why) | Blob::Written(why) => {
            report.problem(format!("the CiphertextBlob cannot be unwrapped: {why}"))
        }
        Blob::Odd => report.problem(format!(
            "the CiphertextBlob has {} bytes; RSA-1024 gives 128, SM2 gives 113",
            bytes.len()
        )),
    }
    if let Some(unseen) = blob.unseen() {
        report.fact("blob_unseen", unseen);
    }
    blob.algorithm()
}

fn examine_iv(encryption: &Members<'_>, report: &mut Report) -> Option<&'static str> {
    let bytes = decoded(encryption, "Iv", report)?;
    report.fact("iv_bytes", bytes.len());
    match bytes.len() {
        12 => Some(SM4),
        16 => Some(AES),
        other => {
            report.problem(format!(
                "the Iv has {other} bytes; {AES} takes 16, {SM4} takes 12"
            ));
            None
        }
    }
}

fn examine_algorithm(
    stated: Option<&str>,
    implied: Option<&'static str>,
    untagged: bool,
    place: Place,
    report: &mut Report,
) {
    match (stated, implied) {
        (None, Some(SM4)) => report.problem(format!(
            "Algorithm is not stated, which means {AES}; this is {SM4}"
        )),
        (None, _) if place == Place::Reply => {
            report.problem("Algorithm is not stated; an answer must state the request's");
        }
        (None, _) => report.warning(format!("Algorithm is not stated; the service takes {AES}")),
        (Some(AES), Some(SM4)) => {
            let also = if untagged {
                " and the tag in TagList, as the guide's own SM4 sample fails to"
            } else {
                ""
            };
            report.problem(format!(
                "Algorithm says {AES}, and the blob and the Iv are {SM4}'s; state {SM4}{also}"
            ));
        }
        (Some(SM4), Some(AES)) => report.problem(format!(
            "Algorithm says {SM4}, and the blob and the Iv are {AES}'s"
        )),
        (Some(AES | SM4), _) => {}
        (Some(other), _) => report.problem(format!(
            "Algorithm `{}` is neither {AES} nor {SM4}",
            printable(other)
        )),
    }
}

fn examine_list(list: &[String], place: Place, report: &mut Report) {
    report.fact("encrypt_list", list.to_vec());
    if list.is_empty() && place == Place::Reply {
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

fn examine_tags(tags: &[String], suite: Option<&str>, parts: usize, report: &mut Report) {
    match suite {
        Some(AES) if !tags.is_empty() => {
            report.problem(format!("{AES} has no tags, and TagList has {}", tags.len()));
        }
        Some(SM4) if tags.len() != parts => report.problem(format!(
            "{SM4} needs one tag for each sealed part, {parts} in all, and TagList has {}",
            tags.len()
        )),
        Some(SM4) if parts > 1 => report.warning(format!(
            "{parts} parts under {SM4} share one nonce, which gives away the XOR of their values"
        )),
        _ => {}
    }
    for tag in tags {
        match STANDARD.decode(tag) {
            Ok(bytes) if bytes.len() == 16 => {}
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
    let is_cbc = decoded_quietly(encryption, "Iv").is_some_and(|iv| iv.len() == 16);
    if is_cbc && (bytes.is_empty() || bytes.len() % 16 != 0) {
        report.problem(format!(
            "`{}` has {} bytes of ciphertext, and {AES} makes a positive multiple of 16",
            printable(name),
            bytes.len()
        ));
    }
}

fn decoded(members: &Members<'_>, name: &str, report: &mut Report) -> Option<Vec<u8>> {
    let shown = printable(name);
    if !is_set(members, name) {
        report.problem(format!("`{shown}` is missing"));
        return None;
    }
    let bytes = decoded_quietly(members, name);
    if bytes.is_none() {
        report.problem(format!(
            "`{shown}` is not strict base64 (standard alphabet, padded, no blanks)"
        ));
    }
    bytes
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
