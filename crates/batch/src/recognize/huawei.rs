//! Huawei's and G42's identity-card API: in clear inside TLS.

use cardseal::huawei::{self, Huawei, IdCardRequest, Switch};
use cardseal::{BlockingClient, Error, Image, Watch};

use super::{Answer, Recognize};
use crate::card::Side;
use crate::wiped_json::wiped_json;

/// Cards at Huawei.
pub struct HuaweiCards {
    client: BlockingClient,
    account: Huawei,
    switches: Vec<Switch>,
}

impl HuaweiCards {
    /// Uses this client and this account, with these switches on.
    pub fn new(client: BlockingClient, account: Huawei, switches: Vec<Switch>) -> Self {
        Self {
            client,
            account,
            switches,
        }
    }
}

impl Recognize for HuaweiCards {
    fn cloud(&self) -> &'static str {
        "huawei"
    }

    fn recognize(
        &self,
        image: Image,
        side: Option<Side>,
        watch: &mut dyn Watch,
    ) -> Result<Answer, Error> {
        let mut card = IdCardRequest::new(image).with(self.switches.iter().copied());
        if let Some(side) = side {
            card = card.side(match side {
                Side::Front => huawei::Side::Front,
                Side::Back => huawei::Side::Back,
            });
        }
        let call = self.account.id_card(&card)?;
        drop(card);
        let answer = self.client.run_watched(call, watch)?;
        Ok(Answer {
            result: wiped_json(&answer.card),
            request_id: answer.request_id,
        })
    }
}
