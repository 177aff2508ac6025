//! The bits of a scan, from one marker to the next.

/// Reads bits, highest first; `FF 00` is the byte `FF`, and `FF` with anything else ends the data.
#[derive(Clone)]
pub(super) struct Bits<'a> {
    data: &'a [u8],
    /// Where the next byte stands.
    at: usize,
    /// The bits that were read, the next one highest.
    held: u64,
    /// How many are held, those made up beyond the end among them.
    count: u32,
    /// How many were made up.
    made_up: u32,
}

impl<'a> Bits<'a> {
    pub(super) fn new(data: &'a [u8], at: usize) -> Self {
        Self {
            data,
            at,
            held: 0,
            count: 0,
            made_up: 0,
        }
    }

    /// Makes at least 32 bits available: a code of 16 at most, and the bits that follow it.
    #[inline]
    pub(super) fn fill(&mut self) {
        if self.count >= 32 {
            return;
        }
        if let Some(bytes) = cardseal_sniff::bytes::take::<4>(self.data, self.at)
            && !bytes.contains(&0xFF)
        {
            self.held |= u64::from(u32::from_be_bytes(bytes)) << (32 - self.count);
            self.count += 32;
            self.at += 4;
            return;
        }
        self.fill_bytewise();
    }

    fn fill_bytewise(&mut self) {
        while self.count <= 56 {
            let byte = match (self.data.get(self.at), self.data.get(self.at + 1)) {
                (Some(0xFF), Some(0)) => {
                    self.at += 2;
                    0xFF
                }
                (None | Some(0xFF), _) => {
                    self.made_up = self.made_up.saturating_add(8);
                    0
                }
                (Some(byte), _) => {
                    self.at += 1;
                    *byte
                }
            };
            self.held |= u64::from(byte) << (56 - self.count);
            self.count += 8;
        }
    }

    /// The next 16 bits, still there afterwards.
    #[inline]
    pub(super) fn peek(&self) -> u16 {
        (self.held >> 48) as u16
    }

    /// Goes over bits, at most as many as `fill` made available.
    #[inline]
    pub(super) fn skip(&mut self, bits: u32) {
        debug_assert!(bits <= self.count && bits < 64);
        self.held <<= bits;
        self.count -= bits;
    }

    /// The next bits, at most 16.
    #[inline]
    pub(super) fn take(&mut self, bits: u32) -> u32 {
        if bits == 0 {
            return 0;
        }
        self.fill();
        let value = (self.held >> (64 - bits)) as u32;
        self.skip(bits);
        value
    }

    /// The number of a size, at most 15 bits, which `fill` made available (ITU-T T.81, F.2.2.1).
    #[inline]
    pub(super) fn number(&mut self, size: u32) -> i32 {
        debug_assert!(size < 16);
        let value = (self.held >> 1 >> (63 - size)) as i32;
        // Without a branch, which would be wrong every other time.
        let is_below_zero = i32::from(self.held >> 63 == 0);
        self.skip(size);
        value - (is_below_zero * ((1 << size) - 1))
    }

    /// Whether more bits were used than there are.
    #[inline]
    pub(super) fn ran_out(&self) -> bool {
        self.made_up > self.count
    }

    /// Where the data ends that was used, whole bytes; those that were read ahead are given back.
    pub(super) fn end(&self) -> usize {
        let mut ahead = self.count.saturating_sub(self.made_up) / 8;
        let mut at = self.at;
        while ahead > 0 {
            let stuffed = at >= 2 && self.data.get(at - 2..at) == Some(&[0xFF, 0]);
            at = at.saturating_sub(if stuffed { 2 } else { 1 });
            ahead -= 1;
        }
        at
    }
}
