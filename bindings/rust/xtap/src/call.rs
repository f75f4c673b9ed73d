//! What every call needs: texts in, texts out, the check of the version, and panics that were caught in a callback.

use std::any::Any;
use std::cell::RefCell;
use std::ffi::CString;
use std::os::raw::c_char;
use std::panic::{catch_unwind, resume_unwind, AssertUnwindSafe};

use xtap_sys as sys;

use crate::{Error, Result, Status};

thread_local! {
    static PANIC: RefCell<Option<Box<dyn Any + Send>>> = const { RefCell::new(None) };
}

/// Runs what a callback does. A panic must not cross into C: it is kept, and raised again when the call that the
/// callback ran in has returned.
pub(crate) fn guarded<T>(otherwise: T, work: impl FnOnce() -> T) -> T {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|panic| {
        PANIC.with(|kept| {
            kept.borrow_mut().get_or_insert(panic);
        });
        otherwise
    })
}

/// Raises a panic that a call of this thread before has kept.
pub(crate) fn raise_what_was_kept() {
    if let Some(panic) = PANIC.with(|kept| kept.borrow_mut().take()) {
        if !std::thread::panicking() {
            resume_unwind(panic);
        }
    }
}

/// Makes a call that cannot fail but may call back.
pub(crate) fn calling<T>(call: impl FnOnce() -> T) -> T {
    let result = call();
    raise_what_was_kept();
    result
}

/// Makes a call, and gives its status or its failure (100 and up).
pub(crate) fn checked(call: impl FnOnce(*mut sys::xtap_error) -> sys::xtap_status) -> Result<Status> {
    let mut details = sys::xtap_error::INIT;
    let status = calling(|| call(&mut details));
    if status >= 100 {
        return Err(Error::from_details(status, &details));
    }
    Ok(Status(status))
}

/// As `checked`, but a call that has something to give gives it first: a panic is raised by the next one.
pub(crate) fn checked_giving(call: impl FnOnce(*mut sys::xtap_error) -> sys::xtap_status) -> Result<Status> {
    raise_what_was_kept();
    let mut details = sys::xtap_error::INIT;
    let status = call(&mut details);
    if status == sys::XTAP_OK {
        return Ok(Status::OK);
    }
    checked(|error| {
        // SAFETY: `checked` gives the address of its own.
        unsafe { *error = details };
        status
    })
}

/// As `checked`, for functions that give no details.
pub(crate) fn checked_alone(call: impl FnOnce() -> sys::xtap_status) -> Result<()> {
    match calling(call) {
        status if status >= 100 => Err(Error::new(Status(status), "")),
        _ => Ok(()),
    }
}

/// Text as C takes it; a NUL would silently end it.
pub(crate) fn c_text(text: &str, what: &str) -> Result<CString> {
    CString::new(text).map_err(|_| Error::new(Status::VALUE, format!("{what} holds a NUL character")))
}

/// The text that `call(buffer, capacity, size_out, error)` gives, however long it has become meanwhile.
pub(crate) fn filled_text(
    call: impl Fn(*mut c_char, usize, *mut usize, *mut sys::xtap_error) -> sys::xtap_status,
) -> Result<String> {
    let mut buffer = vec![0_u8; 1024];
    loop {
        let mut size = 0;
        let filled = checked(|error| call(buffer.as_mut_ptr().cast(), buffer.len(), &mut size, error));
        match filled {
            Ok(_) => {
                buffer.truncate(size);
                return Ok(String::from_utf8_lossy(&buffer).into_owned());
            }
            Err(error) if error.status() == Status::BUFFER_SMALL => {
                buffer.resize((buffer.len() * 2).max(size + 1), 0);
            }
            Err(error) => return Err(error),
        }
    }
}

/// Bytes that C lends, for as long as the caller says; none where they are absent.
///
/// # Safety
/// `text` must be valid for `'a`.
pub(crate) unsafe fn lent<'a>(text: sys::xtap_text) -> Option<&'a [u8]> {
    if text.data.is_null() {
        return None;
    }
    Some(std::slice::from_raw_parts(text.data.cast(), text.size))
}

/// Refuses a library whose interface is another than the one this crate was written for.
pub(crate) fn check_version() -> Result<()> {
    // SAFETY: takes nothing.
    let found = unsafe { sys::xtap_abi_version() };
    if found >> 16 == sys::XTAP_ABI_MAJOR {
        return Ok(());
    }
    Err(Error::new(
        Status::UNSUPPORTED,
        format!(
            "libxtap has version {}.{} of the interface, and this crate knows version {}: use the crate that came with it",
            found >> 16,
            found & 0xffff,
            sys::XTAP_ABI_MAJOR
        ),
    ))
}
