//! A call is one request; a client consumes it.
use cardseal::tencent::RecognizeEncryptedIdCard;

fn twice(client: &cardseal::BlockingClient, call: cardseal::Call<RecognizeEncryptedIdCard>) {
    let _ = client.run(call);
    let _ = client.run(call);
}

fn main() {}
