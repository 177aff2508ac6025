//! Unwraps keys as the standards say, with code that no provider uses. Only for test keys: nothing here is constant
//! time.
//!
//! Sources: RFC 8017 §7.2.2 (RSAES-PKCS1-v1_5), GB/T 32918.4-2016 §7.1 (SM2 decryption, C1‖C3‖C2), GB/T 32918.5 (the
//! curve).

use crypto_bigint::modular::{BoxedMontyForm, BoxedMontyParams, ConstMontyForm};
use crypto_bigint::{BoxedUint, Odd, U256, const_monty_params};
use sm3::{Digest, Sm3};

/// The RSA key of the scenarios, in the service's form.
pub(super) const RSA_KEY: &str = include_str!("../../../vectors/keys/scenario-rsa-1024.b64");
/// The SM2 key of the scenarios.
pub(super) const SM2_KEY: &str = include_str!("../../../vectors/keys/scenario-sm2.b64");

// The private keys, which are also in vectors/keys.
const RSA_MODULUS: &str = "b205fdb76d0c437e0bc10e5f1cd57208dcb4ee7c3d30f006819615f40b5d68c1b63bfbe2105fc31cdcc7d51a7e74fbf7a2d3ea1167aece4d845955eaed051b81890df65fd3c5f0f51c86fb148598864e68f375134773926089ba88494be673ac9a5f365d170be9e55db0dab16499be42b2723ed4ab689e8a37ba9702a1602a8d";
const RSA_PRIVATE: &str = "85ee5defd679887956ac7a7c71fbdf1bedb7ad4808dd3d6717aceb7d3be39d8146f19fd1769224ff1cd6b66b8541cba2857cbab73772dac094d684fe062d767fdde1b49b2f3eb074b077ccddb09ebce9c0185fb139c9d09fa496f91eec11327da9e064aabb4246c73d28ff347ca0f0f7d73972a09c209cd75da7ebce7f811221";
const SM2_PRIVATE: &str = "b8eb43e0450726208ce6573720de3e59846c3e90679963254b6f1764bc98f4a8";

/// The content of a wrapped key.
pub(super) struct Unwrapped {
    pub(super) key: Vec<u8>,
    /// The randomness of the wrap: RSA's padding, or the first coordinate of SM2's point.
    pub(super) random: Vec<u8>,
}

/// The block that was encrypted for [`RSA_KEY`], with its padding.
pub(super) fn rsa_block(blob: &[u8]) -> Option<Vec<u8>> {
    let modulus = BoxedUint::from_be_hex(RSA_MODULUS, 1024).into_option()?;
    let private = BoxedUint::from_be_hex(RSA_PRIVATE, 1024).into_option()?;
    let params = BoxedMontyParams::new(Odd::new(modulus).into_option()?);
    let number = BoxedUint::from_be_slice(blob, 1024).ok()?;
    let block = BoxedMontyForm::new(number, &params)
        .pow(&private)
        .retrieve();
    Some(block.to_be_bytes().to_vec())
}

/// The session key in a block of RSAES-PKCS1-v1_5; `None` if it is invalid.
pub(super) fn rsa(block: &[u8]) -> Option<Unwrapped> {
    // 00 02, eight or more bytes that are not zero, 00, the message.
    let padded = block.strip_prefix(&[0, 2])?;
    let end = padded.iter().position(|byte| *byte == 0)?;
    let (random, key) = padded.split_at_checked(end)?;
    (end >= 8).then(|| Unwrapped {
        key: key.get(1..).unwrap_or_default().to_vec(),
        random: random.to_vec(),
    })
}

const_monty_params!(
    Field,
    U256,
    "fffffffeffffffffffffffffffffffffffffffff00000000ffffffffffffffff",
    "The field of the curve: integers modulo its prime."
);

type Element = ConstMontyForm<Field, { U256::LIMBS }>;

/// A finite point; `None` is the point at infinity.
type Point = Option<(Element, Element)>;

/// The session key in a blob wrapped for [`SM2_KEY`]; `None` if it is invalid.
pub(super) fn sm2(blob: &[u8]) -> Option<Unwrapped> {
    let (c1, rest) = blob.split_at_checked(65)?;
    let (c3, c2) = rest.split_at_checked(32)?;
    let (4, coordinates) = c1.split_first()? else {
        return None;
    };
    let (x, y) = coordinates.split_at_checked(32)?;
    let shared = multiply((element(x)?, element(y)?))?;
    let [x, y] = [shared.0, shared.1].map(|half| half.retrieve().to_be_bytes());
    let (x, y) = (x.as_ref(), y.as_ref());
    // One block of keystream is 32 bytes, the longest session key here.
    let keystream = Sm3::new()
        .chain_update(x)
        .chain_update(y)
        .chain_update([0, 0, 0, 1])
        .finalize();
    let key: Vec<u8> = c2.iter().zip(&keystream).map(|(a, b)| a ^ b).collect();
    let digest = Sm3::new()
        .chain_update(x)
        .chain_update(&key)
        .chain_update(y)
        .finalize();
    let is_whole = key.len() == c2.len() && digest.as_slice() == c3;
    let random = coordinates.get(..32)?.to_vec();
    is_whole.then_some(Unwrapped { key, random })
}

fn element(bytes: &[u8]) -> Option<Element> {
    let bytes: &[u8; 32] = bytes.try_into().ok()?;
    Some(Element::new(&U256::from_be_slice_truncated(bytes, 256)))
}

/// The private key times a point, by doubling and adding.
fn multiply(point: (Element, Element)) -> Point {
    let private = U256::from_be_hex(SM2_PRIVATE).to_be_bytes();
    let mut sum = None;
    for byte in private.as_ref() {
        for bit in (0..8).rev() {
            sum = add(sum, sum);
            if byte >> bit & 1 == 1 {
                sum = add(sum, Some(point));
            }
        }
    }
    sum
}

/// GB/T 32918.1 §3.2.3.1, with a = -3.
fn add(p: Point, q: Point) -> Point {
    let (Some((x1, y1)), Some((x2, y2))) = (p, q) else {
        return p.or(q);
    };
    let small = |number: u8| Element::new(&U256::from_u8(number));
    let slope = if x1 != x2 {
        y2.sub(&y1).mul(&x2.sub(&x1).invert().into_option()?)
    } else if y1 == y2 {
        let above = x1.square().mul(&small(3)).sub(&small(3));
        above.mul(&y1.mul(&small(2)).invert().into_option()?)
    } else {
        return None;
    };
    let x = slope.square().sub(&x1).sub(&x2);
    Some((x, slope.mul(&x1.sub(&x)).sub(&y1)))
}
