//! A JSON number as a person writes it: all of its digits, no exponent, no zeros behind the point.
//!
//! A citizen's number has 17 digits or 18, and a float holds 15 of them.

/// More digits than any number of an answer has. A number that would be longer stays as it is written.
const LONGEST: i64 = 400;

/// Writes a JSON number (RFC 8259 §6) without an exponent and without a fraction that is zero.
pub(super) fn plain(number: &str) -> String {
    written_out(number).unwrap_or_else(|| number.to_owned())
}

fn written_out(number: &str) -> Option<String> {
    let (mantissa, exponent) = match number.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.parse::<i64>().ok()?),
        None => (number, 0),
    };
    let (sign, digits) = match mantissa.strip_prefix('-') {
        Some(digits) => ("-", digits),
        None => ("", mantissa),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let all = [whole, fraction].concat();
    // Where the point stands, counted from the first digit.
    let point = i64::try_from(whole.len()).ok()?.checked_add(exponent)?;
    if point.abs() > LONGEST || all.len() > usize::try_from(LONGEST).ok()? {
        return None;
    }
    let zeros = |count: i64| "0".repeat(usize::try_from(count).unwrap_or_default());
    let len = i64::try_from(all.len()).ok()?;
    let padded = [
        zeros(point.checked_neg()?),
        all,
        zeros(point.checked_sub(len)?),
    ]
    .concat();
    let (whole, fraction) = padded.split_at_checked(usize::try_from(point.max(0)).ok()?)?;
    let whole = match whole.trim_start_matches('0') {
        "" => "0",
        digits => digits,
    };
    let fraction = fraction.trim_end_matches('0');
    let dot = if fraction.is_empty() { "" } else { "." };
    Some([sign, whole, dot, fraction].concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s11_every_digit_of_a_number_is_kept() {
        for (number, text) in [
            ("0", "0"),
            ("-0", "-0"),
            ("87", "87"),
            ("87.0", "87"),
            ("87.50", "87.5"),
            ("-87.5", "-87.5"),
            ("0.05", "0.05"),
            ("5e-2", "0.05"),
            ("1.5E+1", "15"),
            ("110105194912310029", "110105194912310029"),
            ("110105194912310029.0", "110105194912310029"),
            ("1.10105194912310029e17", "110105194912310029"),
            ("1.10105194912310029e18", "1101051949123100290"),
            ("11010519491231002900e-2", "110105194912310029"),
            (
                "340282366920938463463374607431768211456",
                "340282366920938463463374607431768211456",
            ),
            ("1e999999999999", "1e999999999999"),
            ("1e99999999999999999999", "1e99999999999999999999"),
            ("1e-402", "1e-402"),
        ] {
            assert_eq!(plain(number), text, "{number}");
        }
        assert_eq!(plain("1e300"), format!("1{}", "0".repeat(300)));
    }
}
