//! Whether a text that is no stage holds a secret: a file that was named by mistake is refused, and nothing of it shown.

use cardseal::Recipient;

use super::StageFileError;

/// What a name in a profile, a list of keys or an environment file has in it, where its value is secret.
const NAMES: [&str; 10] = [
    "secret",
    "password",
    "passwd",
    "private",
    "token",
    "credential",
    "accesskey",
    "access_key",
    "access key",
    "apikey",
];

/// Names that are secret as they are, whole.
const WHOLE: [&str; 6] = ["ak", "sk", "key", "iv", "d", "pwd"];

/// What every PEM text of a private key has, whatever is wrong with it, and whatever stands around.
const PEM: &str = "PRIVATE KEY";

/// A private key that says itself what it is.
pub(super) fn check_label(text: &str) -> Result<(), StageFileError> {
    match text.contains(PEM) {
        true => Err(StageFileError::PrivateKey),
        false => Ok(()),
    }
}

/// What is no stage, and so may be anything.
pub(super) fn check(text: &str) -> Result<(), StageFileError> {
    if Recipient::is_private_key(text.as_bytes()) {
        return Err(StageFileError::PrivateKey);
    }
    match text
        .split(['\n', '\r', ';', '&', '{', '}'])
        .any(names_secret)
    {
        true => Err(StageFileError::Credentials),
        false => Ok(()),
    }
}

/// `secret_key = …`, `"SecretKey": …`, `export SECRET=…`, or the head of a list with commas.
fn names_secret(line: &str) -> bool {
    let sets = |part: &str| part.contains(['=', ':']);
    match line.contains(',') && !sets(line) {
        true => is_secret(line),
        false => line
            .split(',')
            .filter(|part| sets(part))
            .map(name_of)
            .any(is_secret),
    }
}

/// What is set: a name may have a colon in it, as in `//host/:_authToken=…`.
fn name_of(part: &str) -> &str {
    let set = part.split_once('=').or_else(|| part.split_once(':'));
    set.map_or("", |(name, _)| name)
}

fn is_secret(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let mut words = name.split(|c: char| !c.is_ascii_alphanumeric());
    NAMES.iter().any(|part| name.contains(part)) || words.any(|word| WHOLE.contains(&word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s15_a_profile_a_list_of_keys_and_an_opener_are_credentials() {
        for text in [
            "[default]\nsecret_id = AKIDz8\nsecret_key = Gu5t9xGARNpq86cd98jo",
            "export TENCENTCLOUD_SECRET_KEY=Gu5t9xGARNpq86cd98jo",
            "[default]\nak: 1\nsk: 2",
            // As long as Huawei's are.
            "[default]\nak = HPUAXXXXXXXXXXXXX4QK\nsk = Hq7tGv2mR9cXw4Lz8KbN1pYd6SfJ3uEaT5oVi0Cg",
            "AK,SK\nHPUAXXXXXXXXXXXXX4QK,Hq7tGv2mR9cXw4Lz8KbN1pYd6SfJ3uEaT5oVi0Cg",
            "User Name,Access Key Id,Secret Access Key\nme,1,2",
            r#"{"Algorithm":"SM4-GCM","Key":"zf2ntpS9LCFzgYXrW1pqXA==","Iv":"AA"}"#,
            "//registry.example/:_authToken=abc",
        ] {
            assert_eq!(check(text), Err(StageFileError::Credentials), "{text}");
        }
        for text in ["TC3\n1\n2019-02-25", "a line\nanother", "monkey:1\nhost:a"] {
            assert_eq!(check(text), Ok(()), "{text}");
        }
    }

    #[test]
    fn s15_a_private_key_is_one_in_every_form() {
        for text in [
            "-----BEGIN PRIVATE KEY-----\nMIGH\n-----END PRIVATE KEY-----\n",
            "key: |\n  -----BEGIN ENCRYPTED PRIVATE KEY-----",
            "-----BEGIN RSA PRIVATE KEY-----",
        ] {
            assert_eq!(check_label(text), Err(StageFileError::PrivateKey), "{text}");
        }
        let jwk = r#"{"kty":"EC","crv":"SM2","x":"AA","y":"AA","d":"AA"}"#;
        assert_eq!(check(jwk), Err(StageFileError::PrivateKey));
    }
}
