//! A request to be spoilt in one place.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use cardseal::Credentials;
use cardseal::signing::by_scheme;
use cardseal::signing::{Payload, SignError, Signed, SigningInput};
use cardseal_explain::RequestText;

use crate::{FORM, V1};

/// A request that every scheme of its kind signs, to be spoilt in one place.
#[derive(Clone)]
pub(crate) struct Draft {
    pub method: &'static str,
    pub target: String,
    pub headers: Vec<(&'static str, String)>,
    pub body: Vec<u8>,
    pub service: &'static str,
    pub region: &'static str,
    pub named: Option<Vec<&'static str>>,
    /// Gives the body's hash alone.
    pub hash_only: Option<[u8; 32]>,
    pub time: SystemTime,
}

impl Draft {
    pub(crate) fn post(content_type: &str, body: impl Into<Vec<u8>>) -> Self {
        Self {
            method: "POST",
            target: "/".to_owned(),
            headers: vec![
                ("host", "h.example.com".to_owned()),
                ("content-type", content_type.to_owned()),
            ],
            body: body.into(),
            service: "ocr",
            region: "cn-north-4",
            named: None,
            hash_only: None,
            time: UNIX_EPOCH + Duration::from_secs(1_551_113_065),
        }
    }

    /// What the scheme signs without a word.
    pub(crate) fn good(scheme: &str) -> Self {
        if V1.contains(&scheme) {
            return Self::post(FORM, "Action=A&Nonce=1");
        }
        Self::post("application/json", "{}").with("ctyun-eop-request-id", "1")
    }

    pub(crate) fn with(mut self, name: &'static str, value: &str) -> Self {
        self.headers.retain(|(old, _)| *old != name);
        self.headers.push((name, value.to_owned()));
        self
    }

    pub(crate) fn without(mut self, name: &str) -> Self {
        self.headers.retain(|(old, _)| *old != name);
        self
    }

    pub(crate) fn get(query: &str) -> Self {
        Self {
            method: "GET",
            target: format!("/?{query}"),
            ..Self::post(FORM, "")
        }
    }

    pub(crate) fn naming(mut self, names: &[&'static str]) -> Self {
        self.named = Some(names.to_vec());
        self
    }

    pub(crate) fn sign_as(
        &self,
        scheme: &str,
        credentials: &Credentials,
    ) -> Result<Signed, SignError> {
        let mut text = format!("{} {} HTTP/1.1\n", self.method, self.target);
        for (name, value) in &self.headers {
            text.push_str(&format!("{name}: {value}\n"));
        }
        let mut request = RequestText::parse(text.as_bytes()).unwrap();
        request.body = self.body.clone().into();
        let signed_headers = self.named.as_deref();
        let input = request.signing_input(self.service, self.region, signed_headers);
        let payload = match &self.hash_only {
            Some(hash) => Payload::Sha256(hash),
            None => input.payload,
        };
        let input = SigningInput { payload, ..input };
        by_scheme(scheme)
            .unwrap()
            .sign(&input, credentials, self.time)
    }

    pub(crate) fn sign(&self, scheme: &str) -> Result<Signed, SignError> {
        self.sign_as(scheme, &Credentials::new("AK", "SK".to_owned()).unwrap())
    }

    pub(crate) fn refused(&self, scheme: &str) -> SignError {
        match self.sign(scheme) {
            Ok(_) => panic!("{scheme} signed it"),
            Err(error) => error,
        }
    }
}
