//! The member `Encryption` of a reply.

use std::borrow::Cow;

use cardseal_crypto::{Tag, base64};
use serde::Deserialize;

use super::text::Text;
use crate::wire::json::{Members, Scan};
use crate::wire::{self, WholeBody};

/// The longest IV of any suite, in bytes.
pub(crate) const LONGEST_IV: usize = 16;

/// How the parts of a reply were sealed, as the reply states it. Everything may be absent or null.
#[derive(Default)]
pub(crate) struct ReplyEncryption {
    /// The IV and its length; `None` also if it is not base64 of at most 16 bytes.
    pub(crate) iv: Option<([u8; LONGEST_IV], usize)>,
    pub(super) algorithm: Option<Text>,
    /// One for each sealed part; `None` for one that is not base64 of 16 bytes.
    pub(crate) tags: Vec<Option<Tag>>,
    /// What is sealed.
    pub(crate) list: Option<Cow<'static, [String]>>,
}

/// As `serde` reads it.
#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Stated {
    iv: Option<String>,
    algorithm: Option<String>,
    tag_list: Option<Vec<String>>,
    encrypt_list: Option<Vec<String>>,
}

impl ReplyEncryption {
    /// The member among those of a reply; `None` if it is absent or null.
    pub(super) fn find(members: &Members<'_>) -> Result<Option<Self>, serde_json::Error> {
        let stated = members.read_object("Encryption")?;
        Ok(stated.map(|stated: Stated| Self {
            iv: stated.iv.and_then(|iv| base64::decode_short(&iv)),
            algorithm: stated.algorithm.map(Text::Copied),
            tags: (stated.tag_list.iter().flatten())
                .map(|tag| wire::decode_exact(tag).ok())
                .collect(),
            list: stated.encrypt_list.map(listed),
        }))
    }

    /// The same on the fast path.
    pub(super) fn scan(&mut self, scan: &mut Scan<'_>) -> Option<()> {
        scan.object(|scan, name| match name {
            b"Iv" => {
                self.iv = base64::decode_short(scan.string()?.plain()?.written);
                Some(())
            }
            b"Algorithm" => {
                self.algorithm = Some(Text::plain(scan.string()?)?);
                Some(())
            }
            b"TagList" => scan.list(|scan| {
                let tag = wire::decode_exact(scan.string()?.plain()?.written);
                self.tags.push(tag.ok());
                Some(())
            }),
            b"EncryptList" => {
                let list = self.list.insert(Cow::Borrowed(&[]));
                scan.list(|scan| add(list, scan.string()?.plain()?.written))
            }
            _ => scan.value(),
        })
    }
}

/// The list, without an allocation if it is the one of a sealed whole body.
fn listed(names: Vec<String>) -> Cow<'static, [String]> {
    match names.as_slice() {
        [one] => {
            WholeBody::named(one).map_or(Cow::Owned(names), |whole| Cow::Borrowed(whole.listed()))
        }
        _ => Cow::Owned(names),
    }
}

/// Adds one name.
fn add(list: &mut Cow<'static, [String]>, name: &[u8]) -> Option<()> {
    match WholeBody::named(name) {
        Some(whole) if list.is_empty() => *list = Cow::Borrowed(whole.listed()),
        _ => list
            .to_mut()
            .push(core::str::from_utf8(name).ok()?.to_owned()),
    }
    Some(())
}
