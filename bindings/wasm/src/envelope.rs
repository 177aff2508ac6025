//! `Recipient`, `Sealed` and `Opener`.

use cardseal_ffi::{Fault, face};
use js_sys::Uint8Array;
use wasm_bindgen::prelude::*;

use crate::thrown::{bytes, thrown};

/// The service's public key, parsed and checked. The key chooses the suite.
#[wasm_bindgen]
pub struct Recipient(face::Recipient);

#[wasm_bindgen]
impl Recipient {
    /// Takes the key in any form the service hands it out in.
    pub fn parse(
        #[wasm_bindgen(unchecked_param_type = "Uint8Array")] key: JsValue,
    ) -> Result<Recipient, JsValue> {
        face::parse(&bytes(&key, "key")?).map(Self).map_err(thrown)
    }

    /// "AES-256-CBC" or "SM4-GCM".
    #[wasm_bindgen(getter)]
    pub fn suite(&self) -> String {
        self.0.algorithm().to_owned()
    }

    /// Seals a request's body.
    pub fn seal(
        &self,
        #[wasm_bindgen(unchecked_param_type = "Uint8Array")] plain: JsValue,
    ) -> Result<Sealed, JsValue> {
        let (body, opener) = face::seal(&self.0, &bytes(&plain, "plain")?).map_err(thrown)?;
        Ok(Sealed {
            body,
            opener: Some(opener),
        })
    }
}

/// A request's body to send, and the opener of its answer.
#[wasm_bindgen]
pub struct Sealed {
    body: Vec<u8>,
    opener: Option<face::Opener>,
}

#[wasm_bindgen]
impl Sealed {
    /// `{"EncryptedBody":…,"Encryption":{…}}` in UTF-8.
    #[wasm_bindgen(getter)]
    pub fn body(&self) -> Uint8Array {
        Uint8Array::from(self.body.as_slice())
    }

    /// What opens the answer. It can be taken once.
    #[wasm_bindgen(js_name = takeOpener)]
    pub fn take_opener(&mut self) -> Result<Opener, JsValue> {
        match self.opener.take() {
            Some(opener) => Ok(Opener(Some(opener))),
            None => Err(thrown(Fault::input(
                "the opener was taken; each seal gives one",
            ))),
        }
    }
}

/// What opens the answer to one request, once.
#[wasm_bindgen]
pub struct Opener(Option<face::Opener>);

impl Opener {
    fn used(&mut self) -> Result<face::Opener, JsValue> {
        self.0.take().ok_or_else(|| {
            thrown(Fault::input(
                "the opener was used; it opens one answer, and each seal gives one",
            ))
        })
    }
}

#[wasm_bindgen]
impl Opener {
    /// Opens `{"Response":{…}}` or the inner object. The opener is used afterwards, whatever happened.
    pub fn open(
        &mut self,
        #[wasm_bindgen(unchecked_param_type = "Uint8Array")] reply: JsValue,
    ) -> Result<Uint8Array, JsValue> {
        let reply = bytes(&reply, "reply")?;
        let opened = face::open(self.used()?, &reply).map_err(thrown)?;
        Ok(Uint8Array::from(opened.expose_plaintext()))
    }

    /// The opener as text, which is a key, for another program. The opener is used afterwards.
    pub fn store(&mut self) -> Result<Uint8Array, JsValue> {
        let text = face::store(self.used()?).map_err(thrown)?;
        Ok(Uint8Array::from(text.as_bytes()))
    }

    /// Takes an opener back from the text of `store`.
    pub fn restore(
        #[wasm_bindgen(unchecked_param_type = "Uint8Array")] stored: JsValue,
    ) -> Result<Opener, JsValue> {
        let opener = face::restore(&bytes(&stored, "stored")?).map_err(thrown)?;
        Ok(Self(Some(opener)))
    }

    /// Nothing of it is shown.
    #[wasm_bindgen(js_name = toJSON)]
    pub fn to_json(&self) -> String {
        "cardseal.Opener".to_owned()
    }
}
