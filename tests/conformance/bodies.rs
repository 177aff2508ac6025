//! Flaws of sealing a body in one pass.

use cardseal::crypto::{OpenFailed, Plaintext, ProviderError, Rest, Session, SessionKey, Tag};

use crate::defects::Defect;

pub(crate) struct FlawedBody {
    pub(crate) sound: Box<dyn Session>,
    pub(crate) defect: Defect,
}

impl Session for FlawedBody {
    fn seal(&self, iv: &[u8], place: &mut [u8]) -> Result<Option<Tag>, ProviderError> {
        self.sound.seal(iv, place)
    }

    fn open(&self, iv: &[u8], place: &mut [u8], tag: Option<&Tag>) -> Result<(), OpenFailed> {
        self.sound.open(iv, place, tag)
    }

    fn export(self: Box<Self>) -> Option<SessionKey> {
        self.sound.export()
    }

    fn seal_body(
        &self,
        iv: &[u8],
        body: &dyn Plaintext,
        json: &mut Vec<u8>,
        rest: &mut Rest<'_>,
    ) -> Result<[u8; 32], ProviderError> {
        let mut iv = iv.to_vec();
        if self.defect == Defect::OtherBody {
            iv[0] ^= 1;
        }
        if self.defect == Defect::LeavesTheBody {
            let start = json.len();
            json.resize(start + body.len(), 0);
            body.write(0, &mut json[start..])?;
            json.truncate(start);
        }
        let mut ends = |tag: Option<&Tag>, json: &mut Vec<u8>| match self.defect {
            Defect::IgnoresTheEnd => rest(tag, json).or(Ok(())),
            _ => rest(tag, json),
        };
        let mut hash = self.sound.seal_body(&iv, body, json, &mut ends)?;
        if self.defect == Defect::WrongHash {
            hash[31] ^= 1;
        }
        Ok(hash)
    }
}
