//! The description of the interface, OpenAPI 3.1, made from the types and functions that answer.

use axum::response::{IntoResponse, Response};
use http::header::CONTENT_TYPE;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::{Modify, OpenApi};

use crate::refusals::AtTheDoor;
use crate::{routes, status};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "cardseal sidecar",
        description = "Seals, opens, signs and recognises, for programs that do not link the library. A request \
            that is not as described here is refused with 400; one that is, and cannot be used, with 422."
    ),
    servers((url = "/")),
    paths(
        routes::seal,
        routes::open,
        routes::sign,
        routes::recognize,
        status::healthz,
        status::readyz,
        status::metrics,
        description
    ),
    modifiers(&Token)
)]
struct Document;

struct Token;

impl Modify for Token {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let bearer = HttpBuilder::new()
            .scheme(HttpAuthScheme::Bearer)
            .description(Some("A line of the token file"))
            .build();
        document
            .components
            .get_or_insert_default()
            .add_security_scheme("token", SecurityScheme::Http(bearer));
    }
}

/// The description that `/openapi.json` serves.
pub fn openapi() -> String {
    // It is made of strings and numbers, which are always written.
    Document::openapi().to_json().unwrap_or_default()
}

/// This description.
#[utoipa::path(get, path = "/openapi.json", tag = "state", responses(
    (status = 200, description = "OpenAPI 3.1", body = Object, content_type = "application/json"), AtTheDoor))]
pub(crate) async fn description() -> Response {
    ([(CONTENT_TYPE, "application/json")], openapi()).into_response()
}
