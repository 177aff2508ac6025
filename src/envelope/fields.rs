//! Sealing and opening single members of an object, each by itself, all under one session key and one IV.
//!
//! That is the service's design for its faceid actions, and with SM4-GCM it repeats a nonce as soon as a second
//! member is sealed: XORing two ciphertexts gives the XOR of the two values, and the authentication key can be
//! computed from the two tags. So more than one member under SM4-GCM takes an opt-in whose name says it.

use core::fmt;

use crate::entropy::Entropy;
use crate::envelope::Opener;
use crate::envelope::body::Session;
use crate::envelope::path;
use crate::error::{Error, ErrorKind, OpenError};
use crate::recipient::Recipient;
use crate::secret::{Personal, Wiped};
use crate::suite::Tag;
use crate::wire::json::{self, Members};
use crate::wire::{self, Encryption, MAX_BODY};

/// Whether several members may be sealed under one SM4-GCM nonce.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum SharedNonce {
    /// More than one member under SM4-GCM is an error.
    #[default]
    Refuse,
    /// Seal them all under one nonce, as the service demands. Whoever sees the request inside TLS learns the
    /// XOR of the members' values and can forge either. AES-256-CBC only shows whether they begin alike.
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
    // The members that were not sealed may be personal data all the same.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SealedFields")
            .field("json_len", &self.json.len())
            .finish()
    }
}

pub(crate) fn seal_fields(
    recipient: &Recipient,
    object: &[u8],
    names: &[&str],
    nonce: SharedNonce,
    entropy: &dyn Entropy,
) -> Result<(SealedFields, Opener), Error> {
    let suite = recipient.suite;
    if names.len() > 1 && suite.authenticates() && nonce == SharedNonce::Refuse {
        return Err(Error::input(format!(
            "{} members under {} would share one nonce, which gives away the XOR of their values and lets both \
             be forged; seal one member, seal the whole body, use the RSA key, or accept the repeated nonce \
             explicitly",
            names.len(),
            suite.algorithm()
        )));
    }
    let text = core::str::from_utf8(object).map_err(|_| Error::input("the object is not UTF-8"))?;
    let members = Members::parse(text)
        .and_then(|members| json::check_unique(text).map(|()| members))
        .map_err(|_| Error::input("the input is not one JSON object without duplicate members"))?;
    let values = named_values(&members, names)?;

    let session = Session::draw(recipient, entropy)?;
    let mut sealed = Vec::with_capacity(names.len());
    let mut tags = Vec::new();
    for value in values {
        let value = value.expose().as_bytes();
        let mut buffer = Wiped::new(Vec::with_capacity(suite.ciphertext_len(value.len())));
        buffer.extend_from_slice(value);
        buffer.resize(suite.ciphertext_len(value.len()), 0);
        tags.extend(suite.encrypt(&session.key, &session.iv, &mut buffer, value.len())?);
        sealed.push(wire::encode(&buffer));
    }
    let listed = names.iter().map(|name| (*name).to_owned()).collect();
    let encryption = session.encryption(recipient, &tags, listed);
    let json = assemble(&members, names, &sealed, &encryption)
        .map_err(|_| Error::new(ErrorKind::Bug, "the sealed object could not be written"))?;
    if json.len() > MAX_BODY {
        return Err(Error::input(format!(
            "the sealed object has {} bytes and the service takes {MAX_BODY}",
            json.len()
        )));
    }
    Ok((SealedFields { json }, session.into_opener(recipient)))
}

/// The values to seal, in the order of their names.
fn named_values(members: &Members<'_>, names: &[&str]) -> Result<Vec<Personal>, Error> {
    if names.is_empty() {
        return Err(Error::input(
            "no member is named; name at least one to seal",
        ));
    }
    if members.find("Encryption").is_some() {
        return Err(Error::input(
            "the object has an `Encryption` member already; it may be sealed",
        ));
    }
    let mut values = Vec::with_capacity(names.len());
    for (place, name) in names.iter().enumerate() {
        let shown = crate::error::printable(name);
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
    names: &[&str],
    sealed: &[String],
    encryption: &Encryption,
) -> Result<Vec<u8>, OpenError> {
    let mut out = Wiped::default();
    out.push(b'{');
    for (place, (member, value)) in members.0.iter().enumerate() {
        path::separate(place, &mut out);
        path::write_name(member, &mut out)?;
        match names.iter().zip(sealed).find(|(name, _)| *name == member) {
            Some((_, ciphertext)) => path::write_string(ciphertext, &mut out)?,
            None => out.extend_from_slice(value.get().as_bytes()),
        }
    }
    path::separate(members.0.len(), &mut out);
    path::write_name("Encryption", &mut out)?;
    serde_json::to_writer(&mut *out, encryption).map_err(|_| OpenError)?;
    out.push(b'}');
    Ok(core::mem::take(&mut *out))
}

/// More sealed members than any action has; each costs a pass over the answer.
const MOST_NAMED: usize = 64;

/// Opens the named members of `inner` where they stand and leaves `Encryption` out.
pub(super) fn open_in_place(
    inner: &str,
    named: &[String],
    tags: &[Option<Tag>],
    decrypt: impl Fn(&str, Option<&Tag>) -> Result<Wiped, OpenError>,
) -> Result<Wiped, OpenError> {
    if named.len() > MOST_NAMED {
        return Err(OpenError);
    }
    let mut text = without_encryption(inner)?;
    for (place, (name, tag)) in named.iter().zip(tags).enumerate() {
        if named.iter().take(place).any(|earlier| earlier == name) {
            return Err(OpenError);
        }
        let steps = path::parse(name)?;
        let mut out = Wiped::new(Vec::with_capacity(text.len()));
        let current = core::str::from_utf8(&text).map_err(|_| OpenError)?;
        path::rewrite(current, &steps, &mut out, &mut |value, out| {
            let ciphertext: Personal = serde_json::from_str(value).map_err(|_| OpenError)?;
            let plaintext = decrypt(ciphertext.expose(), tag.as_ref())?;
            let plaintext = core::str::from_utf8(&plaintext).map_err(|_| OpenError)?;
            // Escaping makes a character six at most.
            make_room(
                out,
                plaintext
                    .len()
                    .saturating_mul(6)
                    .saturating_add(current.len()),
            );
            path::write_string(plaintext, out)
        })?;
        text = out;
    }
    Ok(text)
}

fn without_encryption(inner: &str) -> Result<Wiped, OpenError> {
    let members = Members::parse(inner).map_err(|_| OpenError)?;
    let mut out = Wiped::new(Vec::with_capacity(inner.len()));
    out.push(b'{');
    let kept = members.0.iter().filter(|(name, _)| name != "Encryption");
    for (place, (name, value)) in kept.enumerate() {
        path::separate(place, &mut out);
        path::write_name(name, &mut out)?;
        out.extend_from_slice(value.get().as_bytes());
    }
    out.push(b'}');
    Ok(out)
}

/// Room for `more` bytes. A vector that grows by itself leaves its old contents behind unwiped; this moves them.
fn make_room(buffer: &mut Wiped, more: usize) {
    if buffer.capacity().saturating_sub(buffer.len()) < more {
        let mut larger = Wiped::new(Vec::with_capacity(buffer.len().saturating_add(more)));
        larger.extend_from_slice(buffer);
        *buffer = larger;
    }
}
