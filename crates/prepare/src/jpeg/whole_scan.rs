//! Where the codes of a picture stand.

use super::bits::Bits;
use super::huffman::Huffman;

/// A scan that holds all of a picture, each coefficient once.
pub(super) struct WholeScan<'a> {
    /// By component, in the order of the frame.
    pub tables: Vec<(Huffman, Huffman)>,
    pub restart_every: u32,
    /// Where each row of MCUs begins.
    pub rows: Vec<Row<'a>>,
    pub mcus_across: u32,
}

/// Where a row of MCUs begins.
pub(super) struct Row<'a> {
    pub bits: Bits<'a>,
    pub until_restart: u32,
}
