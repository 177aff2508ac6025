//! A call holds the opener of its request, and is not cloned.
use cardseal::tencent::Recognized;

fn copy(call: &cardseal::Call<Recognized>) -> cardseal::Call<Recognized> {
    call.clone()
}

fn main() {}
