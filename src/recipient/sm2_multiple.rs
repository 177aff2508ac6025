//! Multiples of the SM2 curve's generator, for one question only: whether a number that stands beside a public key is
//! its private half. Nothing is encrypted or signed with them.
//!
//! The formula is complete: it adds any two points, also equal ones and the neutral one (Renes, Costello, Batina:
//! "Complete addition formulas for prime order elliptic curves", algorithm 4, for a = −3). A number may be a secret, so
//! every one takes the same 256 additions, and a mask chooses among the results.

use std::sync::OnceLock;

use crypto_bigint::{CtSelect, U256};

use super::sm2_point::{B, Element};

/// The generator of the curve (GB/T 32918.5).
const GENERATOR: [&str; 2] = [
    "32c4ae2c1f1981195f9904466a39c9948fe30bbff2660be1715a4589334c74c7",
    "bc3736a2f4f6779c59bdcee36b692153d0a9877cc62a474002df32e52139f0a0",
];

/// Projective: x/z and y/z are the coordinates.
#[derive(Clone, Copy)]
pub(super) struct Multiple {
    x: Element,
    y: Element,
    z: Element,
}

/// The generator, and each time the double of the one before.
static DOUBLES: OnceLock<Vec<Multiple>> = OnceLock::new();

impl Multiple {
    /// The generator so many times; a big-endian number.
    pub(super) fn of_generator(times: &[u8; 32]) -> Self {
        let mut sum = Self::NEUTRAL;
        let bits = times
            .iter()
            .rev()
            .flat_map(|byte| (0..8).map(move |bit| byte >> bit & 1));
        for (bit, double) in bits.zip(DOUBLES.get_or_init(doubles)) {
            let with = sum.add(double);
            sum = sum.or(&with, bit);
        }
        sum
    }

    const NEUTRAL: Self = Self {
        x: Element::ZERO,
        y: Element::ONE,
        z: Element::ZERO,
    };

    /// Whether it is the point of these coordinates.
    pub(super) fn is(&self, x: &Element, y: &Element) -> bool {
        self.z != Element::ZERO && self.x == x.mul(&self.z) && self.y == y.mul(&self.z)
    }

    /// Whether it is one of the two points of this first coordinate.
    pub(super) fn has_first(&self, x: &Element) -> bool {
        self.z != Element::ZERO && self.x == x.mul(&self.z)
    }

    /// `other`, if the bit is set.
    fn or(&self, other: &Self, bit: u8) -> Self {
        let choice = crypto_bigint::Choice::from_u8_lsb(bit);
        Self {
            x: self.x.ct_select(&other.x, choice),
            y: self.y.ct_select(&other.y, choice),
            z: self.z.ct_select(&other.z, choice),
        }
    }

    fn add(&self, other: &Self) -> Self {
        let xx = self.x.mul(&other.x);
        let yy = self.y.mul(&other.y);
        let zz = self.z.mul(&other.z);
        let both = |a: &Element, b: &Element, c: &Element, d: &Element| a.add(b).mul(&c.add(d));
        let xy = both(&self.x, &self.y, &other.x, &other.y).sub(&xx).sub(&yy);
        let yz = both(&self.y, &self.z, &other.y, &other.z).sub(&yy).sub(&zz);
        let xz = both(&self.x, &self.z, &other.x, &other.z).sub(&xx).sub(&zz);
        let thrice = |a: &Element| a.double().add(a);
        let part = thrice(&xz.sub(&B.mul(&zz)));
        let (less, more) = (yy.sub(&part), yy.add(&part));
        let zz3 = thrice(&zz);
        let cross = thrice(&B.mul(&xz).sub(&zz3).sub(&xx));
        let slope = thrice(&xx).sub(&zz3);
        Self {
            x: more.mul(&xy).sub(&yz.mul(&cross)),
            y: more.mul(&less).add(&slope.mul(&cross)),
            z: less.mul(&yz).add(&xy.mul(&slope)),
        }
    }
}

fn doubles() -> Vec<Multiple> {
    let [x, y] = GENERATOR.map(|hex| Element::new(&U256::from_be_hex(hex)));
    let generator = Multiple {
        x,
        y,
        z: Element::ONE,
    };
    core::iter::successors(Some(generator), |last| Some(last.add(last)))
        .take(256)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn element(hex: &str) -> Element {
        Element::new(&U256::from_be_hex(hex))
    }

    fn bytes(hex: &str) -> [u8; 32] {
        base16ct::lower::decode_vec(hex)
            .unwrap()
            .try_into()
            .unwrap()
    }

    /// The key pair of GB/T 32918.5-2017, A.2, and the generator's first multiples.
    #[test]
    fn published_multiples() {
        let standard = (
            "3945208f7b2144b13f36e38ac6d39f95889393692860b51a42fb81ef4df7c5b8",
            "09f9df311e5421a150dd7d161e4bc5c672179fad1833fc076bb08ff356f35020",
            "ccea490ce26775a52dc6ea718cc1aa600aed05fbf35e084a6632f6072da9ad13",
        );
        let one = format!("{:064x}", 1);
        let once = (one.as_str(), GENERATOR[0], GENERATOR[1]);
        for (times, x, y) in [standard, once] {
            let multiple = Multiple::of_generator(&bytes(times));
            assert!(multiple.is(&element(x), &element(y)), "{times}");
            assert!(multiple.has_first(&element(x)));
            assert!(!multiple.is(&element(y), &element(x)));
        }
    }

    /// The order of the curve (GB/T 32918.5) gives the neutral point, which is no key's; one less gives −G.
    #[test]
    fn the_order_gives_no_point() {
        let order = "fffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d54123";
        let [x, y] = GENERATOR.map(element);
        let none = Multiple::of_generator(&bytes(order));
        assert!(!none.is(&x, &y) && !none.is(&Element::ZERO, &Element::ZERO));
        let less = Multiple::of_generator(&bytes(&order.replace("4123", "4122")));
        assert!(less.has_first(&x) && less.is(&x, &Element::ZERO.sub(&y)));
        assert!(!Multiple::of_generator(&[0; 32]).has_first(&x));
    }
}
