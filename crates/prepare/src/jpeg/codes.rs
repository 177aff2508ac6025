//! Codes out: an encoder's Huffman tables, and the bits of a scan.

/// A table to write with: by symbol the code, and below it in 8 bits its length; 0 where there is none.
#[derive(Clone)]
pub(super) struct Codes([u32; 256]);

impl Codes {
    /// The table of these numbers of codes by length, and the symbols (ITU-T T.81, Annex C).
    pub(super) fn new(counts: &[u8; 16], symbols: &[u8]) -> Self {
        let mut codes = [0; 256];
        let (mut code, mut symbols) = (0_u32, symbols.iter());
        for (length, count) in (1_u32..).zip(counts) {
            for symbol in symbols.by_ref().take(usize::from(*count)) {
                if let Some(place) = codes.get_mut(usize::from(*symbol)) {
                    *place = code << 8 | length;
                }
                code += 1;
            }
            code <<= 1;
        }
        Self(codes)
    }

    #[inline]
    fn of(&self, symbol: u8) -> (u32, u32) {
        let found = self.0.get(usize::from(symbol)).copied().unwrap_or(0);
        (found >> 8, found & 255)
    }
}

/// Writes bits, highest first, and a 0 behind each byte `FF`.
pub(super) struct BitWriter {
    out: Vec<u8>,
    /// The last `count` bits are still to be written.
    held: u64,
    count: u32,
    /// Whether something was asked for that has no code.
    lacks_code: bool,
}

impl BitWriter {
    /// Goes on behind `out`.
    pub(super) fn new(out: Vec<u8>) -> Self {
        Self {
            out,
            held: 0,
            count: 0,
            lacks_code: false,
        }
    }

    /// A symbol without anything behind it.
    #[inline]
    pub(super) fn symbol(&mut self, codes: &Codes, symbol: u8) {
        let (code, length) = codes.of(symbol);
        self.lacks_code |= length == 0;
        self.put(code, length);
    }

    /// A number behind so many zeros.
    #[inline]
    pub(super) fn number(&mut self, codes: &Codes, zeros: u32, value: i32) {
        let size = u32::BITS - value.unsigned_abs().leading_zeros();
        let (code, length) = codes.of((zeros << 4 | size) as u8);
        // A size that 4 bits do not hold would be taken for another.
        self.lacks_code |= length == 0 || size > 11;
        let size = size.min(11);
        let below_zero = i32::from(value < 0);
        let bits = value.wrapping_sub(below_zero) as u32 & ((1 << size) - 1);
        self.put(code << size | bits, length + size);
    }

    /// At most 27 bits.
    #[inline]
    fn put(&mut self, bits: u32, count: u32) {
        self.held = self.held << count | u64::from(bits);
        self.count += count;
        if self.count >= 32 {
            self.count -= 32;
            let bytes = ((self.held >> self.count) as u32).to_be_bytes();
            if bytes.contains(&0xFF) {
                self.stuffed(bytes);
            } else {
                self.out.extend_from_slice(&bytes);
            }
        }
    }

    #[cold]
    fn stuffed(&mut self, bytes: [u8; 4]) {
        bytes.iter().for_each(|byte| self.byte(*byte));
    }

    fn byte(&mut self, byte: u8) {
        self.out.push(byte);
        if byte == 0xFF {
            self.out.push(0);
        }
    }

    /// What was written, filled up with ones to a whole byte; `None` if something had no code.
    pub(super) fn finish(mut self) -> Option<Vec<u8>> {
        let fill = (8 - self.count % 8) % 8;
        self.held = self.held << fill | ((1 << fill) - 1);
        self.count += fill;
        while self.count > 0 {
            self.count -= 8;
            self.byte((self.held >> self.count) as u8);
        }
        (!self.lacks_code).then_some(self.out)
    }
}
