package xtap

// #include "native.h"
import "C"

import (
	"fmt"
	"strings"
	"time"
	"unsafe"
)

// Error is why a call failed. errors.Is matches it with its Status: errors.Is(err, xtap.StatusRateLimited).
type Error struct {
	Status       Status
	Message      string        // what, where, and what is allowed
	HTTPStatus   int           // the server's, 0 when there was no answer
	Retriable    bool          // whether the same call may succeed later
	RetryAfter   time.Duration // how long to wait first, 0 when that is not known
	ProblemType  string        // the server's own words, or empty
	ProblemTitle string
	RequestID    string    // the server's name for the exchange, or empty
	Response     *Response // the answer that came with the failure, or nil

	cause error
}

func (e *Error) Error() string {
	if e.Message == "" {
		return "xtap: " + e.Status.String()
	}
	return fmt.Sprintf("xtap: %s (%s)", e.Message, e.Status)
}

// Unwrap gives what a receiver of tokens failed with.
func (e *Error) Unwrap() error { return e.cause }

// Is matches a Status.
func (e *Error) Is(target error) bool {
	status, ok := target.(Status)
	return ok && status == e.Status
}

// Error makes a Status a target for errors.Is.
func (s Status) Error() string { return s.String() }

// failure is the error for a status of 100 and up, nil otherwise.
func failure(status C.xtap_status, details *C.xtap_error) error {
	if status < 100 {
		return nil
	}
	if details == nil || details.status != status {
		// A function without details leaves those of an earlier call as they were.
		return &Error{Status: Status(status)}
	}
	return &Error{
		Status:       Status(status),
		Message:      text(unsafe.Pointer(&details.message), len(details.message)),
		HTTPStatus:   int(details.http_status),
		Retriable:    details.retriable != 0,
		RetryAfter:   time.Duration(details.retry_after_ms) * time.Millisecond,
		ProblemType:  text(unsafe.Pointer(&details.problem_type), len(details.problem_type)),
		ProblemTitle: text(unsafe.Pointer(&details.problem_title), len(details.problem_title)),
		RequestID:    text(unsafe.Pointer(&details.request_id), len(details.request_id)),
	}
}

// text is what an array of C holds up to its NUL.
func text(chars unsafe.Pointer, size int) string {
	bytes := string(unsafe.Slice((*byte)(chars), size))
	end := strings.IndexByte(bytes, 0)
	return strings.Clone(bytes[:end])
}

// cString is text for C, to be freed with free. A NUL would silently end it.
func cString(value, what string) (*C.char, error) {
	if strings.IndexByte(value, 0) >= 0 {
		return nil, &Error{Status: StatusValue, Message: what + " holds a NUL character"}
	}
	return C.CString(value), nil
}

// borrowed copies a text of the library's; nil when it is absent.
func borrowed(value C.xtap_text) []byte {
	if value.data == nil {
		return nil
	}
	return C.GoBytes(unsafe.Pointer(value.data), C.int(value.size))
}

// filled is the text that a call gives, however long it has become meanwhile.
func filled(call func(buffer *C.char, capacity C.size_t, size *C.size_t, details *C.xtap_error) C.xtap_status) ([]byte, error) {
	details := newDetails()
	for buffer := make([]byte, 1024); ; {
		var size C.size_t
		status := call((*C.char)(unsafe.Pointer(&buffer[0])), C.size_t(len(buffer)), &size, &details)
		if status == C.XTAP_OK {
			return buffer[:size], nil
		}
		if status != C.XTAP_E_BUFFER_SMALL {
			return nil, failure(status, &details)
		}
		buffer = make([]byte, 2*int(size)+1)
	}
}
