//! Random requests that can be made again from their seed. Nothing here is a secret.

use cardseal::Credentials;

/// SplitMix64 (Steele, Lea, Flood, 2014): small, and the same everywhere.
pub(crate) struct Random(u64);

/// What breaks encoders: reserved characters, text that looks encoded, Chinese, and a character of four bytes.
const PIECES: &[&str] = &[
    " ",
    "+",
    "*",
    "~",
    "%",
    "%41",
    "%zz",
    "&",
    "=",
    "==",
    "/",
    "?",
    "#",
    "\"",
    "'",
    "(",
    ")",
    "!",
    "@",
    "$",
    ",",
    ";",
    ":",
    "[",
    "]",
    "<",
    ">",
    "\\",
    "^",
    "`",
    "{",
    "|",
    "}",
    "\n",
    "\t",
    "-",
    "_",
    ".",
    "身份证",
    "识别",
    "é",
    "𠮷",
    "a",
    "Z",
    "0",
    "XyZ",
    "limit",
    "\u{7f}",
];

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    pub(crate) fn below(&mut self, end: usize) -> usize {
        (self.next() % end as u64) as usize
    }

    pub(crate) fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    pub(crate) fn pick<'a, T: ?Sized>(&mut self, of: &[&'a T]) -> &'a T {
        of[self.below(of.len())]
    }

    pub(crate) fn bytes(&mut self, most: usize) -> Vec<u8> {
        let count = self.below(most + 1);
        (0..count).map(|_| self.next() as u8).collect()
    }

    /// Characters of `alphabet`, at least one.
    pub(crate) fn word(&mut self, alphabet: &str, most: usize) -> String {
        let alphabet = alphabet.as_bytes();
        let count = 1 + self.below(most);
        (0..count)
            .map(|_| alphabet[self.below(alphabet.len())] as char)
            .collect()
    }

    pub(crate) fn name(&mut self) -> String {
        self.word(
            "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789",
            12,
        )
    }

    /// Any text, the empty one too.
    pub(crate) fn text(&mut self) -> String {
        let count = self.below(8);
        (0..count).map(|_| self.pick(PIECES)).collect()
    }

    pub(crate) fn credentials(&mut self) -> (String, String) {
        let id = self.word("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789*", 40);
        let every: String = ('!'..='~').collect();
        // Shorter and longer than the 64 bytes of a block of the hash. A letter first: what is in quotes or a shell's
        // variable is refused.
        (id, format!("k{}", self.word(&every, 90)))
    }

    /// Seconds from 2001 to 2096; often at, or a second beside, midnight in UTC or in Beijing.
    pub(crate) fn time(&mut self) -> u64 {
        const DAY: u64 = 86_400;
        let any = 1_000_000_000 + self.next() % 3_000_000_000;
        let midnight = any - any % DAY;
        let beside = [0, 1, DAY - 1][self.below(3)];
        match self.below(4) {
            0 => midnight + beside,
            // Midnight in Beijing is 16:00 UTC of the day before.
            1 => midnight + 16 * 3_600 + beside - beside / (DAY - 1) * DAY,
            _ => any,
        }
    }

    /// Percent-encodes a text as somebody may: what must be encoded, and some of what need not be, in either
    /// case of hex. `bare` are the reserved characters that may stand as they are.
    pub(crate) fn encode(&mut self, text: &str, bare: &str) -> String {
        let mut out = String::new();
        for byte in text.bytes() {
            let unreserved = byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte);
            let may_be_bare = unreserved || bare.as_bytes().contains(&byte);
            if may_be_bare && !self.chance(10) {
                out.push(byte as char);
            } else if self.chance(50) {
                out.push_str(&format!("%{byte:02X}"));
            } else {
                out.push_str(&format!("%{byte:02x}"));
            }
        }
        out
    }
}

pub(crate) fn sign_as(id: &str, secret: &str, token: Option<&str>) -> Credentials {
    let credentials = Credentials::new(id, secret.to_owned()).unwrap();
    match token {
        Some(token) => credentials.with_token(token.to_owned()).unwrap(),
        None => credentials,
    }
}
