//! `doctor`: what would keep a call from working, in eight checks.

mod finding;
mod way;

use std::path::Path;
use std::time::SystemTime;

use cardseal::{Endpoint, huawei};

use crate::accounts;
use crate::args::{CloudName, Doctor, Profile};
use crate::caveats;
use crate::exit::{Failure, Whose};
use crate::input;
use crate::output::{Form, Output};
use crate::speech;

use finding::{Check, Finding};
use way::{Reached, Way};

/// From here on the services refuse a signature, in seconds.
const TOO_FAR: u64 = 300;

/// From here on it is worth a word, in seconds.
const NOTABLE: u64 = 60;

/// The variables that other programs follow and this one does not.
const PROXY_VARIABLES: [&str; 4] = ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"];

pub(super) fn run(arguments: &Doctor, output: &Output) -> Result<(), Failure> {
    let url = endpoint(arguments)?;
    let over_tls = url.starts_with("https:");
    let way = way::ask(&arguments.network, &url);
    let findings = [
        clock(&way),
        reached(&way, &url),
        tls(&way, over_tls),
        proxy(&way),
        certificates(arguments, &way),
        credentials(arguments.cloud, &arguments.profile),
        key(arguments.key.as_deref()),
        crypto(),
    ];
    match output.form() {
        Form::Json => output.print_json(&findings, 8192)?,
        Form::Text => {
            let lines: String = findings
                .iter()
                .map(|finding| finding.text(speech::said))
                .collect();
            output.print(lines.as_bytes())?;
        }
    }
    match findings.iter().find(|finding| finding.is_fail()) {
        None => Ok(()),
        Some(first) => Err(Failure::new(
            first.whose(),
            format!("the check `{}` failed: {}", first.check(), first.detail()),
        )),
    }
}

/// Where calls would go.
fn endpoint(arguments: &Doctor) -> Result<String, Failure> {
    if let Some(url) = &arguments.endpoint {
        // Judged as every command judges it.
        Endpoint::custom(url)?;
        return Ok(url.clone());
    }
    let region = arguments.region.as_deref();
    Ok(match arguments.cloud {
        CloudName::Tencent => {
            let place = region
                .map(|region| format!(".{region}"))
                .unwrap_or_default();
            let url = format!("https://ocr{place}.tencentcloudapi.com");
            Endpoint::custom(&url)?;
            url
        }
        CloudName::Ctyun => "https://ai-global.ctapi.ctyun.cn".to_owned(),
        CloudName::Huawei => {
            let region = region.unwrap_or("cn-north-4");
            if region == accounts::G42 {
                return Ok("https://ocr.ae-ad-1.g42cloud.com".to_owned());
            }
            huawei::endpoint::in_region(region)?;
            format!("https://ocr.{region}.myhuaweicloud.com")
        }
    })
}

fn clock(way: &Way) -> Finding {
    let check = Check("clock", Whose::Credential);
    let Reached::Answer(answer) = &way.reached else {
        return check.skip("the endpoint does not answer, so there is nothing to compare it with");
    };
    let Some(ahead) = answer.ahead else {
        return check.skip("the endpoint's answer has no Date to compare it with");
    };
    let seconds = ahead.unsigned_abs();
    let detail = match ahead {
        0 => "this host's clock agrees with the endpoint's to the second".to_owned(),
        1.. => format!("this host's clock is {seconds} s behind the endpoint's"),
        _ => format!("this host's clock is {seconds} s ahead of the endpoint's"),
    };
    let advice = "set this host's clock, with NTP if possible; the service refuses signatures that are off by five minutes \
         or more";
    match seconds {
        TOO_FAR.. => check.fail(detail, advice),
        NOTABLE.. => check.warn(detail, advice),
        _ => check.ok(detail),
    }
}

fn reached(way: &Way, url: &str) -> Finding {
    let check = Check("endpoint", Whose::Transport);
    let advice =
        "check the endpoint's name, the firewall and the proxy; --resolve HOST=IP bypasses DNS";
    match &way.reached {
        Reached::Answer(answer) => {
            let (status, time) = (answer.status, answer.elapsed.as_millis());
            let detail = format!("{url} answers with HTTP {status} within {time} ms");
            match status {
                500.. => check.warn(
                    detail,
                    "the service or a gateway before it is failing; try again later",
                ),
                _ => check.ok(detail),
            }
        }
        Reached::Nothing(why) | Reached::Proxy(why) => {
            check.fail(format!("{url} is not reached: {why}"), advice)
        }
        Reached::Connection(_) => check.ok(format!("{url} accepts connections")),
        Reached::Silence(why) => check.fail(
            format!("{url} accepts connections but does not answer: {why}"),
            advice,
        ),
        Reached::Nowhere => check.skip("no client could be made for the request"),
    }
}

fn tls(way: &Way, over_tls: bool) -> Finding {
    let check = Check("tls", Whose::Transport);
    match &way.reached {
        _ if !over_tls => check.skip("the endpoint is plain HTTP"),
        Reached::Answer(_) | Reached::Silence(_) => {
            check.ok("TLS works, and the endpoint's certificate is trusted")
        }
        Reached::Connection(why) => check.fail(
            why.clone(),
            "if a proxy of your own terminates TLS, or the endpoint is your own, trust its authority with --ca-file \
             or --native-roots",
        ),
        Reached::Nothing(_) | Reached::Proxy(_) | Reached::Nowhere => {
            check.skip("there is no connection to negotiate it on")
        }
    }
}

fn proxy(way: &Way) -> Finding {
    let check = Check("proxy", Whose::Transport);
    let ignored = PROXY_VARIABLES
        .iter()
        .find(|name| std::env::var_os(name).is_some_and(|value| !value.is_empty()));
    match (&way.proxy, &way.reached, ignored) {
        (Err(why), ..) => check.fail(why.clone(), "the endpoint was tested without it"),
        (Ok(Some(_)), Reached::Proxy(why), _) => check.fail(
            why.clone(),
            "check the proxy's address, its login and its rules",
        ),
        (Ok(Some(_)), ..) => check.ok("calls go through the given proxy"),
        (Ok(None), _, Some(name)) => check.warn(
            format!("{name} is set but not followed"),
            "if calls must go through it, give --proxy URL or set CARDSEAL_PROXY",
        ),
        (Ok(None), _, None) => check.ok("calls go without a proxy"),
    }
}

fn certificates(arguments: &Doctor, way: &Way) -> Finding {
    let check = Check("certificates", Whose::Transport);
    if let Err(why) = &way.certificates {
        return check.fail(why.clone(), "the endpoint was tested without them");
    }
    let network = &arguments.network;
    let mut trusted = "trusted: Mozilla's list".to_owned();
    if network.ca_file.is_some() {
        trusted.push_str(", --ca-file");
    }
    if network.native_roots {
        trusted.push_str(", the operating system's store");
    }
    if network.client_cert.is_some() {
        trusted.push_str("; a client certificate is shown");
    }
    check.ok(trusted)
}

fn credentials(cloud: CloudName, profile: &Profile) -> Finding {
    let check = Check("credentials", Whose::Credential);
    let advice = "set the cloud's variables, or write its file of credentials and name a profile";
    let provider = match accounts::credentials(cloud, profile) {
        Ok(provider) => provider,
        Err(failure) => return check.fail(failure.message(), advice),
    };
    match provider.available(SystemTime::now()) {
        Ok(found) => {
            let source = accounts::source(cloud, profile);
            if let Some(missing) = accounts::missing(cloud) {
                return check.fail(format!("{missing} is not set"), "set it in the environment");
            }
            if let Some(borrowed) = accounts::borrowed(cloud, profile) {
                return check.warn(borrowed, "");
            }
            match found {
                Some(found) if found.expires_at().is_some() => {
                    check.ok(format!("found in {source}; they are temporary"))
                }
                Some(_) => check.ok(format!("found in {source}")),
                None => check.warn("none are cached; the first call fetches them", ""),
            }
        }
        Err(error) => check.fail(error.to_string(), advice),
    }
}

fn key(path: Option<&Path>) -> Finding {
    let check = Check("key", Whose::Key);
    let Some(path) = path else {
        return check.skip("no --key is given");
    };
    let recipient = match input::read_key(path) {
        Ok(recipient) => recipient,
        Err(failure) => {
            return check.fail(
                failure.message(),
                "copy the key from the service's console again",
            );
        }
    };
    let detail = format!(
        "{} for {}, SHA-256 of its DER {}",
        recipient.key_name(),
        recipient.algorithm(),
        recipient.fingerprint()
    );
    match caveats::of_key(&recipient) {
        Some(_) => check.warn(
            detail,
            "the key is weak by today's standards; the service's SM2 key is stronger",
        ),
        None => check.ok(detail),
    }
}

fn crypto() -> Finding {
    let check = Check("crypto", Whose::Bug);
    let outcomes = cardseal::crypto::self_test();
    let failed: Vec<&str> = outcomes
        .iter()
        .filter(|outcome| !outcome.failed.is_empty())
        .map(|outcome| outcome.provider)
        .collect();
    if !failed.is_empty() {
        return check.fail(
            format!("the self-test of {} failed", failed.join(" and ")),
            "do not seal anything on this machine, and report this",
        );
    }
    let checks: usize = outcomes.iter().map(|outcome| outcome.checks).sum();
    let names: Vec<&str> = outcomes.iter().map(|outcome| outcome.provider).collect();
    check.ok(format!("{} passed {checks} checks", names.join(" and ")))
}
