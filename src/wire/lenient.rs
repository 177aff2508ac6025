//! Lenient reading of an answer's members: a billed answer is not lost because one member has an unexpected JSON type.
//!
//! A number may be an integer, a fraction or a numeric string; a text may be a number; null counts as absent. Only a
//! member that cannot be read is left out; it is still in the answer's raw text.

use core::fmt;
use core::marker::PhantomData;
use std::collections::BTreeMap;

use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use crate::personal::Personal;
use crate::wire::json::Members;

mod decimal;

/// A visitor's methods for scalars, for types that accept no scalar, or only a string.
macro_rules! no_scalar {
    ($nothing:expr) => {
        no_scalar!(text: |_: &str| $nothing, other: $nothing);
    };
    (text: $text:expr, other: $nothing:expr) => {
        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("JSON")
        }
        fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
            Ok($text(text))
        }
        fn visit_i64<E>(self, _: i64) -> Result<Self::Value, E> {
            Ok($nothing)
        }
        fn visit_u64<E>(self, _: u64) -> Result<Self::Value, E> {
            Ok($nothing)
        }
        fn visit_f64<E>(self, _: f64) -> Result<Self::Value, E> {
            Ok($nothing)
        }
        fn visit_bool<E>(self, _: bool) -> Result<Self::Value, E> {
            Ok($nothing)
        }
        fn visit_unit<E>(self) -> Result<Self::Value, E> {
            Ok($nothing)
        }
    };
}

/// A JSON scalar.
enum Scalar<'s> {
    Text(&'s str),
    Integer(i64),
    Unsigned(u64),
    Fraction(f64),
    Boolean(bool),
}

/// A type that can be read from a scalar, or from no scalar: null, an object, a list.
trait FromScalar: Default {
    fn from_scalar(scalar: Scalar<'_>) -> Self;
}

impl FromScalar for Personal {
    fn from_scalar(scalar: Scalar<'_>) -> Self {
        match scalar {
            Scalar::Text(text) => text.into(),
            Scalar::Integer(number) => number.to_string().into(),
            Scalar::Unsigned(number) => number.to_string().into(),
            // A float has fewer digits than a citizen's number: what is not exact is left out, and read from the text.
            Scalar::Fraction(number) if number.abs() > EXACT => Self::default(),
            Scalar::Fraction(number) => number.to_string().into(),
            Scalar::Boolean(_) => Self::default(),
        }
    }
}

/// An integer; a fraction is rounded to the nearest.
impl FromScalar for Option<i64> {
    fn from_scalar(scalar: Scalar<'_>) -> Self {
        match scalar {
            Scalar::Text(text) => {
                let text = text.trim();
                text.parse().ok().or_else(|| rounded(text.parse().ok()?))
            }
            Scalar::Integer(number) => Some(number),
            Scalar::Unsigned(number) => number.try_into().ok(),
            Scalar::Fraction(number) => rounded(number),
            Scalar::Boolean(_) => None,
        }
    }
}

/// Beyond this, not every integer is a float.
const EXACT: f64 = 9_007_199_254_740_992.0;

#[expect(clippy::cast_possible_truncation, reason = "it is in range")]
fn rounded(number: f64) -> Option<i64> {
    (number.abs() <= EXACT).then_some(number.round() as i64)
}

impl FromScalar for Option<f64> {
    #[expect(clippy::cast_precision_loss, reason = "an angle, a per cent")]
    fn from_scalar(scalar: Scalar<'_>) -> Self {
        match scalar {
            Scalar::Text(text) => {
                let number: Option<f64> = text.trim().parse().ok();
                number.filter(|number| number.is_finite())
            }
            Scalar::Integer(number) => Some(number as f64),
            Scalar::Unsigned(number) => Some(number as f64),
            Scalar::Fraction(number) => Some(number),
            Scalar::Boolean(_) => None,
        }
    }
}

impl FromScalar for Option<bool> {
    fn from_scalar(scalar: Scalar<'_>) -> Self {
        match scalar {
            Scalar::Boolean(is) => Some(is),
            Scalar::Integer(0) | Scalar::Unsigned(0) => Some(false),
            Scalar::Integer(1) | Scalar::Unsigned(1) => Some(true),
            Scalar::Text(text) => text.trim().to_ascii_lowercase().parse().ok(),
            _ => None,
        }
    }
}

/// Reads any value, and skips what is not a scalar.
struct Any<T>(PhantomData<T>);

impl<'de, T: FromScalar> Visitor<'de> for Any<T> {
    type Value = T;
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }
    fn visit_str<E>(self, text: &str) -> Result<T, E> {
        Ok(T::from_scalar(Scalar::Text(text)))
    }
    fn visit_i64<E>(self, number: i64) -> Result<T, E> {
        Ok(T::from_scalar(Scalar::Integer(number)))
    }
    fn visit_u64<E>(self, number: u64) -> Result<T, E> {
        Ok(T::from_scalar(Scalar::Unsigned(number)))
    }
    fn visit_f64<E>(self, number: f64) -> Result<T, E> {
        Ok(T::from_scalar(Scalar::Fraction(number)))
    }
    fn visit_bool<E>(self, is: bool) -> Result<T, E> {
        Ok(T::from_scalar(Scalar::Boolean(is)))
    }
    fn visit_unit<E>(self) -> Result<T, E> {
        Ok(T::default())
    }
    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<T, A::Error> {
        drain_map(map).map(|()| T::default())
    }
    fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<T, A::Error> {
        drain_seq(seq).map(|()| T::default())
    }
}

fn drain_map<'de, A: MapAccess<'de>>(mut map: A) -> Result<(), A::Error> {
    while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
    Ok(())
}

fn drain_seq<'de, A: SeqAccess<'de>>(mut seq: A) -> Result<(), A::Error> {
    while seq.next_element::<IgnoredAny>()?.is_some() {}
    Ok(())
}

fn scalar<'de, T: FromScalar, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
    deserializer.deserialize_any(Any(PhantomData))
}

/// Text recognised on a card.
pub(crate) fn personal<'de, D: Deserializer<'de>>(d: D) -> Result<Personal, D::Error> {
    scalar(d)
}

/// The same, if absent and empty differ.
pub(crate) fn some_personal<'de, D: Deserializer<'de>>(d: D) -> Result<Option<Personal>, D::Error> {
    let text: Personal = scalar(d)?;
    Ok((!text.is_empty()).then_some(text))
}

/// Text that is not personal data.
pub(crate) fn text<'de, D: Deserializer<'de>>(d: D) -> Result<String, D::Error> {
    scalar(d).map(|text: Personal| text.expose().to_owned())
}

pub(crate) fn some_integer<'de, D: Deserializer<'de>>(d: D) -> Result<Option<i64>, D::Error> {
    scalar(d)
}

/// 0 if there is none.
pub(crate) fn integer<'de, D: Deserializer<'de>>(d: D) -> Result<i64, D::Error> {
    scalar(d).map(|number: Option<i64>| number.unwrap_or_default())
}

pub(crate) fn some_number<'de, D: Deserializer<'de>>(d: D) -> Result<Option<f64>, D::Error> {
    scalar(d)
}

/// 0 if there is none.
pub(crate) fn number<'de, D: Deserializer<'de>>(d: D) -> Result<f64, D::Error> {
    scalar(d).map(|number: Option<f64>| number.unwrap_or_default())
}

pub(crate) fn flag<'de, D: Deserializer<'de>>(d: D) -> Result<Option<bool>, D::Error> {
    scalar(d)
}

/// A number as a person writes it; any other text as it is.
pub(crate) fn plain_number(text: &str) -> String {
    match text.parse::<f64>() {
        Ok(_) => decimal::plain(text),
        Err(_) => text.to_owned(),
    }
}

/// Takes the texts that came as numbers with more digits than a float has from the object as it is written.
pub(crate) fn keep_digits<'t>(
    object: &Members<'_>,
    texts: impl IntoIterator<Item = (&'static str, &'t mut Personal)>,
) {
    for (name, text) in texts {
        let written = object.find(name).map_or("", |value| value.get());
        let number: Option<f64> = written.parse().ok();
        if number.is_some_and(|number| number.abs() > EXACT) {
            *text = decimal::plain(written).into();
        }
    }
}

/// An object, whose own members are read leniently; `None` for anything else.
pub(crate) fn object<'de, T, D>(d: D) -> Result<Option<T>, D::Error>
where
    T: Deserialize<'de>,
    D: Deserializer<'de>,
{
    Object::deserialize(d).map(|object| object.0)
}

/// A text, or an object instead.
pub(crate) fn personal_or_object<'de, T, D>(d: D) -> Result<(Personal, Option<T>), D::Error>
where
    T: Deserialize<'de>,
    D: Deserializer<'de>,
{
    struct Either<T>(PhantomData<T>);

    impl<'de, T: Deserialize<'de>> Visitor<'de> for Either<T> {
        type Value = (Personal, Option<T>);
        no_scalar!(text: |text: &str| (text.into(), None), other: (Personal::default(), None));
        fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
            let object = T::deserialize(MapAccessDeserializer::new(map))?;
            Ok((Personal::default(), Some(object)))
        }
        fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<Self::Value, A::Error> {
            drain_seq(seq).map(|()| (Personal::default(), None))
        }
    }
    d.deserialize_any(Either(PhantomData))
}

/// A list of objects; other elements are left out.
pub(crate) fn objects<'de, T, D>(d: D) -> Result<Vec<T>, D::Error>
where
    T: Deserialize<'de>,
    D: Deserializer<'de>,
{
    let list = List::<Object<T>>::deserialize(d)?.0.unwrap_or_default();
    Ok(list.into_iter().filter_map(|object| object.0).collect())
}

/// A list of integers; other elements are left out.
pub(crate) fn integers<'de, T: From<i64>, D>(d: D) -> Result<Vec<T>, D::Error>
where
    D: Deserializer<'de>,
{
    let list = List::<Integer>::deserialize(d)?.0.unwrap_or_default();
    Ok(list
        .into_iter()
        .filter_map(|one| one.0)
        .map(T::from)
        .collect())
}

/// Corners: a list of lists of integers. `None` if it is not a list.
pub(crate) fn corners<'de, D>(d: D) -> Result<Option<Vec<Vec<i64>>>, D::Error>
where
    D: Deserializer<'de>,
{
    Corners::deserialize(d).map(|corners| corners.0)
}

/// Areas of a picture by field name; `None` if an area cannot be read.
type Areas = BTreeMap<String, Option<Vec<Vec<i64>>>>;

/// Corners by name.
pub(crate) fn named_corners<'de, D>(d: D) -> Result<Option<Areas>, D::Error>
where
    D: Deserializer<'de>,
{
    let named = Object::<BTreeMap<String, Corners>>::deserialize(d)?.0;
    Ok(named.map(|named| named.into_iter().map(|(name, one)| (name, one.0)).collect()))
}

/// Integers by name.
pub(crate) fn named_integers<'de, D>(
    d: D,
) -> Result<Option<BTreeMap<String, Option<i64>>>, D::Error>
where
    D: Deserializer<'de>,
{
    let named = Object::<BTreeMap<String, Integer>>::deserialize(d)?.0;
    Ok(named.map(|named| named.into_iter().map(|(name, one)| (name, one.0)).collect()))
}

struct Integer(Option<i64>);

impl<'de> Deserialize<'de> for Integer {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        scalar(deserializer).map(Self)
    }
}

struct Corners(Option<Vec<Vec<i64>>>);

impl<'de> Deserialize<'de> for Corners {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let points = List::<List<Integer>>::deserialize(deserializer)?.0;
        let point = |point: List<Integer>| {
            let numbers = point.0.unwrap_or_default().into_iter();
            numbers.filter_map(|one| one.0).collect()
        };
        Ok(Self(
            points.map(|points| points.into_iter().map(point).collect()),
        ))
    }
}

/// An object, or nothing.
struct Object<T>(Option<T>);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(AnObject(PhantomData))
    }
}

struct AnObject<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for AnObject<T> {
    type Value = Object<T>;
    no_scalar!(Object(None));
    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Object<T>, A::Error> {
        T::deserialize(MapAccessDeserializer::new(map)).map(|object| Object(Some(object)))
    }
    fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<Object<T>, A::Error> {
        drain_seq(seq).map(|()| Object(None))
    }
}

/// The elements of a list, or nothing.
struct List<T>(Option<Vec<T>>);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for List<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(AList(PhantomData))
    }
}

struct AList<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for AList<T> {
    type Value = List<T>;
    no_scalar!(List(None));
    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<List<T>, A::Error> {
        drain_map(map).map(|()| List(None))
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<List<T>, A::Error> {
        let mut elements = Vec::new();
        while let Some(element) = seq.next_element()? {
            elements.push(element);
        }
        Ok(List(Some(elements)))
    }
}

#[cfg(test)]
mod tests;
