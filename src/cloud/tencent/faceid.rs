//! The actions of faceid (2018-03-01) that use the envelope. [`FaceidAction::ALL`] lists what each may seal.
//!
//! Source: the service's API pages and its data type `Encryption`. All members of one request are sealed under one
//! session key and one IV, by the service's design.

mod table;

use core::fmt;
use std::sync::Arc;

use crate::call::Reader;
use crate::cloud::raw::RawAnswer;
use crate::cloud::tencent::raw_call::in_clear;
use crate::cloud::tencent::reply;
use crate::envelope::{self, Asked, IvPolicy, Opener, Place, SharedNonce};
use crate::error::{Error, printable_name};
use crate::recipient::Recipient;
use crate::unsigned::HashedBody;
use crate::wire::json;
use crate::wire::{EncryptedReply, WholeBody};
use cardseal_crypto::Wiped;

pub use table::FaceidAction;
use table::{AnswerForm, Sealable};

/// The one version.
pub(crate) const VERSION: &str = "2018-03-01";

/// The name of a sealed whole body in faceid.
const WHOLE: WholeBody = WholeBody::EncryptionBody;

/// A request for one of [`FaceidAction::ALL`], in clear. What its action may seal is sealed before it is sent.
#[derive(Clone)]
pub struct FaceidRequest {
    action: &'static FaceidAction,
    object: Arc<Wiped>,
    only: Option<Vec<&'static str>>,
    nonce: SharedNonce,
    answer: SealedAnswer,
    policy: IvPolicy,
    takes_unknown: bool,
}

/// The form of the answer, for an action that seals only its answer.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum SealedAnswer {
    /// The whole of it (`IsEncryptResponse`).
    #[default]
    Whole,
    /// Exactly these members (`IsEncrypt`), by paths such as `Response.Text.IdCard`; an answer that names other members
    /// is rejected. The other members are in clear. The service advises against this for `GetDetectInfoEnhanced`.
    Members(Vec<String>),
    /// The members that the answer names (`IsEncrypt`). An attacker who can change the answer then chooses which are
    /// sealed.
    MembersNamedByAnswer,
}

impl FaceidRequest {
    /// A request to the action with this name, with its parameters as one JSON object in clear.
    ///
    /// # Errors
    /// `Input` if the action does not use the envelope, or `object` is not one JSON object without duplicate members.
    pub fn new(action: &str, object: impl Into<Vec<u8>>) -> Result<Self, Error> {
        let object = Arc::new(Wiped::new(object.into()));
        let action = FaceidAction::named(action)?;
        envelope::parse_object(&object)?;
        Ok(Self {
            action,
            object,
            only: None,
            nonce: SharedNonce::Refuse,
            answer: SealedAnswer::Whole,
            policy: IvPolicy::BySuite,
            takes_unknown: false,
        })
    }

    /// Sends members that this library does not know, in clear. By default they are rejected, because a misspelt member
    /// would be sent unsealed.
    #[must_use]
    pub fn with_unknown_members_in_clear(mut self) -> Self {
        self.takes_unknown = true;
        self
    }

    /// The members that the action can seal and that the object does not have, or has empty.
    ///
    /// # Errors
    /// None in practice: the object was parsed before.
    pub fn missing_members(&self) -> Result<Vec<&'static str>, Error> {
        let members = envelope::parse_object(&self.object)?;
        let is_absent = |name: &&&str| members.find(name).is_none_or(json::says_nothing);
        Ok(self
            .action
            .sealable()
            .iter()
            .filter(is_absent)
            .copied()
            .collect())
    }

    /// The action.
    pub fn action(&self) -> &'static FaceidAction {
        self.action
    }

    /// Seals only these members. By default, every present member that may be sealed is sealed.
    ///
    /// # Errors
    /// `Input` if the action cannot seal one of them.
    pub fn seal_only(mut self, members: &[&str]) -> Result<Self, Error> {
        let sealable = self.action.sealable();
        let mut only = Vec::with_capacity(members.len());
        for member in members {
            let known = sealable.iter().find(|known| *known == member);
            only.push(*known.ok_or_else(|| {
                Error::input(format!(
                    "{} does not take `{}` sealed; it takes {}",
                    self.action.name(),
                    printable_name(member),
                    listed(sealable)
                ))
            })?);
        }
        self.only = Some(only);
        Ok(self)
    }

    /// Sets whether several members may be sealed under one SM4-GCM nonce. Has no effect with AES-256-CBC.
    #[must_use]
    pub fn shared_nonce(mut self, nonce: SharedNonce) -> Self {
        self.nonce = nonce;
        self
    }

    /// Sets the form of a sealed answer. Default: sealed as a whole.
    ///
    /// # Errors
    /// `Input` if the action does not support this form, or no member is named.
    pub fn sealed_answer(mut self, answer: SealedAnswer) -> Result<Self, Error> {
        if matches!(&answer, SealedAnswer::Members(paths) if paths.is_empty()) {
            return Err(Error::input(
                "no member of the answer is named; name those that must come sealed",
            ));
        }
        self.action.switch_of(answer.form())?;
        self.answer = answer;
        Ok(self)
    }

    /// Sets which IV a sealed answer may use.
    #[must_use]
    pub fn iv_policy(mut self, policy: IvPolicy) -> Self {
        self.policy = policy;
        self
    }

    /// The body to send, and the reader of its answer.
    pub(crate) fn seal(
        &self,
        recipient: &Recipient,
    ) -> Result<(HashedBody, Reader<RawAnswer>), Error> {
        self.check_known()?;
        match self.action.sealable {
            Sealable::Members(_) => self.seal_members(recipient, Place::Member),
            Sealable::FlatMembers(_) => self.seal_members(recipient, Place::Flat),
            Sealable::Body => {
                let object = &self.object.as_slice();
                let (sealed, _) = envelope::seal_body(recipient, WHOLE, object, Vec::new())?;
                Ok((HashedBody::sealed(sealed), clear_reader()))
            }
            Sealable::Answer(_) => {
                let switch = self.action.switch_of(self.answer.form())?;
                let asked = self.answer.asked();
                let (sealed, opener) =
                    envelope::ask_for_sealed_answer(recipient, &self.object, switch, asked)?;
                let reader = sealed_reader(opener, self.policy);
                Ok((HashedBody::from(sealed.into_json()), reader))
            }
        }
    }

    /// Rejects members that the action does not have, unless they are allowed.
    fn check_known(&self) -> Result<(), Error> {
        let members = envelope::parse_object(&self.object)?;
        let unknown = members.0.iter().find(|(name, _)| {
            let of_the_envelope = [
                "Encryption",
                "CiphertextBlob",
                "EncryptList",
                "Iv",
                "IsEncrypt",
                "IsEncryptResponse",
                "EncryptedBody",
            ];
            !self.action.knows(name) && !of_the_envelope.contains(&name.as_ref())
        });
        let Some((name, _)) = unknown.filter(|_| !self.takes_unknown) else {
            return Ok(());
        };
        let meant = match self.action.meant_by(name) {
            Some(meant) => format!(" (`{meant}` is meant?)"),
            None => String::new(),
        };
        let absent = match self.missing_members()?.as_slice() {
            [] => String::new(),
            absent => format!(
                "; of what it takes sealed, the object lacks {}",
                listed(absent)
            ),
        };
        Err(Error::input(format!(
            "{} has no member `{}`{meant}, which would be sent in clear{absent}; correct the name, or ask for unknown \
             members in clear",
            self.action.name(),
            printable_name(name)
        )))
    }

    fn seal_members(
        &self,
        recipient: &Recipient,
        place: Place,
    ) -> Result<(HashedBody, Reader<RawAnswer>), Error> {
        let names = match &self.only {
            Some(only) => only.clone(),
            None => self.present()?,
        };
        let facts = recipient.facts();
        let shares_a_nonce =
            place == Place::Member && names.len() > 1 && facts.nonce_reuse_is_fatal;
        if shares_a_nonce && self.nonce == SharedNonce::Refuse {
            return Err(Error::input(format!(
                "{} takes single members sealed, and {} of them under {} would share one nonce, which gives away the \
                 XOR of their values and lets both be forged; seal one of them only, use the RSA key, or accept the \
                 repeated nonce explicitly",
                self.action.name(),
                names.len(),
                facts.algorithm
            )));
        }
        let (sealed, _) =
            envelope::seal_fields(recipient, &self.object, &names, place, self.nonce)?;
        // The members that are not sealed may also be personal data.
        let body = HashedBody::wiped(Wiped::new(sealed.into_json()));
        Ok((body, clear_reader()))
    }

    /// The members to seal: those that are in the table and in the object, in the table's order.
    fn present(&self) -> Result<Vec<&'static str>, Error> {
        let members = envelope::parse_object(&self.object)?;
        let sealable = self.action.sealable();
        let present: Vec<_> = sealable
            .iter()
            .copied()
            .filter(|name| {
                members
                    .find(name)
                    .is_some_and(|value| !json::says_nothing(value))
            })
            .collect();
        if present.is_empty() {
            return Err(Error::input(format!(
                "there is nothing to seal: {} takes {} sealed, and the object has none of them",
                self.action.name(),
                listed(sealable)
            )));
        }
        Ok(present)
    }
}

impl SealedAnswer {
    fn asked(&self) -> Asked {
        match self {
            Self::Whole => Asked::Whole(WHOLE),
            Self::Members(paths) => Asked::Members(paths.clone()),
            Self::MembersNamedByAnswer => Asked::AnyMembers,
        }
    }

    fn form(&self) -> AnswerForm {
        match self {
            Self::Whole => AnswerForm::Whole,
            Self::Members(_) | Self::MembersNamedByAnswer => AnswerForm::Members,
        }
    }
}

/// `A, B and C`, or a text for none.
fn listed(names: &[&str]) -> String {
    match names.split_last() {
        None => "no member".to_owned(),
        Some((last, [])) => format!("`{last}`"),
        Some((last, others)) => format!("`{}` and `{last}`", others.join("`, `")),
    }
}

impl fmt::Debug for FaceidRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FaceidRequest")
            .field("action", &self.action.name())
            .field("object_len", &self.object.len())
            .field("only", &self.only)
            .finish_non_exhaustive()
    }
}

/// Reads an answer in clear, for a request whose answer might have been sealed.
fn clear_reader() -> Reader<RawAnswer> {
    Reader::new(reply::read_sealed, |reply| reply.into_clear().map(in_clear))
}

/// Reads an answer that must be sealed.
fn sealed_reader(opener: Opener, policy: IvPolicy) -> Reader<RawAnswer> {
    Reader::new(reply::read_sealed, move |reply| {
        read_sealed(opener, policy, &reply)
            .map_err(|error| error.with_request_id(reply.request_id()))
    })
}

fn read_sealed(
    opener: Opener,
    policy: IvPolicy,
    reply: &EncryptedReply,
) -> Result<RawAnswer, Error> {
    let opened = opener.open_as_requested(reply, policy)?;
    if let Some(refused) = reply::refusal_within(&opened, reply) {
        return Err(refused);
    }
    RawAnswer::opened(opened, reply.request_id())
}
