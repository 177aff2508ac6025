//! A Postman collection of Tencent Cloud's actions: one request an action, and one script that signs them all.
//!
//! Source: the collection format 2.1.0 (schema.getpostman.com). The script uses `pm` and `CryptoJS`, which are part of
//! Postman's sandbox and of newman's, and nothing else.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::catalogue::parameter::Parameter;
use crate::catalogue::{self, Action, Cloud, ENVELOPE_MEMBERS, Envelope};
use crate::code::fill;

const SCHEMA: &str = "https://schema.getpostman.com/json/collection/v2.1.0/collection.json";

const ABOUT: &str = "腾讯云 OCR 与人脸核身接口，预请求脚本以 TC3-HMAC-SHA256 签名。\
请在集合或环境的「当前值」中填写 secretId 与 secretKey（临时密钥另填 token）；请勿写入初始值，也不要随集合导出。\n\
变量 endpoint 为空时发往各请求自己的主机；填写如 http://127.0.0.1:8080 则全部发往该地址（`cardseal gateway`）。\n\
每个请求都有测试：HTTP 状态为 200，且应答中没有 Response.Error。\n\n\
Tencent Cloud's OCR and faceid. The pre-request script signs with TC3-HMAC-SHA256. Put secretId and secretKey (and \
token, where they are temporary) into the current values of the collection or of an environment; not into the initial \
values, which an export holds.\n\
While the variable endpoint is empty, each request goes to its own host; with http://127.0.0.1:8080, say, all go there \
(`cardseal gateway`).\n\
Every request is tested: HTTP status 200, and no Response.Error in the answer.";

/// What the examples of encrypted values hold: no ciphertext, which differs from request to request.
const PLACEHOLDER: &str = "AAAA";

#[derive(Serialize)]
struct Collection {
    info: Info,
    item: Vec<Item>,
    event: [Event; 2],
    variable: Vec<Variable>,
}

#[derive(Serialize)]
struct Info {
    name: &'static str,
    description: &'static str,
    schema: &'static str,
}

#[derive(Serialize)]
struct Item {
    name: &'static str,
    request: Request,
}

#[derive(Serialize)]
struct Request {
    method: &'static str,
    header: Vec<Pair>,
    body: Body,
    url: String,
    description: String,
}

#[derive(Serialize)]
struct Pair {
    key: &'static str,
    value: &'static str,
}

#[derive(Serialize)]
struct Body {
    mode: &'static str,
    raw: String,
    options: Options,
}

#[derive(Serialize)]
struct Options {
    raw: RawOptions,
}

#[derive(Serialize)]
struct RawOptions {
    language: &'static str,
}

#[derive(Serialize)]
struct Event {
    listen: &'static str,
    script: Script,
}

#[derive(Serialize)]
struct Script {
    r#type: &'static str,
    exec: Vec<String>,
}

#[derive(Serialize)]
struct Variable {
    key: &'static str,
    value: &'static str,
    r#type: &'static str,
}

/// The collection as JSON. It holds no credentials: its variables are empty.
pub fn collection() -> String {
    let empty = |key| Variable {
        key,
        value: "",
        r#type: "string",
    };
    let collection = Collection {
        info: Info {
            name: "cardseal: Tencent Cloud OCR / faceid",
            description: ABOUT,
            schema: SCHEMA,
        },
        item: actions().map(item).collect(),
        event: [
            event("prerequest", &script()),
            event("test", &test_script()),
        ],
        variable: ["secretId", "secretKey", "token", "endpoint"]
            .map(empty)
            .into(),
    };
    // Texts and lists of texts can always be written.
    let mut text = serde_json::to_string_pretty(&collection).unwrap_or_default();
    text.push('\n');
    text
}

/// How many requests the collection has.
pub fn requests() -> usize {
    actions().count()
}

fn actions() -> impl Iterator<Item = &'static Action> {
    let tencent = |action: &&Action| action.cloud == Cloud::Tencent;
    catalogue::actions().filter(tencent)
}

fn event(listen: &'static str, script: &str) -> Event {
    Event {
        listen,
        script: Script {
            r#type: "text/javascript",
            exec: script.lines().map(str::to_owned).collect(),
        },
    }
}

fn item(action: &'static Action) -> Item {
    Item {
        name: action.name,
        request: Request {
            method: "POST",
            header: vec![
                pair("Content-Type", "application/json"),
                pair("X-TC-Action", action.name),
                pair("X-TC-Version", action.version),
            ],
            body: Body {
                mode: "raw",
                raw: action.example(),
                options: Options {
                    raw: RawOptions { language: "json" },
                },
            },
            url: format!("https://{}.tencentcloudapi.com/", action.service),
            description: description(action),
        },
    }
}

fn pair(key: &'static str, value: &'static str) -> Pair {
    Pair { key, value }
}

/// What the action does, and its parameters as a table.
fn description(action: &Action) -> String {
    let mut text = format!("{}\n{}\n", action.what.zh, action.what.en);
    let encrypted = match action.envelope() {
        Envelope::None => None,
        Envelope::Request => {
            Some("加密的请求体由 `cardseal seal` 生成。\n`cardseal seal` makes the encrypted body.")
        }
        Envelope::Members(_) => Some(
            "参数可由 `cardseal seal --fields` 逐项加密。\n`cardseal seal --fields` encrypts members one by one.",
        ),
        Envelope::Answer => Some("应答可加密。\nThe answer can come encrypted."),
    };
    if let Some(encrypted) = encrypted {
        text.push_str(&format!("\n{encrypted}\n"));
    }
    if action.example().contains(PLACEHOLDER) {
        text.push_str(&format!(
            "\n示例中的 `{PLACEHOLDER}` 只是占位：请将整个请求体替换为 `cardseal seal` 的输出。\n\
             `{PLACEHOLDER}` in the example is a placeholder: put the output of `cardseal seal` in the place of the whole body.\n",
        ));
    }
    let is_outer = |parameter: &&Parameter| ENVELOPE_MEMBERS.contains(&parameter.name);
    let (outer, inner): (Vec<_>, Vec<_>) = action.parameters.iter().partition(is_outer);
    if outer.is_empty() || action.envelope() != Envelope::Request {
        text.push_str(&table(action.parameters.iter()));
        return text;
    }
    text.push_str("\n**请求体的参数 · Members of the body**\n");
    text.push_str(&table(outer.into_iter()));
    text.push_str(
        "\n**加密前的参数：由 `cardseal seal` 加密到 `EncryptedBody` 中，不要以明文写在它旁边 · \
         Members before encryption: `cardseal seal` encrypts them into `EncryptedBody`; do not put them beside it in clear**\n",
    );
    text.push_str(&table(inner.into_iter()));
    text
}

fn table<'a>(parameters: impl Iterator<Item = &'a Parameter>) -> String {
    let mut text =
        "\n| 参数<br>Parameter | 类型<br>Type | 含义<br>Meaning |\n|---|---|---|\n".to_owned();
    for parameter in parameters {
        let form = parameter.form.words();
        let cell = |zh, en| format!("{zh}<br>{en}");
        text.push_str(&format!(
            "| `{}` | {} | {} |\n",
            parameter.name,
            cell(form.zh, form.en),
            cell(parameter.what.zh, parameter.what.en),
        ));
    }
    text
}

/// What is asked of every answer.
fn test_script() -> String {
    fill(
        include_str!("../templates/test.js"),
        &[("placeholder", PLACEHOLDER)],
    )
}

/// The script, with the actions of every service.
fn script() -> String {
    let mut services: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for action in actions() {
        services
            .entry(action.service)
            .or_default()
            .push(action.name);
    }
    let lists = services.iter().map(|(service, names)| {
        let names: Vec<_> = names
            .iter()
            .map(|name| format!("    '{name}',\n"))
            .collect();
        format!("  {service}: [\n{}  ],\n", names.concat())
    });
    let services = format!("{{\n{}}}", lists.collect::<String>());
    fill(
        include_str!("../templates/prerequest.js"),
        &[("services", &services)],
    )
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    #[test]
    fn every_action_of_tencents_has_a_request_that_says_which_it_is() {
        let collection: Value = serde_json::from_str(&collection()).unwrap();
        assert_eq!(collection["info"]["schema"], SCHEMA);
        let items = collection["item"].as_array().unwrap();
        assert_eq!(items.len(), requests());
        for (item, action) in items.iter().zip(actions()) {
            let request = &item["request"];
            let headers = request["header"].as_array().unwrap();
            let header = |name: &str| {
                headers.iter().find(|pair| pair["key"] == name).unwrap()["value"].clone()
            };
            assert_eq!(header("X-TC-Action"), action.name);
            assert_eq!(header("X-TC-Version"), action.version);
            let host = format!("https://{}.tencentcloudapi.com/", action.service);
            assert_eq!(request["url"], host.as_str());
            let body = request["body"]["raw"].as_str().unwrap();
            assert!(serde_json::from_str::<Value>(body).unwrap().is_object());
        }
        for name in [
            "IDCardOCR",
            "GeneralBasicOCR",
            "RecognizeEncryptedIDCardOCR",
            "IdCardVerification",
        ] {
            assert!(items.iter().any(|item| item["name"] == name), "{name}");
        }
    }

    #[test]
    fn what_goes_into_an_envelope_is_not_listed_beside_it() {
        let of = |name| description(catalogue::find(Cloud::Tencent, name).unwrap());
        let sealed = of("RecognizeEncryptedIDCardOCR");
        let (outer, inner) = sealed.split_once("Members before encryption").unwrap();
        assert!(outer.contains("| `EncryptedBody` |") && outer.contains("| `Encryption` |"));
        assert!(inner.contains("| `ImageUrl` |") && !outer.contains("ImageUrl"));
        assert!(sealed.contains("`AAAA` in the example is a placeholder"));
        let clear = of("IDCardOCR");
        assert!(clear.contains("Parameter | ") && !clear.contains("placeholder"));
        for action in actions() {
            assert!(!description(action).contains("| | |"), "{}", action.name);
        }
    }

    #[test]
    fn no_variable_has_a_value_and_the_script_asks_nobody_else() {
        let collection: Value = serde_json::from_str(&collection()).unwrap();
        for variable in collection["variable"].as_array().unwrap() {
            assert_eq!(variable["value"], "", "{variable}");
        }
        let script = script() + &test_script();
        for forbidden in ["sendRequest", "require(", "fetch", "console.", "eval", "{{"] {
            assert!(!script.contains(forbidden), "{forbidden}");
        }
        assert!(script.contains("CryptoJS.HmacSHA256") && script.contains("'IdCardVerification',"));
    }
}
