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

/// A card's parcel; `stored` says that its picture lies elsewhere. In memory that never moves and is wiped.
pub(crate) fn pack(card: &Card, held: Option<&Held>, stored: Stored) -> Zeroizing<Vec<u8>> {
    let image = match (&card.picture, held, stored) {
        (Picture::Url(url), ..) => Where::Url(url.clone()),
        (Picture::Unusable(why), ..) => Where::Unusable(why.clone()),
        (_, Some(_), Stored::Here) => Where::Here,
        (_, Some(_), Stored::Elsewhere) => Where::Stored,
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

/// Whether a picture is in the parcel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stored {
    Here,
    Elsewhere,
}

/// A card from its parcel, and whether its picture has to be fetched; `None` if it is no parcel of this version.
pub(crate) fn unpack(parcel: &[u8]) -> Option<(Card, Stored)> {
    let end = parcel.iter().position(|byte| *byte == b'\n')?;
    let (head, bytes) = parcel.split_at_checked(end)?;
    let head: Head = serde_json::from_slice(head).ok()?;
    if head.version != VERSION {
        return None;
    }
    let held = |bytes: &[u8]| Picture::Held(Held::new(Zeroizing::new(bytes.to_vec())));
    let (picture, stored) = match head.image {
        Where::Here => (held(bytes.get(1..)?), Stored::Here),
        Where::Stored => (held(&[]), Stored::Elsewhere),
        Where::Url(url) => (Picture::Url(url), Stored::Here),
        Where::Unusable(why) => (Picture::Unusable(why), Stored::Here),
    };
    let side = head.side.map(|side| match side {
        SideName::Front => Side::Front,
        SideName::Back => Side::Back,
    });
    Some((Card::new(head.id, head.input, picture).side(side), stored))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_card_comes_out_as_it_went_in() {
        let bytes = Held::new(Zeroizing::new(b"\xff\xd8\npicture\n".to_vec()));
        let card =
            Card::new("id\n1", "a/b.jpg", Picture::Held(bytes.clone())).side(Some(Side::Back));
        let (same, stored) = unpack(&pack(&card, Some(&bytes), Stored::Here)).unwrap();
        assert_eq!((same, stored), (card.clone(), Stored::Here));

        let parcel = pack(&card, Some(&bytes), Stored::Elsewhere);
        assert!(!parcel.windows(7).any(|part| part == b"picture"));
        assert_eq!(unpack(&parcel).unwrap().1, Stored::Elsewhere);

        for picture in [
            Picture::Url("https://a/b".into()),
            Picture::Unusable("gone".into()),
        ] {
            let card = Card::new("1", "x", picture);
            assert_eq!(unpack(&pack(&card, None, Stored::Here)).unwrap().0, card);
        }
    }

    #[test]
    fn what_is_no_parcel_is_none() {
        let card = Card::new("1", "x", Picture::Url("https://a/b".into()));
        let parcel = pack(&card, None, Stored::Here);
        for end in 0..parcel.len() {
            assert!(unpack(&parcel[..end]).is_none());
        }
        let newer = String::from_utf8(parcel.to_vec())
            .unwrap()
            .replace("\"version\":1", "\"version\":2");
        assert!(unpack(newer.as_bytes()).is_none());
    }
}
