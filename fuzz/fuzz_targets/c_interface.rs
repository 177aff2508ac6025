//! Any program of calls through the C interface, on handles that are live, used, freed, copied or invented: never a crash,
//! every number is an exit code, an error has a text and success none, and a handle that was used is never taken again.
#![no_main]

use std::ffi::{CStr, CString, c_int};
use std::ptr;

use cardseal_ffi::c::*;
use libfuzzer_sys::fuzz_target;

const SM2: &[u8] = include_bytes!("../../vectors/keys/tencent-demo-sm2.b64");
const NONE: cardseal_bytes = cardseal_bytes { data: ptr::null_mut(), len: 0 };
const SLOTS: usize = 4;

/// What a program has in hand. Copies of handles stay after they were used or freed.
struct Hand {
    recipients: [*mut cardseal_recipient; SLOTS],
    openers: [*mut cardseal_opener; SLOTS],
    credentials: [*mut cardseal_credentials; SLOTS],
    clients: [*mut cardseal_client; SLOTS],
    bytes: [cardseal_bytes; SLOTS],
    /// Every opener that was used, by its number.
    used: Vec<usize>,
}

fn checked(code: c_int) -> bool {
    let told = !cardseal_last_error().is_null();
    match code {
        0 => assert!(!told, "an error beside success"),
        2..=8 => assert!(told && !cardseal_last_error_kind().is_null(), "no text beside {code}"),
        _ => panic!("it returned {code}"),
    }
    code == 0
}

impl Hand {
    /// What an input may point to: its own bytes, or what the library made.
    fn data<'a>(&'a self, slot: usize, given: &'a [u8]) -> &'a [u8] {
        let bytes = self.bytes[slot];
        if given.is_empty() && !bytes.data.is_null() {
            // SAFETY: the library made it and nobody freed it.
            return unsafe { std::slice::from_raw_parts(bytes.data, bytes.len) };
        }
        given
    }

    fn keep(&mut self, slot: usize, mut new: cardseal_bytes) {
        std::mem::swap(&mut self.bytes[slot], &mut new);
        let mut twice = new;
        // SAFETY: both are of the library's; the second time there is nothing to free.
        unsafe {
            cardseal_bytes_free(&mut new);
            assert!(new.data.is_null() && new.len == 0);
            // Freed already, unless the address is in use again.
            if self.bytes.iter().all(|bytes| bytes.data != twice.data) {
                cardseal_bytes_free(&mut twice);
            }
        }
    }

    /// An error has it once, and only one that says that a tag was right.
    fn ask_for_what_was_opened(&mut self, slot: usize) {
        let (mut opened, mut again) = (NONE, NONE);
        // SAFETY: two places; the kind is a text that ends with a NUL.
        unsafe {
            cardseal_last_error_opened_text(&mut opened);
            cardseal_last_error_opened_text(&mut again);
            assert!(again.data.is_null());
            if !opened.data.is_null() {
                assert_eq!(CStr::from_ptr(cardseal_last_error_kind()), c"protocol");
                assert_eq!(*opened.data.add(opened.len), 0);
                self.keep(slot, opened);
            }
        }
    }

    fn run(&mut self, step: u8, slot: usize, given: &[u8]) {
        let (mut made, mut recipient, mut opener) = (NONE, ptr::null_mut(), self.openers[slot]);
        let was = opener.addr();
        let data = self.data((slot + 1) % SLOTS, given).to_vec();
        let (at, len) = (data.as_ptr(), data.len());
        // SAFETY: `data` outlives the calls; places are of their types; texts end with a NUL.
        unsafe {
            match step % 14 {
                0 => {
                    if checked(cardseal_recipient_parse(at, len, &mut recipient)) {
                        self.recipients[slot] = recipient;
                    }
                }
                1 => {
                    if checked(cardseal_seal(self.recipients[slot], at, len, &mut made, &mut opener)) {
                        self.openers[slot] = opener;
                        self.keep(slot, made);
                    } else {
                        assert!(made.data.is_null() && opener.is_null());
                    }
                }
                2 | 3 => {
                    let code = match step % 14 {
                        2 => cardseal_open(&mut opener, at, len, &mut made),
                        _ => cardseal_opener_store(&mut opener, &mut made),
                    };
                    assert!(opener.is_null());
                    assert!(code == 2 || !self.used.contains(&was), "{was} was used");
                    if was != 0 && code != 2 {
                        self.used.push(was);
                    }
                    if checked(code) {
                        self.keep(slot, made);
                    } else {
                        self.ask_for_what_was_opened(slot);
                    }
                }
                4 => {
                    if checked(cardseal_opener_restore(at, len, &mut opener)) {
                        self.openers[slot] = opener;
                    }
                }
                5 => {
                    let mut parts = data.splitn(2, |byte| *byte == 0);
                    let scheme = CString::new(parts.next().unwrap_or_default()).unwrap_or_default();
                    let request = parts.next().unwrap_or_default();
                    let names = if slot == 0 { ptr::null() } else { c"host".as_ptr() };
                    let (id, key) = (c"id".as_ptr(), c"key".as_ptr());
                    let (at, len) = (request.as_ptr(), request.len());
                    if checked(cardseal_sign(scheme.as_ptr(), at, len, id, key, 1, names, &mut made)) {
                        self.keep(slot, made);
                    }
                }
                6 => {
                    // Without a picture, and so that nothing is sent.
                    let silent = !["image", "url", "\\"].iter().any(|word| contains(&data, word.as_bytes()));
                    let options = CString::new(data).unwrap_or_default();
                    if silent {
                        assert!(!checked(cardseal_recognize(options.as_ptr(), &mut made)));
                    }
                }
                7 => {
                    cardseal_recipient_free(self.recipients[slot]);
                    assert!(cardseal_recipient_suite(self.recipients[slot]).is_null());
                }
                9 => {
                    let text = CString::new(data).unwrap_or_default();
                    let (none, mut made) = (ptr::null(), ptr::null_mut());
                    let code = match slot {
                        0 => cardseal_credentials_of_environment(text.as_ptr(), &mut made),
                        1 => cardseal_credentials_new(c"id".as_ptr(), text.as_ptr(), none, none, &mut made),
                        _ => cardseal_credentials_new(text.as_ptr(), c"key".as_ptr(), text.as_ptr(), none, &mut made),
                    };
                    if checked(code) {
                        cardseal_credentials_free(self.credentials[slot]);
                        self.credentials[slot] = made;
                    }
                }
                10 => {
                    let (text, mut made) = (CString::new(data).unwrap_or_default(), ptr::null_mut());
                    if checked(cardseal_client_new(text.as_ptr(), self.credentials[slot], &mut made)) {
                        cardseal_client_free(self.clients[slot]);
                        self.clients[slot] = made;
                    }
                }
                11 => {
                    // With a side that there is not, so that nothing is sent.
                    let (client, to) = (self.clients[slot], self.recipients[slot]);
                    let (image, side) = (if slot == 0 { ptr::null() } else { at }, c"top".as_ptr());
                    let code = cardseal_client_recognize(client, to, image, len, ptr::null(), side, &mut made);
                    assert!(!checked(code) && made.data.is_null());
                }
                12 => {
                    let mut report = NONE;
                    let limits = if slot == 0 { ptr::null() } else { c"{\"max_side\":64}".as_ptr() };
                    if checked(cardseal_prepare(at, len, limits, &mut made, &mut report)) {
                        self.keep(slot, made);
                        self.keep((slot + 1) % SLOTS, report);
                    }
                }
                13 => {
                    // What was freed stays in hand.
                    cardseal_credentials_free(self.credentials[slot]);
                    cardseal_client_free(self.clients[slot]);
                }
                _ => {
                    cardseal_opener_free(self.openers[slot]);
                    // One that was copied to another place is used from now on there too.
                    self.used.push(was);
                    self.openers[(slot + 1) % SLOTS] = self.openers[slot];
                }
            }
        }
    }
}

fn contains(text: &[u8], word: &[u8]) -> bool {
    text.windows(word.len()).any(|window| window == word)
}

fuzz_target!(|program: &[u8]| {
    let mut hand = Hand {
        recipients: [ptr::null_mut(); SLOTS],
        openers: [ptr::null_mut(); SLOTS],
        credentials: [ptr::null_mut(); SLOTS],
        clients: [ptr::null_mut(); SLOTS],
        bytes: [NONE; SLOTS],
        used: Vec::new(),
    };
    let mut first = ptr::null_mut();
    // SAFETY: a text and a place.
    assert!(checked(unsafe { cardseal_recipient_parse(SM2.as_ptr(), SM2.len(), &mut first) }));
    hand.recipients[0] = first;
    // An invented one, and one of another kind.
    hand.openers[1] = ptr::without_provenance_mut(usize::MAX);
    hand.openers[2] = first.cast();
    hand.credentials[3] = first.cast();
    hand.clients[3] = ptr::without_provenance_mut(usize::MAX);
    let mut rest = program;
    // A step, a place, and how many bytes go with it.
    while let [step, place, len, tail @ ..] = rest {
        let (given, tail) = tail.split_at(usize::from(*len).min(tail.len()));
        hand.run(*step, usize::from(*place) % SLOTS, given);
        rest = tail;
    }
    for slot in 0..SLOTS {
        hand.keep(slot, NONE);
        cardseal_recipient_free(hand.recipients[slot]);
        cardseal_opener_free(hand.openers[slot]);
        cardseal_credentials_free(hand.credentials[slot]);
        cardseal_client_free(hand.clients[slot]);
    }
});
