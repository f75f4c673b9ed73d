package xtap

// #include <stdlib.h>
// #include "native.h"
import "C"

import (
	"context"
	"errors"
	"io"
	"log"
	"runtime"
	"sync"
	"sync/atomic"
	"unsafe"
)

// ErrWoken is what Read gives after Wake. Nothing was lost; read again.
var ErrWoken = errors.New("xtap: the stream was woken")

// Stream is a subscription; it outlives its connections. It connects at the first read, and again whenever it must. One
// goroutine at a time reads; Wake, Finish, Cancel, Stats and Close may come from any.
type Stream struct {
	handle   *handle
	client   *Client // keeps the receivers of its log alive
	selected int
	details  C.xtap_error // of reads, so that they allocate nothing
	wakes    atomic.Int32 // by Wake, rather than by a context
	watcher  watcher
	batch    Batch  // of Events and Records
	pending  *Batch // what is left of the last batch that they copied
	taken    int
	given    uint64 // position of the last record that they gave
	onNotice func(Record)
}

// Stream opens a stream from a copy of the request. Nothing is sent before the first read.
func (r *Request) Stream() (*Stream, error) {
	var made *C.xtap_stream
	_, err := r.call(func(request *C.xtap_request, details *C.xtap_error) C.xtap_status {
		return C.xtap_stream_open(request, &made, details)
	})
	if err != nil {
		return nil, err
	}
	stream := &Stream{client: r.client, details: newDetails()}
	stream.handle = newHandle("stream", unsafe.Pointer(made), func(pointer unsafe.Pointer) {
		C.xtap_stream_close((*C.xtap_stream)(pointer))
	})
	runtime.SetFinalizer(stream, leaked)
	return stream, nil
}

var warnOfLeaks sync.Once

// leaked ends a stream that nobody can close any more. Its teardown must not hold up the finaliser's goroutine.
func leaked(stream *Stream) {
	warnOfLeaks.Do(func() { log.Print("xtap: a stream was dropped without Close; it was connected until now") })
	go stream.Close()
}

// with makes a call that any goroutine may make.
func (s *Stream) with(work func(stream *C.xtap_stream)) error {
	stream, err := s.handle.enter()
	if err != nil {
		return err
	}
	defer s.handle.leave()
	work((*C.xtap_stream)(stream))
	return nil
}

// Select chooses the values that every event brings beside its JSON, as JSON pointers ("/data/text"), replacing the former
// choice. Refused once the stream was read.
func (s *Stream) Select(pointers ...string) error {
	// The list is C's memory: Go must not lend memory that holds pointers.
	memory := C.calloc(C.size_t(len(pointers)+1), C.size_t(unsafe.Sizeof((*C.char)(nil))))
	list := unsafe.Slice((**C.char)(memory), len(pointers)+1)
	defer func() {
		for _, text := range list {
			C.free(unsafe.Pointer(text))
		}
		C.free(memory)
	}()
	for index, pointer := range pointers {
		text, err := cString(pointer, "a pointer")
		if err != nil {
			return err
		}
		list[index] = text
	}
	details, status := newDetails(), C.xtap_status(0)
	err := s.with(func(stream *C.xtap_stream) {
		status = C.xtap_stream_select(stream, &list[0], C.size_t(len(pointers)), &details)
	})
	if err == nil {
		err = failure(status, &details)
	}
	if err == nil {
		s.selected = len(pointers)
	}
	return err
}

// OnNotice receives the notices that Events leaves out: connected, disconnected and why, a gap ...
func (s *Stream) OnNotice(receive func(notice Record)) { s.onNotice = receive }

// Read fills the batch with whole records and waits until there is one. io.EOF: the stream is over. When the context is
// done its error comes, and nothing is lost: read again with another one.
func (s *Stream) Read(ctx context.Context, batch *Batch) error {
	if s.pending != nil {
		return &Error{Status: StatusState, Message: "events of an earlier batch are not taken yet: go on with Events"}
	}
	return s.read(ctx, batch, forever)
}

// TryRead is Read without waiting; false when there is nothing yet. With FD for event loops.
func (s *Stream) TryRead(batch *Batch) (bool, error) {
	if s.pending != nil {
		return false, &Error{Status: StatusState, Message: "events of an earlier batch are not taken yet: go on with Events"}
	}
	err := s.read(context.Background(), batch, 0)
	if errors.Is(err, errTimeout) {
		return false, nil
	}
	return err == nil, err
}

var errTimeout = errors.New("xtap: nothing to read")

func (s *Stream) read(ctx context.Context, batch *Batch, timeoutMs C.uint32_t) error {
	pointer, err := s.handle.enter()
	if err != nil {
		return err
	}
	defer s.handle.leave()
	stream := (*C.xtap_stream)(pointer)
	s.watcher.watch(ctx, s.handle)
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		batch.prepare(s.selected)
		status := C.go_xtap_stream_read(stream, &batch.native, (*C.char)(unsafe.Pointer(first(batch.data))),
			first(batch.records), first(batch.columns), timeoutMs, &s.details)
		switch status {
		case C.XTAP_OK:
			return nil
		case C.XTAP_END:
			return io.EOF
		case C.XTAP_TIMEOUT:
			return errTimeout
		case C.XTAP_INTERRUPTED: // by Wake, by this context, or late by an earlier one
			if s.wakes.Swap(0) > 0 {
				return ErrWoken
			}
		case C.XTAP_E_BUFFER_SMALL: // the batch grows
		default:
			return failure(status, &s.details)
		}
	}
}

// Events gives every event to a function that says whether to go on, each with memory that may be kept; from Go 1.23 on it
// can be ranged over. Notices go to OnNotice. Leaving loses nothing: the next call goes on after the last event. It ends
// with the stream and after an error; that of the context is one.
func (s *Stream) Events(ctx context.Context) func(yield func(Record, error) bool) {
	return func(yield func(Record, error) bool) {
		s.Records(ctx)(func(record Record, err error) bool {
			if err != nil || !record.IsNotice() {
				return yield(record, err)
			}
			if s.onNotice != nil {
				s.onNotice(record)
			}
			return true
		})
	}
}

// Records is Events with the notices among them, in order.
func (s *Stream) Records(ctx context.Context) func(yield func(Record, error) bool) {
	return func(yield func(Record, error) bool) {
		for {
			for s.pending != nil {
				record := s.pending.Record(s.taken)
				if s.taken++; s.taken == s.pending.Len() {
					s.pending = nil
				}
				s.given = record.Position()
				if !yield(record, nil) {
					return
				}
			}
			switch err := s.read(ctx, &s.batch, forever); err {
			case nil:
				s.pending, s.taken = s.batch.owned(), 0
			case io.EOF:
				return
			default:
				yield(Record{}, err)
				return
			}
		}
	}
}

// Resume makes a new stream go on where a checkpoint stands, before it is read: what came since is fetched, what was
// delivered before does not come again.
func (s *Stream) Resume(checkpoint string) error {
	text := C.CString(checkpoint)
	defer C.free(unsafe.Pointer(text))
	details, status := newDetails(), C.xtap_status(0)
	err := s.with(func(stream *C.xtap_stream) {
		status = C.xtap_stream_resume(stream, text, C.size_t(len(checkpoint)), &details)
	})
	if err == nil {
		err = failure(status, &details)
	}
	return err
}

// Checkpoint is the text from which Resume goes on, in another process too. It covers what was delivered: every event that
// the function of Events was given, or every batch that was read. For the goroutine that reads.
func (s *Stream) Checkpoint() (string, error) {
	if s.pending != nil {
		return s.CheckpointUpto(s.given)
	}
	return s.CheckpointUpto(0)
}

// CheckpointUpto is Checkpoint up to the position of a record; 0 is everything that was read. Any goroutine.
func (s *Stream) CheckpointUpto(position uint64) (string, error) {
	stream, err := s.handle.enter()
	if err != nil {
		return "", err
	}
	defer s.handle.leave()
	text, err := filled(func(buffer *C.char, capacity C.size_t, size *C.size_t, details *C.xtap_error) C.xtap_status {
		return C.xtap_stream_checkpoint((*C.xtap_stream)(stream), C.uint64_t(position), buffer, capacity, size, details)
	})
	return string(text), err
}

// Wake makes the read in progress, or the next one, end with ErrWoken. Nothing is lost.
func (s *Stream) Wake() {
	s.wakes.Add(1)
	s.with(func(stream *C.xtap_stream) { C.xtap_stream_wake(stream) })
}

// Finish ends the stream in good order: it disconnects, what is buffered is still delivered, then comes io.EOF.
func (s *Stream) Finish() { s.with(func(stream *C.xtap_stream) { C.xtap_stream_finish(stream) }) }

// Cancel ends the stream now: reads fail with StatusCancelled.
func (s *Stream) Cancel() { s.with(func(stream *C.xtap_stream) { C.xtap_stream_cancel(stream) }) }

// Stats is what the stream counted, as a JSON object.
func (s *Stream) Stats() ([]byte, error) {
	stream, err := s.handle.enter()
	if err != nil {
		return nil, err
	}
	defer s.handle.leave()
	return filled(func(buffer *C.char, capacity C.size_t, size *C.size_t, details *C.xtap_error) C.xtap_status {
		return C.xtap_stream_stats((*C.xtap_stream)(stream), buffer, capacity, size, details)
	})
}

// FD is a descriptor that is readable while TryRead would read something. It starts the stream.
func (s *Stream) FD() (uintptr, error) {
	var descriptor C.int
	details, status := newDetails(), C.xtap_status(0)
	err := s.with(func(stream *C.xtap_stream) { status = C.xtap_stream_fd(stream, &descriptor, &details) })
	if err == nil {
		err = failure(status, &details)
	}
	return uintptr(descriptor), err
}

// Close ends the stream. A read in another goroutine fails with StatusCancelled.
func (s *Stream) Close() error {
	runtime.SetFinalizer(s, nil)
	s.Cancel()
	s.watcher.stop()
	s.handle.close()
	return nil
}

// watcher wakes a stream when the context of its reads is done. There is one goroutine while the context stays the same,
// and none for a context that is never done.
type watcher struct {
	mutex   sync.Mutex
	done    <-chan struct{}
	stopped chan struct{}
	closed  bool
}

func (w *watcher) watch(ctx context.Context, stream *handle) {
	done := ctx.Done()
	w.mutex.Lock()
	defer w.mutex.Unlock()
	if done == w.done || w.closed {
		return
	}
	w.end()
	w.done = done
	if done == nil {
		return
	}
	stopped := make(chan struct{})
	w.stopped = stopped
	go func() {
		select {
		case <-done:
			if pointer, err := stream.enter(); err == nil {
				C.xtap_stream_wake((*C.xtap_stream)(pointer))
				stream.leave()
			}
		case <-stopped:
		}
	}()
}

func (w *watcher) end() {
	if w.stopped != nil {
		close(w.stopped)
		w.stopped = nil
	}
}

func (w *watcher) stop() {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	w.closed = true
	w.end()
}
