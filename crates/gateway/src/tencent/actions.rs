//! The actions this gateway performs, one line each.

use super::action::{Action, Forms};
use super::errors::{self, ServiceError};
use super::{envelope, faceid, general_text, id_card, sts};

static OCR: &[Action] = &[
    Action {
        service: "ocr",
        name: "RecognizeEncryptedIDCardOCR",
        version: "2018-11-19",
        members: &[envelope::MEMBERS, id_card::MEMBERS],
        forms: Forms::JsonOrQuery,
        run: envelope::recognize_encrypted,
    },
    Action {
        service: "ocr",
        name: "IDCardOCR",
        version: "2018-11-19",
        members: &[id_card::MEMBERS, id_card::CLEAR_ONLY],
        forms: Forms::JsonOrQuery,
        run: id_card::recognize_clear,
    },
    Action {
        service: "ocr",
        name: "GeneralBasicOCR",
        version: "2018-11-19",
        members: &[general_text::MEMBERS],
        forms: Forms::AlsoMultipart,
        run: general_text::recognize,
    },
];

/// Whose action a request means.
#[derive(Clone, Copy)]
pub(super) enum Product<'a> {
    /// The service that the credential scope names.
    Named(&'a str),
    /// The scope names the endpoint's first label, which is a product's name at the vendor's hosts only.
    Unnamed,
}

impl<'a> Product<'a> {
    /// Some SDKs (Node.js, Java, PHP) take the endpoint's first label for the service: `127` at `127.0.0.1:PORT`.
    pub(super) fn of(service: &'a str, host: &str) -> Self {
        let is_loopback = host.starts_with("127.") || host.starts_with("localhost");
        let first_label = host.split(['.', ':']).next();
        if is_loopback && first_label == Some(service) {
            Product::Unnamed
        } else {
            Product::Named(service)
        }
    }

    fn offers(self, action: &Action) -> bool {
        match self {
            Product::Named(service) => action.service == service,
            Product::Unnamed => true,
        }
    }
}

/// The action a request means: the product decides among which names to look.
pub(super) fn find(
    product: Product<'_>,
    name: &str,
    version: &str,
) -> Result<&'static Action, ServiceError> {
    let offered = || {
        OCR.iter()
            .chain(faceid::ACTIONS)
            .chain(sts::ACTIONS)
            .filter(|action| product.offers(action))
    };
    offered().next().ok_or_else(errors::no_such_product)?;
    let named = || offered().filter(|action| action.name == name);
    named().next().ok_or_else(errors::invalid_action)?;
    named()
        .find(|action| action.version == version)
        .ok_or_else(errors::no_such_version)
}
