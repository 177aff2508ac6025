//! Ctyun: how it is signed for.

pub mod sign_eop;
