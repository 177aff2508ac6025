//! Walks every code of every scan (ITU-T T.81, Annexes F and G), to tell a whole picture from a cut or damaged one:
//! each block must be there, each code must exist, and nothing may be left. No coefficient is computed.

use super::bits::Bits;
use super::frame::Frame;
use super::huffman::Huffman;
use super::whole_scan::Row;

/// What was wrong with a scan.
pub(super) type Fault = &'static str;

const CUT: Fault = "the data of a scan ends before the picture does";
const NO_CODE: Fault = "a scan holds bits that are no code";
const TOO_FAR: Fault = "a block of a scan holds more than 64 numbers";
const NO_TABLE: Fault = "a scan uses a table that is not there";
const LEFT_OVER: Fault = "a scan holds more data than the picture has blocks";
const NO_RESTART: Fault = "a restart marker is missing or out of turn";

/// The Huffman tables as they stand before a scan, and where a restart marker is due.
#[derive(Default)]
pub(super) struct Tables {
    pub dc: [Option<Huffman>; 4],
    pub ac: [Option<Huffman>; 4],
    pub restart_every: u32,
}

/// What a scan's header says.
pub(super) struct Scan {
    /// Which components, by their place in the frame, with the numbers of their tables.
    pub components: Vec<(usize, u8, u8)>,
    /// The first and the last coefficient.
    pub band: (u8, u8),
    /// How many bits lower the coefficients were known before (0: not at all), and are known afterwards.
    pub high: u8,
    pub low: u8,
}

/// What is known of a progressive picture's coefficients from earlier scans: which are not 0, a word a block.
pub(super) struct History {
    masks: Vec<Vec<u64>>,
    across: Vec<usize>,
}

impl History {
    pub(super) fn new(frame: &Frame) -> Self {
        let (mcus_across, mcus_down) = frame.mcus();
        let (mut masks, mut across) = (Vec::new(), Vec::new());
        for component in &frame.components {
            let wide = (mcus_across * component.h) as usize;
            let high = (mcus_down * component.v) as usize;
            across.push(wide);
            // Only what refines asks for it; a baseline picture never does.
            masks.push(vec![
                0;
                if frame.progressive {
                    wide.saturating_mul(high)
                } else {
                    0
                }
            ]);
        }
        Self { masks, across }
    }
}

/// Walks a scan whose data begins at `at`; gives the place behind its last byte, and where its rows begin.
pub(super) fn walk<'a>(
    data: &'a [u8],
    at: usize,
    frame: &Frame,
    scan: &Scan,
    tables: &Tables,
    history: &mut History,
    rows: &mut Vec<Row<'a>>,
) -> Result<usize, Fault> {
    let mut walker = Walker {
        bits: Bits::new(data, at),
        scan,
        progressive: frame.progressive,
        end_of_band: 0,
    };
    let (across, down) = match *scan.components.as_slice() {
        [(index, ..)] => frame
            .components
            .get(index)
            .map(|c| frame.blocks(c))
            .ok_or(NO_TABLE)?,
        _ => frame.mcus(),
    };
    let alone = scan.components.len() == 1;
    let (mut until_restart, mut restarts) = (tables.restart_every, 0_u8);
    for row in 0..down {
        rows.push(Row {
            bits: walker.bits.clone(),
            until_restart,
        });
        for column in 0..across {
            if tables.restart_every != 0 {
                if until_restart == 0 {
                    let end = walker.finish(data)?;
                    if cardseal_sniff::bytes::take(data, end) != Some([0xFF, 0xD0 + restarts % 8]) {
                        return Err(NO_RESTART);
                    }
                    restarts = (restarts + 1) % 8;
                    walker.bits = Bits::new(data, end + 2);
                    walker.end_of_band = 0;
                    until_restart = tables.restart_every;
                }
                until_restart -= 1;
            }
            for &(index, dc, ac) in &scan.components {
                let component = frame.components.get(index).ok_or(NO_TABLE)?;
                let (h, v) = if alone {
                    (1, 1)
                } else {
                    (component.h, component.v)
                };
                let dc = tables.dc.get(usize::from(dc)).and_then(Option::as_ref);
                let ac = tables.ac.get(usize::from(ac)).and_then(Option::as_ref);
                for block in 0..h * v {
                    if !frame.progressive {
                        walker.sequential(dc.ok_or(NO_TABLE)?, ac.ok_or(NO_TABLE)?)?;
                        continue;
                    }
                    let (x, y) = (column * h + block % h, row * v + block / h);
                    let wide = history.across.get(index).copied().unwrap_or(0);
                    let mask = history
                        .masks
                        .get_mut(index)
                        .and_then(|masks| masks.get_mut(y as usize * wide + x as usize))
                        .ok_or(NO_TABLE)?;
                    walker.progressive(dc, ac, mask)?;
                }
            }
            if walker.bits.ran_out() {
                return Err(CUT);
            }
        }
    }
    walker.finish(data)
}

struct Walker<'a, 's> {
    bits: Bits<'a>,
    scan: &'s Scan,
    progressive: bool,
    /// How many more blocks of this band hold nothing new.
    end_of_band: u32,
}

impl Walker<'_, '_> {
    /// A block of a baseline or extended sequential picture.
    #[inline]
    fn sequential(&mut self, dc: &Huffman, ac: &Huffman) -> Result<(), Fault> {
        self.first_dc(dc)?;
        let mut at = 1_u32;
        while at < 64 {
            self.bits.fill();
            let (symbol, length) = ac.look(&self.bits).ok_or(NO_CODE)?;
            let (run, size) = (u32::from(symbol >> 4), u32::from(symbol & 15));
            self.bits.skip(length + size);
            if size == 0 && run < 15 {
                break;
            }
            at += run + 1;
        }
        if at > 64 { Err(TOO_FAR) } else { Ok(()) }
    }

    fn progressive(
        &mut self,
        dc: Option<&Huffman>,
        ac: Option<&Huffman>,
        mask: &mut u64,
    ) -> Result<(), Fault> {
        debug_assert!(self.progressive);
        match (self.scan.band.0, self.scan.high) {
            (0, 0) => self.first_dc(dc.ok_or(NO_TABLE)?),
            (0, _) => {
                self.bits.take(1);
                Ok(())
            }
            (_, 0) => self.first_ac(ac.ok_or(NO_TABLE)?, mask),
            (_, _) => self.refined_ac(ac.ok_or(NO_TABLE)?, mask),
        }
    }

    #[inline]
    fn first_dc(&mut self, dc: &Huffman) -> Result<(), Fault> {
        self.bits.fill();
        let (size, length) = dc.look(&self.bits).ok_or(NO_CODE)?;
        if size > 15 {
            return Err(NO_CODE);
        }
        self.bits.skip(length + u32::from(size));
        Ok(())
    }

    fn first_ac(&mut self, ac: &Huffman, mask: &mut u64) -> Result<(), Fault> {
        if self.end_of_band > 0 {
            self.end_of_band -= 1;
            return Ok(());
        }
        let (mut at, last) = (u32::from(self.scan.band.0), u32::from(self.scan.band.1));
        while at <= last {
            self.bits.fill();
            let (symbol, length) = ac.look(&self.bits).ok_or(NO_CODE)?;
            let (run, size) = (u32::from(symbol >> 4), u32::from(symbol & 15));
            self.bits.skip(length + size);
            if size != 0 {
                at += run;
                if at > last {
                    return Err(TOO_FAR);
                }
                *mask |= 1 << at;
                at += 1;
            } else if run == 15 {
                at += 16;
            } else {
                self.end_of_band = (1 << run) - 1 + self.bits.take(run);
                return Ok(());
            }
        }
        Ok(())
    }

    fn refined_ac(&mut self, ac: &Huffman, mask: &mut u64) -> Result<(), Fault> {
        let (mut at, last) = (u32::from(self.scan.band.0), u32::from(self.scan.band.1));
        let before = *mask;
        if self.end_of_band == 0 {
            while at <= last {
                self.bits.fill();
                let (symbol, length) = ac.look(&self.bits).ok_or(NO_CODE)?;
                let (mut run, size) = (u32::from(symbol >> 4), symbol & 15);
                self.bits.skip(length);
                match size {
                    0 if run < 15 => {
                        self.end_of_band = (1 << run) + self.bits.take(run);
                        break;
                    }
                    // Sixteen more that stay 0, or one that no longer is.
                    0 => {}
                    1 => {
                        self.bits.take(1);
                    }
                    _ => return Err(NO_CODE),
                }
                // Those that were not 0 before take a bit each, and do not count among the run.
                while at <= last {
                    if before & (1 << at) != 0 {
                        self.bits.take(1);
                    } else if run == 0 {
                        break;
                    } else {
                        run -= 1;
                    }
                    at += 1;
                }
                if size == 1 {
                    if at > last {
                        return Err(TOO_FAR);
                    }
                    *mask |= 1 << at;
                }
                at += 1;
            }
        }
        if self.end_of_band > 0 {
            self.end_of_band -= 1;
            if at <= last {
                let rest = (u64::MAX >> (63 - last)) & (u64::MAX << at);
                let mut ones = (before & rest).count_ones();
                while ones > 0 {
                    let some = ones.min(16);
                    self.bits.take(some);
                    ones -= some;
                }
            }
        }
        Ok(())
    }

    /// The place where a marker must follow. Zeros before it are padding; anything else is a sign of damage.
    fn finish(&self, data: &[u8]) -> Result<usize, Fault> {
        if self.bits.ran_out() {
            return Err(CUT);
        }
        if self.end_of_band > 0 {
            return Err(CUT);
        }
        let end = self.bits.end();
        let rest = data.get(end..).unwrap_or_default();
        let padding = rest.iter().take_while(|byte| **byte == 0).count();
        match rest.get(padding..) {
            Some([0xFF, 0, ..]) => Err(LEFT_OVER),
            Some([0xFF, _, ..]) if padding == 0 => Ok(end),
            Some([0xFF, marker, ..]) if !matches!(marker, 0xD0..=0xD7) => Ok(end),
            Some([] | [0xFF]) | None => Err(CUT),
            _ => Err(LEFT_OVER),
        }
    }
}
