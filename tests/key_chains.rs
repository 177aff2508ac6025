//! Every form of a key that has to be converted, in every coding that a key comes in: the command that is named is run as
//! it is printed, and what it prints is the key.

mod common;

use std::path::Path;

use cardseal::Recipient;
use common::shell::{made, shell};
use common::{b64, b64url, skip, whole};

/// What is made from a private key `KEY`, its public half `PUBLIC` and its `CERTIFICATE`.
const OF_BOTH: [&str; 7] = [
    "cat CERTIFICATE",
    "cat CERTIFICATE CERTIFICATE",
    "openssl x509 -in CERTIFICATE -outform DER",
    "openssl req -new -key KEY -subj /CN=x",
    "openssl req -new -key KEY -subj /CN=x -outform DER",
    "openssl crl2pkcs7 -nocrl -certfile CERTIFICATE",
    "openssl crl2pkcs7 -nocrl -certfile CERTIFICATE -outform DER",
];

const OF_RSA: [&str; 6] = [
    "ssh-keygen -i -m PKCS8 -f PUBLIC",
    "ssh-keygen -i -m PKCS8 -f PUBLIC >ssh && ssh-keygen -e -f ssh",
    "echo \"<RSAKeyValue><Modulus>$(openssl rsa -in KEY -noout -modulus | sed s/Modulus=// | xxd -r -p | base64 -w 0)\
     </Modulus><Exponent>AQAB</Exponent></RSAKeyValue>\"",
    "sed 's/ PUBLIC/ RSA PUBLIC/' PUBLIC",
    "openssl rsa -in KEY -RSAPublicKey_out | sed 's/ RSA PUBLIC/ PUBLIC/'",
    // The same without the NULL: two lengths are less by two, and its bytes are gone.
    "openssl pkey -in KEY -pubout -outform DER | xxd -p | tr -d '\\n' | \
     sed 's/^30820122300d\\(.*010101\\)0500/30820120300b\\1/' | xxd -r -p",
];

const OF_SM2: [&str; 5] = [
    "openssl ec -in KEY -pubout -conv_form compressed",
    "openssl ec -in KEY -pubout -conv_form compressed -outform DER",
    "openssl ec -in KEY -pubout -param_enc explicit",
    "openssl ec -in KEY -pubout -param_enc explicit -outform DER",
    "openssl ec -in KEY -pubout -conv_form compressed -outform DER | tail -c 33",
];

/// The same bytes as programs, mail and people hand them on; of text, more than of bytes.
fn codings(bytes: &[u8]) -> Vec<(&'static str, Vec<u8>)> {
    let lines = |text: &str, width: usize, end: &str| -> String {
        text.as_bytes()
            .chunks(width)
            .map(|line| format!("{}{end}", std::str::from_utf8(line).unwrap()))
            .collect()
    };
    let wide = |text: &str, unit: fn(u16) -> [u8; 2]| -> Vec<u8> {
        text.encode_utf16().flat_map(unit).collect()
    };
    let base64 = b64(bytes);
    let hex = base16ct::lower::encode_string(bytes);
    let pairs: Vec<&str> = hex
        .as_bytes()
        .chunks(2)
        .map(|pair| std::str::from_utf8(pair).unwrap())
        .collect();
    let of_net = |text: &str| {
        let json = serde_json::json!({"id": "0f", "data": {"key": text}}).to_string();
        json.replace('+', "\\u002B")
            .replace('<', "\\u003C")
            .replace('>', "\\u003E")
    };
    let twice = b64(base64.as_bytes());
    let mut all: Vec<(&str, Vec<u8>)> = vec![
        ("as it is", bytes.to_vec()),
        ("base64", base64.clone().into()),
        ("base64 in lines", lines(&base64, 76, "\n").into()),
        ("base64 in lines of CRLF", lines(&base64, 64, "\r\n").into()),
        (
            "base64 with blanks",
            format!("  {}", lines(&base64, 76, "\n  ")).into(),
        ),
        (
            "base64 without padding",
            base64.trim_end_matches('=').into(),
        ),
        ("base64url", b64url(bytes).into()),
        ("base64 twice", twice.clone().into()),
        (
            "base64 twice in lines",
            lines(&b64(lines(&base64, 76, "\n").as_bytes()), 76, "\n").into(),
        ),
        ("base64 in quotes", format!("\"{base64}\",\n").into()),
        ("base64 of Python", format!("b'{base64}'\n").into()),
        ("base64 in .env", format!("KEY={base64}\n").into()),
        (
            "base64 in a shell",
            format!("export KEY=\"{base64}\"\n").into(),
        ),
        (
            "base64 in YAML",
            format!("key: |-\n  {}", lines(&base64, 64, "\n  ")).into(),
        ),
        (
            "base64 in JSON",
            serde_json::json!({"a": [{"key": base64}]})
                .to_string()
                .into(),
        ),
        (
            "base64 in lines in JSON",
            serde_json::json!({"key": lines(&base64, 64, "\r\n")})
                .to_string()
                .into(),
        ),
        (
            "base64url in JSON",
            serde_json::json!({"key": b64url(bytes)}).to_string().into(),
        ),
        ("base64 in JSON of .NET", of_net(&base64).into()),
        (
            "base64 in UTF-16",
            wide(&format!("\u{feff}{base64}"), u16::to_le_bytes),
        ),
        (
            "base64 twice in JSON",
            serde_json::json!({"key": twice}).to_string().into(),
        ),
        ("hex", hex.clone().into()),
        ("hex in lines", lines(&hex, 60, "\n").into()),
        ("hex with 0x", format!("0x{}\n", hex.to_uppercase()).into()),
        ("hex with colons", pairs.join(":").into()),
        ("hex with blanks", pairs.join(" ").into()),
        ("hex in .env", format!("KEY='{hex}'\n").into()),
        ("hex in UTF-16", wide(&hex, u16::to_be_bytes)),
        ("base64 of hex", b64(hex.as_bytes()).into()),
        (
            "hex of base64",
            base16ct::lower::encode_string(base64.as_bytes()).into(),
        ),
    ];
    // A bare point of 33 bytes is 66 digits in hex, too few for a key among the strings of JSON.
    if hex.len() > 80 {
        all.push((
            "hex in JSON",
            serde_json::json!({"key": hex}).to_string().into(),
        ));
    } else {
        all.retain(|(name, _)| !name.contains("JSON"));
    }
    let Ok(text) = std::str::from_utf8(bytes) else {
        return all;
    };
    for (name, bytes) in [
        (
            "UTF-16LE with a mark",
            wide(&format!("\u{feff}{text}"), u16::to_le_bytes),
        ),
        (
            "UTF-16BE with a mark",
            wide(&format!("\u{feff}{text}"), u16::to_be_bytes),
        ),
        ("UTF-16LE", wide(text, u16::to_le_bytes)),
        ("UTF-16BE", wide(text, u16::to_be_bytes)),
        (
            "base64 of CRLF",
            b64(text.replace('\n', "\r\n").as_bytes()).into(),
        ),
        ("JSON", serde_json::json!({"key": text}).to_string().into()),
        (
            "JSON of PHP",
            serde_json::json!({"key": text})
                .to_string()
                .replace('/', "\\/")
                .into(),
        ),
        ("JSON of .NET", of_net(text).into()),
    ] {
        all.push((name, bytes));
    }
    if text.starts_with("-----BEGIN ") {
        let one_line = text.trim_end().replace('\n', "");
        let escaped = text.trim_end().replace('\n', "\\n");
        for (name, text) in [
            ("CRLF", text.replace('\n', "\r\n")),
            ("without line ends", one_line.clone()),
            ("base64 of PEM without line ends", b64(one_line.as_bytes())),
            (
                "hex of PEM without line ends",
                base16ct::lower::encode_string(one_line.as_bytes()),
            ),
            (
                "with blanks for line ends",
                text.trim_end().replace('\n', " "),
            ),
            ("literal line ends", escaped.clone()),
            ("in .env", format!("# mine\nA=1\nKEY=\"{escaped}\"\n")),
            (
                "in YAML",
                format!("key: |\n  {}", text.trim_end().replace('\n', "\n  ")),
            ),
            ("with a byte order mark", format!("\u{feff}{text}")),
            (
                "with text around",
                format!("the key:\n\n{text}\nthat was it\n"),
            ),
            ("in a sentence", format!("the key: {text} that was it\n")),
        ] {
            all.push((name, text.into()));
        }
    } else if text.starts_with("ssh-") {
        all.push(("in .env", format!("KEY=\"{}\"\n", text.trim_end()).into()));
    }
    all
}

#[test]
fn a9_every_command_named_for_an_rsa_key_converts_it() {
    convert(
        "a9_every_command_named_for_an_rsa_key_converts_it",
        "RSA -pkeyopt rsa_keygen_bits:2048",
        &OF_RSA,
    );
}

#[test]
fn a9_every_command_named_for_an_sm2_key_converts_it() {
    convert(
        "a9_every_command_named_for_an_sm2_key_converts_it",
        "SM2",
        &OF_SM2,
    );
}

fn convert(test: &str, algorithm: &str, more: &[&str]) {
    for program in ["openssl", "ssh-keygen", "xxd", "base64", "iconv", "awk"] {
        let has = shell(Path::new("."), &format!("command -v {program}"));
        if !has.status.success() {
            return skip(test, &format!("{program} is needed"));
        }
    }
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    made(
        folder,
        &format!("openssl genpkey -algorithm {algorithm} -out KEY"),
    );
    made(folder, "openssl pkey -in KEY -pubout -out PUBLIC");
    made(
        folder,
        "openssl req -new -x509 -key KEY -subj /CN=x -out CERTIFICATE",
    );
    let plain = Recipient::parse(&std::fs::read(folder.join("PUBLIC")).unwrap()).unwrap();
    // Hundreds of commands: those for each form beside those for the others, in a folder of their own.
    let told: Vec<Result<(), String>> = std::thread::scope(|threads| {
        let (plain, forms) = (&plain, OF_BOTH.iter().chain(more));
        let all: Vec<_> = forms
            .enumerate()
            .map(|(at, made_by)| threads.spawn(move || form_converted(folder, at, made_by, plain)))
            .collect();
        all.into_iter()
            .flat_map(|one| one.join().unwrap())
            .collect()
    });
    let run = told.len();
    let wrong: Vec<String> = told.into_iter().filter_map(Result::err).collect();
    assert!(
        wrong.is_empty(),
        "{} of {run}:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
    assert!(run > if whole() { 400 } else { 100 }, "{run}");
}

/// One form of the key in every coding, each by the command that is named for it; where not all is to be run, in every
/// fourth coding, and each form in others.
fn form_converted(
    keys: &Path,
    at: usize,
    made_by: &str,
    plain: &Recipient,
) -> Vec<Result<(), String>> {
    let (first, step) = if whole() { (0, 1) } else { (at % 4, 4) };
    let form = made(keys, made_by);
    let folder = tempfile::tempdir().unwrap();
    codings(&form)
        .into_iter()
        .skip(first)
        .step_by(step)
        .map(|(coding, bytes)| {
            converted(folder.path(), &bytes, plain)
                .map_err(|why| format!("{made_by}, {coding}: {why}"))
        })
        .collect()
}

/// Runs the command that is named for these bytes, as it is printed.
fn converted(folder: &Path, bytes: &[u8], plain: &Recipient) -> Result<(), String> {
    let reason = Recipient::parse(bytes).err().ok_or("it is taken")?;
    let command = reason.command().ok_or(format!("no command: {reason}"))?;
    if !reason.to_string().contains(&command) {
        return Err(format!("{command} is not in: {reason}"));
    }
    std::fs::write(folder.join("FILE"), bytes).unwrap();
    let told = shell(folder, &command);
    let key =
        Recipient::parse(&told.stdout).map_err(|why| format!("{command}: {why}, {told:?}"))?;
    // PKCS#1 and SPKI of one key have two fingerprints.
    let is_spki = told.stdout.starts_with(b"-----BEGIN PUBLIC");
    let is_same = key.key_name() == plain.key_name()
        && (!is_spki || key.fingerprint() == plain.fingerprint());
    match is_same && told.status.success() {
        true => Ok(()),
        false => Err(format!("{command}: {key:?}, {told:?}")),
    }
}
