//! The tables that a JPEG defines, and which of them its scans use: what no scan uses is not needed to draw the picture,
//! and may hold anything.

use std::ops::Range;

use cardseal_sniff::bytes::{be16, part};

/// What a table is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Class {
    Quantisation,
    Dc,
    Ac,
}

struct Table {
    class: Class,
    number: u8,
    /// Where it stands in the file.
    at: Range<usize>,
    used: bool,
}

/// All tables in the order of the file.
#[derive(Default)]
pub(super) struct Definitions {
    tables: Vec<Table>,
}

impl Definitions {
    pub(super) fn count(&self) -> usize {
        self.tables.len()
    }

    /// A new table takes the place of an earlier one of its class and number; `true` where that one was used.
    pub(super) fn define(&mut self, class: Class, number: u8, at: Range<usize>) -> bool {
        let replaces_used = self.last(class, number).is_some_and(|table| table.used);
        self.tables.push(Table {
            class,
            number,
            at,
            used: false,
        });
        replaces_used
    }

    /// A scan uses the table that stands under this number now.
    pub(super) fn used(&mut self, class: Class, number: u8) {
        if let Some(table) = self.last(class, number) {
            table.used = true;
        }
    }

    fn last(&mut self, class: Class, number: u8) -> Option<&mut Table> {
        let mut tables = self.tables.iter_mut().rev();
        tables.find(|table| table.class == class && table.number == number)
    }

    /// The quantisation table that stands under this number, in zigzag order.
    pub(super) fn steps(&self, bytes: &[u8], number: u8) -> Option<[u16; 64]> {
        let mut tables = self.tables.iter().rev();
        let table = tables.find(|t| t.class == Class::Quantisation && t.number == number)?;
        let (head, table) = bytes.get(table.at.clone())?.split_first()?;
        let mut steps = [0; 64];
        for (at, step) in steps.iter_mut().enumerate() {
            *step = if head >> 4 == 0 {
                u16::from(*table.get(at)?)
            } else {
                be16(table, 2 * at)?
            };
        }
        Some(steps)
    }

    /// Whether a scan uses each of these.
    pub(super) fn all_used(&self, numbers: &Range<usize>) -> bool {
        let tables = self.tables.get(numbers.clone()).unwrap_or_default();
        tables.iter().all(|table| table.used)
    }

    /// Those of a segment that are used, as a segment of their own; nothing where none is.
    pub(super) fn segment(&self, bytes: &[u8], marker: u8, numbers: &Range<usize>) -> Vec<u8> {
        let tables = self.tables.get(numbers.clone()).unwrap_or_default();
        let used = tables.iter().filter(|table| table.used);
        let parts = used.filter_map(|table| bytes.get(table.at.clone()));
        let body = parts.collect::<Vec<_>>().concat();
        let length = u16::try_from(body.len() + 2)
            .ok()
            .filter(|_| !body.is_empty());
        let Some(length) = length else {
            return Vec::new();
        };
        let mut segment = vec![0xFF, marker];
        segment.extend_from_slice(&length.to_be_bytes());
        segment.extend_from_slice(&body);
        segment
    }
}

/// The quantisation tables of a segment's body that begins at `at`, each with its number; `None` where one is broken.
pub(super) fn quantisation(body: &[u8], at: usize) -> Option<Vec<(u8, Range<usize>)>> {
    let mut tables = Vec::new();
    let mut from = 0;
    while let Some(head) = body.get(from) {
        let length = match head >> 4 {
            0 => 65,
            1 => 129,
            _ => return None,
        };
        part(body, from, length)?;
        tables.push((head & 15, at + from..at + from + length));
        from += length;
    }
    Some(tables)
}
