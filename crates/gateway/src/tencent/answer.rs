//! An answer with an envelope, before it becomes text.

use serde::Serialize;

use super::id_card::CardReply;

/// The encrypted answer. In the page's example the fields outside are all empty.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Answer {
    #[serde(flatten)]
    pub card: CardReply,
    pub encrypted_body: String,
    pub encryption: Option<Encryption>,
    pub request_id: String,
}

/// The answer's `Encryption`. In the page's example it echoes the request's.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Encryption {
    pub encrypt_list: Vec<&'static str>,
    pub ciphertext_blob: String,
    pub iv: String,
    pub algorithm: &'static str,
    pub tag_list: Option<Vec<String>>,
}
