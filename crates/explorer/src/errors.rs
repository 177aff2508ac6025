//! What an error code of any of the clouds means, and what to do about it.
//!
//! The codes, whose fault each is, and the advice are the library's own (`cardseal::service_codes`); what each means
//! stands here, one room a cloud, from the same pages.

mod chinese;
mod ctyun;
mod huawei;
mod tencent;

use cardseal::service_codes::{self, ServiceCode};

use crate::catalogue::Cloud;

/// One code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct ErrorCode {
    /// Whose it is.
    pub cloud: Cloud,
    /// As the service spells it.
    pub code: &'static str,
    /// What happened.
    pub meaning: &'static str,
    /// What to do.
    pub advice: &'static str,
    /// What happened, in Chinese.
    pub meaning_zh: &'static str,
    /// What to do, in Chinese.
    pub advice_zh: &'static str,
    /// Whether the same request may be sent again later.
    pub retryable: bool,
    /// Whether a call that fails with it is billed; `None` if it is not known.
    pub billed: Option<bool>,
}

/// A code and what it means.
type Meaning = (&'static str, &'static str);

const ROOMS: [(Cloud, &[Meaning]); 3] = [
    (Cloud::Tencent, tencent::MEANINGS),
    (Cloud::Ctyun, ctyun::MEANINGS),
    (Cloud::Huawei, huawei::MEANINGS),
];

/// Every code, cloud by cloud.
pub fn error_codes() -> impl Iterator<Item = ErrorCode> {
    service_codes::table().filter_map(|row| explained(&row))
}

/// The codes that a text names, at one cloud or at all of them. Huawei's older gateway says `APIGW.` for `APIG.`, and
/// some members of Ctyun's answers leave `CTAPI_` out.
pub fn find_error_codes(code: &str, cloud: Option<Cloud>) -> Vec<ErrorCode> {
    let huawei = code
        .strip_prefix("APIGW.")
        .map(|number| format!("APIG.{number}"));
    let is_bare = code.len() == 5 && code.bytes().all(|byte| byte.is_ascii_digit());
    let ctyun = is_bare.then(|| format!("CTAPI_{code}"));
    let is_asked_for = |row: &ErrorCode| {
        let alias = match row.cloud {
            Cloud::Tencent => None,
            Cloud::Ctyun => ctyun.as_deref(),
            Cloud::Huawei => huawei.as_deref(),
        };
        cloud.is_none_or(|cloud| cloud == row.cloud)
            && (row.code == code || alias == Some(row.code))
    };
    error_codes().filter(is_asked_for).collect()
}

/// The code that an unknown one is nearest to: the same in other letters, the one it is a misspelling of, or else the class
/// it belongs to, which is its first part up to a full stop.
pub fn nearest_error_code(code: &str, cloud: Option<Cloud>) -> Option<ErrorCode> {
    let known = || error_codes().filter(|row| cloud.is_none_or(|cloud| cloud == row.cloud));
    let folded = |text: &str| text.replace(['_', '-', ' '], "").to_ascii_lowercase();
    let asked = folded(code);
    let class = code.split('.').next().unwrap_or_default();
    let last = |code: &str| folded(code.rsplit('.').next().unwrap_or_default());
    known()
        .find(|row| folded(row.code) == asked)
        .or_else(|| known().find(|row| last(row.code) == asked))
        .or_else(|| {
            let changes = |row: &ErrorCode| strsim::osa_distance(&folded(row.code), &asked);
            let nearest = known().min_by_key(changes)?;
            (changes(&nearest) <= MISSPELT).then_some(nearest)
        })
        .or_else(|| known().find(|row| row.code == class))
}

/// So many letters that are left out, added, changed or swapped are a misspelling.
const MISSPELT: usize = 2;

fn explained(row: &ServiceCode) -> Option<ErrorCode> {
    let (cloud, meanings) = ROOMS
        .into_iter()
        .find(|(cloud, _)| cloud.name() == row.cloud)?;
    let (code, meaning) = meanings.iter().find(|(code, _)| *code == row.code)?;
    let (meaning_zh, advice_zh) = chinese::of(cloud, code)?;
    Some(ErrorCode {
        cloud,
        code,
        meaning,
        advice: row.advice,
        meaning_zh,
        advice_zh,
        retryable: row.is_retryable(),
        billed: row.billed,
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_code_that_the_library_knows_is_explained_and_no_other_is() {
        let library: BTreeSet<_> = service_codes::table()
            .map(|row| (row.cloud, row.code))
            .collect();
        let rooms = ROOMS
            .iter()
            .flat_map(|(cloud, meanings)| meanings.iter().map(|(code, _)| (cloud.name(), *code)));
        let explained: BTreeSet<_> = rooms.clone().collect();
        assert_eq!(rooms.count(), explained.len(), "a code is explained twice");
        let missing: Vec<_> = library.difference(&explained).collect();
        let beyond: Vec<_> = explained.difference(&library).collect();
        assert!(
            missing.is_empty() && beyond.is_empty(),
            "missing {missing:?}, beyond {beyond:?}"
        );
        assert_eq!(error_codes().count(), library.len());
    }

    #[test]
    fn a_meaning_is_a_line_of_its_own() {
        for row in error_codes() {
            let fine =
                row.meaning.len() >= 12 && row.meaning.len() <= 100 && !row.meaning.ends_with('.');
            assert!(
                fine && !row.meaning.contains('\n'),
                "{}: {}",
                row.code,
                row.meaning
            );
            assert_ne!(row.meaning, row.advice, "{}", row.code);
        }
    }

    #[test]
    fn every_code_is_explained_in_chinese_too() {
        let chinese = |c: char| ('\u{4e00}'..='\u{9fff}').contains(&c);
        for row in error_codes() {
            assert!(row.meaning_zh.contains(chinese), "{}", row.code);
            assert!(row.advice_zh.contains(chinese), "{}", row.code);
        }
        assert_eq!(
            chinese::count(),
            error_codes().count(),
            "one is explained twice"
        );
    }

    #[test]
    fn a_code_is_found_by_each_of_its_spellings() {
        let found = |code: &str, cloud| {
            let rows = find_error_codes(code, cloud);
            rows.iter()
                .map(|row| (row.cloud, row.code))
                .collect::<Vec<_>>()
        };
        let blur = "FailedOperation.ImageBlur";
        assert_eq!(found(blur, None), [(Cloud::Tencent, blur)]);
        assert_eq!(found(blur, Some(Cloud::Huawei)), []);
        assert_eq!(found("APIGW.0308", None), [(Cloud::Huawei, "APIG.0308")]);
        assert_eq!(found("10009", None), [(Cloud::Ctyun, "CTAPI_10009")]);
        assert_eq!(found("10009", Some(Cloud::Tencent)), []);
        for unknown in [
            "",
            "failedoperation.imageblur",
            "FailedOperation.New",
            "CTAPI",
            "\u{202e}",
        ] {
            assert_eq!(found(unknown, None), []);
        }
    }

    #[test]
    fn an_unknown_code_has_a_neighbour() {
        let nearest = |code| nearest_error_code(code, None).map(|row| row.code);
        assert_eq!(
            nearest("failedoperation.imageblur"),
            Some("FailedOperation.ImageBlur")
        );
        assert_eq!(
            nearest("FailedOperation.UnknowError"),
            Some("FailedOperation.UnKnowError")
        );
        assert_eq!(nearest("ImageBlur"), Some("FailedOperation.ImageBlur"));
        assert_eq!(
            nearest("FailedOperation.ImageBlurr"),
            Some("FailedOperation.ImageBlur")
        );
        assert_eq!(nearest("FailedOperation.New"), Some("FailedOperation"));
        assert_eq!(nearest("Never.Heard"), None);
        assert_eq!(nearest_error_code("ImageBlur", Some(Cloud::Ctyun)), None);
    }
}
