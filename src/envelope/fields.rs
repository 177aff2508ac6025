//! Sealing single members of an object, each separately, all under one session key and one IV.
//!
//! This is the service's design for its faceid actions. With SM4-GCM, sealing a second member repeats the nonce: the
//! XOR of two ciphertexts is the XOR of the two values, and the authentication key can be computed from the two tags.
//! Sealing more than one member under SM4-GCM therefore needs an opt-in whose name states the risk.

use core::fmt;

use cardseal_crypto::{Plaintext, Wiped, base64};
use serde::Serialize;

use crate::envelope::asked::Asked;
use crate::envelope::body;
use crate::envelope::marks::Marks;
use crate::envelope::opener::Opener;
use crate::envelope::padding::Padded;
use crate::envelope::path;
use crate::envelope::session::Drawn;
use crate::error::{Error, ErrorKind, OpenError};
use crate::personal::Personal;
use crate::recipient::Recipient;
use crate::stack;
use crate::wire::MAX_BODY;
use crate::wire::json::{self, Members};

/// Whether several members may be sealed under one SM4-GCM nonce.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum SharedNonce {
    /// More than one member under SM4-GCM is an error.
    #[default]
    Refuse,
    /// Seal them all under one nonce, as the service requires. Anyone who sees the request inside TLS learns the XOR of
    /// the members' values and can forge them. With AES-256-CBC he learns only whether the values begin with the same
    /// bytes.
    AcceptRepeatedGcmNonce,
}

/// An object with some of its members sealed, and the `Encryption` member that says which.
pub struct SealedFields {
    json: Vec<u8>,
}

impl SealedFields {
    /// The object as JSON.
    pub fn as_json(&self) -> &[u8] {
        &self.json
    }

    /// The object as JSON.
    pub fn into_json(self) -> Vec<u8> {
        self.json
    }
}

impl fmt::Debug for SealedFields {
    // The members that were not sealed may also be personal data.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SealedFields")
            .field("json_len", &self.json.len())
            .finish()
    }
}

/// Where an object states how its members are sealed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// In its member `Encryption`.
    Member,
    /// Among its own members. There is no place for an algorithm or a tag, so only a suite without tags fits.
    Flat,
}

/// The members in which a flat object states how it is sealed.
const FLAT: [&str; 3] = ["CiphertextBlob", "EncryptList", "Iv"];

pub(crate) fn seal_fields(
    recipient: &Recipient,
    object: &[u8],
    names: &[&str],
    place: Place,
    nonce: SharedNonce,
) -> Result<(SealedFields, Opener), Error> {
    stack::leaving_no_stack(|| seal(recipient, object, names, place, nonce))
}

fn seal(
    recipient: &Recipient,
    object: &[u8],
    names: &[&str],
    place: Place,
    nonce: SharedNonce,
) -> Result<(SealedFields, Opener), Error> {
    let facts = recipient.facts();
    if place == Place::Flat && facts.authenticates() {
        return Err(Error::input(format!(
            "this action has no place for a tag, but the key is for {}, which has one; use the RSA key",
            facts.algorithm
        )));
    }
    if names.len() > 1 && facts.nonce_reuse_is_fatal && nonce == SharedNonce::Refuse {
        return Err(Error::input(format!(
            "{} members under {} would share one nonce, which gives away the XOR of their values and lets both \
             be forged; seal one member, use the RSA key, seal the whole body where the action takes that, or accept \
             the repeated nonce explicitly",
            names.len(),
            facts.algorithm
        )));
    }
    let members = parse(object)?;
    let taken: &[&str] = match place {
        Place::Member => &["Encryption"],
        Place::Flat => &FLAT,
    };
    check_absent(&members, taken)?;
    let values = named_values(&members, names)?;

    let drawn = Drawn::of(recipient)?;
    let mut sealed = Vec::with_capacity(names.len());
    let mut tags = Vec::new();
    let mut marks = Marks::default();
    for value in values {
        let value = value.expose().as_bytes();
        let padded = Padded::of(&value, facts)?;
        let mut buffer = Wiped::new(vec![0; padded.len()]);
        padded.write(0, &mut buffer)?;
        let tag = drawn.session.seal(drawn.iv.as_bytes(), &mut buffer)?;
        let tag = body::agreed_tag(tag.as_ref(), facts)?;
        marks.add(tag.as_ref(), &buffer);
        tags.extend(tag);
        sealed.push(base64::encode(&buffer));
    }
    let listed = names.iter().map(|name| (*name).to_owned()).collect();
    let encryption = drawn.encryption(recipient, &tags, listed);
    let replaced: Vec<_> = names.iter().copied().zip(&sealed).collect();
    let added = match place {
        Place::Member => vec![("Encryption", to_json(&encryption)?)],
        Place::Flat => vec![
            ("CiphertextBlob", to_json(&encryption.ciphertext_blob)?),
            ("EncryptList", to_json(&encryption.encrypt_list)?),
            ("Iv", to_json(&encryption.iv)?),
        ],
    };
    let json = finish(&members, &replaced, &added)?;
    Ok((json, opener(recipient, drawn, Asked::members(names), marks)))
}

/// Seals nothing, but asks for a sealed reply: sets the switch, and adds the key to seal it under.
pub(crate) fn ask_for_sealed_answer(
    recipient: &Recipient,
    object: &[u8],
    switch: &'static str,
    asked: Asked,
) -> Result<(SealedFields, Opener), Error> {
    let members = parse(object)?;
    check_absent(&members, &["Encryption", switch])?;
    let drawn = stack::leaving_no_stack(|| Drawn::of(recipient))?;
    let encryption = drawn.encryption(recipient, &[], Vec::new());
    let added = [
        (switch, "true".to_owned()),
        ("Encryption", to_json(&encryption)?),
    ];
    let json = finish(&members, &[], &added)?;
    Ok((json, opener(recipient, drawn, asked, Marks::default())))
}

fn opener(recipient: &Recipient, drawn: Drawn, asked: Asked, sealed: Marks) -> Opener {
    Opener::new(recipient.facts(), drawn.session, drawn.iv, asked, sealed)
}

/// The members of one object without duplicate members at any depth.
pub(crate) fn parse(object: &[u8]) -> Result<Members<'_>, Error> {
    if let Some(fault) = json::fault(object) {
        let message =
            format!("the input is not one JSON object without duplicate members: {fault}");
        return Err(Error::input(message));
    }
    let text = core::str::from_utf8(object).unwrap_or_default();
    Members::parse(text)
        .map_err(|_| Error::input("the input is not one JSON object without duplicate members"))
}

fn check_absent(members: &Members<'_>, taken: &[&str]) -> Result<(), Error> {
    match taken.iter().find(|name| members.find(name).is_some()) {
        Some(name) => Err(Error::input(format!(
            "the object has a `{name}` member already; it may be sealed, and that member is not yours to set"
        ))),
        None => Ok(()),
    }
}

fn finish(
    members: &Members<'_>,
    replaced: &[(&str, &String)],
    added: &[(&str, String)],
) -> Result<SealedFields, Error> {
    let json = assemble(members, replaced, added)
        .map_err(|_| Error::new(ErrorKind::Bug, "the sealed object could not be written"))?;
    if json.len() > MAX_BODY {
        return Err(Error::input(format!(
            "the sealed object has {} bytes and the service takes {MAX_BODY}",
            json.len()
        )));
    }
    Ok(SealedFields { json })
}

fn to_json(value: &impl Serialize) -> Result<String, Error> {
    serde_json::to_string(value)
        .map_err(|_| Error::new(ErrorKind::Bug, "the Encryption member could not be written"))
}

/// The values to seal, in the order of their names.
fn named_values(members: &Members<'_>, names: &[&str]) -> Result<Vec<Personal>, Error> {
    if names.is_empty() {
        return Err(Error::input(
            "no member is named; name at least one to seal",
        ));
    }
    let mut values = Vec::with_capacity(names.len());
    for (place, name) in names.iter().enumerate() {
        if name.is_empty() {
            // An object may have such a member, but a reply cannot name it: a path has no empty step.
            return Err(Error::input(
                "a member's name is empty; name the member to seal",
            ));
        }
        let shown = crate::error::printable_name(name);
        if name.contains(['.', '[', ']']) {
            return Err(Error::input(format!(
                "`{shown}` is not a single name: an answer would read it as a path; only members of the object \
                 itself can be sealed, by names without `.`, `[` and `]`"
            )));
        }
        if names.iter().take(place).any(|earlier| earlier == name) {
            return Err(Error::input(format!("`{shown}` is named twice")));
        }
        let value = members
            .find(name)
            .ok_or_else(|| Error::input(format!("the object has no member `{shown}`")))?;
        if !value.get().starts_with('"') {
            return Err(Error::input(format!(
                "`{shown}` is not a string; only strings can be sealed"
            )));
        }
        let value = serde_json::from_str(value.get())
            .map_err(|_| Error::input(format!("`{shown}` is not a string")))?;
        values.push(value);
    }
    Ok(values)
}

fn assemble(
    members: &Members<'_>,
    replaced: &[(&str, &String)],
    added: &[(&str, String)],
) -> Result<Vec<u8>, OpenError> {
    // Unsealed members may also be personal data, and a growing buffer would leave copies of them behind.
    let unsealed = members
        .0
        .iter()
        .map(|(name, value)| (name.len(), value.get().len()));
    let sealed = replaced.iter().map(|(_, text)| (0, text.len()));
    let more = added.iter().map(|(name, text)| (name.len(), text.len()));
    let room = unsealed
        .chain(sealed)
        .chain(more)
        .fold(2_usize, |room, (name, value)| {
            // Escaping turns one character of a name into at most six.
            room.saturating_add(name.saturating_mul(6))
                .saturating_add(value)
                .saturating_add(8)
        });
    let mut out = Wiped::new(Vec::with_capacity(room));
    out.push(b'{');
    for (place, (member, value)) in members.0.iter().enumerate() {
        path::separate(place, &mut out);
        path::write_name(member, &mut out)?;
        match replaced.iter().find(|(name, _)| name == member) {
            Some((_, ciphertext)) => path::write_string(ciphertext, &mut out)?,
            None => out.extend_from_slice(value.get().as_bytes()),
        }
    }
    for (place, (name, value)) in added.iter().enumerate() {
        path::separate(members.0.len().saturating_add(place), &mut out);
        path::write_name(name, &mut out)?;
        out.extend_from_slice(value.as_bytes());
    }
    out.push(b'}');
    Ok(core::mem::take(&mut *out))
}
