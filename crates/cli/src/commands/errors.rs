//! `errors`: what an error code of any of the clouds means, and what to do about it.

use cardseal_explorer::{Cloud, ErrorCode, error_codes, find_error_codes, nearest_error_code};
use serde::Serialize;

use crate::args::{CloudName, Errors};
use crate::exit::Failure;
use crate::output::{Form, Output};
use crate::plausible::is_misspelling;
use crate::printable::printable;
use crate::speech::said;

/// Some 170 codes of some 300 characters.
const ROOM: usize = 128 * 1024;

#[derive(Serialize)]
struct Row {
    cloud: &'static str,
    code: &'static str,
    meaning: &'static str,
    advice: &'static str,
    retryable: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    billed: Option<bool>,
}

impl From<ErrorCode> for Row {
    fn from(found: ErrorCode) -> Self {
        Self {
            cloud: found.cloud.name(),
            code: found.code,
            meaning: found.meaning,
            advice: found.advice,
            retryable: found.retryable,
            billed: found.billed,
        }
    }
}

pub(super) fn run(arguments: &Errors, output: &Output) -> Result<(), Failure> {
    let cloud = arguments.cloud.map(Cloud::from);
    let found: Vec<ErrorCode> = match &arguments.code {
        Some(code) => find_error_codes(code, cloud),
        None => error_codes()
            .filter(|row| cloud.is_none_or(|cloud| cloud == row.cloud))
            .collect(),
    };
    if let (Some(code), true) = (&arguments.code, found.is_empty()) {
        return Err(unknown(code, cloud));
    }
    match output.form() {
        Form::Json => {
            let rows: Vec<Row> = found.into_iter().map(Row::from).collect();
            output.print_json(&rows, ROOM)
        }
        Form::Text => {
            let blocks: Vec<_> = found.iter().map(block).collect();
            output.print(blocks.concat().as_bytes())
        }
    }
}

/// One code for people.
fn block(row: &ErrorCode) -> String {
    let retry = if row.retryable {
        "may be sent again as it is, later"
    } else {
        "not to be sent again as it is"
    };
    let billed = match row.billed {
        Some(true) => "; the failed call is billed",
        Some(false) => "; the failed call is not billed",
        None => "",
    };
    format!(
        "{} {}\n  {}\n  {}\n  {}{}\n",
        row.cloud.name(),
        row.code,
        said(row.meaning),
        said(row.advice),
        said(retry),
        said(billed)
    )
}

fn unknown(code: &str, cloud: Option<Cloud>) -> Failure {
    let whose = cloud.map_or("no cloud has an".to_owned(), |cloud| {
        format!("{} has no", cloud.name())
    });
    let nearest = nearest_error_code(code, cloud);
    // A code that is no misspelling is not repeated: it may be a secret.
    let is_misspelt = nearest.as_ref().is_some_and(|near| {
        // A part of a public word is no secret either.
        let is_part = near.code.to_lowercase().contains(&code.to_lowercase());
        is_part || is_misspelling(code, near.code)
    });
    let near = match nearest {
        Some(near) => format!("the nearest is {}: {}", near.code, near.meaning),
        None => "see the service's own page, or `cardseal errors` for the table".to_owned(),
    };
    Failure::usage(match is_misspelt {
        true => format!(
            "{whose} error code `{}` that is known here; {near}",
            printable(code)
        ),
        false => format!("{whose} error code of this name that is known here; {near}"),
    })
}

impl From<CloudName> for Cloud {
    fn from(name: CloudName) -> Self {
        match name {
            CloudName::Tencent => Self::Tencent,
            CloudName::Ctyun => Self::Ctyun,
            CloudName::Huawei => Self::Huawei,
        }
    }
}
