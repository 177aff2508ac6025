//! Calls a second, as an option takes them.

pub(crate) fn rate(text: &str) -> Result<f64, String> {
    let rate = text.parse::<f64>().ok();
    rate.filter(|rate| (0.001..=1_000_000.0).contains(rate))
        .ok_or_else(|| "a number of calls a second is needed, such as 20 or 0.5".to_owned())
}
