//! The page's files, which the binary holds.

use super::proof::Proof;

/// The scripts share one scope, in this order.
const SCRIPT: &str = concat!(
    "\"use strict\";\n",
    include_str!("../../page/words.js"),
    include_str!("../../page/dom.js"),
    include_str!("../../page/server.js"),
    include_str!("../../page/long.js"),
    include_str!("../../page/stages.js"),
    include_str!("../../page/form.js"),
    include_str!("../../page/picture.js"),
    include_str!("../../page/result.js"),
    include_str!("../../page/run.js"),
    include_str!("../../page/code.js"),
    include_str!("../../page/usage.js"),
    include_str!("../../page/main.js"),
);

/// A file: its type and its text.
pub(crate) type File = (&'static str, String);

/// The file at a path. The token goes into the addresses of the others, so that they may be asked for; what proves the server
/// goes into the page.
pub(crate) fn file(path: &str, token: &str, proof: &Proof, tongue: &str) -> Option<File> {
    let found = match path {
        "/" => (
            "text/html; charset=utf-8",
            include_str!("../../page/index.html")
                .replace("{{token}}", token)
                .replace("{{proof}}", proof.expose())
                .replace("{{tongue}}", tongue),
        ),
        "/page.js" => ("text/javascript; charset=utf-8", SCRIPT.to_owned()),
        "/page.css" => (
            "text/css; charset=utf-8",
            include_str!("../../page/page.css").to_owned(),
        ),
        "/icon.svg" => (
            "image/svg+xml",
            include_str!("../../page/icon.svg").to_owned(),
        ),
        _ => return None,
    };
    Some(found)
}
