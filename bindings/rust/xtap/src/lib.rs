//! Taps the streams of the X API v2 through libxtap: every event, once, or told what is missing.
//!
//! ```no_run
//! # fn main() -> xtap::Result<()> {
//! let client = xtap::Client::from_env()?; // XTAP_BEARER_TOKEN
//! let mut stream = client.request(xtap::op::STREAM_POSTS_SAMPLE)?.stream()?;
//! for event in stream.events() {
//!     println!("{}", event?.json());
//! }
//! # Ok(())
//! # }
//! ```
//!
//! Two ways to read: [`Stream::events`] gives events that own their memory, [`Stream::read`] fills a [`Buffer`] of
//! yours, again and again, with [`Batch`]es that borrow it. Values picked by [`Stream::select`] come unescaped
//! beside the JSON, so that most programs need no JSON parser.
//!
//! Everything goes by name, and names are checked before anything is sent: [`op`], [`param`], [`value`] and
//! [`option`] have them as constants.
//!
//! # Threads
//!
//! A [`Client`] is cheap to clone and may be used by any thread. A [`Request`] and a [`Stream`] may be sent to
//! another thread; a [`CancelHandle`] ends a read from anywhere. Nothing here needs a runtime: [`Stream::try_read`]
//! and `AsRawFd` go with any.

// The programs in the README are compiled with the tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

mod batch;
mod call;
mod client;
mod config;
#[rustfmt::skip]
mod constants;
mod error;
mod event;
#[rustfmt::skip]
mod names;
mod request;
#[rustfmt::skip]
mod setters;
mod stream;

pub use batch::{Batch, Buffer, Record, Value};
pub use client::{describe, operations, version, Client, Level, Tokens};
pub use config::Config;
pub use constants::{flag, ColumnKind, Kind, Status};
pub use error::{Error, Result};
pub use event::Event;
pub use names::{choice, op, option, param, value};
pub use request::{Pages, Request, RequestCancelHandle, Response};
pub use stream::{CancelHandle, Events, Read, Records, Stream};
