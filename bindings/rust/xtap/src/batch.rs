//! Batches: memory of the caller's that is filled with whole records, and what is in it.

use std::borrow::Cow;
use std::fmt;
use std::mem::MaybeUninit;
use std::slice;
use std::str;
use std::time::{Duration, SystemTime};

use xtap_sys as sys;

use crate::{ColumnKind, Kind};

const DATA: usize = 256 << 10; // with its records it stays in the processor's cache
const RECORDS: usize = 4096;

/// Memory that [`Stream::read`](crate::Stream::read) fills, used again by every read. It grows when one record needs
/// more than there is.
pub struct Buffer {
    data: Vec<MaybeUninit<u8>>,
    records: Vec<MaybeUninit<sys::xtap_record>>,
    columns: Vec<MaybeUninit<sys::xtap_column>>,
}

impl Buffer {
    /// Room for 256 KiB and 4096 records.
    pub fn new() -> Buffer {
        Buffer::with_capacity(DATA, RECORDS)
    }

    /// Room for so many bytes and records.
    pub fn with_capacity(data: usize, records: usize) -> Buffer {
        let mut buffer = Buffer { data: Vec::new(), records: Vec::new(), columns: Vec::new() };
        make_room(&mut buffer.data, data);
        make_room(&mut buffer.records, records.max(1));
        buffer
    }

    /// The buffer as C sees it, with room for `selected` columns a record.
    pub(crate) fn native(&mut self, selected: usize) -> sys::xtap_batch {
        let columns = self.records.len().saturating_mul(selected);
        make_room(&mut self.columns, columns);
        sys::xtap_batch {
            data: self.data.as_mut_ptr().cast(),
            data_capacity: self.data.len(),
            records: self.records.as_mut_ptr().cast(),
            record_capacity: self.records.len(),
            columns: self.columns.as_mut_ptr().cast(),
            column_capacity: self.columns.len(),
            ..sys::xtap_batch::INIT
        }
    }

    /// Makes room for the record that did not fit.
    pub(crate) fn grow(&mut self, native: &sys::xtap_batch) {
        make_room(&mut self.data, native.data_needed);
        make_room(&mut self.records, native.records_needed);
        make_room(&mut self.columns, native.columns_needed);
    }

    /// What a read has filled.
    ///
    /// # Safety
    /// `native` is what [`native`](Buffer::native) gave, filled by a read that succeeded.
    pub(crate) unsafe fn filled(&self, native: &sys::xtap_batch, selected: usize) -> Batch<'_> {
        Batch {
            data: slice::from_raw_parts(self.data.as_ptr().cast(), native.data_size),
            records: slice::from_raw_parts(self.records.as_ptr().cast(), native.record_count),
            columns: slice::from_raw_parts(self.columns.as_ptr().cast(), native.column_count),
            selected,
        }
    }
}

impl Default for Buffer {
    fn default() -> Buffer {
        Buffer::new()
    }
}

/// What it held is of no use any more, so nothing is moved when it grows.
fn make_room<T>(memory: &mut Vec<MaybeUninit<T>>, count: usize) {
    if memory.len() < count {
        *memory = Vec::with_capacity(count);
        // SAFETY: what may be uninitialised needs no initialisation.
        unsafe { memory.set_len(count) };
    }
}

/// Whole records, in order, borrowed from a [`Buffer`] until the next read into it.
#[derive(Clone, Copy)]
pub struct Batch<'b> {
    pub(crate) data: &'b [u8],
    pub(crate) records: &'b [sys::xtap_record],
    pub(crate) columns: &'b [sys::xtap_column],
    pub(crate) selected: usize,
}

impl<'b> Batch<'b> {
    /// How many records there are; a batch that was read has at least one.
    pub fn len(&self) -> usize {
        self.records.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.records.is_empty()
    }

    /// All bytes of the batch.
    pub fn data(&self) -> &'b [u8] {
        self.data
    }

    /// The record at `index`, from 0.
    pub fn get(&self, index: usize) -> Option<Record<'b>> {
        self.records.get(index).map(|record| Record { record, batch: *self })
    }

    /// Every record, events and notices, in order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = Record<'b>> + DoubleEndedIterator {
        let batch = *self;
        self.records.iter().map(move |record| Record { record, batch })
    }

    /// The events alone.
    pub fn events(&self) -> impl Iterator<Item = Record<'b>> {
        self.iter().filter(|record| !record.is_notice())
    }
}

impl fmt::Debug for Batch<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Batch({} records, {} bytes)", self.len(), self.data.len())
    }
}

/// One event or notice, borrowed from a batch.
#[derive(Clone, Copy)]
pub struct Record<'b> {
    record: &'b sys::xtap_record,
    batch: Batch<'b>,
}

impl<'b> Record<'b> {
    /// Running number in the stream: 1, 2, 3 ...
    pub fn position(&self) -> u64 {
        self.record.position
    }

    /// What it is.
    pub fn kind(&self) -> Kind {
        Kind(self.record.kind)
    }

    /// Whether the library says it, rather than the stream.
    pub fn is_notice(&self) -> bool {
        self.record.kind >= Kind::NOTICE_CONNECTING.0
    }

    /// The event's id, if it has one that is a number.
    pub fn id(&self) -> Option<u64> {
        Some(self.record.id).filter(|id| *id != 0)
    }

    /// The event's identity, for removing duplicates.
    pub fn key(&self) -> [u64; 2] {
        self.record.key
    }

    /// When it happened, unix time in ms, if it carries a time.
    pub fn time_ms(&self) -> Option<i64> {
        Some(self.record.time_ms).filter(|ms| *ms != sys::XTAP_TIME_UNKNOWN)
    }

    /// When it happened, if it carries a time.
    pub fn time(&self) -> Option<SystemTime> {
        let ms = self.time_ms()?;
        let away = Duration::from_millis(ms.unsigned_abs());
        if ms < 0 {
            SystemTime::UNIX_EPOCH.checked_sub(away)
        } else {
            SystemTime::UNIX_EPOCH.checked_add(away)
        }
    }

    /// Bits of [`flag`](crate::flag); ignore unknown ones.
    pub fn flags(&self) -> u32 {
        self.record.flags
    }

    /// 1 and up; 0 when the operation has no partitions.
    pub fn partition(&self) -> u32 {
        self.record.partition
    }

    /// The JSON as it came. For an event of kind MALFORMED or UNREAD nothing is promised.
    pub fn raw(&self) -> &'b [u8] {
        let start = self.record.json_offset as usize;
        &self.batch.data[start..start + self.record.json_size as usize]
    }

    /// The JSON as text; borrowed, unless there was something in it that is not UTF-8 and was replaced.
    pub fn json(&self) -> Cow<'b, str> {
        String::from_utf8_lossy(self.raw())
    }

    /// The selected value number `index`, in the order of [`Stream::select`](crate::Stream::select).
    ///
    /// # Panics
    /// When fewer are selected.
    pub fn selected(&self, index: usize) -> Value<'b> {
        assert!(
            index < self.batch.selected,
            "{} values are selected, there is none number {index}",
            self.batch.selected
        );
        let column = &self.batch.columns[self.record.first_column as usize + index];
        let start = column.offset as usize;
        let bytes = &self.batch.data[start..start + column.size as usize];
        Value { kind: ColumnKind(column.kind), bytes }
    }
}

impl fmt::Debug for Record<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} {}: {}", self.kind(), self.position(), self.json())
    }
}

/// A selected value: a string without quotes and unescaped, anything else as it was written.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Value<'b> {
    kind: ColumnKind,
    bytes: &'b [u8],
}

impl<'b> Value<'b> {
    /// What it is.
    pub fn kind(&self) -> ColumnKind {
        self.kind
    }

    /// The bytes, whatever it is; none for null and for what the event does not have.
    pub fn as_bytes(&self) -> &'b [u8] {
        self.bytes
    }

    /// The text of a string.
    pub fn as_str(&self) -> Option<&'b str> {
        if self.kind != ColumnKind::STRING {
            return None;
        }
        debug_assert!(str::from_utf8(self.bytes).is_ok());
        // SAFETY: the library promises that selected strings are valid UTF-8.
        Some(unsafe { str::from_utf8_unchecked(self.bytes) })
    }

    /// A number, or one in a string, as the API writes ids: any type that text can be read as.
    pub fn parse<T: str::FromStr>(&self) -> Option<T> {
        match self.kind {
            ColumnKind::NUMBER | ColumnKind::STRING => str::from_utf8(self.bytes).ok()?.parse().ok(),
            _ => None,
        }
    }

    /// true or false.
    pub fn as_bool(&self) -> Option<bool> {
        (self.kind == ColumnKind::BOOL).then(|| self.bytes == b"true")
    }

    /// Whether the JSON says null.
    pub fn is_null(&self) -> bool {
        self.kind == ColumnKind::NULL
    }

    /// Whether the event does not have it.
    pub fn is_absent(&self) -> bool {
        self.kind == ColumnKind::ABSENT
    }
}

impl fmt::Debug for Value<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}({:?})", self.kind, String::from_utf8_lossy(self.bytes))
    }
}

impl fmt::Display for Value<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&String::from_utf8_lossy(self.bytes))
    }
}
