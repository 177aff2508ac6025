//! EOP.

use cardseal::signing::SignError;

use crate::EOP;
use crate::draft::Draft;

#[test]
fn eop_needs_its_request_id_and_its_date_signed() {
    let good = Draft::good(EOP);
    let name = "ctyun-eop-request-id".to_owned();
    let missing = SignError::MissingHeader { name };
    assert_eq!(
        good.clone().without("ctyun-eop-request-id").refused(EOP),
        missing
    );
    assert_eq!(
        good.clone().with("ctyun-eop-request-id", "").refused(EOP),
        missing
    );
    for (names, name) in [
        (["eop-date"], "ctyun-eop-request-id"),
        (["ctyun-eop-request-id"], "eop-date"),
    ] {
        let name = name.to_owned();
        assert_eq!(
            good.clone().naming(&names).refused(EOP),
            SignError::UnsignedHeader { name }
        );
    }
    let query = Draft {
        target: "/?a=%".to_owned(),
        ..good
    };
    assert_eq!(query.refused(EOP), SignError::BadQuery);
}
