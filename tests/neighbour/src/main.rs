//! Makes each client as a program would that has never heard of cardseal.

fn main() {
    #[cfg(not(feature = "other-provider"))]
    by_ring();
    #[cfg(feature = "other-provider")]
    by_another();
    println!("the neighbours are as they were");
}

#[cfg(not(feature = "other-provider"))]
fn by_ring() {
    // In a rustls without a provider this panics: "No rustls crypto provider is configured".
    reqwest::Client::builder().build().expect("reqwest's client");

    #[cfg(feature = "usual")]
    {
        // Nobody listens there; what matters is that it gets as far as to say so.
        let error = ureq::get("https://127.0.0.1:1/").call().expect_err("nobody listens");
        assert!(error.to_string().contains("refused"), "{error}");
    }

    #[cfg(any(feature = "usual", feature = "one-blocking"))]
    cardseal::BlockingClient::new().expect("the blocking client");
    #[cfg(any(feature = "usual", feature = "one-async"))]
    cardseal::Client::new().expect("the async client");

    let installed = rustls::crypto::CryptoProvider::get_default();
    assert!(installed.is_none(), "a provider was installed for the whole process");
}

/// `aws-lc-rs` is the program's own, and the only one there is.
#[cfg(feature = "other-provider")]
fn by_another() {
    let none = cardseal::BlockingClient::new().err().expect("no provider yet").to_string();
    assert!(none.contains("install_default") && none.contains("tls-ring"), "{none}");
    let installed = rustls::crypto::CryptoProvider::get_default();
    assert!(installed.is_none(), "a provider was installed for the whole process");

    // With two providers in the program this panics: "Could not automatically determine the process-level CryptoProvider".
    let own = rustls::ClientConfig::builder()
        .with_root_certificates(rustls::RootCertStore::empty())
        .with_no_client_auth();
    assert!(!own.crypto_provider().cipher_suites.is_empty());

    // By then the process has one, and cardseal's clients take it.
    cardseal::BlockingClient::new().expect("the blocking client");
    cardseal::Client::new().expect("the async client");
}
