//! Flat parameters, for a query, a form or the parts of a multipart body: `A.0.B=x` means `{"A":[{"B":"x"}]}`.
//!
//! Source: the service's page "Request structure". Names count from 0.

use core::fmt;
use std::collections::BTreeMap;

use cardseal_crypto::Wiped;
use serde_json::value::RawValue;

use crate::envelope;
use crate::error::{Error, ErrorKind, printable_name};
use crate::personal::Personal;
use crate::sign::query;
use crate::wire::json::Members;

/// An action's parameters by name, in the order of the names' bytes. Values may say who somebody is: wiped on drop,
/// never printed.
#[derive(Clone, Default)]
pub struct Parameters(BTreeMap<String, Personal>);

impl Parameters {
    /// Takes parameters whose names are already flat: `Filters.0.Name`.
    ///
    /// # Errors
    /// `Input` if a name is empty, duplicate, or not visible ASCII.
    pub fn of<N: Into<String>, V: Into<String>>(
        pairs: impl IntoIterator<Item = (N, V)>,
    ) -> Result<Self, Error> {
        let mut parameters = Self::default();
        for (name, value) in pairs {
            parameters.insert(name.into(), Personal::from(value.into()))?;
        }
        Ok(parameters)
    }

    /// Flattens a JSON object, which has the form of the action's JSON body. `null` and empty objects and lists are
    /// left out, because they cannot be written in this form.
    ///
    /// # Errors
    /// `Input` if it is not one JSON object without duplicate members, or two members flatten to the same name.
    pub fn from_json(object: &[u8]) -> Result<Self, Error> {
        let members = envelope::parse_object(object)?;
        let mut parameters = Self::default();
        for (name, value) in &members.0 {
            parameters.flatten(name.to_string(), value)?;
        }
        Ok(parameters)
    }

    fn flatten(&mut self, name: String, value: &RawValue) -> Result<(), Error> {
        let text = value.get();
        let malformed = |_| Error::input("the object is not JSON");
        match text.as_bytes().first() {
            Some(b'{') => {
                for (member, value) in Members::parse(text).map_err(malformed)?.0 {
                    self.flatten(format!("{name}.{member}"), value)?;
                }
                Ok(())
            }
            Some(b'[') => {
                let items: Vec<&RawValue> = serde_json::from_str(text).map_err(malformed)?;
                for (place, value) in items.into_iter().enumerate() {
                    self.flatten(format!("{name}.{place}"), value)?;
                }
                Ok(())
            }
            Some(b'"') => {
                let value = serde_json::from_str(text).map_err(malformed)?;
                self.insert(name, value)
            }
            Some(b'n') => Ok(()),
            // Numbers and switches, as they are written.
            _ => self.insert(name, Personal::from(text)),
        }
    }

    fn insert(&mut self, name: String, value: Personal) -> Result<(), Error> {
        let quotable = |byte: u8| byte.is_ascii_graphic() && byte != b'"';
        if name.is_empty() || !name.bytes().all(quotable) {
            return Err(Error::input(
                "a parameter's name is empty, or holds more than visible ASCII without `\"`",
            ));
        }
        if self.0.contains_key(&name) {
            return Err(Error::input(format!(
                "the parameter `{}` is duplicated",
                printable_name(&name)
            )));
        }
        self.0.insert(name, value);
        Ok(())
    }

    /// Rejects a parameter that signature v1 or the account sets, because it would have two meanings.
    pub(super) fn check_free(&self) -> Result<(), Error> {
        let taken = COMMON;
        match taken.into_iter().find(|name| self.0.contains_key(*name)) {
            Some(name) => Err(Error::input(format!(
                "the parameter `{name}` is not yours to set: the account or the signature sets it"
            ))),
            None => Ok(()),
        }
    }

    /// `name=value&…`, percent-encoded.
    pub(super) fn to_query<'p>(&'p self, more: &'p [(&'p str, String)]) -> String {
        let own = self
            .0
            .iter()
            .map(|(name, value)| (name.as_str(), value.expose()));
        query::write(own.chain(more.iter().map(|(name, value)| (*name, value.as_str()))))
    }

    /// The parts of a `multipart/form-data` body (RFC 7578), each a text.
    pub(super) fn to_multipart(&self, boundary: &str) -> Result<Wiped, Error> {
        const BEFORE_NAME: &str = "\r\nContent-Disposition: form-data; name=\"";
        const AFTER_NAME: &str = "\"\r\n\r\n";
        // More than everything around a value except the boundary.
        const AROUND: usize = 64;
        let per_part = boundary.len().saturating_add(AROUND);
        let room = self.0.iter().fold(per_part, |room, (name, value)| {
            room.saturating_add(per_part)
                .saturating_add(name.len())
                .saturating_add(value.expose().len())
        });
        let mut body = Wiped::new(Vec::with_capacity(room));
        for (name, value) in &self.0 {
            if value.expose().contains(boundary) {
                return Err(Error::new(
                    ErrorKind::Bug,
                    "a random boundary stands in a value",
                ));
            }
            for text in [
                "--",
                boundary,
                BEFORE_NAME,
                name,
                AFTER_NAME,
                value.expose(),
                "\r\n",
            ] {
                body.extend_from_slice(text.as_bytes());
            }
        }
        for text in ["--", boundary, "--\r\n"] {
            body.extend_from_slice(text.as_bytes());
        }
        Ok(body)
    }
}

/// The common parameters, for forms that put all parameters in one place.
const COMMON: [&str; 10] = [
    "Action",
    "Language",
    "Nonce",
    "Region",
    "SecretId",
    "Signature",
    "SignatureMethod",
    "Timestamp",
    "Token",
    "Version",
];

impl fmt::Debug for Parameters {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Parameters({} of them)", self.0.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flattened(json: &str) -> Result<String, Error> {
        Parameters::from_json(json.as_bytes()).map(|parameters| parameters.to_query(&[]))
    }

    #[test]
    fn an_object_flattens_as_the_page_has_it() {
        assert_eq!(
            flattened(
                r#"{"Limit": 1, "Filters": [{"Values": ["\u672a\u547d\u540d"], "Name": "instance-name"}]}"#
            )
            .unwrap(),
            "Filters.0.Name=instance-name&Filters.0.Values.0=%E6%9C%AA%E5%91%BD%E5%90%8D&Limit=1"
        );
        assert_eq!(
            flattened(r#"{"On":true,"N":-1.50,"No":null,"E":{},"L":[],"S":"","A":[[1],[2,"3"]]}"#)
                .unwrap(),
            "A.0.0=1&A.1.0=2&A.1.1=3&N=-1.50&On=true&S="
        );
        assert_eq!(flattened("{}").unwrap(), "");
    }

    #[test]
    fn what_could_mean_two_things_is_refused() {
        for json in [
            "",
            "[]",
            "{",
            r#"{"A":1,"A":2}"#,
            r#"{"A.0":1,"A":[2]}"#,
            r#"{"":1}"#,
            r#"{"a b":1}"#,
            r#"{"a\n":1}"#,
            r#"{"a\"":1}"#,
            r#"{"名":1}"#,
        ] {
            assert!(flattened(json).is_err(), "{json} was taken");
        }
        assert!(Parameters::of([("A", "1"), ("A", "2")]).is_err());
        assert!(Parameters::of([("A\r\nB", "1")]).is_err());
    }

    #[test]
    fn parts_are_written_as_the_rfc_has_them() {
        let parameters = Parameters::of([("B", "x\r\ny"), ("A", "")]).unwrap();
        let body = parameters.to_multipart("b1").unwrap();
        assert_eq!(
            core::str::from_utf8(&body).unwrap(),
            "--b1\r\nContent-Disposition: form-data; name=\"A\"\r\n\r\n\r\n\
             --b1\r\nContent-Disposition: form-data; name=\"B\"\r\n\r\nx\r\ny\r\n--b1--\r\n"
        );
        assert!(body.capacity() >= body.len());
        assert!(parameters.to_multipart("y").is_err());
    }

    #[test]
    fn a_value_is_not_printed() {
        let parameters = Parameters::of([("IdCard", "11010119900307123X")]).unwrap();
        assert_eq!(format!("{parameters:?}"), "Parameters(1 of them)");
    }
}
