//! A call holds the opener of its request, and is not cloned.
use cardseal::tencent::RecognizeEncryptedIdCard;

fn copy(call: &cardseal::Call<RecognizeEncryptedIdCard>) -> cardseal::Call<RecognizeEncryptedIdCard> {
    call.clone()
}

fn main() {}
