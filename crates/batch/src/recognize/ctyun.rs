//! Ctyun's identity-card capability: in clear inside TLS, and without sides.

use cardseal::ctyun::Ctyun;
use cardseal::{BlockingClient, Error, Image, Watch};

use super::{Answer, Recognize};
use crate::card::Side;
use crate::wiped_json::wiped_json;

/// Cards at Ctyun.
pub struct CtyunCards {
    client: BlockingClient,
    account: Ctyun,
}

impl CtyunCards {
    /// Uses this client and this account.
    pub fn new(client: BlockingClient, account: Ctyun) -> Self {
        Self { client, account }
    }
}

impl Recognize for CtyunCards {
    fn cloud(&self) -> &'static str {
        "ctyun"
    }

    fn recognize(
        &self,
        image: Image,
        _side: Option<Side>,
        watch: &mut dyn Watch,
    ) -> Result<Answer, Error> {
        let call = self.account.id_cards(std::slice::from_ref(&image))?;
        drop(image);
        let answer = self.client.run_watched(call, watch)?;
        Ok(Answer {
            result: wiped_json(&answer.found),
            request_id: answer.request_id,
        })
    }
}
