//! A call is one request; a client consumes it.
use cardseal::tencent::Recognized;

fn twice(client: &cardseal::BlockingClient, call: cardseal::Call<Recognized>) {
    let _ = client.run(call);
    let _ = client.run(call);
}

fn main() {}
