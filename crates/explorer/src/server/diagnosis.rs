//! Which check refused a reply. The library says one and the same of every reason, so that nobody can learn from it; on
//! this page, which has the reply and its request before it, the checks are gone through again, in the library's order.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use cardseal::{EncryptedReply, IvPolicy};
use serde_json::Value;

use super::exchanges::Exchange;
use super::told::{Check, Refused};

/// The reason why a reply with a sealed body does not open.
pub(crate) fn of(
    exchange: &Exchange,
    parsed: &EncryptedReply,
    policy: IvPolicy,
    reply: &str,
) -> Refused {
    let reply: Value = serde_json::from_str(reply).unwrap_or_default();
    let inner = reply.get("Response").unwrap_or(&reply);
    let by = |en: &str, zh: &str| Refused::new(Check::ReplyEnvelope, en, zh);
    let encryption = match inner.get("Encryption") {
        Some(Value::Object(encryption)) => encryption,
        _ => {
            return by(
                "nothing was decrypted: the reply has no Encryption, and the answer to a sealed request always has",
                "未解密：应答缺少 Encryption，而加密请求的应答必定带有",
            );
        }
    };
    let text = |name: &str| encryption.get(name).and_then(Value::as_str);
    // What is absent or null is read as the request's.
    if text("Algorithm").is_some_and(|algorithm| algorithm != exchange.algorithm) {
        return by(
            "nothing was decrypted: Algorithm is not the request's",
            "未解密：Algorithm 与请求不一致",
        );
    }
    if !parsed.clear_text_fields().is_empty() {
        return by(
            "nothing was decrypted: members about the card stand in clear beside the sealed body, where only the sealed body may speak",
            "未解密：加密内容之外出现了明文的证件信息",
        );
    }
    if encryption
        .get("EncryptList")
        .is_some_and(|list| !list.is_null())
        && parsed.sealed_parts() != ["EncryptedBody"]
    {
        return by(
            "nothing was decrypted: EncryptList does not name exactly EncryptedBody",
            "未解密：EncryptList 不是恰好一项 EncryptedBody",
        );
    }
    let decoded = |text: Option<&str>| text.and_then(|text| STANDARD.decode(text).ok());
    match decoded(text("Iv")) {
        None => {
            return by(
                "nothing was decrypted: Iv is no strict Base64",
                "未解密：Iv 不是严格的 Base64",
            );
        }
        Some(iv) if iv.len() != exchange.iv_len => {
            return by(
                "nothing was decrypted: Iv has not the algorithm's length",
                "未解密：Iv 的长度与算法不符",
            );
        }
        Some(_) => {}
    }
    if let Some(refused) = tags(exchange, encryption.get("TagList")) {
        return refused;
    }
    let Some(body) = decoded(inner.get("EncryptedBody").and_then(Value::as_str)) else {
        return by(
            "nothing was decrypted: EncryptedBody is absent or no strict Base64",
            "未解密：EncryptedBody 缺失或不是严格的 Base64",
        );
    };
    let reused = text("Iv") == Some(&exchange.iv);
    match (policy, reused) {
        (IvPolicy::Same, false) => {
            return by(
                "nothing was decrypted: the IV is not the request's, and the chosen IV policy asks for it",
                "未解密：IV 不是请求的 IV，而所选策略要求相同",
            );
        }
        (IvPolicy::Fresh, true) => {
            return by(
                "nothing was decrypted: the IV is the request's own, and the chosen IV policy refuses that",
                "未解密：应答复用了请求的 IV，而所选策略不允许",
            );
        }
        (IvPolicy::BySuite, false) if !exchange.has_tag => {
            return by(
                "nothing was decrypted: the IV is not the request's. AES-256-CBC has no tag, so whoever chose the IV would have \
                 chosen the first 16 bytes of the answer; the usual IV policy refuses that",
                "未解密：IV 不是请求的 IV。AES-256-CBC 没有认证标签，能改 IV 者即可改写应答的前 16 字节，默认 IV 策略予以拒绝",
            );
        }
        _ => {}
    }
    decrypted(exchange, body.len())
}

fn tags(exchange: &Exchange, tags: Option<&Value>) -> Option<Refused> {
    let list: Vec<&Value> = match tags {
        Some(Value::Array(list)) => list.iter().collect(),
        _ => Vec::new(),
    };
    let by = |en: &str, zh: &str| Some(Refused::new(Check::ReplyEnvelope, en, zh));
    match (exchange.has_tag, list.as_slice()) {
        (false, []) => None,
        (false, _) => by(
            "nothing was decrypted: TagList has tags, and AES-256-CBC has none",
            "未解密：TagList 中有标签，而 AES-256-CBC 没有标签",
        ),
        (true, [tag]) => {
            let tag = tag.as_str().and_then(|tag| STANDARD.decode(tag).ok());
            match tag.map(|tag| tag.len()) {
                Some(16) => None,
                _ => by(
                    "nothing was decrypted: the tag is not 16 bytes of strict Base64",
                    "未解密：认证标签不是 16 字节的严格 Base64",
                ),
            }
        }
        (true, _) => by(
            "nothing was decrypted: TagList has not exactly one tag",
            "未解密：TagList 不是恰好一个标签",
        ),
    }
}

/// Every check before was passed: what was decrypted is at fault.
fn decrypted(exchange: &Exchange, bytes: usize) -> Refused {
    let by = |en: &str, zh: &str| Refused::new(Check::Decryption, en, zh);
    if exchange.has_tag {
        return by(
            "the tag does not fit: ciphertext, IV or tag are not those that were made with this request's session key",
            "认证标签不符：密文、IV 或标签并非由本次请求的会话密钥生成",
        );
    }
    if bytes == 0 || !bytes.is_multiple_of(16) {
        return by(
            "nothing was decrypted: the ciphertext is not a whole number of 16-byte blocks",
            "未解密：密文不是 16 字节分组的整数倍",
        );
    }
    by(
        "what was decrypted is not whole: its padding, its UTF-8 or its JSON. AES-256-CBC has no tag, so a change \
         that leaves these whole is not noticed",
        "解密结果不完整：填充、UTF-8 或 JSON 有误。AES-256-CBC 没有认证标签，不破坏这些结构的篡改不会被发现",
    )
}
