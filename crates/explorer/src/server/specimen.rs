//! The card that the embedded gateway "recognises": a specimen, with a portrait that is nobody's.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use cardseal_gateway::Fixture;
use serde_json::json;

const PORTRAIT: &[u8] = include_bytes!("../../page/specimen.png");

/// Every text says that it is a specimen. `None` would be the gateway's own, which has no portrait.
pub(crate) fn fixture() -> Option<Fixture> {
    let portrait = STANDARD.encode(PORTRAIT);
    let cards = json!({
        "FRONT": {
            "Name": "证件样本", "Sex": "女", "Nation": "汉", "Birth": "1990/3/7",
            "Address": "北京市东城区样本路0号（仅供测试）", "IdNum": "11010119900307002X",
            "Quality": 99, "BorderCodeValue": 0, "Portrait": portrait, "IdCard": portrait,
        },
        "BACK": {
            "Authority": "样本市公安局（仅供测试）", "ValidDate": "2020.01.01-2040.01.01",
            "Quality": 99, "BorderCodeValue": 0,
        },
    });
    Fixture::from_json(&cards.to_string()).ok()
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_specimen_is_a_fixture() {
        assert!(super::fixture().is_some());
    }
}
