//! `queue submit`.

use cardseal_batch::{AgeRecipient, Inputs};
use cardseal_queue::{Job, Keys, submit};
use serde_json::json;

use super::super::batch::{inputs, refused, side};
use super::{connect, failed, name, stop};
use crate::args::QueueSubmit;
use crate::columns::figures;
use crate::exit::Failure;
use crate::output::{Form, Output};

/// Where figures stand behind their names.
const FIGURES: usize = 11;

pub(super) fn run(arguments: &QueueSubmit, output: &Output) -> Result<(), Failure> {
    let name = name(&arguments.place)?;
    inputs::check(&arguments.inputs, output)?;
    let to = AgeRecipient::parse_for("--to", &arguments.to).map_err(refused)?;
    let result_to = match &arguments.result_to {
        Some(key) => AgeRecipient::parse_for("--result-to", key).map_err(refused)?,
        None => to.clone(),
    };
    let keys = Keys { to, result_to };
    let inputs = Inputs::of(&arguments.inputs).map_err(refused)?;
    let mut work = inputs.side(arguments.side.map(side));
    let stop = stop(output)?;
    let server = connect(&arguments.place)?;
    let job = Job::submit_to(&server, name.clone(), &keys).map_err(failed)?;
    let submitted = submit(&server, &job, &keys, &mut work, &stop, &mut |_| {});
    let submitted = submitted.map_err(failed)?;
    inputs::tell_passed_over(work.passed_over(), output);
    if submitted.cards == 0 {
        output.warn("there is no card in INPUT, so nothing was submitted");
    }
    let fresh = submitted.cards - submitted.repeated;
    match output.form() {
        Form::Json => {
            let said = json!({
                "job": name.to_string(),
                "cards": submitted.cards,
                "submitted": fresh,
                "repeated": submitted.repeated,
            });
            output.print_json(&said, 256)
        }
        Form::Text => {
            let counts = [
                ("cards", submitted.cards),
                ("submitted", fresh),
                ("repeated", submitted.repeated),
            ];
            let counts = counts.map(|(name, count)| (name, count.to_string()));
            output.print(figures(&counts, FIGURES).as_bytes())
        }
    }
}
