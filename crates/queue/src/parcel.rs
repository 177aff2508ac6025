//! A card as it is sealed: one line of JSON, then the picture's bytes, if it has any and they fit.

use cardseal_batch::{Card, Held, Picture, Side};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

/// The version of everything that a job has on the server.
pub(crate) const VERSION: u64 = 1;

#[derive(Serialize, Deserialize)]
struct Head {
    version: u64,
    id: String,
    input: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    side: Option<SideName>,
    image: Where,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum SideName {
    Front,
    Back,
}

/// Where the picture is.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Where {
    /// Behind the line.
    Here,
    /// In the object store, sealed as well.
    Stored,
    Url(String),
    Unusable(String),
}

/// A card's parcel, with its picture or without. In memory that never moves and is wiped.
pub(crate) fn pack(card: &Card, held: Option<&Held>, lies: PictureIn) -> Zeroizing<Vec<u8>> {
    let image = match (&card.picture, held, lies) {
        (Picture::Url(url), ..) => Where::Url(url.clone()),
        (Picture::Unusable(why), ..) => Where::Unusable(why.clone()),
        (_, Some(_), PictureIn::Parcel) => Where::Here,
        (_, Some(_), PictureIn::ObjectStore) => Where::Stored,
        (_, None, _) => Where::Unusable("its picture could not be read".to_owned()),
    };
    let bytes = match (&image, held) {
        (Where::Here, Some(held)) => held.bytes(),
        _ => &[],
    };
    let head = Head {
        version: VERSION,
        id: card.id.clone(),
        input: card.input.clone(),
        side: card.side.map(|side| match side {
            Side::Front => SideName::Front,
            Side::Back => SideName::Back,
        }),
        image,
    };
    // A struct of texts is always written.
    let head = Zeroizing::new(serde_json::to_vec(&head).unwrap_or_default());
    let room = head.len().saturating_add(bytes.len()).saturating_add(1);
    let mut parcel = Zeroizing::new(Vec::with_capacity(room));
    parcel.extend_from_slice(&head);
    parcel.push(b'\n');
    parcel.extend_from_slice(bytes);
    parcel
}

/// Where a picture lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PictureIn {
    Parcel,
    ObjectStore,
}

/// A card from its parcel, and where its picture lies; `None` if it is no parcel of this version. The picture stays in the
/// memory that it came in.
pub(crate) fn unpack(mut parcel: Zeroizing<Vec<u8>>) -> Option<(Card, PictureIn)> {
    let end = parcel.iter().position(|byte| *byte == b'\n')?;
    let head: Head = serde_json::from_slice(parcel.get(..end)?).ok()?;
    if head.version != VERSION {
        return None;
    }
    let (picture, lies) = match head.image {
        Where::Here => {
            parcel.drain(..=end);
            (Picture::Held(Held::new(parcel)), PictureIn::Parcel)
        }
        Where::Stored => {
            let nothing = Held::new(Zeroizing::default());
            (Picture::Held(nothing), PictureIn::ObjectStore)
        }
        Where::Url(url) => (Picture::Url(url), PictureIn::Parcel),
        Where::Unusable(why) => (Picture::Unusable(why), PictureIn::Parcel),
    };
    let side = head.side.map(|side| match side {
        SideName::Front => Side::Front,
        SideName::Back => Side::Back,
    });
    Some((Card::new(head.id, head.input, picture).side(side), lies))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_card_comes_out_as_it_went_in() {
        let bytes = Held::new(Zeroizing::new(b"\xff\xd8\npicture\n".to_vec()));
        let card =
            Card::new("id\n1", "a/b.jpg", Picture::Held(bytes.clone())).side(Some(Side::Back));
        let (same, lies) = unpack(pack(&card, Some(&bytes), PictureIn::Parcel)).unwrap();
        assert_eq!((same, lies), (card.clone(), PictureIn::Parcel));

        let parcel = pack(&card, Some(&bytes), PictureIn::ObjectStore);
        assert!(!parcel.windows(7).any(|part| part == b"picture"));
        assert_eq!(unpack(parcel).unwrap().1, PictureIn::ObjectStore);

        for picture in [
            Picture::Url("https://a/b".into()),
            Picture::Unusable("gone".into()),
        ] {
            let card = Card::new("1", "x", picture);
            assert_eq!(
                unpack(pack(&card, None, PictureIn::Parcel)).unwrap().0,
                card
            );
        }
    }

    #[test]
    fn what_is_no_parcel_is_none() {
        let card = Card::new("1", "x", Picture::Url("https://a/b".into()));
        let parcel = pack(&card, None, PictureIn::Parcel);
        for end in 0..parcel.len() {
            assert!(unpack(Zeroizing::new(parcel[..end].to_vec())).is_none());
        }
        let newer = String::from_utf8(parcel.to_vec())
            .unwrap()
            .replace("\"version\":1", "\"version\":2");
        assert!(unpack(Zeroizing::new(newer.into_bytes())).is_none());
    }
}
