//! Sealing: fresh randomness each time, nothing on a failing generator, and the real size limit.

mod common;

use std::collections::HashSet;
use std::error::Error as _;
use std::sync::Arc;

use cardseal::crypto::{ProviderError, ProviderErrorKind, SecureRandom};
use cardseal::tencent::{IdCardRequest, Tencent};
use cardseal::{Credentials, Error, ErrorKind, Image, IvPolicy, MAX_BODY};

#[test]
fn no_two_requests_share_a_key_or_an_iv() {
    for recipient in [common::rsa(), common::sm2()] {
        let mut seen = HashSet::new();
        for _ in 0..200 {
            let (sealed, opener) = recipient.seal(b"{}").unwrap();
            let stored: serde_json::Value =
                serde_json::from_str(&opener.expose_for_storage().unwrap()).unwrap();
            assert_eq!(stored["Iv"], sealed.encryption().iv);
            assert!(seen.insert(stored["Key"].to_string()), "a key came twice");
            assert!(seen.insert(stored["Iv"].to_string()), "an IV came twice");
            assert!(
                seen.insert(sealed.encryption().ciphertext_blob.clone()),
                "a blob came twice"
            );
        }
    }
}

struct Broken {
    /// How many calls succeed first.
    after: std::sync::atomic::AtomicUsize,
}

impl SecureRandom for Broken {
    fn fill(&self, buffer: &mut [u8]) -> Result<(), ProviderError> {
        use std::sync::atomic::Ordering::SeqCst;
        if self
            .after
            .fetch_update(SeqCst, SeqCst, |left| left.checked_sub(1))
            .is_err()
        {
            return Err(ProviderError::random());
        }
        for (byte, value) in buffer.iter_mut().zip(1..) {
            *byte = value;
        }
        Ok(())
    }
}

struct Stuck(u8);

impl SecureRandom for Stuck {
    fn fill(&self, buffer: &mut [u8]) -> Result<(), ProviderError> {
        buffer.fill(self.0);
        Ok(())
    }
}

#[track_caller]
fn blames_the_generator(error: &Error, what: &str) {
    assert_eq!(error.kind(), ErrorKind::Bug, "{what}");
    let source = error.source().expect("a source");
    let source: &ProviderError = source.downcast_ref().expect("the provider's own");
    assert_eq!(source.kind(), ProviderErrorKind::Random, "{what}: {error}");
    let words = "the random generator failed; nothing was sealed or sent";
    assert_eq!(error.to_string(), words, "{what}");
}

#[test]
fn a_failing_generator_seals_nothing() {
    for after in 0..3 {
        let broken = || {
            Arc::new(Broken {
                after: after.into(),
            }) as _
        };
        for recipient in common::recipients_over(broken) {
            let error = recipient
                .seal(b"{}")
                .expect_err("sealed without randomness");
            blames_the_generator(&error, &format!("failing after {after}"));
        }
    }
}

#[test]
fn a_stuck_generator_seals_nothing_and_ends() {
    for byte in [0, 1, 0xff] {
        for recipient in common::recipients_over(|| Arc::new(Stuck(byte))) {
            assert!(recipient.seal(b"{}").is_err(), "{byte}");
        }
    }
}

/// A generator that gives a good key and IV and zeros from then on: PKCS#1 padding must not be zero, and a scalar
/// must not be either, so both would be asked for again for ever.
#[test]
fn a_generator_that_gets_stuck_during_the_wrap_ends() {
    struct Later(std::sync::atomic::AtomicUsize);
    impl SecureRandom for Later {
        fn fill(&self, buffer: &mut [u8]) -> Result<(), ProviderError> {
            let call = self.0.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
            for (place, byte) in buffer.iter_mut().enumerate() {
                *byte = if call < 2 { place as u8 } else { 0 };
            }
            Ok(())
        }
    }
    for recipient in common::recipients_over(|| Arc::new(Later(0.into()))) {
        let error = recipient
            .seal(b"{}")
            .expect_err("wrapped without randomness");
        blames_the_generator(&error, recipient.algorithm());
    }
}

#[test]
fn the_largest_body_fits_exactly_and_one_byte_more_is_refused() {
    for recipient in [common::rsa(), common::sm2()] {
        // The limit is named in the message.
        let error = recipient.seal(&vec![b' '; MAX_BODY]).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Input);
        let words = error.to_string();
        let most: usize = words
            .split("at most ")
            .nth(1)
            .and_then(|rest| rest.split(' ').next())
            .and_then(|number| number.parse().ok())
            .unwrap_or_else(|| panic!("no number in {words}"));
        let (sealed, _) = recipient.seal(&vec![b' '; most]).unwrap();
        let len = sealed.as_json().len();
        assert!(len <= MAX_BODY, "{len}");
        assert!(recipient.seal(&vec![b' '; most + 1]).is_err());
        // No slack worth a group of base64 and a block of padding.
        assert!(MAX_BODY - len < 64, "{}", MAX_BODY - len);
    }
}

#[test]
fn the_image_limit_is_checked_before_sealing_with_the_number_in_the_message() {
    let tencent = Tencent::new(Credentials::new("id", "key".to_owned()).unwrap());
    for recipient in [common::rsa(), common::sm2()] {
        let attempt = |bytes: usize| {
            let card = IdCardRequest::new(Image::from_bytes_unchecked(vec![7; bytes]).unwrap());
            tencent.recognize_encrypted_id_card(&recipient, &card, IvPolicy::BySuite)
        };
        let error = attempt(6 * 1024 * 1024).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Input);
        let words = error.to_string();
        assert!(
            words.contains("6291456") && words.contains("5.62 MiB"),
            "{words}"
        );
        let most: usize = words
            .split("at most ")
            .nth(1)
            .and_then(|rest| rest.split(' ').next())
            .and_then(|number| number.parse().ok())
            .unwrap();
        // Nine sixteenths of 10 MiB, less the members around the image.
        assert!((5_897_500..5_898_240).contains(&most), "{most}");
        assert!(attempt(most).is_ok());
        assert!(attempt(most + 1).is_err());
    }
}

#[test]
fn debug_output_holds_no_secret_and_no_body() {
    const MARK: &str = "PERSONAL-MARK";
    let plaintext = format!("{{\"Name\":\"{MARK}\"}}");
    for recipient in [common::rsa(), common::sm2()] {
        let (sealed, opener) = recipient.seal(plaintext.as_bytes()).unwrap();
        let before = format!("{sealed:?} {opener:?} {recipient:?}");
        let stored = opener.expose_for_storage().unwrap();
        let key: serde_json::Value = serde_json::from_str(&stored).unwrap();
        let reply = cardseal::EncryptedReply::parse(sealed.as_json()).unwrap();
        let restored = cardseal::Opener::restore(stored.as_bytes()).unwrap();
        let opened = common::forgetful(restored)
            .open(&reply, IvPolicy::BySuite)
            .unwrap();
        let text = format!("{before} {reply:?} {opened:?}");
        assert!(!text.contains(MARK), "{text}");
        assert!(!text.contains(key["Key"].as_str().unwrap()), "{text}");
        assert!(!text.contains(sealed.encrypted_body()), "{text}");
    }
}

/// The memory of one request does for many, and nothing of what it held is in the next.
#[test]
fn sealing_into_memory_that_is_there_uses_it_and_drops_its_content() {
    for recipient in [common::rsa(), common::sm2()] {
        let first = recipient.seal(&[b' '; 5000]).unwrap().0.into_json();
        let (place, room) = (first.as_ptr(), first.capacity());
        let (sealed, opener) = recipient.seal_into(first, br#"{"a":1}"#).unwrap();
        let reply = cardseal::EncryptedReply::parse(sealed.as_json()).unwrap();
        let opened = common::forgetful(opener)
            .open(&reply, IvPolicy::Same)
            .unwrap();
        assert_eq!(opened.expose_plaintext(), br#"{"a":1}"#);
        let second = sealed.into_json();
        assert_eq!((second.as_ptr(), second.capacity()), (place, room));
        assert!(second.len() < 1000);
    }
}
