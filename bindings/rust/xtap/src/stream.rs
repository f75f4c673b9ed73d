//! Streams: the program's own loop over the library's read.

use std::fmt;
use std::os::raw::c_int;
use std::os::unix::io::{AsRawFd, RawFd};
use std::ptr;
use std::sync::{Arc, Weak};
use std::time::{Duration, Instant};

use xtap_sys as sys;

use crate::call::{c_text, calling, checked, checked_giving, filled_text};
use crate::event::{Page, Pending};
use crate::{Batch, Buffer, Client, Error, Event, Result, Status};

type NoticeReceiver = Box<dyn FnMut(&Event) + Send>;

/// A subscription to a streaming operation; it outlives its connections. It connects at the first read, and again
/// whenever it must. Dropping it disconnects.
pub struct Stream {
    handle: Arc<Handle>,
    _client: Client, // its receivers live as long as what calls them
    selected: usize,
    pending: Pending,
    given: u64,             // position of the last record that records() gave
    buffer: Option<Buffer>, // of records() and events(), made when they are first asked for something
    on_notice: Option<NoticeReceiver>,
}

struct Handle(*mut sys::xtap_stream);

// SAFETY: what takes &self here (wake, finish, cancel, checkpoint, stats, fd) may come from any thread, says the header;
// reads need &mut Stream, of which there is one.
unsafe impl Send for Handle {}
unsafe impl Sync for Handle {}
// SAFETY: the receiver of notices is Send and only used by &mut self.
unsafe impl Sync for Stream {}

impl Drop for Handle {
    fn drop(&mut self) {
        // SAFETY: nobody has the handle any more, so close has no read to wait for.
        calling(|| unsafe { sys::xtap_stream_close(self.0) });
    }
}

/// What a read came to.
#[derive(Debug)]
#[non_exhaustive]
pub enum Read<'b> {
    /// At least one record.
    Batch(Batch<'b>),
    /// The time passed first; nothing was consumed.
    TimedOut,
    /// [`CancelHandle::wake`] was called; nothing was consumed.
    Interrupted,
    /// The stream is over and everything it had was delivered.
    End,
}

impl Stream {
    pub(crate) fn open(client: &Client, request: *const sys::xtap_request) -> Result<Stream> {
        let mut made = ptr::null_mut();
        // SAFETY: the request is alive; `made` is written.
        checked_giving(|error| unsafe { sys::xtap_stream_open(request, &mut made, error) })?;
        let handle = Arc::new(Handle(made));
        Ok(Stream {
            handle,
            _client: client.clone(),
            selected: 0,
            pending: Pending::default(),
            given: 0,
            buffer: None,
            on_notice: None,
        })
    }

    fn as_ptr(&self) -> *mut sys::xtap_stream {
        self.handle.0
    }

    /// Chooses the values that every event brings beside its JSON, as JSON pointers (`/data/text`), replacing the former
    /// choice. Refused once the stream was read.
    pub fn select<T: AsRef<str>>(&mut self, pointers: &[T]) -> Result<&mut Stream> {
        let texts = pointers.iter().map(|pointer| c_text(pointer.as_ref(), "a pointer"));
        let texts = texts.collect::<Result<Vec<_>>>()?;
        let list: Vec<_> = texts.iter().map(|text| text.as_ptr()).collect();
        // SAFETY: the texts are copied during the call.
        checked(|error| unsafe { sys::xtap_stream_select(self.as_ptr(), list.as_ptr(), list.len(), error) })?;
        self.selected = pointers.len();
        Ok(self)
    }

    /// Receives the notices that [`events`](Stream::events) leaves out: connected, disconnected and why, a gap ...
    pub fn on_notice(&mut self, receiver: impl FnMut(&Event) + Send + 'static) -> &mut Stream {
        self.on_notice = Some(Box::new(receiver));
        self
    }

    // ---- batches ----

    /// Reads whole records into the buffer and waits until there is one; none when the stream is over. The batch borrows
    /// the buffer, not the stream. A wake is an error that [is_interrupted](Error::is_interrupted).
    pub fn read<'b>(&mut self, buffer: &'b mut Buffer) -> Result<Option<Batch<'b>>> {
        let batch = self.fill(buffer, None)?;
        match batch.0 {
            // SAFETY: the read filled this buffer just now.
            Status::OK => Ok(Some(unsafe { buffer.filled(&batch.1, self.selected) })),
            Status::END => Ok(None),
            status => Err(Error::new(status, "the stream was woken")),
        }
    }

    /// As [`read`](Stream::read), for so long at most.
    pub fn read_for<'b>(&mut self, buffer: &'b mut Buffer, time: Duration) -> Result<Read<'b>> {
        let batch = self.fill(buffer, Some(time))?;
        Ok(match batch.0 {
            // SAFETY: the read filled this buffer just now.
            Status::OK => Read::Batch(unsafe { buffer.filled(&batch.1, self.selected) }),
            Status::END => Read::End,
            Status::TIMEOUT => Read::TimedOut,
            _ => Read::Interrupted,
        })
    }

    /// What is there now, without waiting: for event loops, with [`AsRawFd`].
    pub fn try_read<'b>(&mut self, buffer: &'b mut Buffer) -> Result<Read<'b>> {
        self.read_for(buffer, Duration::ZERO)
    }

    fn fill(&mut self, buffer: &mut Buffer, time: Option<Duration>) -> Result<(Status, sys::xtap_batch)> {
        if !self.pending.is_empty() {
            return Err(Error::new(
                Status::STATE,
                "events of an earlier batch are not taken yet: go on with events()",
            ));
        }
        let until = time.and_then(|time| Instant::now().checked_add(time));
        loop {
            let mut native = buffer.native(self.selected);
            let timeout = time.map_or(sys::XTAP_FOREVER, |time| remaining_ms(until, time));
            // SAFETY: the arrays are the buffer's, which is borrowed; the library keeps no pointer into them.
            let read = checked_giving(|error| unsafe {
                sys::xtap_stream_read(self.as_ptr(), &mut native, timeout, error)
            });
            match read {
                Err(error) if error.status() == Status::BUFFER_SMALL => buffer.grow(&native),
                Ok(Status::TIMEOUT) if timeout == sys::XTAP_FOREVER - 1 => {} // longer than C can say
                Err(error) => return Err(error),
                Ok(status) => return Ok((status, native)),
            }
        }
    }

    // ---- events ----

    /// Every event, each with memory that may be kept. Notices go to [`on_notice`](Stream::on_notice). Leaving the loop
    /// loses nothing: the next one goes on after the last event. It ends with the stream, with the first error, and by a
    /// wake.
    pub fn events(&mut self) -> Events<'_> {
        Events(self.records())
    }

    /// As [`events`](Stream::events), with the notices among them, in order.
    pub fn records(&mut self) -> Records<'_> {
        Records { stream: self, over: false }
    }

    fn next_record(&mut self) -> Result<Option<Event>> {
        if self.pending.is_empty() {
            let mut buffer = self.buffer.take().unwrap_or_default();
            let page = self.read(&mut buffer).map(|batch| batch.map(|batch| Page::copy(&batch)));
            self.buffer = Some(buffer);
            match page {
                Ok(Some(page)) => self.pending = Pending::new(page),
                Ok(None) => return Ok(None),
                Err(error) if error.is_interrupted() => return Ok(None),
                Err(error) => return Err(error),
            }
        }
        let record = self.pending.take();
        if let Some(record) = &record {
            self.given = record.position();
        }
        Ok(record)
    }

    // ---- going on elsewhere ----

    /// Makes a new stream go on where a checkpoint stands, before it is read: what came since is fetched, what was
    /// delivered before does not come again.
    pub fn resume(&mut self, checkpoint: &str) -> Result<&mut Stream> {
        let (text, size) = (checkpoint.as_ptr().cast(), checkpoint.len());
        // SAFETY: the text is copied during the call.
        checked(|error| unsafe { sys::xtap_stream_resume(self.as_ptr(), text, size, error) })?;
        Ok(self)
    }

    /// The text from which [`resume`](Stream::resume) goes on, in another process too. It covers what was delivered: every
    /// event that a loop over [`events`](Stream::events) was given, or every batch that was read.
    pub fn checkpoint(&self) -> Result<String> {
        self.checkpoint_upto(if self.pending.is_empty() { 0 } else { self.given })
    }

    /// As [`checkpoint`](Stream::checkpoint), up to the position of a record; 0 is everything that was read.
    pub fn checkpoint_upto(&self, position: u64) -> Result<String> {
        // SAFETY: the handle lives as long as self.
        filled_text(|buffer, capacity, size, error| unsafe {
            sys::xtap_stream_checkpoint(self.as_ptr(), position, buffer, capacity, size, error)
        })
    }

    // ---- from any thread ----

    /// What ends a read from another thread.
    pub fn cancel_handle(&self) -> CancelHandle {
        CancelHandle(Arc::downgrade(&self.handle))
    }

    /// Ends the stream in good order: it disconnects, what is buffered is still delivered, then it is over.
    pub fn finish(&self) {
        self.cancel_handle().finish()
    }

    /// What the stream counted, as a JSON object.
    pub fn stats(&self) -> Result<String> {
        // SAFETY: the handle lives as long as self.
        filled_text(|buffer, capacity, size, error| unsafe {
            sys::xtap_stream_stats(self.as_ptr(), buffer, capacity, size, error)
        })
    }

    /// A descriptor that is readable while [`try_read`](Stream::try_read) would not time out. Starts the stream. It is to
    /// be waited on, never read, written or closed.
    pub fn fd(&self) -> Result<RawFd> {
        let mut descriptor: c_int = -1;
        // SAFETY: `descriptor` is written.
        checked(|error| unsafe { sys::xtap_stream_fd(self.as_ptr(), &mut descriptor, error) })?;
        Ok(descriptor)
    }
}

/// Whole milliseconds until then, rounded up so that a short time is no poll.
fn remaining_ms(until: Option<Instant>, time: Duration) -> u32 {
    if time.is_zero() {
        return 0;
    }
    let left = until.map_or(time, |until| until.saturating_duration_since(Instant::now()));
    let ms = (left.as_nanos() + 999_999) / 1_000_000;
    u32::try_from(ms).unwrap_or(u32::MAX).min(sys::XTAP_FOREVER - 1)
}

/// The descriptor of [`Stream::fd`], or -1 where there is none (with `read_ahead_bytes` 0, or cancelled).
impl AsRawFd for Stream {
    fn as_raw_fd(&self) -> RawFd {
        self.fd().unwrap_or(-1)
    }
}

impl fmt::Debug for Stream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Stream({})", self.stats().unwrap_or_default())
    }
}

/// Ends or interrupts the reads of a stream, from any thread. It does not keep the stream alive; when that is gone it
/// does nothing.
#[derive(Clone)]
pub struct CancelHandle(Weak<Handle>);

impl CancelHandle {
    fn with(&self, call: unsafe extern "C" fn(*mut sys::xtap_stream) -> sys::xtap_status) {
        if let Some(handle) = self.0.upgrade() {
            // SAFETY: alive while it is held; the only failures are those of dead handles and forked children.
            unsafe { call(handle.0) };
        }
    }

    /// Ends the stream now: reads fail as cancelled, the one in progress within 0.1 s.
    pub fn cancel(&self) {
        self.with(sys::xtap_stream_cancel)
    }

    /// Makes the read in progress, or the next one, end without a record. Nothing is lost.
    pub fn wake(&self) {
        self.with(sys::xtap_stream_wake)
    }

    /// Ends the stream in good order: see [`Stream::finish`].
    pub fn finish(&self) {
        self.with(sys::xtap_stream_finish)
    }
}

impl fmt::Debug for CancelHandle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CancelHandle")
    }
}

/// Events and notices, in order: see [`Stream::records`].
#[derive(Debug)]
pub struct Records<'s> {
    stream: &'s mut Stream,
    over: bool,
}

impl Iterator for Records<'_> {
    type Item = Result<Event>;

    fn next(&mut self) -> Option<Result<Event>> {
        if self.over {
            return None;
        }
        let record = self.stream.next_record().transpose();
        self.over = !matches!(record, Some(Ok(_)));
        record
    }
}

/// Events alone: see [`Stream::events`].
#[derive(Debug)]
pub struct Events<'s>(Records<'s>);

impl Iterator for Events<'_> {
    type Item = Result<Event>;

    fn next(&mut self) -> Option<Result<Event>> {
        loop {
            match self.0.next() {
                Some(Ok(notice)) if notice.is_notice() => {
                    if let Some(receiver) = &mut self.0.stream.on_notice {
                        receiver(&notice);
                    }
                }
                other => return other,
            }
        }
    }
}
