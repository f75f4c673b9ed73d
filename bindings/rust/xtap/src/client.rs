//! Clients: credentials, limits, and what requests are made from. Also what is asked of the library as a whole.

use std::borrow::Cow;
use std::cell::RefCell;
use std::error::Error as StdError;
use std::ffi::CStr;
use std::os::raw::c_void;
use std::ptr;
use std::sync::{Arc, Mutex};

use xtap_sys as sys;

use crate::call::{
    c_text, calling, check_version, checked_alone, checked_giving, filled_text, guarded, lent,
};
use crate::{Config, Request, Result};

type LogReceiver = Box<dyn FnMut(Level, &str) + Send>;
type TokenReceiver =
    Box<dyn FnMut(&Tokens<'_>) -> std::result::Result<(), Box<dyn StdError + Send + Sync>> + Send>;

/// How important a line of the log is. Open: a value without a name here is passed on as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Level(pub i32);

impl Level {
    pub const ERROR: Level = Level(1);
    pub const WARN: Level = Level(2);
    pub const INFO: Level = Level(3);
    pub const DEBUG: Level = Level(4);
}

/// A new pair of OAuth 2.0 user tokens. Store it: a refresh token works once.
#[non_exhaustive]
pub struct Tokens<'a> {
    pub access_token: Cow<'a, str>,
    pub refresh_token: Option<Cow<'a, str>>,
    /// Unix time in ms, when the server said it.
    pub expires_at_ms: Option<i64>,
}

/// What requests and streams are made from. Cheap to clone; any thread may use it. What was made from it lives on
/// when the last clone is gone.
#[derive(Clone)]
pub struct Client(Arc<Inner>);

struct Inner {
    handle: *mut sys::xtap_client,
    // Both are boxed twice: C is given the address of the inner box, which does not move.
    log: Mutex<Option<Box<LogReceiver>>>,
    tokens: Mutex<Option<Box<TokenReceiver>>>,
}

// SAFETY: the header says that any thread may use a client, several at once; the receivers are Send and locked.
unsafe impl Send for Inner {}
unsafe impl Sync for Inner {}

thread_local! {
    // Why the receiver of tokens refused a pair; the request that needed it runs on the same thread.
    static REFUSAL: RefCell<Option<Box<dyn StdError + Send + Sync>>> = const { RefCell::new(None) };
}

/// Why a receiver of tokens refused a pair in the call that this thread has just made.
pub(crate) fn take_refusal() -> Option<Box<dyn StdError + Send + Sync>> {
    REFUSAL.with(|kept| kept.borrow_mut().take())
}

impl Client {
    /// A client with a copy of the config. Nothing is sent and no thread starts.
    pub fn open(config: &Config) -> Result<Client> {
        check_version()?;
        let mut handle = ptr::null_mut();
        // SAFETY: `handle` is written; the config is copied.
        checked_giving(|error| unsafe { sys::xtap_client_open(config.as_ptr(), &mut handle, error) })?;
        Ok(Client(Arc::new(Inner { handle, log: Mutex::new(None), tokens: Mutex::new(None) })))
    }

    /// A client with the options that the environment gives: `XTAP_BEARER_TOKEN` ...
    pub fn from_env() -> Result<Client> {
        Client::open(&Config::from_env()?)
    }

    /// A request for an operation, such as [`op::STREAM_POSTS_SAMPLE`](crate::op::STREAM_POSTS_SAMPLE), with no
    /// parameter set.
    pub fn request(&self, operation: &str) -> Result<Request> {
        Request::new(self, operation)
    }

    pub(crate) fn as_ptr(&self) -> *mut sys::xtap_client {
        self.0.handle
    }

    /// Hands the lines of the library's log to `receiver`, from whatever thread is inside a call of this crate, one at
    /// a time. It must not use this crate.
    pub fn on_log(&self, receiver: impl FnMut(Level, &str) + Send + 'static) -> Result<()> {
        let boxed: Box<LogReceiver> = Box::new(Box::new(receiver));
        let mut kept = self.0.log.lock().unwrap_or_else(|poison| poison.into_inner());
        let data = &*boxed as *const LogReceiver as *mut c_void;
        // SAFETY: the box stays where it is until the next setter or close has returned.
        checked_alone(|| unsafe { sys::xtap_client_on_log(self.0.handle, Some(receive_line), data) })?;
        *kept = Some(boxed);
        Ok(())
    }

    /// Hands every new pair of OAuth 2.0 tokens to `receiver` before its first use. If it fails, the pair is not used
    /// and the request that needed it fails with that error as its source. It must not use this crate.
    pub fn on_token(
        &self,
        receiver: impl FnMut(&Tokens<'_>) -> std::result::Result<(), Box<dyn StdError + Send + Sync>>
            + Send
            + 'static,
    ) -> Result<()> {
        let boxed: Box<TokenReceiver> = Box::new(Box::new(receiver));
        let mut kept = self.0.tokens.lock().unwrap_or_else(|poison| poison.into_inner());
        let data = &*boxed as *const TokenReceiver as *mut c_void;
        // SAFETY: as in on_log.
        checked_alone(|| unsafe { sys::xtap_client_on_token(self.0.handle, Some(receive_tokens), data) })?;
        *kept = Some(boxed);
        Ok(())
    }

    /// What the client counted, as a JSON object.
    pub fn stats(&self) -> Result<String> {
        // SAFETY: the handle lives as long as self.
        filled_text(|buffer, capacity, size, error| unsafe {
            sys::xtap_client_stats(self.0.handle, buffer, capacity, size, error)
        })
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        // SAFETY: the last clone is gone. The receivers are freed after this, when nothing calls them any more.
        calling(|| unsafe { sys::xtap_client_close(self.handle) });
    }
}

unsafe extern "C" fn receive_line(level: i32, line: sys::xtap_text, data: *mut c_void) {
    guarded((), || {
        // SAFETY: `data` is what on_log gave; the library calls it one at a time, and the line lives until we return.
        let (receiver, line) = unsafe { (&mut *data.cast::<LogReceiver>(), lent(line)) };
        receiver(Level(level), &String::from_utf8_lossy(line.unwrap_or_default()));
    })
}

unsafe extern "C" fn receive_tokens(
    access: sys::xtap_text,
    refresh: sys::xtap_text,
    expires_at_ms: i64,
    data: *mut c_void,
) -> sys::xtap_flow {
    guarded(sys::XTAP_FAIL, || {
        // SAFETY: as in receive_line.
        let (receiver, access, refresh) =
            unsafe { (&mut *data.cast::<TokenReceiver>(), lent(access), lent(refresh)) };
        let tokens = Tokens {
            access_token: String::from_utf8_lossy(access.unwrap_or_default()),
            refresh_token: refresh.map(String::from_utf8_lossy),
            expires_at_ms: Some(expires_at_ms).filter(|ms| *ms != sys::XTAP_TIME_UNKNOWN),
        };
        match receiver(&tokens) {
            Ok(()) => sys::XTAP_CONTINUE,
            Err(refusal) => {
                REFUSAL.with(|kept| *kept.borrow_mut() = Some(refusal));
                sys::XTAP_FAIL
            }
        }
    })
}

/// The version of the library, MAJOR.MINOR.PATCH.
pub fn version() -> &'static str {
    // SAFETY: static text.
    unsafe { CStr::from_ptr(sys::xtap_version()) }.to_str().unwrap_or_default()
}

/// The names of all operations that the library knows.
pub fn operations() -> impl Iterator<Item = &'static str> {
    // SAFETY: static texts, one for each index below the count.
    (0..unsafe { sys::xtap_operation_count() })
        .map(|index| unsafe { CStr::from_ptr(sys::xtap_operation_id(index)) }.to_str().unwrap_or_default())
}

/// What the library knows of an operation, as a JSON object: its method, path, credentials and parameters.
pub fn describe(operation: &str) -> Result<String> {
    let name = c_text(operation, "the operation's name")?;
    // SAFETY: the text is read during the call.
    filled_text(|buffer, capacity, size, error| unsafe {
        sys::xtap_operation_describe(name.as_ptr(), buffer, capacity, size, error)
    })
}
