//! `open`: a reply in, the plaintext out. The opener file goes first, so that no failure can leave it behind.

use cardseal::{EncryptedReply, Opened, tencent};
use serde::Serialize;

use crate::args::{IvPolicyName, Open, iv_policy};
use crate::caveats;
use crate::exit::{Failure, Whose};
use crate::input;
use crate::opener_file;
use crate::output::{Form, Output};
use crate::printable::{self, printable};
use crate::unread;

/// The most bytes of a reply.
const MOST_REPLY: usize = 16 * 1024 * 1024;

#[derive(Serialize)]
struct Answer<'a> {
    result: &'a Opened,
    iv_reused: bool,
    authenticated: bool,
    sealed: &'a [String],
}

pub(super) fn run(arguments: &Open, output: &Output) -> Result<(), Failure> {
    let opener = opener_file::take(&arguments.opener, arguments.afterwards(), output)?;
    let body = input::read_stdin("the reply", MOST_REPLY, Whose::Answer)?;
    let reply = EncryptedReply::parse(body.as_slice())
        .map_err(|error| Failure::from(error).blamed_on(Whose::Answer))?;
    if let Some(error) = tencent::refusal(&reply) {
        return Err(Failure::from(error).blamed_on(Whose::Service));
    }
    let knows_its_request = opener.knows_its_request();
    let has_tags = opener.authenticates();
    let opened = opener
        .open_as_requested(&reply, iv_policy(arguments.iv_policy))
        .inspect_err(|error| unread::keep(error, output))
        .map_err(|error| {
            let failure = Failure::from(error);
            match reply.request_id() {
                Some(id) => failure.adding(&format!(" (request id {})", printable(id))),
                None => failure,
            }
        })?;
    if let Some(error) = tencent::refusal_within(&opened, &reply) {
        return Err(Failure::from(error).blamed_on(Whose::Service));
    }
    if has_tags && !opened.authenticated() {
        output.warn(caveats::OF_A_REQUEST);
    }
    // A caller who accepts either IV is told which one was used; a caller who asked for one gets that one.
    if matches!(arguments.iv_policy, None | Some(IvPolicyName::Any))
        && let Some(caveat) = caveats::of_iv(has_tags, opened.iv_reused())
    {
        output.warn(caveat);
    }
    print(&opened, output)?;
    tell_what_was_sealed(&opened, knows_its_request, output);
    Ok(())
}

fn print(opened: &Opened, output: &Output) -> Result<(), Failure> {
    match output.form() {
        Form::Text => output.print_exactly(opened.expose_plaintext()),
        Form::Json => output.print_json(
            &Answer {
                result: opened,
                iv_reused: opened.iv_reused(),
                authenticated: opened.authenticated(),
                sealed: opened.sealed(),
            },
            sealed_room(opened.sealed()).saturating_add(opened.expose_plaintext().len()),
        ),
    }
}

/// Whatever was not sealed is no more than the network's word.
fn tell_what_was_sealed(opened: &Opened, knows_its_request: bool, output: &Output) {
    let decided = match knows_its_request {
        true => "",
        false => caveats::REPLY_DECIDED,
    };
    match members_only(opened) {
        Some(members) => output.note(&format!(
            "only these members were sealed: {members}; nothing protects the others{decided}"
        )),
        None if knows_its_request => {}
        None => output.note(&format!("the whole body was sealed{decided}")),
    }
}

/// The names of the members that were sealed; `None` if the whole body was.
fn members_only(opened: &Opened) -> Option<String> {
    let names = opened.sealed();
    let is_whole = matches!(names, [one] if one == "EncryptedBody" || one == "EncryptionBody");
    let shown = names.iter().map(|name| printable::name(name));
    (!is_whole).then(|| shown.collect::<Vec<_>>().join(", "))
}

fn sealed_room(names: &[String]) -> usize {
    let each = |name: &String| name.len().saturating_mul(6).saturating_add(4);
    names.iter().map(each).sum::<usize>().saturating_add(128)
}
