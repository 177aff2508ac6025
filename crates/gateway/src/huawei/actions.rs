//! The OCR APIs this gateway performs, one line each: `POST /v2/{project_id}/ocr/NAME`.

use http::Method;
use serde_json::{Map, Value};

use super::errors::ServiceError;
use super::{id_card, ocr};
use crate::gateway::Gateway;

/// One API.
pub(super) struct Action {
    /// The last segment of its path.
    pub name: &'static str,
    pub run: fn(&Gateway, &Map<String, Value>) -> Result<Value, ServiceError>,
}

static ACTIONS: &[Action] = &[
    Action {
        name: "id-card",
        run: id_card::recognize,
    },
    Action {
        name: "general-text",
        run: ocr::general_text,
    },
    Action {
        name: "business-license",
        run: ocr::business_license,
    },
    Action {
        name: "driver-license",
        run: ocr::driver_license,
    },
    Action {
        name: "vehicle-license",
        run: ocr::vehicle_license,
    },
];

/// The project and the API that a path names.
pub(super) fn find<'a>(method: &Method, path: &'a str) -> Option<(&'a str, &'static Action)> {
    let mut segments = path.strip_prefix("/v2/")?.split('/');
    let (Some(project), Some("ocr"), Some(name), None) = (
        segments.next(),
        segments.next(),
        segments.next(),
        segments.next(),
    ) else {
        return None;
    };
    let action = ACTIONS.iter().find(|action| action.name == name)?;
    (method == Method::POST && !project.is_empty()).then_some((project, action))
}
