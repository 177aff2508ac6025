//! The segments of a JPEG file: read once, each scan walked as it comes, and put together again without metadata.

use crate::error::PrepareError;
use cardseal_sniff::Kind;
use cardseal_sniff::bytes::{be16, part};

use super::definitions::{self, Class, Definitions};
use super::frame::Frame;
use super::huffman::Huffman;
use super::kept::{Jpeg, Kept};
use super::scan::{self, History, Scan, Tables};
use super::whole_scan::WholeScan;

/// Decoders stop here too; ordinary progressive pictures have about ten.
const MOST_SCANS: usize = 100;

impl<'a> Jpeg<'a> {
    /// Reads all of it. Every scan is walked to its end.
    pub(crate) fn parse(bytes: &'a [u8]) -> Result<Self, PrepareError> {
        let mut reader = Reader::new(bytes);
        while reader.segment()? {}
        reader.finish()
    }
}

/// By component and coefficient: from which bit on it is known; `None` if no scan held it yet.
type Known = Vec<[Option<u8>; 64]>;

struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
    tables: Tables,
    frame: Option<(Frame, History, Known)>,
    scans: usize,
    whole_scan: Option<WholeScan<'a>>,
    exif: Option<&'a [u8]>,
    icc: Vec<(u8, &'a [u8])>,
    adobe: Option<u8>,
    jfif: bool,
    metadata: Vec<&'static str>,
    definitions: Definitions,
    has_late_table: bool,
    kept: Vec<Kept>,
}

fn damaged(what: impl Into<String>) -> PrepareError {
    PrepareError::damaged(Kind::Jpeg, what)
}

impl<'a> Reader<'a> {
    fn new(bytes: &'a [u8]) -> Self {
        Self {
            bytes,
            at: 2,
            tables: Tables::default(),
            frame: None,
            scans: 0,
            whole_scan: None,
            exif: None,
            icc: Vec::new(),
            adobe: None,
            jfif: false,
            metadata: Vec::new(),
            definitions: Definitions::default(),
            has_late_table: false,
            kept: Vec::new(),
        }
    }

    fn note(&mut self, what: &'static str) {
        if !self.metadata.contains(&what) {
            self.metadata.push(what);
        }
    }

    /// Reads one segment; `false` at the end of the picture.
    fn segment(&mut self) -> Result<bool, PrepareError> {
        let cut = || damaged("it ends before its end marker");
        let from = self.at;
        while *self.bytes.get(self.at).ok_or_else(cut)? != 0xFF {
            self.at += 1;
        }
        if self.at != from {
            self.note("other");
        }
        while self.bytes.get(self.at + 1).ok_or_else(cut)? == &0xFF {
            self.at += 1;
        }
        let start = self.at;
        let marker = *self.bytes.get(start + 1).ok_or_else(cut)?;
        match marker {
            0xD9 => {
                if start + 2 < self.bytes.len() {
                    self.note("trailer");
                }
                return Ok(false);
            }
            0xD8 => return Err(damaged(format!("a second picture begins at byte {start}"))),
            0x00 | 0x01 | 0xD0..=0xD7 => {
                self.at += 2;
                return Ok(true);
            }
            _ => {}
        }
        let length = usize::from(be16(self.bytes, start + 2).ok_or_else(cut)?);
        let Some(inner) = length.checked_sub(2) else {
            return Err(damaged(format!(
                "the segment at byte {start} has no length"
            )));
        };
        let body = part(self.bytes, start + 4, inner).ok_or_else(cut)?;
        let end = start + 2 + length;
        self.at = end;
        match marker {
            0xC4 | 0xDB => {
                let before = self.definitions.count();
                match marker {
                    0xC4 => self.huffman_tables(body, start + 4)?,
                    _ => self.quantisation_tables(body, start + 4)?,
                }
                let numbers = before..self.definitions.count();
                self.kept.push(Kept::Tables(start..end, numbers));
                return Ok(true);
            }
            0xDC => {
                return Err(PrepareError::unsupported(
                    Kind::Jpeg,
                    "its height is set after its first scan",
                ));
            }
            0xDD => {
                let every =
                    be16(body, 0).ok_or_else(|| damaged("its restart interval is empty"))?;
                self.tables.restart_every = every.into();
            }
            0xC0..=0xC3 | 0xC5..=0xC7 | 0xC9..=0xCB | 0xCD..=0xCF => {
                if self.frame.is_some() {
                    return Err(damaged("it has two frame headers"));
                }
                let frame = Frame::parse(marker, body)?;
                let history = History::new(&frame);
                let known = vec![[None; 64]; frame.components.len()];
                self.frame = Some((frame, history, known));
            }
            0xDA => {
                let end = self.scan(body, start, end)?;
                self.kept.push(Kept::Whole(start..end));
                self.at = end;
                return Ok(true);
            }
            _ => {
                if !self.application(marker, body) {
                    return Ok(true);
                }
            }
        }
        self.kept.push(Kept::Whole(start..end));
        Ok(true)
    }

    /// What programs put beside the picture; `true` if it is kept.
    fn application(&mut self, marker: u8, body: &'a [u8]) -> bool {
        match marker {
            0xE0 if body.starts_with(b"JFIF\0") && body.len() >= 14 && !self.jfif => {
                self.jfif = true;
                if body.len() > 14 {
                    self.note("thumbnail");
                }
                return true;
            }
            0xE0 if body.starts_with(b"JFXX\0") => self.note("thumbnail"),
            0xE1 if body.starts_with(b"Exif\0") => {
                self.exif = self.exif.or(body.get(6..));
                self.note("exif");
            }
            0xE1 if body.starts_with(b"http://ns.adobe.com/") => self.note("xmp"),
            0xE2 => {
                if let Some([number, _, profile @ ..]) = body.strip_prefix(b"ICC_PROFILE\0") {
                    self.icc.push((*number, profile));
                    self.note("icc");
                } else {
                    self.note("other");
                }
            }
            0xED => self.note("iptc"),
            0xEE if body.starts_with(b"Adobe") && body.len() >= 12 && self.adobe.is_none() => {
                self.adobe = body.get(11).copied();
                if body.len() > 12 {
                    self.note("other");
                }
                return true;
            }
            0xFE => self.note("comment"),
            _ => self.note("other"),
        }
        false
    }

    fn quantisation_tables(&mut self, body: &[u8], at: usize) -> Result<(), PrepareError> {
        let tables = definitions::quantisation(body, at)
            .ok_or_else(|| damaged("a quantisation table is broken"))?;
        for (number, at) in tables {
            self.has_late_table |= self.definitions.define(Class::Quantisation, number, at);
        }
        Ok(())
    }

    fn huffman_tables(&mut self, mut body: &[u8], mut at: usize) -> Result<(), PrepareError> {
        let broken = || damaged("a Huffman table is broken");
        while let [class, rest @ ..] = body {
            let counts: &[u8; 16] = rest.first_chunk().ok_or_else(broken)?;
            let symbols = counts.iter().map(|count| usize::from(*count)).sum();
            let symbols = part(rest, 16, symbols).ok_or_else(broken)?;
            let table = Huffman::new(counts, symbols).ok_or_else(broken)?;
            let (kind, tables) = match class >> 4 {
                0 => (Class::Dc, &mut self.tables.dc),
                1 => (Class::Ac, &mut self.tables.ac),
                _ => return Err(broken()),
            };
            let end = at + 17 + symbols.len();
            self.definitions.define(kind, class & 15, at..end);
            at = end;
            *tables.get_mut(usize::from(class & 15)).ok_or_else(broken)? = Some(table);
            body = rest.get(16 + symbols.len()..).unwrap_or_default();
        }
        Ok(())
    }

    /// Walks the scan whose header is `body` and whose data begins at `at`; gives the place behind it.
    fn scan(&mut self, body: &[u8], start: usize, at: usize) -> Result<usize, PrepareError> {
        let broken = || damaged(format!("the scan header at byte {start} is broken"));
        let (frame, history, known) = self
            .frame
            .as_mut()
            .ok_or_else(|| damaged("a scan comes before the frame header"))?;
        self.scans += 1;
        if self.scans > MOST_SCANS {
            return Err(PrepareError::unsupported(
                Kind::Jpeg,
                "it has more than 100 scans",
            ));
        }
        let (count, rest) = body.split_first().ok_or_else(broken)?;
        let (list, numbers) = rest
            .split_at_checked(usize::from(*count) * 2)
            .ok_or_else(broken)?;
        let [first, last, precision] = *numbers else {
            return Err(broken());
        };
        let mut components: Vec<(usize, u8, u8)> = Vec::with_capacity(4);
        for pair in list.chunks_exact(2) {
            let [id, tables] = *pair else {
                return Err(broken());
            };
            let index = frame
                .components
                .iter()
                .position(|c| c.id == id)
                .ok_or_else(broken)?;
            if components.iter().any(|(other, ..)| *other == index) {
                return Err(broken());
            }
            components.push((index, tables >> 4, tables & 15));
        }
        let scan = if frame.progressive {
            Scan {
                components,
                band: (first, last),
                high: precision >> 4,
                low: precision & 15,
            }
        } else {
            Scan {
                components,
                band: (0, 63),
                high: 0,
                low: 0,
            }
        };
        let band_of_many = scan.band.0 > 0 && scan.components.len() > 1;
        let mixed = frame.progressive && scan.band.0 == 0 && scan.band.1 != 0;
        if scan.components.is_empty()
            || scan.band.0 > scan.band.1
            || scan.band.1 > 63
            || band_of_many
            || mixed
        {
            return Err(broken());
        }
        for (index, ..) in &scan.components {
            let band = usize::from(scan.band.0)..=usize::from(scan.band.1);
            for known in known
                .get_mut(*index)
                .and_then(|all| all.get_mut(band))
                .unwrap_or_default()
            {
                let in_turn = if scan.high == 0 {
                    known.is_none()
                } else {
                    *known == Some(scan.high)
                };
                if !in_turn || (scan.high > 0 && scan.low + 1 != scan.high) {
                    return Err(damaged(format!("the scan at byte {start} is out of turn")));
                }
                *known = Some(scan.low);
            }
        }
        for (index, dc, ac) in &scan.components {
            if let Some(component) = frame.components.get(*index) {
                let number = component.quantised_by;
                self.definitions.used(Class::Quantisation, number);
            }
            if scan.band.0 == 0 && scan.high == 0 {
                self.definitions.used(Class::Dc, *dc);
            }
            if scan.band.1 > 0 {
                self.definitions.used(Class::Ac, *ac);
            }
        }
        let mut rows = Vec::new();
        let end = scan::walk(
            self.bytes,
            at,
            frame,
            &scan,
            &self.tables,
            history,
            &mut rows,
        )
        .map_err(|fault| damaged(format!("{fault} (the scan at byte {start})")))?;
        let in_order = (0..frame.components.len()).eq(scan.components.iter().map(|c| c.0));
        self.whole_scan = (self.scans == 1 && !frame.progressive && in_order).then(|| {
            let tables = scan.components.iter().filter_map(|&(_, dc, ac)| {
                let dc = self.tables.dc.get(usize::from(dc))?.clone()?;
                let ac = self.tables.ac.get(usize::from(ac))?.clone()?;
                Some((dc, ac))
            });
            WholeScan {
                tables: tables.collect(),
                restart_every: self.tables.restart_every,
                rows,
                mcus_across: frame.mcus().0,
            }
        });
        Ok(end)
    }

    fn finish(mut self) -> Result<Jpeg<'a>, PrepareError> {
        let (frame, _, known) = self
            .frame
            .take()
            .ok_or_else(|| damaged("it has no frame header"))?;
        if known.iter().flatten().any(|known| *known != Some(0)) {
            return Err(damaged("scans are missing that the picture needs"));
        }
        if !self.definitions.all_used(&(0..self.definitions.count())) {
            self.note("other");
        }
        let mut parts = self.icc;
        parts.sort_by_key(|(number, _)| *number);
        let icc = parts
            .iter()
            .flat_map(|(_, part)| *part)
            .copied()
            .collect::<Vec<_>>();
        Ok(Jpeg {
            bytes: self.bytes,
            frame,
            exif: self.exif,
            icc: (!icc.is_empty()).then_some(icc),
            adobe: self.adobe,
            metadata: self.metadata,
            whole_scan: self.whole_scan,
            has_late_table: self.has_late_table,
            tables: self.definitions,
            kept: self.kept,
        })
    }
}
