//! What becomes of each command where stdout cannot be written.

#[cfg(feature = "ledger")]
use super::PackageCommand;
#[cfg(feature = "queue")]
use super::QueueCommand;
use super::{Command, Open};
use crate::input;
use crate::unprinted::Unprinted;

impl Command {
    /// What is true then. A new command must say it.
    pub(crate) fn unprinted(&self) -> Unprinted {
        match self {
            // What was billed, and what opens once.
            Self::Recognize(_) | Self::Call(_) | Self::Open(Open { keep: false, .. }) => {
                Unprinted::Keep
            }

            #[cfg(feature = "gateway")]
            Self::Keygen(_) => Unprinted::Done(
                "the key pair was made all the same, in the folder that --out names",
            ),
            Self::Prepare(_) => {
                Unprinted::Done("the picture was written all the same, to the file that -o names")
            }
            Self::Postman(arguments) if !input::is_stdin(&arguments.output) => Unprinted::Done(
                "the collection was written all the same, to the file that -o names",
            ),
            Self::Man(_) => Unprinted::Done("the man pages were written all the same"),
            #[cfg(feature = "batch")]
            Self::Batch(_) => Unprinted::Done(
                "every answer is in RESULTS; with --resume this prints the summary and calls no card again that has one",
            ),
            #[cfg(feature = "queue")]
            Self::Queue(arguments) => match arguments.command {
                QueueCommand::Collect(_) => Unprinted::Done(
                    "the results were written all the same, to the file that --out names",
                ),
                _ => Unprinted::Again,
            },
            #[cfg(feature = "ledger")]
            Self::Package(arguments) => match &arguments.command {
                PackageCommand::Add(_) => Unprinted::Done(
                    "the package was noted all the same, and noting it again would count it twice; `cardseal package \
                     list` shows it",
                ),
                PackageCommand::Remove(_) => Unprinted::Done(
                    "the packages were removed all the same; `cardseal package list` shows what is left",
                ),
                PackageCommand::List(_) => Unprinted::Again,
            },

            // The opener of a request that was not handed over is gone; the others read, or serve.
            Self::Seal(_)
            | Self::Open(_)
            | Self::Inspect(_)
            | Self::Sign(_)
            | Self::Code(_)
            | Self::Postman(_)
            | Self::Errors(_)
            | Self::Policy(_)
            | Self::Doctor(_)
            | Self::Selftest(_)
            | Self::Completions(_) => Unprinted::Again,
            #[cfg(feature = "gateway")]
            Self::Demo(_) | Self::Gateway(_) => Unprinted::Again,
            #[cfg(feature = "explorer")]
            Self::Explorer(_) => Unprinted::Again,
            #[cfg(feature = "serve")]
            Self::Serve(_) => Unprinted::Again,
            #[cfg(feature = "ledger")]
            Self::Usage(_) => Unprinted::Again,
        }
    }
}
