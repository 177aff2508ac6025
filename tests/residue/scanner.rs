//! Looks through this process's writable memory for windows of eight secret bytes, which it keeps masked.

use std::collections::HashMap;
use std::fs::{File, read_to_string};
use std::os::unix::fs::FileExt;

use super::making::MASK;

const WINDOW: usize = 8;
const CHUNK: usize = 1 << 20;

/// The mask of a whole window.
const WINDOW_MASK: u64 = u64::from_ne_bytes([MASK; WINDOW]);

#[derive(Default)]
pub struct Scanner {
    windows: HashMap<u64, &'static str>,
    /// The first two bytes of every window, to pass over most of the memory quickly.
    starts: Vec<bool>,
}

impl Scanner {
    /// Adds every window of a masked secret.
    pub fn look_for(&mut self, what: &'static str, masked: &[u8]) {
        assert!(masked.len() >= WINDOW, "{what} is too short to look for");
        self.starts.resize(1 << 16, false);
        for window in masked.windows(WINDOW) {
            let window = u64::from_ne_bytes(window.try_into().unwrap());
            self.windows.insert(window, what);
            self.starts[(window & 0xffff) as usize] = true;
        }
    }

    /// What was found, and in which kind of memory.
    pub fn scan(&self) -> Vec<String> {
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

    fn places(&self, memory: &[u8]) -> Vec<(usize, &'static str)> {
        let mask = WINDOW_MASK as u16;
        let mut places = Vec::new();
        for (at, window) in memory.windows(WINDOW).enumerate() {
            let start = u16::from_ne_bytes([window[0], window[1]]) ^ mask;
            if self.starts[start as usize] {
                let window = u64::from_ne_bytes(window.try_into().unwrap()) ^ WINDOW_MASK;
                places.extend(self.windows.get(&window).map(|what| (at, *what)));
            }
        }
        places
    }
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
