//! Opening a reply: once, and only if it matches the request exactly.

use core::fmt;
use std::borrow::Cow;

use cardseal_crypto::{Facts, OpenFailed, Session, Tag, Wiped, base64};

use crate::envelope::asked::Asked;
use crate::envelope::iv_policy::IvPolicy;
use crate::envelope::marks::Marks;
use crate::envelope::opened::Opened;
use crate::envelope::padding::unpadded_len;
use crate::envelope::path;
use crate::envelope::session::Iv;
use crate::envelope::{opening, shape};
use crate::error::{Error, ErrorKind, OpenError};
use crate::stack;
use crate::wire::{self, EncryptedReply, ReplyEncryption, WholeBody};

/// Which members of a reply must be sealed, if single members are sealed.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub enum Expected<'a> {
    /// Exactly these paths, in any order, with or without `Response.` before them. Any other list is rejected.
    Exactly(&'a [&'a str]),
    /// The members that the reply names. An attacker who can change the reply then chooses which members are sealed.
    NamedByReply,
}

/// Opens the reply to one request. Opening consumes it; it cannot be cloned or printed, and it wipes its key. It
/// records what the request sealed and which form of reply was requested, so it rejects the request sent back as a
/// reply, and a reply in the other form.
///
/// ```compile_fail,E0382
/// # use cardseal::{EncryptedReply, IvPolicy, Opener};
/// fn twice(opener: Opener, reply: &EncryptedReply) {
///     let _ = opener.open(reply, IvPolicy::BySuite);
///     let _ = opener.open(reply, IvPolicy::BySuite);
/// }
/// ```
///
/// ```compile_fail,E0599
/// # use cardseal::Opener;
/// fn copy(opener: &Opener) -> Opener {
///     opener.clone()
/// }
/// ```
pub struct Opener {
    pub(super) facts: &'static Facts,
    pub(super) session: Box<dyn Session>,
    pub(super) iv: Iv,
    /// `None` if another program made the opener file and stored nothing about the request.
    pub(super) request: Option<Request>,
}

/// What an opener knows of its request.
pub(super) struct Request {
    pub(super) asked: Asked,
    pub(super) sealed: Marks,
}

impl Opener {
    pub(super) fn new(
        facts: &'static Facts,
        session: Box<dyn Session>,
        iv: Iv,
        asked: Asked,
        sealed: Marks,
    ) -> Self {
        let request = Some(Request { asked, sealed });
        Self {
            facts,
            session,
            iv,
            request,
        }
    }

    /// Opens an OCR reply whose whole body is sealed.
    ///
    /// Rejected before anything is decrypted: the request's own ciphertext; an algorithm, list of sealed parts, number
    /// or length of tags, IV length or base64 text that does not match the request exactly (an absent or null algorithm
    /// or list means the request's); an IV that the policy does not allow; card members in clear beside or instead of
    /// the sealed body. Rejected afterwards: a wrong tag or padding, text that is not UTF-8, and JSON that is not one
    /// object without duplicate members.
    ///
    /// # Errors
    /// `Open`, one and the same for every reason; `Provider` if a crypto module is gone.
    pub fn open(self, reply: &EncryptedReply, policy: IvPolicy) -> Result<Opened, Error> {
        self.open_named(reply, WholeBody::EncryptedBody, policy)
    }

    /// [`Opener::open`] for a service that uses this name for a sealed whole body, and only this name.
    ///
    /// # Errors
    /// `Open`, one and the same for every reason; `Provider` if a crypto module is gone.
    pub fn open_named(
        self,
        reply: &EncryptedReply,
        whole: WholeBody,
        policy: IvPolicy,
    ) -> Result<Opened, Error> {
        stack::opening_leaves_no_stack(self.session.stack_of_open(), move || {
            let asked = self.request.as_ref().map(|request| &request.asked);
            if asked.is_some_and(|asked| *asked != Asked::Whole(whole)) {
                return Err(OpenError.into());
            }
            let encryption = self.agreed(reply)?;
            let listed = encryption.list.as_deref();
            if !reply.clear_text_fields().is_empty()
                || listed.is_some_and(|listed| listed != [whole.name()])
            {
                return Err(OpenError.into());
            }
            let (iv, iv_reused) = self.agreed_iv(encryption, policy)?;
            let tags = self.agreed_tags(encryption, 1)?;
            let tag = tags.first().and_then(Option::as_ref);
            let body = reply.encrypted_body().ok_or(OpenError)?;
            let plaintext = self.decrypt(body, iv.as_bytes(), tag)?;
            let (plaintext, is_answer) = self.readable(plaintext)?;
            Ok(Opened {
                plaintext,
                iv_reused,
                authenticated: self.proves(is_answer),
                sealed: Cow::Borrowed(whole.listed()),
            })
        })
    }

    /// Opens a reply with single sealed members, named by dotted paths such as `Response.Text.IdCard` or
    /// `Response.Text.LivenessDetail[0].Idcard`, or by bare names. The result is the inner object with those members
    /// opened where they stand, and without `Encryption`.
    ///
    /// Members that are not sealed are passed on unchanged; [`Opened::sealed`] lists the sealed ones. A member that the
    /// request sealed cannot come back with the same value under the same IV: that would be the request's own
    /// ciphertext, which is rejected.
    ///
    /// # Errors
    /// `Open`, one and the same for every reason; `Provider` if a crypto module is gone.
    pub fn open_fields(
        self,
        reply: &EncryptedReply,
        expected: Expected<'_>,
        policy: IvPolicy,
    ) -> Result<Opened, Error> {
        stack::opening_leaves_no_stack(self.session.stack_of_open(), move || {
            let asked = self.request.as_ref().map(|request| &request.asked);
            if asked.is_some_and(Asked::is_whole) {
                return Err(OpenError.into());
            }
            let encryption = self.agreed(reply)?;
            let named = agreed_list(encryption, expected)?;
            if named.is_empty() || !reply.encrypted_body().unwrap_or_default().is_empty() {
                return Err(OpenError.into());
            }
            let (iv, iv_reused) = self.agreed_iv(encryption, policy)?;
            let tags = self.agreed_tags(encryption, named.len())?;
            let mut is_answer = true;
            let plaintext = opening::open_in_place(reply.inner(), &named, |place, ciphertext| {
                let tag = tags.get(place).and_then(Option::as_ref);
                let value = self.decrypt(ciphertext.as_bytes(), iv.as_bytes(), tag)?;
                is_answer &= !shape::is_request(&value);
                Ok(value)
            })?;
            let (plaintext, _) = self.readable(plaintext)?;
            Ok(Opened {
                plaintext,
                iv_reused,
                authenticated: self.proves(is_answer),
                sealed: Cow::Owned(named.into_owned()),
            })
        })
    }

    /// Opens a reply in the form that was requested: sealed as a whole, or exactly the members that were sealed in the
    /// request. If the opener does not know its request, the reply decides the form.
    ///
    /// # Errors
    /// `Open`, one and the same for every reason; `Provider` if a crypto module is gone.
    pub fn open_as_requested(
        self,
        reply: &EncryptedReply,
        policy: IvPolicy,
    ) -> Result<Opened, Error> {
        let asked = self.request.as_ref().map(|request| request.asked.clone());
        match asked {
            Some(Asked::Whole(whole)) => self.open_named(reply, whole, policy),
            Some(Asked::Members(names)) => {
                let names: Vec<&str> = names.iter().map(String::as_str).collect();
                self.open_fields(reply, Expected::Exactly(&names), policy)
            }
            Some(Asked::AnyMembers) => self.open_fields(reply, Expected::NamedByReply, policy),
            None if reply.names_fields() => self.open_fields(reply, Expected::NamedByReply, policy),
            None => self.open(reply, policy),
        }
    }

    /// True if the opener knows its request. An opener file from another program does not, so the request itself may be
    /// accepted as the reply.
    pub fn knows_its_request(&self) -> bool {
        self.request.is_some()
    }

    /// True if the suite has a tag that authenticates the sealed parts (SM4-GCM).
    pub fn authenticates(&self) -> bool {
        self.facts().authenticates()
    }

    /// If the algorithm is stated, it must be the request's.
    fn agreed<'r>(&self, reply: &'r EncryptedReply) -> Result<&'r ReplyEncryption, OpenError> {
        let encryption = reply.encryption().ok_or(OpenError)?;
        let stated = reply.algorithm();
        match stated.is_none_or(|stated| stated == self.facts().algorithm.as_bytes()) {
            true => Ok(encryption),
            false => Err(OpenError),
        }
    }

    fn agreed_iv(
        &self,
        encryption: &ReplyEncryption,
        policy: IvPolicy,
    ) -> Result<(Iv, bool), OpenError> {
        let iv = Iv::stated(encryption.iv.ok_or(OpenError)?);
        if iv.as_bytes().len() != self.facts().iv_len {
            return Err(OpenError);
        }
        let reused = iv == self.iv;
        match policy.takes(self.facts().authenticates(), reused) {
            true => Ok((iv, reused)),
            false => Err(OpenError),
        }
    }

    /// One 16-byte tag for each sealed part, or none (`null` or `[]`) if the suite has no tags.
    fn agreed_tags<'r>(
        &self,
        encryption: &'r ReplyEncryption,
        parts: usize,
    ) -> Result<&'r [Option<Tag>], OpenError> {
        let tags = encryption.tags.as_slice();
        let agreed = match self.facts().authenticates() {
            true => tags.len() == parts && tags.iter().all(Option::is_some),
            false => tags.is_empty(),
        };
        agreed.then_some(tags).ok_or(OpenError)
    }

    /// Decrypts one ciphertext, unless it is one of the request's own. The buffer is wiped if decryption fails.
    ///
    /// Where the cipher allows it, a piece is decoded, checked and decrypted before the next one, because it is in the
    /// cache.
    fn decrypt(&self, ciphertext: &[u8], iv: &[u8], tag: Option<&Tag>) -> Result<Wiped, Error> {
        let room = base64::room_for(ciphertext.len());
        let mut buffer = Wiped::new(Vec::with_capacity(room));
        let (mut opened, mut chain) = (0, None);
        for piece in base64::pieces(ciphertext) {
            base64::append_decoded(piece, &mut buffer).ok_or(OpenError)?;
            let sealed = buffer.get_mut(opened..).unwrap_or_default();
            if let Some(next) = self.session.next_iv(sealed) {
                self.decrypt_in_place(
                    sealed,
                    chain.as_ref().map_or(iv, <[u8; 16]>::as_slice),
                    tag,
                )?;
                (opened, chain) = (buffer.len(), Some(next));
            }
        }
        if opened == 0 || opened < buffer.len() {
            let sealed = buffer.get_mut(opened..).unwrap_or_default();
            self.decrypt_in_place(sealed, chain.as_ref().map_or(iv, <[u8; 16]>::as_slice), tag)?;
        }
        // The padding stays in memory until the rest is dropped; it is not secret.
        let len = unpadded_len(&buffer, self.facts())?;
        buffer.truncate(len);
        Ok(buffer)
    }

    fn decrypt_in_place(
        &self,
        sealed: &mut [u8],
        iv: &[u8],
        tag: Option<&Tag>,
    ) -> Result<(), Error> {
        let facts = self.facts();
        let blocks = sealed.len().checked_rem(facts.block_len);
        let request = self.request.as_ref();
        let is_own = request.is_some_and(|known| known.sealed.know(facts, tag, sealed));
        if blocks.unwrap_or_default() != 0 || is_own {
            return Err(OpenError.into());
        }
        let opened = self.session.open(iv, sealed, tag);
        opened.map_err(|failed| match failed {
            OpenFailed::Refused => Error::from(OpenError),
            OpenFailed::Provider(error) => Error::of_provider(error, "the answer was not opened"),
        })
    }

    /// A text that can be read as one object, and whether that is an answer. A tag that matches proves who made the rest,
    /// so an unreadable one is not called forged, and is kept.
    fn readable(&self, plaintext: Wiped) -> Result<(Wiped, bool), Error> {
        match shape::check_object(&plaintext) {
            Ok(shape) => Ok((plaintext, shape.is_answer)),
            Err(_) if !self.facts().authenticates() => Err(OpenError.into()),
            Err(_) => {
                let why = wire::json::fault(&plaintext).unwrap_or_default();
                Err(Error::new(
                    ErrorKind::Protocol,
                    format!(
                        "the answer was opened, and its tag is right, but it is not one JSON object without duplicate \
                         members: {why}; report it to the service, with the request id"
                    ),
                )
                .with_opened(plaintext))
            }
        }
    }

    pub(super) fn facts(&self) -> &'static Facts {
        self.facts
    }

    /// Whether the matching tags prove a reply. If the opener knows its request, it has already rejected the request's
    /// own ciphertext, so only the service can have made the rest.
    fn proves(&self, is_answer: bool) -> bool {
        self.facts().authenticates() && (self.request.is_some() || is_answer)
    }
}

/// The members to open, in the order of their tags.
fn agreed_list<'e>(
    encryption: &'e ReplyEncryption,
    expected: Expected<'_>,
) -> Result<Cow<'e, [String]>, OpenError> {
    let listed = encryption.list.as_deref();
    match (listed, expected) {
        (Some(named), Expected::NamedByReply) => Ok(Cow::Borrowed(named)),
        (None, Expected::NamedByReply) => Err(OpenError),
        (None, Expected::Exactly(paths)) => Ok(paths.iter().map(|path| (*path).into()).collect()),
        (Some(named), Expected::Exactly(paths)) => {
            let sorted = |paths: &mut dyn Iterator<Item = &str>| {
                let mut paths: Vec<_> = paths
                    .map(|path| path::below_response(path).to_owned())
                    .collect();
                paths.sort_unstable();
                paths
            };
            let theirs = sorted(&mut named.iter().map(String::as_str));
            match theirs == sorted(&mut paths.iter().copied()) {
                true => Ok(Cow::Borrowed(named)),
                false => Err(OpenError),
            }
        }
    }
}

impl fmt::Debug for Opener {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Opener")
            .field("suite", &self.facts.algorithm)
            .finish_non_exhaustive()
    }
}
