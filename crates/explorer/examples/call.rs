//! Calls GeneralBasicOCR of Tencent Cloud. cardseal signs it with TC3-HMAC-SHA256.
//!
//! In Cargo.toml:
//!
//! ```toml
//! [dependencies.cardseal]
//! git = "https://github.com/cardseal/cardseal"
//! default-features = false
//! features = ["blocking", "tls-ring"]
//! ```
//!
//! ```sh
//! export TENCENTCLOUD_SECRET_ID=... TENCENTCLOUD_SECRET_KEY=...
//! cargo run
//! ```
//!
//! Temporary credentials come with a token: TENCENTCLOUD_TOKEN.

use std::env;
use std::error::Error;

use cardseal::tencent::{RawCall, Tencent};
use cardseal::{BlockingClient, Credentials, Endpoint};

const ENDPOINT: &str = "https://ocr.tencentcloudapi.com";
const SERVICE: &str = "ocr";
const ACTION: &str = "GeneralBasicOCR";
const VERSION: &str = "2018-11-19";
const BODY: &str = r#"{
  "ImageUrl": "https://ocr-demo-1254418846.cos.ap-guangzhou.myqcloud.com/card/IDCardOCR/IDCardOCR1.jpg"
}"#;

fn main() -> Result<(), Box<dyn Error>> {
    let variable = |name| env::var(name).map_err(|error| format!("{name}: {error}"));
    let mut credentials = Credentials::new(
        variable("TENCENTCLOUD_SECRET_ID")?,
        variable("TENCENTCLOUD_SECRET_KEY")?,
    )?;
    if let Ok(token) = env::var("TENCENTCLOUD_TOKEN")
        && !token.is_empty()
    {
        credentials = credentials.with_token(token)?;
    }

    // The service is named: it is not always the host's first label. Timestamp, UTC date, content type and signature
    // are the library's to make, anew for every attempt.
    let tencent = Tencent::new(credentials).endpoint(Endpoint::custom(ENDPOINT)?);
    // Sent byte for byte.
    let request = RawCall::new(SERVICE, ACTION, VERSION)?.json(BODY)?;
    // A refusal is an error, with the service's code and advice.
    let answer = BlockingClient::new()?.run(tencent.call(request)?)?;
    println!("{{\"Response\":{}}}", answer.json.expose());
    Ok(())
}
