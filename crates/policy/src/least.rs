//! The minimal policy: exactly the wanted actions.

use core::fmt;

use serde::Serialize;

use crate::name::{ActionName, SubAccount};

/// A policy document of version 2.0. Its text is the JSON that the console takes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Policy {
    version: &'static str,
    /// Its statements.
    pub statement: Vec<Statement>,
}

/// Allowed actions and their resources.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Statement {
    effect: &'static str,
    /// As `ocr:IDCardOCR`.
    pub action: Vec<String>,
    /// `*`, or `qcs::ocr:::subUin/UIN`.
    pub resource: Vec<String>,
}

impl Policy {
    /// Allows these actions, each once. If sub-accounts are given, actions that can be narrowed are allowed only for
    /// their resources, in a separate statement: a `*` beside them would make the narrower resource ineffective.
    pub fn least(actions: &[ActionName], sub_accounts: &[SubAccount]) -> Self {
        let mut statement = Vec::new();
        let is_narrowed = |action: &&ActionName| action.is_narrowable() && !sub_accounts.is_empty();
        let (narrowed, others): (Vec<&ActionName>, Vec<&ActionName>) =
            actions.iter().partition(is_narrowed);
        if !others.is_empty() {
            statement.push(Statement::allow(&others, vec!["*".to_owned()]));
        }
        if !narrowed.is_empty() {
            let mut resources: Vec<String> = Vec::new();
            for account in sub_accounts {
                let resource = account.resource();
                if !resources.contains(&resource) {
                    resources.push(resource);
                }
            }
            statement.push(Statement::allow(&narrowed, resources));
        }
        Self {
            version: "2.0",
            statement,
        }
    }
}

impl Statement {
    fn allow(actions: &[&ActionName], resource: Vec<String>) -> Self {
        let mut action: Vec<String> = Vec::new();
        for name in actions {
            let name = name.in_policy();
            if !action.contains(&name) {
                action.push(name);
            }
        }
        Self {
            effect: "allow",
            action,
            resource,
        }
    }
}

impl fmt::Display for Policy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = serde_json::to_string_pretty(self).map_err(|_| fmt::Error)?;
        f.write_str(&text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn names(names: &[&str]) -> Vec<ActionName> {
        let names = names.iter().map(|name| ActionName::parse(name).unwrap());
        names.collect()
    }

    fn least(actions: &[&str], accounts: &[&str]) -> serde_json::Value {
        let accounts: Vec<_> = accounts
            .iter()
            .map(|uin| SubAccount::parse(uin).unwrap())
            .collect();
        serde_json::to_value(Policy::least(&names(actions), &accounts)).unwrap()
    }

    #[test]
    fn the_guides_form() {
        assert_eq!(
            least(&["IDCardOCR", "IDCardOCR"], &[]),
            json!({"version": "2.0", "statement": [
                {"effect": "allow", "action": ["ocr:IDCardOCR"], "resource": ["*"]},
            ]})
        );
    }

    #[test]
    fn what_can_be_narrowed_stands_by_itself() {
        assert_eq!(
            least(&["QueryCallForConsole", "IDCardOCR"], &["0001", "2", "2"]),
            json!({"version": "2.0", "statement": [
                {"effect": "allow", "action": ["ocr:IDCardOCR"], "resource": ["*"]},
                {"effect": "allow", "action": ["ocr:QueryCallForConsole"],
                 "resource": ["qcs::ocr:::subUin/0001", "qcs::ocr:::subUin/2"]},
            ]})
        );
        // Without a sub-account there is nothing to narrow it to.
        assert_eq!(
            least(&["QueryCallForConsole"], &[])["statement"][0]["resource"],
            json!(["*"])
        );
    }
}
