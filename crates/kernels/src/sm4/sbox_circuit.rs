//! The SM4 S-box as a boolean circuit of 115 gates, on 64 independent bits at a time.
//!
//! The inversion in the middle (62 gates) is the one of Boyar and Peralta, "A small depth-16
//! circuit for the AES S-box" (2012): it inverts in the AES field through GF(2⁴). The linear
//! layers before and after it (22 and 31 XORs) are SM4's own: the isomorphism between the two
//! fields and SM4's affine maps, searched for few gates.

/// A byte's eight bits, least significant first, each for 64 bytes side by side.
pub(crate) type Planes = [u64; 8];

/// The constant the circuit leaves out in front of its first layer.
pub(crate) const INPUT_CONSTANT: u8 = 0x75;

/// The constant the circuit leaves out after its last layer.
pub(crate) const OUTPUT_CONSTANT: u8 = 0xd3;

/// `S(x ^ INPUT_CONSTANT) ^ OUTPUT_CONSTANT` for each of the 64 bytes `x`, S being SM4's S-box.
///
/// Both constants cost nothing when they are folded into the round keys.
#[inline(always)]
pub(crate) fn linear_sbox(x: &Planes) -> Planes {
    let [s0, s1, s2, s3, s4, s5, s6, s7] = *x;

    // Into the basis of the inverter.
    let y20 = s7 ^ s2;
    let y10 = y20 ^ s4;
    let y7 = y10 ^ s0;
    let y5 = s6 ^ s2;
    let y2 = y5 ^ s1;
    let y18 = y2 ^ y7;
    let u0 = s7 ^ s3;
    let y1 = u0 ^ s5;
    let y16 = y1 ^ y7;
    let y6 = y1 ^ y10;
    let x7 = u0 ^ s1;
    let y17 = x7 ^ s0;
    let y9 = y17 ^ s4;
    let y11 = x7 ^ y7;
    let y21 = y16 ^ s1;
    let y4 = y9 ^ y2;
    let y15 = x7 ^ y6;
    let y12 = y15 ^ s6;
    let y14 = y12 ^ s1;
    let y3 = y12 ^ y4;
    let y8 = y14 ^ y9;
    let y19 = y8 ^ y10;

    // Inversion: the norm's inverse in GF(2⁴), then its products with both halves.
    let t2 = y12 & y15;
    let t3 = y3 & y6;
    let t4 = t3 ^ t2;
    let t5 = y4 & x7;
    let t6 = t5 ^ t2;
    let t7 = s1 & y16;
    let t8 = y5 & y1;
    let t9 = t8 ^ t7;
    let t10 = y2 & y7;
    let t11 = t10 ^ t7;
    let t12 = y9 & y11;
    let t13 = y14 & y17;
    let t14 = t13 ^ t12;
    let t15 = y8 & y10;
    let t16 = t15 ^ t12;
    let t17 = t4 ^ t14;
    let t18 = t6 ^ t16;
    let t19 = t9 ^ t14;
    let t20 = t11 ^ t16;
    let t21 = t17 ^ y20;
    let t22 = t18 ^ y19;
    let t23 = t19 ^ y21;
    let t24 = t20 ^ y18;
    let t25 = t21 ^ t22;
    let t26 = t21 & t23;
    let t27 = t24 ^ t26;
    let t28 = t25 & t27;
    let t29 = t28 ^ t22;
    let t30 = t23 ^ t24;
    let t31 = t22 ^ t26;
    let t32 = t31 & t30;
    let t33 = t32 ^ t24;
    let t34 = t23 ^ t33;
    let t35 = t27 ^ t33;
    let t36 = t24 & t35;
    let t37 = t36 ^ t34;
    let t38 = t27 ^ t36;
    let t39 = t29 & t38;
    let t40 = t25 ^ t39;
    let t41 = t40 ^ t37;
    let t42 = t29 ^ t33;
    let t43 = t29 ^ t40;
    let t44 = t33 ^ t37;
    let t45 = t42 ^ t41;
    let z0 = t44 & y15;
    let z1 = t37 & y6;
    let z2 = t33 & x7;
    let z3 = t43 & y16;
    let z4 = t40 & y1;
    let z5 = t29 & y7;
    let z6 = t42 & y11;
    let z7 = t45 & y17;
    let z8 = t41 & y10;
    let z9 = t44 & y12;
    let z10 = t37 & y3;
    let z11 = t33 & y4;
    let z12 = t43 & s1;
    let z13 = t40 & y5;
    let z14 = t29 & y2;
    let z15 = t42 & y9;
    let z16 = t45 & y14;
    let z17 = t41 & y8;

    // Back, with SM4's second affine map.
    let w0 = z6 ^ z10;
    let w1 = z9 ^ z15;
    let w2 = z13 ^ w0;
    let w3 = z0 ^ z1;
    let w4 = z14 ^ w2;
    let w5 = z8 ^ w3;
    let w6 = z4 ^ w4;
    let w7 = z17 ^ w1;
    let w8 = z5 ^ w5;
    let w9 = z16 ^ w1;
    let w10 = z7 ^ w7;
    let w11 = z11 ^ w6;
    let w12 = w8 ^ w9;
    let w13 = z3 ^ z10;
    let w14 = z7 ^ w12;
    let w15 = z13 ^ z15;
    let w16 = w0 ^ w12;
    let w17 = z2 ^ z7;
    let w18 = w3 ^ w10;
    let o4 = z4 ^ w16;
    let w20 = z5 ^ w17;
    let w21 = z0 ^ w11;
    let o3 = z11 ^ w7;
    let o5 = w4 ^ w18;
    let o1 = w8 ^ w11;
    let w25 = w6 ^ w10;
    let o0 = w13 ^ w14;
    let o6 = w20 ^ w21;
    let w28 = z16 ^ w15;
    let o2 = z3 ^ w25;
    let o7 = z12 ^ w28;

    [o0, o1, o2, o3, o4, o5, o6, o7]
}
