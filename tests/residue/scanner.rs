//! Looks through this process's writable memory, or a dump of it, for windows of eight secret bytes, which it keeps
//! masked.

use std::collections::HashMap;
use std::fs::{File, read_to_string};
use std::os::unix::fs::FileExt;

use super::making::MASK;

const WINDOW: usize = 8;
const CHUNK: usize = 1 << 20;

/// Most of a process's memory was never written to, and is passed over in blocks.
const BLOCK: usize = 4096;
static EMPTY: [u8; BLOCK + WINDOW - 1] = [0; BLOCK + WINDOW - 1];

/// The mask of a whole window.
const WINDOW_MASK: u64 = u64::from_ne_bytes([MASK; WINDOW]);

#[derive(Default)]
pub(crate) struct Scanner {
    windows: HashMap<u64, &'static str>,
    /// Which places of this table any window has, to pass over most of the memory quickly.
    sieve: Vec<bool>,
}

impl Scanner {
    /// Adds every window of a masked secret.
    pub(crate) fn look_for(&mut self, what: &'static str, masked: &[u8]) {
        assert!(masked.len() >= WINDOW, "{what} is too short to look for");
        self.sieve.resize(1 << SIEVE_BITS, false);
        for window in masked.windows(WINDOW) {
            let window = u64::from_ne_bytes(window.try_into().unwrap());
            self.windows.insert(window, what);
            self.sieve[sieve_place(window)] = true;
        }
    }

    /// What was found, and in which kind of memory.
    pub(crate) fn scan(&self) -> Vec<String> {
        let memory = File::open("/proc/self/mem").unwrap();
        let mut buffer = vec![0_u8; CHUNK + WINDOW - 1];
        // What was read is in here too, and must not be found here.
        let own = buffer.as_ptr() as u64..buffer.as_ptr() as u64 + buffer.len() as u64;
        let mut found = Vec::new();
        for region in regions() {
            let mut at = region.start;
            while at < region.end {
                let most = (region.end - at).min(buffer.len() as u64) as usize;
                // A page that cannot be read, such as a guard page, holds nothing.
                let read = memory.read_at(&mut buffer[..most], at).unwrap_or(0);
                for place in self.places(&buffer[..read]) {
                    let address = at + place.0 as u64;
                    if !own.contains(&address) {
                        found.push(format!("{} in a {}", place.1, region.kind(address)));
                    }
                }
                at += CHUNK as u64;
            }
        }
        buffer.fill(0);
        std::hint::black_box(&buffer);
        found
    }

    /// What was found in a file, which is read piece by piece.
    pub(crate) fn scan_file(&self, file: &File) -> Vec<String> {
        let mut buffer = vec![0_u8; CHUNK + WINDOW - 1];
        let mut found = Vec::new();
        for at in (0..file.metadata().unwrap().len()).step_by(CHUNK) {
            let mut read = 0;
            while let Ok(more @ 1..) = file.read_at(&mut buffer[read..], at + read as u64) {
                read += more;
            }
            // The last bytes of this piece are the first of the next.
            let places = self.places(&buffer[..read]);
            found.extend(places.into_iter().map(|(_, what)| what.to_owned()));
        }
        found
    }

    fn places(&self, memory: &[u8]) -> Vec<(usize, &'static str)> {
        let mut places = Vec::new();
        for start in (0..memory.len()).step_by(BLOCK) {
            // With the beginnings of the windows that end in the next block.
            let block = &memory[start..memory.len().min(start + BLOCK + WINDOW - 1)];
            if block == &EMPTY[..block.len()] {
                continue;
            }
            for (at, window) in block.windows(WINDOW).enumerate() {
                let window = u64::from_ne_bytes(window.try_into().unwrap()) ^ WINDOW_MASK;
                if self.sieve[sieve_place(window)] {
                    places.extend(self.windows.get(&window).map(|what| (start + at, *what)));
                }
            }
        }
        places
    }
}

const SIEVE_BITS: u32 = 20;

/// The top of the product with an odd number, to which every bit of the window adds.
fn sieve_place(window: u64) -> usize {
    (window.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> (u64::BITS - SIEVE_BITS)) as usize
}

struct Region {
    start: u64,
    end: u64,
    name: String,
}

impl Region {
    fn kind(&self, address: u64) -> String {
        let here = &address as *const u64 as u64;
        match self.name.as_str() {
            // A thread's stack has no name; this function runs on the one that counts.
            _ if (self.start..self.end).contains(&here) => "stack copy".to_owned(),
            "" => "heap or mapped copy".to_owned(),
            name => format!("{name} copy"),
        }
    }
}

/// Every private mapping that can be written and read.
fn regions() -> Vec<Region> {
    let maps = read_to_string("/proc/self/maps").unwrap();
    maps.lines()
        .filter_map(|line| {
            let mut words = line.split_whitespace();
            let (range, rights) = (words.next()?, words.next()?);
            let name = words.nth(3).unwrap_or_default().to_owned();
            let (start, end) = range.split_once('-')?;
            let parse = |text| u64::from_str_radix(text, 16).ok();
            rights.starts_with("rw").then_some(Region {
                start: parse(start)?,
                end: parse(end)?,
                name,
            })
        })
        .collect()
}
