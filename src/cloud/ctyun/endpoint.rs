//! Ctyun's endpoints.
//!
//! Source: the product's pages 10007766 and below, which name one host for every capability.

use crate::endpoint::Endpoint;

/// This cloud's name in errors.
pub(crate) const CLOUD: &str = "Ctyun";

/// The service of the AI gateway.
pub(super) const AI: &str = "ai-global";

/// `ai-global.ctapi.ctyun.cn`: the AI gateway, which has every capability of OCR.
pub fn ai_gateway() -> Endpoint {
    Endpoint::of_service(CLOUD, AI, "ctapi.ctyun.cn")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts() {
        let host = |endpoint: Endpoint| endpoint.origin(CLOUD, AI).unwrap().to_string();
        assert_eq!(host(ai_gateway()), "https://ai-global.ctapi.ctyun.cn");
        assert_eq!(
            host(Endpoint::custom("http://127.0.0.1:1").unwrap()),
            "http://127.0.0.1:1"
        );
    }
}
