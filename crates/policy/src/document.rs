//! A parsed policy: its statements, and the problems found.

use crate::name::SERVICE;
use crate::resource::Resource;
use crate::text::{Member, Node, Value, shown};

/// Whether a statement allows or denies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Effect {
    Allow,
    Deny,
}

/// One statement, as far as it could be read.
#[derive(Debug)]
pub(crate) struct Statement {
    pub(crate) line: usize,
    pub(crate) effect: Effect,
    /// As `ocr:IDCardOCR`, with `*` in them or without.
    pub(crate) actions: Vec<String>,
    pub(crate) resources: Vec<Resource>,
    /// It has a condition.
    pub(crate) is_conditional: bool,
}

/// The statements of a text, and the problems found, each with its line.
#[derive(Debug, Default)]
pub(crate) struct Document {
    pub(crate) statements: Vec<Statement>,
    pub(crate) problems: Vec<String>,
    /// Whether it has anything of a policy, however misspelt.
    pub(crate) is_policy: bool,
}

/// The members that a policy and a statement have.
const OF_POLICY: [&str; 2] = ["version", "statement"];
const OF_STATEMENT: [&str; 5] = ["effect", "action", "resource", "condition", "principal"];

impl Document {
    pub(crate) fn read(root: &Node) -> Self {
        let mut document = Self::default();
        let Value::Object(members) = &root.value else {
            document.problem(root.line, "a policy is one JSON object, but this is not");
            return document;
        };
        document.is_policy = members
            .iter()
            .any(|member| OF_POLICY.iter().any(|known| is_near(&member.name, known)));
        document.look_for_strangers(members, &OF_POLICY);
        match member(members, "version").map(|version| (version.line, &version.value)) {
            Some((_, Value::Text(version))) if version == "2.0" => {}
            Some((line, _)) => document.problem(line, "`version` is not \"2.0\""),
            None => document.problem(
                root.line,
                "`version` is missing; write \"version\": \"2.0\"",
            ),
        }
        let Some(statements) = member(members, "statement") else {
            document.problem(root.line, "`statement` is missing, so nothing is allowed");
            return document;
        };
        let list = match &statements.value {
            Value::List(list) => list.as_slice(),
            _ => core::slice::from_ref(statements),
        };
        if list.is_empty() {
            document.problem(
                statements.line,
                "`statement` is empty, so nothing is allowed",
            );
        }
        for statement in list {
            document.statement(statement);
        }
        document
    }

    fn problem(&mut self, line: usize, what: impl core::fmt::Display) {
        self.problems.push(format!("line {line}: {what}"));
    }

    /// Unknown members, and known ones with wrong letter case.
    fn look_for_strangers(&mut self, members: &[Member], known: &[&str]) {
        for Member { name, line, .. } in members {
            if known.contains(&name.as_str()) {
                continue;
            }
            let near = known.iter().find(|known| is_near(name, known));
            let name = shown(name);
            match near {
                Some(near) => self.problem(*line, format!("`{name}` is spelt `{near}`")),
                None => self.problem(*line, format!("`{name}` is not a member of a policy")),
            }
        }
    }

    fn statement(&mut self, node: &Node) {
        let Value::Object(members) = &node.value else {
            self.problem(node.line, "a statement is a JSON object, but this is not");
            return;
        };
        self.look_for_strangers(members, &OF_STATEMENT);
        let effect = self.effect(node.line, members);
        let actions = self.texts(node.line, members, "action");
        let resources = self.texts(node.line, members, "resource");
        let actions = actions
            .into_iter()
            .filter_map(|(line, text)| self.action(line, &text))
            .collect();
        let resources = resources
            .into_iter()
            .map(|(line, text)| self.resource(line, &text))
            .collect();
        let Some(effect) = effect else { return };
        self.statements.push(Statement {
            line: node.line,
            effect,
            actions,
            resources,
            is_conditional: member(members, "condition").is_some(),
        });
    }

    fn effect(&mut self, line: usize, members: &[Member]) -> Option<Effect> {
        let Some(node) = member(members, "effect") else {
            self.problem(line, "`effect` is missing; write \"effect\": \"allow\"");
            return None;
        };
        let text = match &node.value {
            Value::Text(text) => text.as_str(),
            _ => "",
        };
        let effect = match text.to_ascii_lowercase().as_str() {
            "allow" => Effect::Allow,
            "deny" => Effect::Deny,
            _ => {
                self.problem(node.line, "`effect` is neither \"allow\" nor \"deny\"");
                return None;
            }
        };
        if text.bytes().any(|byte| byte.is_ascii_uppercase()) {
            let text = shown(text);
            self.problem(node.line, format!("`{text}` must be lower case"));
        }
        Some(effect)
    }

    /// The texts of a member that is a text or a list of texts.
    fn texts(&mut self, line: usize, members: &[Member], name: &str) -> Vec<(usize, String)> {
        let Some(node) = member(members, name) else {
            self.problem(
                line,
                format!("`{name}` is missing, so the statement has no effect"),
            );
            return Vec::new();
        };
        let list = match &node.value {
            Value::List(list) => list.as_slice(),
            _ => core::slice::from_ref(node),
        };
        if list.is_empty() {
            self.problem(
                node.line,
                format!("`{name}` is empty, so the statement has no effect"),
            );
        }
        let mut texts = Vec::new();
        for item in list {
            match &item.value {
                Value::Text(text) => texts.push((item.line, text.clone())),
                _ => self.problem(
                    item.line,
                    format!("`{name}` contains a value that is not a text"),
                ),
            }
        }
        texts
    }

    /// An action without the prefix `name/` of older policies.
    fn action(&mut self, line: usize, text: &str) -> Option<String> {
        let bare = text.strip_prefix("name/").unwrap_or(text);
        let told = shown(text);
        if bare == "*" {
            return Some("*:*".to_owned());
        }
        let Some((service, name)) = bare.split_once(':') else {
            self.problem(
                line,
                format!(
                    "the action `{told}` names no service; OCR's are written {SERVICE}:IDCardOCR"
                ),
            );
            return None;
        };
        let fine = |text: &str| {
            let letter = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '*' | '/');
            !text.is_empty() && text.chars().all(letter)
        };
        if !fine(service) || !fine(name) {
            self.problem(
                line,
                format!("the action `{told}` is none; OCR's are written {SERVICE}:IDCardOCR"),
            );
            return None;
        }
        Some(bare.to_owned())
    }

    fn resource(&mut self, line: usize, text: &str) -> Resource {
        let (resource, wrong) = Resource::parse(text);
        if let Some(wrong) = wrong {
            let told = format!("the resource `{}` {}", shown(text), wrong.told());
            self.problem(line, told);
        }
        resource
    }
}

/// A member by its name, ignoring case; the last of several counts.
fn member<'m>(members: &'m [Member], name: &str) -> Option<&'m Node> {
    let exact = members.iter().rev().find(|member| member.name == name);
    let found = exact.or_else(|| {
        members
            .iter()
            .rev()
            .find(|member| is_near(&member.name, name))
    });
    found.map(|member| &member.value)
}

/// Equal when ignoring case or a final `s`.
fn is_near(written: &str, name: &str) -> bool {
    let folded = written.to_ascii_lowercase();
    folded == name || folded.strip_suffix('s') == Some(name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text;

    fn read(text: &str) -> Document {
        Document::read(&text::read(text.as_bytes()).root.unwrap())
    }

    #[test]
    fn one_statement_or_many_one_text_or_a_list() {
        let one = read(
            r#"{"version":"2.0","statement":{"effect":"deny","action":"name/ocr:A","resource":"*"}}"#,
        );
        assert_eq!(one.problems, Vec::<String>::new());
        let [statement] = &one.statements[..] else {
            panic!("{one:?}")
        };
        assert_eq!((statement.effect, statement.line), (Effect::Deny, 1));
        assert_eq!(statement.actions, ["ocr:A"]);
        assert!(statement.resources[0].is_all() && !statement.is_conditional);
    }

    #[test]
    fn what_is_no_policy_is_told_with_its_line() {
        for (text, says) in [
            ("[]", "line 1: a policy is one JSON object"),
            ("{\"statement\":[]}", "`version` is missing"),
            ("{\"version\":\"1.0\",\"statement\":[]}", "is not \"2.0\""),
            ("{\"version\":\"2.0\"}", "`statement` is missing"),
            (
                "{\"version\":\"2.0\",\"statement\":[]}",
                "`statement` is empty",
            ),
            ("{\"Version\":\"2.0\"}", "`Version` is spelt `version`"),
            (
                "{\"version\":\"2.0\",\"statement\":[\n1]}",
                "line 2: a statement is a JSON object",
            ),
        ] {
            let problems = read(text).problems;
            assert!(
                problems.iter().any(|problem| problem.contains(says)),
                "{problems:?}"
            );
        }
        for (statement, says) in [
            (r#""action":"ocr:A","resource":"*""#, "`effect` is missing"),
            (
                r#""effect":"Allow","action":"ocr:A","resource":"*""#,
                "lower case",
            ),
            (
                r#""effect":"permit","action":"ocr:A","resource":"*""#,
                "neither",
            ),
            (r#""effect":"allow","resource":"*""#, "`action` is missing"),
            (
                r#""effect":"allow","action":[],"resource":"*""#,
                "`action` is empty",
            ),
            (
                r#""effect":"allow","action":"A","resource":"*""#,
                "names no service",
            ),
            (
                r#""effect":"allow","action":"ocr:身份证","resource":"*""#,
                "is none",
            ),
            (
                r#""effect":"allow","action":[1],"resource":"*""#,
                "not a text",
            ),
            (
                r#""effect":"allow","action":"ocr:A""#,
                "`resource` is missing",
            ),
            (
                r#""effect":"allow","actions":"ocr:A","resource":"*""#,
                "is spelt `action`",
            ),
            (
                r#""effect":"allow","action":"ocr:A","resource":"*","Sid":1"#,
                "not a member",
            ),
            (
                r#""effect":"allow","action":"ocr:A","resource":"qcs::ocr:::subUin/${uin}""#,
                "subUin/${uin}` contains a placeholder",
            ),
        ] {
            let text = format!("{{\"version\":\"2.0\",\n\"statement\":{{{statement}}}}}");
            let problems = read(&text).problems;
            let told = problems
                .iter()
                .any(|problem| problem.contains(says) && problem.starts_with("line 2: "));
            assert!(told, "{statement}: {problems:?}");
        }
    }
}
