package xtap

// #include "native.h"
import "C"

import (
	"fmt"
	"strconv"
	"time"
)

// Batch is memory that Stream.Read fills with whole records, again at every read: what was got from it (records, their
// bytes) holds something else after the next one. It grows when one record needs more. The zero value is ready.
type Batch struct {
	native   C.xtap_batch // counts and sizes; the memory is Go's, and lent for each call
	data     []byte
	records  []C.xtap_record
	columns  []C.xtap_column
	selected int
}

const (
	firstData    = 256 << 10 // with the records of so many bytes it stays in the processor's cache
	firstRecords = 4096
)

// prepare makes room for at least what the last read said it needs.
func (b *Batch) prepare(selected int) {
	b.data = room(b.data, firstData, int(b.native.data_needed))
	b.records = room(b.records, firstRecords, int(b.native.records_needed))
	b.columns = room(b.columns, len(b.records)*selected, int(b.native.columns_needed))
	b.selected = selected
	b.native = newBatch()
	b.native.data_capacity = C.size_t(len(b.data))
	b.native.record_capacity = C.size_t(len(b.records))
	b.native.column_capacity = C.size_t(len(b.columns))
}

// room is memory for count items, or for more where that is needed.
func room[T any](memory []T, count, needed int) []T {
	if needed > count {
		count = needed
	}
	if len(memory) < count {
		return make([]T, count)
	}
	return memory
}

// first is the address of the first item, for a call.
func first[T any](memory []T) *T {
	if len(memory) == 0 {
		return nil
	}
	return &memory[0]
}

// Len is how many records there are.
func (b *Batch) Len() int { return int(b.native.record_count) }

// Data are all bytes of the batch.
func (b *Batch) Data() []byte { return b.data[:b.native.data_size] }

// Record is record number index, from 0.
func (b *Batch) Record(index int) Record {
	return Record{batch: b, record: &b.records[:b.Len()][index]}
}

// owned is a copy with exactly the memory that it needs.
func (b *Batch) owned() *Batch {
	return &Batch{
		native:   b.native,
		data:     append([]byte(nil), b.Data()...),
		records:  append([]C.xtap_record(nil), b.records[:b.Len()]...),
		columns:  append([]C.xtap_column(nil), b.columns[:b.native.column_count]...),
		selected: b.selected,
	}
}

// Record is one event or notice. One from Events may be kept; one of a Batch changes with the next read.
type Record struct {
	batch  *Batch
	record *C.xtap_record
}

// Position is its running number in the stream: 1, 2, 3 ...
func (r Record) Position() uint64 { return uint64(r.record.position) }

// Kind is what it is.
func (r Record) Kind() Kind { return Kind(r.record.kind) }

// IsNotice is whether the library says it, rather than the stream.
func (r Record) IsNotice() bool { return r.Kind() >= NoticeConnecting }

// ID is the event's id; 0 if it has none or it is no number.
func (r Record) ID() uint64 { return uint64(r.record.id) }

// Key is the event's identity, for removing duplicates.
func (r Record) Key() [2]uint64 { return [2]uint64{uint64(r.record.key[0]), uint64(r.record.key[1])} }

// Time is when it happened; the zero time when it carries none.
func (r Record) Time() time.Time {
	if r.record.time_ms == unknownTime {
		return time.Time{}
	}
	return time.UnixMilli(int64(r.record.time_ms)).UTC()
}

// Flags are bits; ignore unknown ones.
func (r Record) Flags() Flags { return Flags(r.record.flags) }

// Partition is 1 and up; 0 when the operation has none.
func (r Record) Partition() uint32 { return uint32(r.record.partition) }

// JSON are the bytes as they came. For an event of kind EventMalformed or EventUnread nothing is promised.
func (r Record) JSON() []byte {
	start := uint(r.record.json_offset)
	return r.batch.data[start : start+uint(r.record.json_size)]
}

// Selected is the selected value number index, in the order of Stream.Select.
func (r Record) Selected(index int) Value {
	if index < 0 || index >= r.batch.selected {
		panic(fmt.Sprintf("xtap: %d values are selected, there is none number %d", r.batch.selected, index))
	}
	column := &r.batch.columns[int(r.record.first_column)+index]
	start := uint(column.offset)
	return Value{Kind: ColumnKind(column.kind), Bytes: r.batch.data[start : start+uint(column.size)]}
}

// String is the JSON.
func (r Record) String() string { return string(r.JSON()) }

// Value is a selected value: a string without its quotes and unescaped, anything else as it was written.
type Value struct {
	Kind  ColumnKind
	Bytes []byte // of the batch, as its record's
}

// String is a copy of the bytes.
func (v Value) String() string { return string(v.Bytes) }

// IsAbsent is whether the event does not have it.
func (v Value) IsAbsent() bool { return v.Kind == ColumnAbsent }

// IsNull is whether the JSON says null.
func (v Value) IsNull() bool { return v.Kind == ColumnNull }

// Bool is whether it is true.
func (v Value) Bool() bool { return v.Kind == ColumnBool && string(v.Bytes) == "true" }

// Int is a whole number, also one in a string, as the API writes ids.
func (v Value) Int() (int64, error) { return strconv.ParseInt(string(v.Bytes), 10, 64) }

// Float is a number.
func (v Value) Float() (float64, error) { return strconv.ParseFloat(string(v.Bytes), 64) }
