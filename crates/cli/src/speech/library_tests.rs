//! What the library and the crates beside it refuse with is said in Chinese, too: every text of their sources has its twin.

use std::collections::BTreeSet;
use std::path::Path;

use cardseal::KeyRejected;
use cardseal::service_codes;
use proc_macro2::TokenStream;

use super::in_chinese;
use super::mixture::{english_in, known_names};
use super::tests::{filled, list, messages_in, sources};

/// Whose errors the command line tells.
const CRATES: [&str; 8] = [
    "../../src",
    "../batch/src",
    "../explain/src",
    "../ledger/src",
    "../policy/src",
    "../prepare/src",
    "../queue/src",
    "../sniff/src",
];

/// Where there are texts for whoever writes a provider or reads a test, and none for who runs a command.
const ELSEWHERE: [&str; 5] = [
    "crypto/conformance",
    "known_sets.rs",
    "error/key_rejected/decoding.rs",
    "error/key_rejected/key_format.rs",
    "/tests/",
];

/// How texts begin that are no sentences: of databases, of programs, of the wire, of logs.
const BEGINNINGS: [&str; 21] = [
    "INSERT INTO",
    "DELETE FROM",
    "SELECT ",
    "\n    CREATE TABLE",
    "SQLite format",
    "openssl ",
    "CONNECT ",
    "Proxy-Authorization",
    "r\nContent-Disposition",
    "Raw profile",
    "cardseal batch journal",
    "f {id}",
    "l {id}",
    "{} ORDER BY",
    "duplicate field `",
    "Allowance(",
    "n {id}",
    "`ureq_proto` logs",
    "ClientCertificate(",
    "Parameters(",
    "{number:>4}",
];

/// Parts of sentences that stand in the files as a whole, what is compared with, and what signs.
const PARTS: &[&str] = &[
    "no value is both an object and a list",
    "a value that holds what is named",
    "The field of the curve (GB/T 32918.5): integers modulo its prime.",
    " ({name} is set but not followed; if a proxy is required, set it with TransportOptions::proxy, on the command line --proxy)",
    "a redirect, which is never followed, because it would carry the signed request elsewhere",
    "without an error of the service; check the proxies and gateways in between",
    "the reply has HTTP status {}, {why}",
    "; use a token in place of a signature",
    "; use POST, which allows 10 MiB",
    "; send the image by its URL",
    "; use tc3-hmac-sha256 (TC3) with POST, which allows 10 MiB",
    "nothing was sealed or sent",
    "the answer was not opened",
    "blocks of sixteen",
    "reach the limit",
    "exceeding request size limit",
    "could not load",
    "could not add certificate",
    "there is no ",
    " of that name; there are {}",
    " (`{meant}` is meant?)",
    "; of what it takes sealed, the object lacks {}",
    "{} has no member `{}`{meant}, which would be sent in clear{absent}; correct the name, or ask for unknown members in clear",
    "`{}` and `{last}`",
    ", and ",
    "line {line}, {place}",
    "{} says: {error}",
    "{self} within {allowed:?}",
    "the proxy ",
    "the proxy {}:{} {why}",
    " (request id {id})",
    " (request id {})",
    " (its SHA-256)",
    "{same}[{more} bytes, not shown]",
    "the resource `{}` {}",
    "calls {}, ok {}, failed {}, billed {}",
    "{} Headers={signed_headers} Signature={signature}",
    "{algorithm} Access={}, SignedHeaders={signed_headers}, Signature={signature}",
    "{ALGORITHM} Credential={}/{info}, SignedHeaders={signed_headers}, Signature={signature}",
    "{ALGORITHM} Credential={}/{scope}, SignedHeaders={signed_headers}, Signature={signature}",
];

#[test]
fn no_reason_of_the_library_lacks_its_twin() {
    let known = known_names();
    let mut lacking = BTreeSet::new();
    let mut found = 0;
    for root in CRATES {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join(root);
        let mut files = Vec::new();
        sources(&root, &mut files);
        for file in files {
            let place = file.display().to_string();
            if ELSEWHERE.iter().any(|part| place.contains(part)) {
                continue;
            }
            let tokens: TokenStream = std::fs::read_to_string(&file).unwrap().parse().unwrap();
            let mut messages = Vec::new();
            messages_in(tokens, &mut messages);
            for message in messages {
                let is_none = PARTS.contains(&message.as_str())
                    || BEGINNINGS.iter().any(|known| message.starts_with(known));
                found += usize::from(!is_none);
                // Braces are a gap's, or stand for themselves.
                if !is_none && !is_said(&filled(&message)) && !is_said(&message) {
                    lacking.insert(format!("{place}\t{message:?}"));
                }
                let said = in_chinese(filled(&message).trim());
                if !is_none && !english_in(&said, &known).is_empty() {
                    lacking.insert(format!("half in English: {said}"));
                }
            }
        }
    }
    assert!(found > 550, "{found} messages are few");
    assert!(lacking.is_empty(), "no Chinese for:\n{}", list(&lacking));
}

fn is_said(text: &str) -> bool {
    [text, text.trim()]
        .iter()
        .any(|text| in_chinese(text) != *text)
}

#[test]
fn what_is_put_together_is_chinese_in_all_of_its_parts() {
    for (english, parts) in [
        (
            "assuming the role: no connection: the name sts.h.example was not resolved: failed to look up; check the \
             endpoint, the network and the proxy rules; no time was left for another attempt (request id 7-a)",
            &[
                "扮演角色",
                "无法连接",
                "未能解析",
                "没有时间再试一次",
                "请求 id 7-a",
            ][..],
        ),
        (
            "no connection: the proxy 10.0.0.1:3128 was not reached at any of 2 addresses within 10s; check the \
             endpoint, the network and the proxy rules",
            &["10 秒内代理 10.0.0.1:3128 的 2 个地址都无法到达"],
        ),
        (
            "line 3, [default] in `/h/credentials`: the secret key is in quotes, which would become part of it; \
             leave them out",
            &["第 3 行", "请去掉引号"],
        ),
        (
            "IdCardVerification has no member `Idcard` (`IdCard` is meant?), which would be sent in clear; correct the \
             name, or ask for unknown members in clear",
            &["是指 `IdCard` 吗", "明文"],
        ),
        (
            "TENCENTCLOUD_SECRET_KEY: the secret key is empty; set it in the environment or a file",
            &["TENCENTCLOUD_SECRET_KEY：", "为空"],
        ),
        (
            "`/h/ledger`: nothing more can be written: the disk is full or broken, or a quota or a limit of file size is \
             reached; make room for the ledger",
            &["`/h/ledger`：", "磁盘已满"],
        ),
        (
            "the picture `card.jpg`: the JPEG picture is cut or damaged: it ends before its end marker; take or export \
             it again",
            &["图片 `card.jpg`：JPEG 图片不完整", "结束标记"],
        ),
        (
            "there is no Config switch of that name; there are CopyWarn, Quality",
            &["没有这个名称的"],
        ),
    ] {
        let said = in_chinese(english);
        for part in parts {
            assert!(said.contains(part), "{part} is not in {said}");
        }
        for word in ["which", "check the", "was not", "leave"] {
            assert!(!said.contains(word), "{word} is left in {said}");
        }
    }
}

#[test]
fn a_refusal_keeps_the_services_words_and_has_its_advice_in_chinese() {
    let mut count = 0;
    for known in service_codes::table() {
        let (code, advice) = (known.code, known.advice);
        let refused =
            format!("the service refused: {code}: its own; words; {advice} (request id 1-2)");
        let said = in_chinese(&refused);
        assert!(
            said.starts_with(&format!("服务拒绝：{code}: its own; words；")),
            "{said}"
        );
        assert!(said.ends_with("（请求 id 1-2）"), "{said}");
        assert!(!said.contains(advice), "{said}");
        count += 1;
    }
    assert!(count > 150, "{count}");
}

#[test]
fn why_a_connection_broke_is_told_in_chinese() {
    for (reason, chinese) in [
        (
            "connection closed before message completed",
            "应答尚未完成，对方就关闭了连接",
        ),
        (
            "Connection reset by peer (os error 104)",
            "连接被对方重置（os error 104）",
        ),
        (
            "the explorer ended before a reply came",
            "应答到达之前 explorer 已结束",
        ),
    ] {
        let broke =
            format!("the connection broke: {reason}; the service may have received the request");
        let said = in_chinese(&broke);
        assert_eq!(said, format!("连接中断：{chinese}；服务可能已收到请求"));
    }
}

/// Reasons that name a command, each with the longest way to the key.
fn with_commands() -> impl Iterator<Item = KeyRejected> {
    let keys = concat!(env!("CARGO_MANIFEST_DIR"), "/../../vectors/scenarios/key/");
    [
        "explicit-curve-sm2",
        "label-disagrees-pkcs1-labelled-spki",
        "point-compressed-spki",
        "other-format-rsa-without-null-der",
        "other-format-certificate-pem",
    ]
    .into_iter()
    .map(move |name| {
        let file = std::fs::read_to_string(format!("{keys}{name}.txt")).unwrap();
        let (_, payload) = file.split_once("\n\n").unwrap();
        let json = serde_json::json!({"key": payload}).to_string();
        let wide: Vec<u8> = json.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let reason = cardseal::Recipient::parse(&wide).unwrap_err();
        assert!(reason.command().is_some(), "{name}: {reason}");
        reason
    })
}

#[test]
fn every_form_of_a_key_that_is_refused_is_told_in_chinese() {
    for reason in [
        KeyRejected::NotAKey,
        KeyRejected::PrivateKey,
        KeyRejected::TwoBlocks,
        KeyRejected::WrongLabel,
        KeyRejected::MalformedPem,
        KeyRejected::Malformed,
        KeyRejected::TrailingBytes,
        KeyRejected::EvenModulus,
        KeyRejected::Exponent,
        KeyRejected::PrimeModulus,
        KeyRejected::RocaModulus,
        KeyRejected::OtherCurve,
        KeyRejected::OffCurve,
    ]
    .into_iter()
    .chain(with_commands())
    {
        let english = cardseal::Error::from(reason).to_string();
        let said = in_chinese(&english);
        assert!(said.starts_with("公钥被拒绝："), "{said}");
        assert!(
            !said.contains("copy it again") && !said.contains("its "),
            "{said}"
        );
    }
}
