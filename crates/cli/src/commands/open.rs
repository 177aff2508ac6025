//! `open`: a reply in, the plaintext out. The opener file goes first, so that no failure can leave it behind.

use cardseal::{EncryptedReply, Expected, IvPolicy, Opened, tencent};
use serde::Serialize;

use crate::args::Open;
use crate::caveats;
use crate::exit::{Failure, Whose};
use crate::input;
use crate::opener_file;
use crate::output::{Form, Output};
use crate::printable::printable;

/// The most bytes of a reply.
const MOST_REPLY: usize = 16 * 1024 * 1024;

#[derive(Serialize)]
struct Answer<'a> {
    result: &'a Opened,
    iv_reused: bool,
    authenticated: bool,
}

pub(super) fn run(arguments: &Open, output: &Output) -> Result<(), Failure> {
    let opener = opener_file::take(&arguments.opener, arguments.afterwards(), output)?;
    let body = input::read_stdin("the reply", MOST_REPLY, Whose::Answer)?;
    let reply = EncryptedReply::parse(&body)
        .map_err(|error| Failure::from(error).blamed_on(Whose::Answer))?;
    if let Some(error) = tencent::refusal(&reply) {
        return Err(Failure::from(error).blamed_on(Whose::Service));
    }
    let policy = IvPolicy::from(arguments.iv_policy);
    let opened = if reply.names_fields() {
        let sealed: Vec<_> = reply
            .sealed_parts()
            .iter()
            .map(|part| printable(part))
            .collect();
        output.note(&format!(
            "only these members were sealed: {}; nothing protects the others",
            sealed.join(", ")
        ));
        opener.open_fields(&reply, Expected::AsNamed, policy)
    } else {
        opener.open(&reply, policy)
    };
    let opened = opened.map_err(|error| {
        let failure = Failure::from(error);
        match reply.request_id() {
            Some(id) => failure.adding(&format!(" (request id {})", printable(id))),
            None => failure,
        }
    })?;
    // Whoever accepts either IV is told which one came.
    if policy == IvPolicy::Any && opened.iv_reused() {
        output.warn(caveats::of_reused_iv(opened.authenticated()));
    }
    match output.form() {
        Form::Text => output.print_exactly(opened.expose_plaintext()),
        Form::Json => output.print_json(
            &Answer {
                result: &opened,
                iv_reused: opened.iv_reused(),
                authenticated: opened.authenticated(),
            },
            opened.expose_plaintext().len().saturating_add(128),
        ),
    }
}
