//! Checks a policy: what it grants beyond the wanted actions, what it lacks, and what is wrong with it. A denial
//! overrides every permission; `*` in an action matches any text.

use crate::document::{Document, Effect, Statement};
use crate::name::{ActionName, NARROWABLE, SERVICE, is_narrowable};
use crate::resource::Resource;
use crate::text;
use crate::wildcard::covers;

/// The result of checking a policy.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
#[non_exhaustive]
pub struct Verdict {
    /// Whether its text is JSON.
    pub valid: bool,
    /// Allowed but not wanted, as written in the policy: `ocr:*`, `cos:GetObject`.
    pub beyond: Vec<String>,
    /// Wanted but not allowed: `ocr:IDCardOCR`.
    pub missing: Vec<String>,
    /// The faults, with their lines if known.
    pub problems: Vec<String>,
}

impl Verdict {
    /// Whether nothing is wrong, beyond or missing.
    pub fn is_sound(&self) -> bool {
        self.valid && self.beyond.is_empty() && self.missing.is_empty() && self.problems.is_empty()
    }
}

/// Checks the text of a policy. If the text is broken, the readable parts are still checked. Without `wanted`, every
/// OCR action counts as wanted and none as missing.
pub fn check(policy: &[u8], wanted: Option<&[ActionName]>) -> Verdict {
    let reading = text::read(policy);
    let valid = reading.faults.is_empty();
    let mut problems = reading.faults;
    let document = reading
        .root
        .as_ref()
        .map(Document::read)
        .unwrap_or_default();
    problems.extend(document.problems);
    let statements = document.statements;
    problems.extend(misplaced_resources(&statements));
    problems.extend(ineffective_resources(&statements));
    if !document.is_policy {
        for problem in &mut problems {
            *problem = text::without_quotes(problem);
        }
    }
    let missing = wanted
        .unwrap_or_default()
        .iter()
        .map(ActionName::in_policy)
        .filter(|action| !is_granted(&statements, action));
    Verdict {
        valid,
        beyond: beyond(&statements, wanted),
        missing: missing.collect(),
        problems,
    }
}

impl Statement {
    /// Whether the statement covers every action that this pattern matches.
    fn names(&self, action: &str) -> bool {
        self.actions.iter().any(|pattern| covers(pattern, action))
    }

    fn is_about(&self, resource: &Resource) -> bool {
        self.resources.iter().any(|own| own.covers(resource))
    }
}

fn of(statements: &[Statement], effect: Effect) -> impl Iterator<Item = &Statement> {
    statements
        .iter()
        .filter(move |statement| statement.effect == effect)
}

/// The resources on which a statement allows an action. An action that cannot be narrowed is allowed on everything or
/// not at all.
fn allowed_on<'s>(statement: &'s Statement, action: &'s str) -> impl Iterator<Item = &'s Resource> {
    let takes_all_only = !is_narrowable(bare(action)) && !action.contains('*');
    statement
        .resources
        .iter()
        .filter(move |resource| resource.is_all() || !takes_all_only)
}

fn is_of_ocr(action: &str) -> bool {
    let service = action
        .split_once(':')
        .map_or(action, |(service, _)| service);
    covers(service, SERVICE)
}

fn bare(action: &str) -> &str {
    action.split_once(':').map_or(action, |(_, name)| name)
}

/// Whether this action on this resource is denied, even if another statement allows it.
fn is_denied(statements: &[Statement], action: &str, resource: &Resource) -> bool {
    of(statements, Effect::Deny)
        .filter(|statement| !statement.is_conditional)
        .any(|statement| statement.names(action) && statement.is_about(resource))
}

fn is_granted(statements: &[Statement], action: &str) -> bool {
    of(statements, Effect::Allow)
        .filter(|statement| statement.names(action))
        .any(|statement| {
            allowed_on(statement, action).any(|resource| !is_denied(statements, action, resource))
        })
}

fn beyond(statements: &[Statement], wanted: Option<&[ActionName]>) -> Vec<String> {
    let all = format!("{SERVICE}:*");
    let is_wanted = |action: &str| match wanted {
        Some(wanted) => wanted.iter().any(|name| name.in_policy() == action),
        None => covers(&all, action),
    };
    let mut beyond: Vec<String> = Vec::new();
    for statement in of(statements, Effect::Allow) {
        for action in &statement.actions {
            let stands = |resource: &Resource| !is_denied(statements, action, resource);
            let shown = if action == "*:*" {
                "*"
            } else {
                action.as_str()
            };
            if !is_wanted(action)
                && allowed_on(statement, action).any(stands)
                && !beyond.iter().any(|known| known == shown)
            {
                beyond.push(shown.to_owned());
            }
        }
    }
    beyond
}

/// Resources narrower than `*` with actions that accept only `*`.
fn misplaced_resources(statements: &[Statement]) -> Vec<String> {
    let mut problems = Vec::new();
    for statement in statements {
        let narrower = statement
            .resources
            .iter()
            .find(|resource| !resource.is_all());
        let Some(narrower) = narrower else { continue };
        for action in statement.actions.iter().filter(|action| is_of_ocr(action)) {
            if is_narrowable(bare(action)) {
                continue;
            }
            let takes = match action.contains('*') {
                true => "matches actions that take the resource `*` only",
                false => "takes the resource `*` only",
            };
            let (line, action) = (statement.line, text::shown(action));
            let narrower = text::shown(narrower.as_str());
            // Where others need the narrower one, this one has to go elsewhere.
            let mut others = statement.actions.iter();
            problems.push(match others.any(|other| is_narrowable(bare(other))) {
                true => format!(
                    "line {line}: `{action}` {takes}, and has `{narrower}`; put it into a statement of its own, with `*` \
                     as its resource"
                ),
                false => format!(
                    "line {line}: `{action}` {takes}, and has `{narrower}`; write `*` as the statement's resource"
                ),
            });
        }
    }
    problems
}

/// Resources that have no effect because another statement allows the same actions on a wider resource.
fn ineffective_resources(statements: &[Statement]) -> Vec<String> {
    let mut problems = Vec::new();
    let allowing: Vec<&Statement> = of(statements, Effect::Allow).collect();
    for narrow in &allowing {
        for resource in &narrow.resources {
            let wider = allowing.iter().find_map(|wide| {
                let is_shared = NARROWABLE.iter().any(|name| {
                    let action = format!("{SERVICE}:{name}");
                    wide.names(&action) && narrow.names(&action)
                });
                let covering = |own: &&Resource| own.covers(resource) && !resource.covers(own);
                let found = wide.resources.iter().find(covering);
                found.filter(|_| is_shared).map(|found| (wide.line, found))
            });
            if let Some((line, wider)) = wider {
                problems.push(format!(
                    "line {}: `{}` has no effect because of the wider `{}` of line {line}; remove the wider one",
                    narrow.line,
                    text::shown(resource.as_str()),
                    text::shown(wider.as_str())
                ));
            }
        }
    }
    problems
}

#[cfg(test)]
mod tests;
