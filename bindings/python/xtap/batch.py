"""Batches, and the records in them. They know memory and offsets, not where the bytes come from."""

import ctypes
import datetime
import json
import struct

from . import _native
from .constants import FIRST_NOTICE, NOTICE_NAMES, ColumnKind

_RECORD = struct.Struct("=QQQQqIIIIII")  # as xtap_record; a test compares both with the definition
_COLUMNS = struct.Struct("=III")  # as xtap_column
_POSITION, _KEY, _ID, _TIME, _JSON, _SIZE, _COLUMN, _KIND, _FLAGS, _PARTITION = 0, 1, 3, 4, 5, 6, 7, 8, 9, 10
_STRING = ColumnKind.STRING  # looked up once for all events
_EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)


class Record:
    """What events and notices share. It refers to the bytes of its batch, or to a copy of its own."""

    __slots__ = ("_page", "_facts")

    def __init__(self, page, facts):
        self._page, self._facts = page, facts

    @property
    def position(self):
        """Running number in the stream: 1, 2, 3 ..."""
        return self._facts[_POSITION]

    @property
    def kind(self):
        """One of Kind, an int; a value that is not named there is passed on."""
        return self._facts[_KIND]

    @property
    def partition(self):
        """1 and up; 0 when the operation has none."""
        return self._facts[_PARTITION]

    @property
    def raw(self):
        """The JSON as it came: bytes, or in a batch a memoryview that the next read changes."""
        start = self._facts[_JSON]
        return self._page.data[start:start + self._facts[_SIZE]]

    def json(self):
        """The JSON, read."""
        return json.loads(bytes(self.raw))


class Notice(Record):
    """What the library says about the stream: connected, disconnected, gap ... notice["cause"] is one of its facts,
    listed per kind in docs/CONFIGURATION.md."""

    __slots__ = ()
    is_notice = True

    @property
    def name(self):
        return NOTICE_NAMES.get(self.kind, "unknown")

    def __getitem__(self, key):
        return self.json()[key]

    def get(self, key, default=None):
        return self.json().get(key, default)

    def __repr__(self):
        return f"<xtap.Notice {str(self.raw, 'utf-8', 'replace')}>"


class Event(Record):
    """An event. event["/data/text"] or event[0] is a selected value: a str, a number, a bool, None for null, a dict or
    a list; a KeyError when the event does not have it."""

    __slots__ = ()
    is_notice = False

    @property
    def id(self):
        """The event's id; 0 if it has none or it is no number."""
        return self._facts[_ID]

    @property
    def key(self):
        """The event's identity, for removing duplicates: two numbers."""
        return self._facts[_KEY:_KEY + 2]

    @property
    def flags(self):
        """Flag bits; ignore unknown ones."""
        return self._facts[_FLAGS]

    @property
    def time_ms(self):
        """When it happened, unix time in ms; None when it carries no time."""
        time = self._facts[_TIME]
        return None if time == _native.TIME_UNKNOWN else time

    @property
    def time(self):
        """When it happened, as a datetime in UTC; None when it carries no time."""
        time = self.time_ms
        return None if time is None else _EPOCH + datetime.timedelta(milliseconds=time)

    @property
    def selected(self):
        """All selected values, in the order of `select`; None for null and for what the event does not have."""
        page, first = self._page, self._facts[_COLUMN]
        return tuple(_values(page.data, page.columns[first:first + page.pointers.count]))

    def __getitem__(self, which):
        value = self._page.read(self._at(which), _ABSENT)
        if value is _ABSENT:
            raise KeyError(which)
        return value

    def get(self, which, default=None):
        return self._page.read(self._at(which), default)

    def column(self, which):
        """A selected value as it lies there: (its ColumnKind, its bytes)."""
        offset, size, kind = self._at(which)
        return kind, self._page.data[offset:offset + size]

    def _at(self, which):
        return self._page.columns[self._facts[_COLUMN] + self._page.index(which)]

    def __repr__(self):
        return f"<xtap.Event {self.position}: {str(self.raw, 'utf-8', 'replace')}>"


_ABSENT = object()


def _values(data, columns):
    """The values of columns, None for null and for what is not there. Most are strings: those cost no call."""
    return [str(data[offset:offset + size], "utf-8") if kind == _STRING else _other_value(data[offset:offset + size], kind)
            for offset, size, kind in columns]


def _other_value(data, kind):
    return None if kind in (ColumnKind.NULL, ColumnKind.ABSENT) else json.loads(bytes(data))


class Pointers:
    """The pointers that a stream selects: how many, and the number of each."""

    __slots__ = ("count", "numbers")

    def __init__(self, pointers=()):
        self.count = len(pointers)  # one that is repeated is a column each time
        self.numbers = {pointer: number for number, pointer in enumerate(pointers)}


class _Page:
    """The bytes, records and columns that records refer to."""

    __slots__ = ("data", "pointers", "columns")

    def __init__(self, data, columns, pointers):
        self.data, self.pointers = data, pointers
        # All at once: unpacking them one by one costs more than what is not looked at.
        self.columns = list(_COLUMNS.iter_unpack(columns))

    def index(self, which):
        """The number of a selected pointer, given as a number or as the pointer."""
        if isinstance(which, int):
            if 0 <= which < self.pointers.count:
                return which
            raise IndexError(f"{self.pointers.count} values are selected, there is none number {which}")
        try:
            return self.pointers.numbers[which]
        except KeyError:
            raise KeyError(f"{which} was not selected") from None

    def read(self, column, absent):
        """The value of a column."""
        return absent if column[2] == ColumnKind.ABSENT else _values(self.data, [column])[0]

    def records(self, records):
        return [(Event if facts[_KIND] < FIRST_NOTICE else Notice)(self, facts) for facts in _RECORD.iter_unpack(records)]


class Batch:
    """Memory that Stream.read fills with whole records, used again by every read: whatever was got from it (records,
    memoryviews) holds other bytes after the next read. It grows when one record needs more."""

    def __init__(self, data_bytes=256 << 10, records=4096):
        self._native = _native.xtap_batch()
        self._room_for_data(data_bytes)
        self._room_for_records(records)
        self._room_for_columns(0)
        self._pointers = Pointers()
        self._reader = None  # whose read it was filled by

    def _room_for_data(self, size):
        self._data, self._native.data = _memory(size)
        self._native.data_capacity = size

    def _room_for_records(self, count):
        self._records, self._native.records = _memory(count * _RECORD.size)
        self._native.record_capacity = count

    def _room_for_columns(self, count):
        self._columns, self._native.columns = _memory(count * _COLUMNS.size)
        self._native.column_capacity = count

    def prepare(self, pointers, reader):
        """Makes it empty, with room for as many columns as `pointers` asks for."""
        self._native.record_count = self._native.data_size = self._native.column_count = 0
        wanted = self._native.record_capacity * pointers.count
        if self._native.column_capacity < wanted:
            self._room_for_columns(wanted)
        self._pointers, self._reader = pointers, reader

    def grow(self):
        """Makes room for the record that did not fit."""
        native = self._native
        if native.data_needed > native.data_capacity:
            self._room_for_data(max(native.data_needed, 2 * native.data_capacity))
        if native.records_needed > native.record_capacity:
            self._room_for_records(native.records_needed)
        if native.columns_needed > native.column_capacity:
            self._room_for_columns(native.columns_needed)
        self.prepare(self._pointers, self._reader)

    def swap(self, other):
        """What each of the two holds, memory and all, becomes the other's."""
        self.__dict__, other.__dict__ = other.__dict__, self.__dict__

    @property
    def last_position(self):
        """The position of the last record; 0 when there is none."""
        return _RECORD.unpack_from(self._records, (len(self) - 1) * _RECORD.size)[_POSITION] if len(self) else 0

    def filled_for(self, reader):
        """The same, when the last read that this was filled by was this reader's; 0 otherwise."""
        return self.last_position if self._reader is reader else 0

    @property
    def data(self):
        """The bytes that are used."""
        return self._data[:self._native.data_size]

    def __len__(self):
        return self._native.record_count

    def __iter__(self):
        """The events and notices, in order."""
        return iter(self._on(self._data))

    def values(self):
        """The selected values of every event, in order, as one tuple for each: the fastest way to them. They may be kept."""
        data = bytes(self.data)  # slices of bytes cost less than those of a memoryview
        columns = self._columns[:self._native.column_count * _COLUMNS.size]
        facts = columns.cast("I").tolist()  # events lie one after the other, and notices have none
        values = iter([data[offset:offset + size].decode() if kind == _STRING else _other_value(data[offset:offset + size], kind)
                       for offset, size, kind in zip(facts[0::3], facts[1::3], facts[2::3])])
        return list(zip(*[values] * self._pointers.count))

    def owned(self):
        """The events and notices with one copy of the bytes, that they keep alive: they may stay."""
        return self._on(bytes(self.data))

    def _on(self, data):
        columns = self._columns[:self._native.column_count * _COLUMNS.size]
        page = _Page(data, columns, self._pointers)
        return page.records(self._records[:len(self) * _RECORD.size])


def _memory(size):
    """A view of `size` new bytes that cannot be written through, and where they are."""
    memory = bytearray(size)
    return memoryview(memory).toreadonly(), ctypes.addressof(ctypes.c_char.from_buffer(memory)) if size else None
