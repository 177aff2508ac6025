//! A client, or a card to be recognised, asked for in JSON: one object, read strictly.

use std::borrow::Cow;

use cardseal::CredentialsProvider;
use secrecy::SecretString;
use serde::Deserialize;
use zeroize::{Zeroize, Zeroizing};

use super::client::Client;
use super::recognize::recognize;
use super::wanted::{ClientOptions, Picture, Recognize, Secrets};
use crate::fault::Fault;

/// [`recognize`] with its options as one JSON object: `cloud`, `image` (in Base64) or `url`, `key`, `side`, `endpoint`,
/// `region`, `secret_id`, `secret_key`, `token`, `app_key`, `project_id`, `deadline_ms`.
///
/// # Errors
/// As [`recognize`]; exit code 2 where it is no such object.
pub fn recognize_json(options: &str) -> Result<Zeroizing<Vec<u8>>, Fault> {
    recognize(parsed::<Options<'_>>(options)?.wanted()?)
}

/// [`Client::new`] with its options as one JSON object: `cloud`, `endpoint`, `region`, `project_id`, `deadline_ms`.
///
/// # Errors
/// As [`Client::new`]; exit code 2 where it is no such object.
pub fn client_json(
    options: &str,
    credentials: Option<CredentialsProvider>,
) -> Result<Client, Fault> {
    let options = parsed::<OfClient<'_>>(options)?;
    Client::new(
        &ClientOptions {
            cloud: &options.cloud,
            endpoint: text(&options.endpoint),
            region: text(&options.region),
            project_id: text(&options.project_id),
            deadline_ms: options.deadline_ms,
        },
        credentials,
    )
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OfClient<'a> {
    #[serde(borrow)]
    cloud: Cow<'a, str>,
    #[serde(borrow)]
    endpoint: Option<Text<'a>>,
    #[serde(borrow)]
    region: Option<Text<'a>>,
    #[serde(borrow)]
    project_id: Option<Text<'a>>,
    deadline_ms: Option<u64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Options<'a> {
    #[serde(borrow)]
    cloud: Cow<'a, str>,
    #[serde(borrow)]
    image: Option<Text<'a>>,
    #[serde(borrow)]
    url: Option<Text<'a>>,
    #[serde(borrow)]
    key: Option<Text<'a>>,
    #[serde(borrow)]
    side: Option<Text<'a>>,
    #[serde(borrow)]
    endpoint: Option<Text<'a>>,
    #[serde(borrow)]
    region: Option<Text<'a>>,
    #[serde(borrow)]
    secret_id: Option<Text<'a>>,
    secret_key: Option<SecretString>,
    token: Option<SecretString>,
    app_key: Option<SecretString>,
    #[serde(borrow)]
    project_id: Option<Text<'a>>,
    deadline_ms: Option<u64>,
}

/// Text that stays where it stands, unless it is escaped there.
#[derive(Deserialize)]
#[serde(transparent)]
struct Text<'a>(#[serde(borrow)] Cow<'a, str>);

impl Drop for Text<'_> {
    fn drop(&mut self) {
        if let Cow::Owned(text) = &mut self.0 {
            text.zeroize();
        }
    }
}

fn text<'t>(text: &'t Option<Text<'_>>) -> Option<&'t str> {
    text.as_ref().map(|text| &*text.0)
}

fn parsed<'a, T: Deserialize<'a>>(json: &'a str) -> Result<T, Fault> {
    // Where it is wrong, and not what stands there.
    serde_json::from_str(json).map_err(|error| {
        let what = match error.classify() {
            serde_json::error::Category::Data => {
                "have a member that is unknown, is duplicated, is missing or is of the wrong kind"
            }
            _ => "are not one JSON object",
        };
        Fault::input(format!(
            "the options {what} at line {}, column {}; cardseal.h lists them",
            error.line(),
            error.column()
        ))
    })
}

impl Options<'_> {
    fn wanted(&mut self) -> Result<Recognize<'_>, Fault> {
        let picture = match (&self.image, &self.url) {
            (Some(_), Some(_)) => {
                return Err(Fault::input("there are two pictures; give image or url"));
            }
            (Some(image), None) => Some(Picture::Base64(&image.0)),
            (None, Some(url)) => Some(Picture::Url(&url.0)),
            (None, None) => None,
        };
        Ok(Recognize {
            options: ClientOptions {
                cloud: &self.cloud,
                endpoint: text(&self.endpoint),
                region: text(&self.region),
                project_id: text(&self.project_id),
                deadline_ms: self.deadline_ms,
            },
            key: text(&self.key).map(str::as_bytes),
            picture,
            side: text(&self.side),
            secrets: Secrets {
                id: text(&self.secret_id),
                key: self.secret_key.take(),
                token: self.token.take(),
                app_key: self.app_key.take(),
            },
        })
    }
}
