//! Makes each client as a program would that has never heard of cardseal.

fn main() {
    // In a rustls without a provider this panics: "No rustls crypto provider is configured".
    reqwest::Client::builder().build().expect("reqwest's client");

    // Nobody listens there; what matters is that it gets as far as to say so.
    let error = ureq::get("https://127.0.0.1:1/").call().expect_err("nobody listens");
    assert!(error.to_string().contains("refused"), "{error}");

    cardseal::BlockingClient::new().expect("the blocking client");
    cardseal::Client::new().expect("the async client");

    let installed = rustls::crypto::CryptoProvider::get_default();
    assert!(installed.is_none(), "a provider was installed for the whole process");
    println!("the neighbours are as they were");
}
