//! Failures with all the facts that the library gives.

use std::error::Error as StdError;
use std::fmt;
use std::os::raw::c_char;
use std::time::Duration;

use crate::{Response, Status};

/// What the calls of this crate return.
pub type Result<T> = std::result::Result<T, Error>;

/// Why a call failed.
pub struct Error(Box<Facts>);

#[derive(Default)]
struct Facts {
    status: i32,
    message: String,
    http_status: i32,
    retriable: bool,
    retry_after_ms: u64,
    problem_type: String,
    problem_title: String,
    request_id: String,
    response: Option<Response>,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

impl Error {
    pub(crate) fn new(status: Status, message: impl Into<String>) -> Error {
        Error(Box::new(Facts { status: status.0, message: message.into(), ..Facts::default() }))
    }

    /// The failure `status` with what the library wrote about it.
    pub(crate) fn from_details(status: i32, details: &xtap_sys::xtap_error) -> Error {
        if details.status != status {
            // A function without details leaves those of an earlier call as they were.
            return Error::new(Status(status), "");
        }
        Error(Box::new(Facts {
            status,
            message: text(&details.message),
            http_status: details.http_status,
            retriable: details.retriable != 0,
            retry_after_ms: details.retry_after_ms,
            problem_type: text(&details.problem_type),
            problem_title: text(&details.problem_title),
            request_id: text(&details.request_id),
            response: None,
            source: None,
        }))
    }

    pub(crate) fn with_response(mut self, response: Option<Response>) -> Error {
        self.0.response = response;
        self
    }

    pub(crate) fn with_source(mut self, source: Option<Box<dyn StdError + Send + Sync>>) -> Error {
        self.0.source = source;
        self
    }

    /// What kind of failure it is. Later versions may know more than this crate names.
    pub fn status(&self) -> Status {
        Status(self.0.status)
    }

    /// What, where, and what is allowed.
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// The server's, when it answered.
    pub fn http_status(&self) -> Option<u16> {
        u16::try_from(self.0.http_status).ok().filter(|status| *status != 0)
    }

    /// Whether the same call may succeed later.
    pub fn is_retriable(&self) -> bool {
        self.0.retriable
    }

    /// Whether [`CancelHandle::wake`](crate::CancelHandle::wake) ended the call: nothing was lost, call again.
    pub fn is_interrupted(&self) -> bool {
        self.status() == Status::INTERRUPTED
    }

    /// Whether it was cancelled.
    pub fn is_cancelled(&self) -> bool {
        self.status() == Status::CANCELLED
    }

    /// How long to wait before the same call, when that is known.
    pub fn retry_after(&self) -> Option<Duration> {
        Some(self.0.retry_after_ms).filter(|ms| *ms != 0).map(Duration::from_millis)
    }

    /// `type` of the server's problem, or empty.
    pub fn problem_type(&self) -> &str {
        &self.0.problem_type
    }

    /// `title` of the server's problem, or empty.
    pub fn problem_title(&self) -> &str {
        &self.0.problem_title
    }

    /// The server's name for the exchange, or empty.
    pub fn request_id(&self) -> &str {
        &self.0.request_id
    }

    /// The answer that came with the failure of a request.
    pub fn response(&self) -> Option<&Response> {
        self.0.response.as_ref()
    }
}

fn text(chars: &[c_char]) -> String {
    let bytes: Vec<u8> = chars.iter().take_while(|c| **c != 0).map(|c| *c as u8).collect();
    String::from_utf8_lossy(&bytes).into_owned()
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.message.is_empty() {
            return write!(f, "{:?}", self.status());
        }
        write!(f, "{} ({:?})", self.0.message, self.status())
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("Error");
        shown.field("status", &self.status()).field("message", &self.message());
        if let Some(status) = self.http_status() {
            shown.field("http_status", &status);
        }
        for (name, value) in [("problem_title", self.problem_title()), ("request_id", self.request_id())] {
            if !value.is_empty() {
                shown.field(name, &value);
            }
        }
        shown.finish()
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0.source.as_deref().map(|source| source as _)
    }
}
