//! One ID card with one call: a client that is made for it, and keeps nothing.

use cardseal::Recipient;
use zeroize::Zeroizing;

use super::client::Client;
use super::credentials;
use super::wanted::{Card, Cloud, Recognize};
use crate::fault::Fault;

/// [`Client::recognize`] by a client of its own.
///
/// # Errors
/// With the exit code of the command line.
pub fn recognize(what: Recognize<'_>) -> Result<Zeroizing<Vec<u8>>, Fault> {
    let cloud = Cloud::named(what.options.cloud)?;
    cloud.check_clear(what.key.is_some())?;
    let recipient = match what.key {
        Some(key) => Some(Recipient::parse(key)?),
        None if cloud == Cloud::Tencent => {
            return Err(Fault::input(
                "tencent needs key, the public key that Tencent's support provides",
            ));
        }
        None => None,
    };
    let client = Client::new(&what.options, credentials::given(what.secrets)?)?;
    client.recognize(Card {
        recipient: recipient.as_ref(),
        picture: what.picture,
        side: what.side,
    })
}
