//! A build without a ledger: calls are run and not recorded.

use cardseal::{BlockingClient, Call, Error};

use crate::args;
use crate::output::Output;

/// Runs one call.
pub(crate) struct Recording;

impl Recording {
    /// A ledger that was asked for by name is missed.
    pub(crate) fn start(arguments: &args::Ledger, _cloud: &'static str, output: &Output) -> Self {
        if arguments.ledger.is_some() {
            output.warn(
                "this cardseal was built without the feature `ledger`; the call is not recorded",
            );
        }
        Self
    }

    /// Runs a call.
    pub(crate) fn run<T>(
        &mut self,
        client: &BlockingClient,
        call: Call<T>,
        _id: impl FnOnce(&T) -> &str,
    ) -> Result<T, Error> {
        client.run(call)
    }
}
