//! A profile that is named must be somewhere. One that is nowhere is told before anything else is asked for: what it would
//! have said is missing, and none of that is what is wrong.

use std::time::SystemTime;

use cardseal::{Error, huawei, tencent};

use crate::exit::{Failure, Whose};
use crate::printable;

/// Refuses a profile that is in no file of credentials either. `cloud` is the one that was named.
pub(super) fn check(name: &str, cloud: Option<&str>) -> Result<(), Failure> {
    let now = SystemTime::now();
    let at_tencent = || tencent::profile_if_there(name).available(now).err();
    let at_huawei = || huawei::profile_if_there(name).available(now).err();
    let reasons: Vec<Error> = match cloud {
        Some("tencent") => at_tencent().into_iter().collect(),
        Some("huawei") => at_huawei().into_iter().collect(),
        // It has no such file, and says so.
        Some(_) => return Ok(()),
        None => match (at_tencent(), at_huawei()) {
            (Some(tencent), Some(huawei)) => vec![tencent, huawei],
            _ => return Ok(()),
        },
    };
    if reasons.is_empty() {
        return Ok(());
    }
    let reasons: Vec<String> = reasons.iter().map(ToString::to_string).collect();
    Err(Failure::new(
        Whose::Credential,
        format!(
            "the profile `{}` is nowhere: it has no table in the config file; {}",
            printable::name(name),
            reasons.join("; ")
        ),
    ))
}
