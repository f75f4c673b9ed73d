//! Requests, and the answers to those that do not stream.

use std::borrow::Cow;
use std::cell::Cell;
use std::fmt::{self, Display};
use std::marker::PhantomData;
use std::os::raw::c_char;
use std::ptr;
use std::sync::{Arc, Weak};

use xtap_sys as sys;

use crate::call::{c_text, checked, checked_giving, lent, raise_what_was_kept};
use crate::client::take_refusal;
use crate::{Client, Error, Result, Status, Stream};

/// An operation with its parameters, checked as they are set. Options of its own have methods `set_...`.
pub struct Request {
    handle: Arc<Handle>,
    client: Client, // its receivers live as long as what calls them
    // A request belongs to one thread at a time, so a reference to one must not go to another thread.
    _not_sync: PhantomData<Cell<()>>,
}

struct Handle(*mut sys::xtap_request);

// SAFETY: a request may be used by any thread, one at a time: Request is Send and not Sync. What else holds the handle
// only cancels, which any thread may do at any time.
unsafe impl Send for Handle {}
unsafe impl Sync for Handle {}

impl Drop for Handle {
    fn drop(&mut self) {
        // SAFETY: nobody has the handle any more.
        unsafe { sys::xtap_request_destroy(self.0) }
    }
}

impl Request {
    pub(crate) fn new(client: &Client, operation: &str) -> Result<Request> {
        let operation = c_text(operation, "the operation's name")?;
        let mut made = ptr::null_mut();
        // SAFETY: the client is alive; `made` is written.
        checked_giving(|error| unsafe {
            sys::xtap_request_create(client.as_ptr(), operation.as_ptr(), &mut made, error)
        })?;
        Ok(Request { handle: Arc::new(Handle(made)), client: client.clone(), _not_sync: PhantomData })
    }

    fn as_ptr(&self) -> *mut sys::xtap_request {
        self.handle.0
    }

    fn set_text(&mut self, parameter: &str, value: Option<&str>) -> Result<&mut Request> {
        let (name, value) = (c_text(parameter, "the parameter's name")?, optional_text(value, parameter)?);
        let value = value.as_ref().map_or(ptr::null(), |text| text.as_ptr());
        // SAFETY: the handle lives as long as self; texts are copied.
        checked(|error| unsafe { sys::xtap_request_set(self.as_ptr(), name.as_ptr(), value, error) })?;
        Ok(self)
    }

    /// Sets a parameter: text, a number or a flag.
    pub fn set(&mut self, parameter: &str, value: impl Display) -> Result<&mut Request> {
        self.set_text(parameter, Some(&value.to_string()))
    }

    /// Sets a parameter that is a list.
    pub fn set_list<T: AsRef<str>>(
        &mut self,
        parameter: &str,
        values: impl IntoIterator<Item = T>,
    ) -> Result<&mut Request> {
        let values: Vec<T> = values.into_iter().collect();
        self.set_text(parameter, Some(&values.iter().map(AsRef::as_ref).collect::<Vec<_>>().join(",")))
    }

    /// Takes a parameter away.
    pub fn unset(&mut self, parameter: &str) -> Result<&mut Request> {
        self.set_text(parameter, None)
    }

    fn set_option_text(&mut self, name: &str, value: Option<&str>) -> Result<&mut Request> {
        let (text, value) = (c_text(name, "the option's name")?, optional_text(value, name)?);
        let value = value.as_ref().map_or(ptr::null(), |text| text.as_ptr());
        // SAFETY: the handle lives as long as self; texts are copied.
        checked(|error| unsafe { sys::xtap_request_option(self.as_ptr(), text.as_ptr(), value, error) })?;
        Ok(self)
    }

    /// Sets an option by name, for this request or its streams alone.
    pub fn set_option(&mut self, name: &str, value: &str) -> Result<&mut Request> {
        self.set_option_text(name, Some(value))
    }

    /// Sets an option back to the client's value.
    pub fn unset_option(&mut self, name: &str) -> Result<&mut Request> {
        self.set_option_text(name, None)
    }

    /// Sets the JSON body.
    pub fn set_body(&mut self, json: impl AsRef<[u8]>) -> Result<&mut Request> {
        self.body(json.as_ref().as_ptr().cast(), json.as_ref().len())
    }

    /// Takes the JSON body away.
    pub fn unset_body(&mut self) -> Result<&mut Request> {
        self.body(ptr::null(), 0)
    }

    fn body(&mut self, json: *const c_char, size: usize) -> Result<&mut Request> {
        // SAFETY: the text is copied during the call.
        checked(|error| unsafe { sys::xtap_request_body(self.as_ptr(), json, size, error) })?;
        Ok(self)
    }

    /// Adds a part of a multipart body, for the operations that upload.
    pub fn attach(&mut self, part: &str, filename: Option<&str>, data: &[u8]) -> Result<&mut Request> {
        let (part, filename) =
            (c_text(part, "the part's name")?, optional_text(filename, "the file's name")?);
        let filename = filename.as_ref().map_or(ptr::null(), |text| text.as_ptr());
        // SAFETY: everything is copied during the call.
        checked(|error| unsafe {
            sys::xtap_request_attach(
                self.as_ptr(),
                part.as_ptr(),
                filename,
                data.as_ptr().cast(),
                data.len(),
                error,
            )
        })?;
        Ok(self)
    }

    /// Sends the request and waits for the whole answer. With an HTTP status of 300 or more the error has the response.
    pub fn send(&mut self) -> Result<Response> {
        let (mut details, mut got) = (sys::xtap_error::INIT, ptr::null_mut());
        take_refusal(); // one that an earlier call left is not this one's
        raise_what_was_kept();
        // SAFETY: the handle lives as long as self; `got` is written.
        let status = unsafe { sys::xtap_request_send(self.as_ptr(), &mut got, &mut details) };
        let response = if got.is_null() { None } else { Some(Response(got)) };
        let refusal = take_refusal();
        match response {
            // It may have changed what cannot be changed twice: a panic is raised by the next call.
            Some(response) if status == sys::XTAP_OK => Ok(response),
            other => {
                raise_what_was_kept();
                Err(Error::from_details(status, &details).with_response(other).with_source(refusal))
            }
        }
    }

    /// Turns the request into the one for the page after `response`; false after the last page.
    pub fn next_page(&mut self, response: &Response) -> Result<bool> {
        // SAFETY: both handles are alive.
        let status =
            checked_giving(|error| unsafe { sys::xtap_request_next_page(self.as_ptr(), response.0, error) })?;
        Ok(status == Status::OK)
    }

    /// Every page, from the one that the request asks for now to the last. It ends with the first error; the request
    /// then still asks for the page that failed.
    pub fn pages(&mut self) -> Pages<'_> {
        Pages { request: self, next: Next::Send }
    }

    /// Opens a stream from a copy of the request. Nothing is sent before the first read.
    pub fn stream(&self) -> Result<Stream> {
        Stream::open(&self.client, self.as_ptr())
    }

    /// What ends a send in progress, from any thread.
    pub fn cancel_handle(&self) -> RequestCancelHandle {
        RequestCancelHandle(Arc::downgrade(&self.handle))
    }
}

fn optional_text(text: Option<&str>, what: &str) -> Result<Option<std::ffi::CString>> {
    text.map(|text| c_text(text, what)).transpose()
}

/// Cancels a request, from any thread. It does not keep the request alive; when that is gone it does nothing.
#[derive(Clone)]
pub struct RequestCancelHandle(Weak<Handle>);

impl RequestCancelHandle {
    /// Ends the send in progress; it and every later one fail as cancelled.
    pub fn cancel(&self) {
        if let Some(handle) = self.0.upgrade() {
            // SAFETY: alive while it is held; the only failures are those of dead handles and forked children.
            unsafe { sys::xtap_request_cancel(handle.0) };
        }
    }
}

/// Every page of a request: see [`Request::pages`].
pub struct Pages<'r> {
    request: &'r mut Request,
    next: Next,
}

enum Next {
    Send,
    Fail(Error),
    Stop,
}

impl Iterator for Pages<'_> {
    type Item = Result<Response>;

    fn next(&mut self) -> Option<Result<Response>> {
        match std::mem::replace(&mut self.next, Next::Stop) {
            Next::Stop => None,
            Next::Fail(error) => Some(Err(error)),
            Next::Send => Some(self.request.send().map(|page| {
                // The page is the caller's from here on, so what follows it is found out first.
                self.next = match self.request.next_page(&page) {
                    Ok(true) => Next::Send,
                    Ok(false) => Next::Stop,
                    Err(error) => Next::Fail(error),
                };
                page
            })),
        }
    }
}

/// The answer to a request. It never changes.
pub struct Response(*mut sys::xtap_response);

// SAFETY: the header says that any thread may use a response, several at once.
unsafe impl Send for Response {}
unsafe impl Sync for Response {}

impl Response {
    /// The HTTP status.
    pub fn http_status(&self) -> u16 {
        // SAFETY: the handle lives as long as self.
        u16::try_from(unsafe { sys::xtap_response_http_status(self.0) }).unwrap_or_default()
    }

    /// The body as it came: JSON for nearly every operation.
    pub fn body(&self) -> &[u8] {
        // SAFETY: the body lives as long as the response.
        unsafe { lent(sys::xtap_response_body(self.0)) }.unwrap_or_default()
    }

    /// The body as text; what is not UTF-8 is replaced.
    pub fn text(&self) -> Cow<'_, str> {
        String::from_utf8_lossy(self.body())
    }

    /// A header, by its name in any case.
    pub fn header(&self, name: &str) -> Option<Cow<'_, str>> {
        let name = c_text(name, "the header's name").ok()?;
        // SAFETY: the header lives as long as the response.
        unsafe { lent(sys::xtap_response_header(self.0, name.as_ptr())) }.map(String::from_utf8_lossy)
    }
}

impl fmt::Debug for Response {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Response({}, {} bytes)", self.http_status(), self.body().len())
    }
}

impl Drop for Response {
    fn drop(&mut self) {
        // SAFETY: nobody else has the handle.
        unsafe { sys::xtap_response_destroy(self.0) }
    }
}
