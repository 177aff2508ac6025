//! Tencent's `RecognizeEncryptedIDCardOCR`: every card is sealed under its own session key.

use cardseal::tencent::{CardSide, Config, IdCardRequest, Tencent};
use cardseal::{BlockingClient, Error, Image, IvPolicy, Recipient, Watch};

use super::{Answer, Recognize};
use crate::card::Side;
use crate::wiped_json::wiped_json;

/// Cards at Tencent.
pub struct TencentCards {
    client: BlockingClient,
    account: Tencent,
    recipient: Recipient,
    config: Config,
    iv_policy: IvPolicy,
}

impl TencentCards {
    /// Uses this client, this account and this recipient. Set the account's retry policy with
    /// [`patient`](crate::patient), and a client deadline at least as long.
    pub fn new(client: BlockingClient, account: Tencent, recipient: Recipient) -> Self {
        Self {
            client,
            account,
            recipient,
            config: Config::default(),
            iv_policy: IvPolicy::default(),
        }
    }

    /// Sets the options of every request.
    #[must_use]
    pub fn config(mut self, config: Config) -> Self {
        self.config = config;
        self
    }

    /// Sets which IV a reply may be sealed under.
    #[must_use]
    pub fn iv_policy(mut self, policy: IvPolicy) -> Self {
        self.iv_policy = policy;
        self
    }
}

impl Recognize for TencentCards {
    fn cloud(&self) -> &'static str {
        "tencent"
    }

    fn recognize(
        &self,
        image: Image,
        side: Option<Side>,
        watch: &mut dyn Watch,
    ) -> Result<Answer, Error> {
        let mut card = IdCardRequest::new(image).config(self.config.clone());
        if let Some(side) = side {
            card = card.side(match side {
                Side::Front => CardSide::Front,
                Side::Back => CardSide::Back,
            });
        }
        let call =
            self.account
                .recognize_encrypted_id_card(&self.recipient, &card, self.iv_policy)?;
        // Sealed by now: the picture need not be held while the call waits.
        drop(card);
        let answer = self.client.run_watched(call, watch)?;
        Ok(Answer {
            result: wiped_json(&answer.card),
            request_id: answer.request_id,
        })
    }
}
