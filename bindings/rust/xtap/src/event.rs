//! Records that own their memory: the whole batch that they came in.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;
use std::time::SystemTime;

use xtap_sys as sys;

use crate::{Batch, Kind, Record, Value};

/// One event or notice that may be kept. It holds on to the bytes of the batch that it came in.
#[derive(Clone)]
pub struct Event {
    page: Arc<Page>,
    index: usize,
}

/// A copy of a batch: exactly as much memory as it needs.
pub(crate) struct Page {
    data: Box<[u8]>,
    records: Box<[sys::xtap_record]>,
    columns: Box<[sys::xtap_column]>,
    selected: usize,
}

impl Page {
    pub(crate) fn copy(batch: &Batch<'_>) -> Page {
        Page {
            data: batch.data.into(),
            records: batch.records.into(),
            columns: batch.columns.into(),
            selected: batch.selected,
        }
    }

    fn batch(&self) -> Batch<'_> {
        Batch { data: &self.data, records: &self.records, columns: &self.columns, selected: self.selected }
    }
}

/// The records of a page that were not taken yet.
#[derive(Default)]
pub(crate) struct Pending(Option<(Arc<Page>, usize)>);

impl Pending {
    pub(crate) fn new(page: Page) -> Pending {
        Pending(Some((Arc::new(page), 0)))
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_none()
    }

    pub(crate) fn take(&mut self) -> Option<Event> {
        let (page, index) = self.0.take()?;
        if index + 1 < page.records.len() {
            self.0 = Some((Arc::clone(&page), index + 1));
        }
        Some(Event { page, index })
    }
}

impl Event {
    /// The event as a borrowed record.
    pub fn record(&self) -> Record<'_> {
        self.page.batch().get(self.index).expect("an event is in its page")
    }

    /// See [`Record::position`].
    pub fn position(&self) -> u64 {
        self.record().position()
    }

    /// See [`Record::kind`].
    pub fn kind(&self) -> Kind {
        self.record().kind()
    }

    /// See [`Record::is_notice`].
    pub fn is_notice(&self) -> bool {
        self.record().is_notice()
    }

    /// See [`Record::id`].
    pub fn id(&self) -> Option<u64> {
        self.record().id()
    }

    /// See [`Record::key`].
    pub fn key(&self) -> [u64; 2] {
        self.record().key()
    }

    /// See [`Record::time_ms`].
    pub fn time_ms(&self) -> Option<i64> {
        self.record().time_ms()
    }

    /// See [`Record::time`].
    pub fn time(&self) -> Option<SystemTime> {
        self.record().time()
    }

    /// See [`Record::flags`].
    pub fn flags(&self) -> u32 {
        self.record().flags()
    }

    /// See [`Record::partition`].
    pub fn partition(&self) -> u32 {
        self.record().partition()
    }

    /// See [`Record::raw`].
    pub fn raw(&self) -> &[u8] {
        self.record().raw()
    }

    /// See [`Record::json`].
    pub fn json(&self) -> Cow<'_, str> {
        self.record().json()
    }

    /// See [`Record::selected`].
    pub fn selected(&self, index: usize) -> Value<'_> {
        self.record().selected(index)
    }
}

impl fmt::Debug for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.record().fmt(f)
    }
}
