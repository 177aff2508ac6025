//! `queue collect`.

use cardseal_batch::Existing;
use cardseal_queue::{Collecting, Identity, Job, collect};

use super::super::batch::report;
use super::{connect, failed, name, stop};
use crate::args::QueueCollect;
use crate::exit::{Failure, Whose};
use crate::input;
use crate::output::{Form, Output};
use crate::whole_file::refuse_stdout;

pub(super) fn run(arguments: &QueueCollect, output: &Output) -> Result<(), Failure> {
    let name = name(&arguments.place)?;
    refuse_stdout(&arguments.out, "--out")?;
    let identity = arguments.identity.as_deref().map(Identity::read);
    let identity = identity.transpose().map_err(failed)?;
    let existing = match arguments.resume {
        true => Existing::Resume,
        false => Existing::Refuse,
    };
    if existing == Existing::Refuse && arguments.out.symlink_metadata().is_ok() {
        return Err(Failure::usage(format!(
            "the results `{}` exist; go on with them by --resume, or name another file",
            input::show(&arguments.out)
        )));
    }
    let stop = stop(output)?;
    let server = connect(&arguments.place)?;
    let job = Job::open(&server, name).map_err(failed)?;
    let how = Collecting {
        out: &arguments.out,
        existing,
        identity: identity.as_ref(),
    };
    let (summary, waiting) = collect(&server, &job, &how, &stop).map_err(failed)?;
    if waiting > 0 {
        output.warn(&format!(
            "{waiting} card(s) of the job have no result yet; run it again with --resume to add theirs"
        ));
    }
    if summary.in_doubt > 0 {
        output.warn(&format!(
            "{} call(s) were made but their answers were not stored: they may have been billed",
            summary.in_doubt
        ));
    }
    match output.form() {
        Form::Json => output.print_json(&summary, 4096)?,
        Form::Text => output.print(report::text(&summary).as_bytes())?,
    }
    match summary.failed {
        0 => Ok(()),
        failed => Err(Failure::new(
            Whose::Cards,
            format!(
                "{failed} of the collected cards failed; `{}` says why for each",
                input::show(&arguments.out)
            ),
        )),
    }
}
