//! What an action is: its names, the members it knows, the forms it takes, and what it does.

use super::errors::ServiceError;
use super::members::{Known, Object};
use crate::gateway::Gateway;

/// An action of one service in one version.
pub(super) struct Action {
    pub service: &'static str,
    pub name: &'static str,
    pub version: &'static str,
    /// Every member it knows.
    pub members: &'static [&'static [Known]],
    pub forms: Forms,
    pub run: Run,
}

/// Which forms of request an action takes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Forms {
    JsonOrQuery,
    /// No page lists such an action of OCR: it is here so that the form can be tried out.
    AlsoMultipart,
}

/// What an action does with members that have been checked.
pub(super) type Run = fn(&Call<'_>, &Object) -> Result<String, ServiceError>;

/// What an action may use beside its members.
pub(super) struct Call<'a> {
    pub gateway: &'a Gateway,
    pub request_id: &'a str,
}
