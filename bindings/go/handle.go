package xtap

import (
	"sync"
	"unsafe"
)

// handle keeps a handle of the library from being ended while a call is using it: the last to leave ends it.
type handle struct {
	mutex   sync.Mutex
	pointer unsafe.Pointer
	users   int
	closed  bool
	what    string
	end     func(unsafe.Pointer)
}

func newHandle(what string, pointer unsafe.Pointer, end func(unsafe.Pointer)) *handle {
	return &handle{pointer: pointer, what: what, end: end}
}

// enter gives the handle for a call that ends with leave.
func (h *handle) enter() (unsafe.Pointer, error) {
	h.mutex.Lock()
	defer h.mutex.Unlock()
	if h.closed {
		return nil, &Error{Status: StatusState, Message: "the " + h.what + " is closed"}
	}
	h.users++
	return h.pointer, nil
}

func (h *handle) leave() {
	h.mutex.Lock()
	h.users--
	last := h.closed && h.users == 0
	h.mutex.Unlock()
	if last {
		h.end(h.pointer)
	}
}

// close ends the handle, or leaves that to the calls that are in it. It says whether it was open.
func (h *handle) close() bool {
	h.mutex.Lock()
	if h.closed {
		h.mutex.Unlock()
		return false
	}
	h.closed = true
	idle := h.users == 0
	h.mutex.Unlock()
	if idle {
		h.end(h.pointer)
	}
	return true
}
