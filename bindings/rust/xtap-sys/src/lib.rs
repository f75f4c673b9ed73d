//! The raw interface of libxtap, generated from the same definition as its C header. What each function promises and
//! asks for stands above it, in the words of the header: which thread may call it, what it owns, when it blocks.
//!
//! The crate `xtap` is the safe one.
#![allow(non_camel_case_types)]

#[rustfmt::skip]
mod ffi;

pub use ffi::*;
