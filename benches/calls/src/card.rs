//! What is asked: one card, by its URL or as a picture, sealed and signed for the service.

use std::path::PathBuf;
use std::time::SystemTime;

use bytes::Bytes;
use cardseal::tencent::{IdCardRequest, Recognized, Tencent};
use cardseal::{
    Call, Credentials, Endpoint, Image, IvPolicy, Next, Recipient, RetryPolicy, TransportOptions,
};
use http::Request;

use crate::service::{SECRET_ID, SECRET_KEY, Service};

/// Whom to ask, and for what.
pub struct Card {
    account: Tencent,
    recipient: Recipient,
    card: IdCardRequest,
    authority: PathBuf,
}

impl Card {
    /// A picture of so many bytes; its URL where there are none.
    pub fn new(service: &Service, bytes: usize) -> Self {
        let (key, authority) = service.files();
        let image = match bytes {
            0 => Image::from_url("https://h.example/card.jpg"),
            // What the service looks at is how it begins: a JPEG.
            _ => {
                Image::from_bytes_unchecked([b"\xff\xd8\xff", &vec![b'x'; bytes - 3][..]].concat())
            }
        };
        let credentials = Credentials::new(SECRET_ID, SECRET_KEY).expect("credentials");
        Self {
            account: Tencent::new(credentials)
                .endpoint(Endpoint::custom(&service.url).expect("loopback"))
                .retry(RetryPolicy::never()),
            recipient: Recipient::parse(&key).expect("a sound key"),
            card: IdCardRequest::new(image.expect("an image")),
            authority,
        }
    }

    /// Sealed, and not yet signed or sent.
    pub fn call(&self) -> Call<Recognized> {
        self.account
            .recognize_encrypted_id_card(&self.recipient, &self.card, IvPolicy::BySuite)
            .expect("a sealed request")
    }

    /// What is sent: sealed and signed.
    pub fn request(&self) -> Request<Bytes> {
        let Ok(Next::Send(request)) = self.call().next(SystemTime::now()) else {
            panic!("nothing to send");
        };
        request
    }

    /// Trusts the service.
    pub fn options(&self) -> TransportOptions {
        TransportOptions::default()
            .root_certificate_file(&self.authority)
            .expect("the authority's certificate")
    }

    /// The authority's certificate, in PEM.
    pub fn authority(&self) -> Vec<u8> {
        std::fs::read(&self.authority).expect("the authority's certificate")
    }
}

/// An answer that is one.
pub fn check(answer: &Recognized) {
    assert!(!answer.card.id_num.expose().is_empty());
}
