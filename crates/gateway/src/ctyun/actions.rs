//! The APIs this gateway performs, one line each.
//!
//! Source: the product's pages 10022645 (identity card), 10022648 (business licence), 10048693 (driver licence) and
//! 10048698 (vehicle licence); the path of general text is from public scripts. The first segment after `api/` is an
//! id of the capability, which an account may have another of.

use serde_json::{Map, Value};

use super::errors::ServiceError;
use super::{id_card, ocr};
use crate::gateway::Gateway;

/// One API.
pub(super) struct Action {
    /// Ours, for the log: the API itself is known by its path.
    pub name: &'static str,
    pub path: &'static str,
    pub run: fn(&Gateway, &Map<String, Value>) -> Result<Value, ServiceError>,
}

static ACTIONS: &[Action] = &[
    Action {
        name: "IdentityCard",
        path: "/v1/aiop/api/2f3os7qq79xc/IdentityCard/ocr/v1/idcard.json",
        run: id_card::recognize,
    },
    Action {
        name: "GeneralText",
        path: "/v1/aiop/api/2f3p1pnxpqm8/ocrdetect/ocr/v1/image.json",
        run: ocr::general_text,
    },
    Action {
        name: "BusinessLicense",
        path: "/v1/aiop/api/2k8jo3ghhjwg/businesslicense/ocr/v1/BusinessLicense.json",
        run: ocr::business_license,
    },
    Action {
        name: "DriverLicense",
        path: "/v1/aiop/api/3131mkjqbqck/driver-lisence/ocr/detect",
        run: ocr::driver_license,
    },
    Action {
        name: "VehicleLicense",
        path: "/v1/aiop/api/3131km7vva4g/driving-lisence/ocr/detect",
        run: ocr::vehicle_license,
    },
];

pub(super) fn find(path: &str) -> Option<&'static Action> {
    ACTIONS.iter().find(|action| action.path == path)
}
