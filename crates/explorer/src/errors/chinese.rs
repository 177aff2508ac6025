//! The same in Chinese: what each code means and what to do, one room a cloud, in the order of the rooms in English.

mod ctyun;
mod huawei;
mod tencent;

use crate::catalogue::Cloud;

/// A code, what it means, and what to do.
type Chinese = (&'static str, &'static str, &'static str);

/// Meaning and advice.
pub(super) fn of(cloud: Cloud, code: &str) -> Option<(&'static str, &'static str)> {
    let room = match cloud {
        Cloud::Tencent => tencent::CODES,
        Cloud::Ctyun => ctyun::CODES,
        Cloud::Huawei => huawei::CODES,
    };
    let found = room.iter().find(|(known, ..)| *known == code);
    found.map(|(_, meaning, advice)| (*meaning, *advice))
}

/// How many codes there are.
#[cfg(test)]
pub(super) fn count() -> usize {
    tencent::CODES.len() + ctyun::CODES.len() + huawei::CODES.len()
}
