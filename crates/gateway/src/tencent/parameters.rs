//! Parameters that come one by one, in a query or a form, and the object they describe: `A.0.B=x` is `{"A":[{"B":"x"}]}`.
//!
//! Source: the page "请求结构" on GET requests and on signature v1. A blank may be written `+` or `%20`: the vendor's SDKs
//! do not agree.

use std::collections::BTreeMap;

use percent_encoding::percent_decode_str;
use serde_json::Value;

use super::errors::{self, ServiceError};
use super::members::{Kind, Known, Object};

/// No request nests deeper.
const DEPTH: usize = 8;

/// Names and values, each name once.
pub(super) type Parameters = BTreeMap<String, String>;

/// Takes a query or a urlencoded form apart.
pub(super) fn parse(text: &str) -> Result<Parameters, ServiceError> {
    let pairs = text.split('&').filter(|pair| !pair.is_empty());
    collect(pairs.map(|pair| {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        Some((decode(name)?, decode(value)?))
    }))
}

/// Refuses what could not be read, and a name that is duplicated: which of the two counts is nowhere said.
pub(super) fn collect(
    pairs: impl Iterator<Item = Option<(String, String)>>,
) -> Result<Parameters, ServiceError> {
    let mut parameters = Parameters::new();
    for pair in pairs {
        let (name, value) = pair.ok_or_else(errors::parameters_not_readable)?;
        if parameters.insert(name, value).is_some() {
            return Err(errors::parameters_not_readable());
        }
    }
    Ok(parameters)
}

fn decode(text: &str) -> Option<String> {
    let blanks = text.replace('+', " ");
    let decoded = percent_decode_str(&blanks).decode_utf8().ok()?;
    Some(decoded.into_owned())
}

/// The object that the parameters describe. Switches and numbers, which are texts here, become what `known` says.
pub(super) fn to_object(
    parameters: Parameters,
    known: &[&[Known]],
) -> Result<Object, ServiceError> {
    let mut tree = BTreeMap::new();
    for (name, value) in parameters {
        let path: Vec<&str> = name.split('.').collect();
        if path.len() > DEPTH || path.contains(&"") {
            return Err(errors::parameters_not_readable());
        }
        insert(&mut tree, &path, value).ok_or_else(errors::parameters_not_readable)?;
    }
    let object = tree.into_iter().map(|(name, node)| {
        let kind = known.iter().copied().flatten();
        let kind = kind.copied().find(|(known, _)| *known == name);
        let value = typed(node.into_value(), kind.map(|(_, kind)| kind));
        (name, value)
    });
    Ok(object.collect())
}

enum Node {
    Leaf(String),
    Branch(BTreeMap<String, Node>),
}

/// None where a name is a value and an object at once.
fn insert(tree: &mut BTreeMap<String, Node>, path: &[&str], value: String) -> Option<()> {
    let (first, rest) = path.split_first()?;
    if rest.is_empty() {
        let before = tree.insert((*first).to_owned(), Node::Leaf(value));
        return before.is_none().then_some(());
    }
    let branch = tree
        .entry((*first).to_owned())
        .or_insert_with(|| Node::Branch(BTreeMap::new()));
    match branch {
        Node::Branch(branch) => insert(branch, rest, value),
        Node::Leaf(_) => None,
    }
}

impl Node {
    /// A branch whose names are 0, 1, 2… is a list.
    fn into_value(self) -> Value {
        let mut branch = match self {
            Node::Leaf(text) => return Value::from(text),
            Node::Branch(branch) => branch,
        };
        let is_list = (0..branch.len()).all(|at| branch.contains_key(&at.to_string()));
        if is_list {
            let items = (0..branch.len()).filter_map(|at| branch.remove(&at.to_string()));
            return items.map(Node::into_value).collect();
        }
        let members = branch.into_iter();
        Value::Object(
            members
                .map(|(name, node)| (name, node.into_value()))
                .collect(),
        )
    }
}

/// What cannot be converted stays a text, and is refused with its name when the members are checked. The vendor's
/// Python SDK writes switches with a capital letter, the others without.
fn typed(value: Value, kind: Option<Kind>) -> Value {
    match (kind, value.as_str()) {
        (Some(Kind::Switch), Some("true" | "True")) => Value::Bool(true),
        (Some(Kind::Switch), Some("false" | "False")) => Value::Bool(false),
        (Some(Kind::Number), Some(digits)) => digits.parse::<i64>().map_or(value, Value::from),
        _ => value,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn object(text: &str) -> Result<Value, String> {
        let known: &[Known] = &[("On", Kind::Switch), ("Page", Kind::Number)];
        parse(text)
            .and_then(|parameters| to_object(parameters, &[known]))
            .map(Value::Object)
            .map_err(|error| error.code().to_owned())
    }

    #[test]
    fn names_with_dots_are_paths() {
        let text = "A.0.B=x&A.1.B=y+z&A.2.B=%2B%20%E4%B8%80&On=true&Page=7&C.D=&List.0=a&E";
        let wanted = serde_json::json!({
            "A": [{"B": "x"}, {"B": "y z"}, {"B": "+ 一"}], "On": true, "Page": 7,
            "C": {"D": ""}, "List": ["a"], "E": "",
        });
        assert_eq!(object(text), Ok(wanted));
        let twelve: Vec<String> = (0..12).map(|at| format!("L.{at}={at}")).collect();
        assert_eq!(object(&twelve.join("&")).unwrap()["L"][11], "11");
        assert_eq!(object("L.1=a"), Ok(serde_json::json!({"L": {"1": "a"}})));
        assert_eq!(
            object("On=1&Page=x"),
            Ok(serde_json::json!({"On": "1", "Page": "x"}))
        );
        assert_eq!(object(""), Ok(serde_json::json!({})));
    }

    #[test]
    fn what_could_mean_two_things_is_refused() {
        for text in [
            "A=1&A=2",
            "A=1&%41=2",
            "A=1&A.B=2",
            "A.B=2&A=1",
            "A..B=1",
            "A=%ff",
            "=1",
            "A.B.C.D.E.F.G.H.I=1",
        ] {
            assert_eq!(object(text), Err("InvalidParameter".to_owned()), "{text}");
        }
    }
}
