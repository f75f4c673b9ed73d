package xtap

// #include <stdlib.h>
// #include "native.h"
import "C"

import (
	"context"
	"encoding/json"
	"fmt"
	"runtime"
	"strings"
	"time"
	"unsafe"
)

// Parameters of an operation, by name. Values are text, numbers, flags, a time.Time, or a []string, which is a list; nil is
// as if it were not there.
type Parameters map[string]any

// Request is an operation with its parameters, checked as they are set. One goroutine at a time.
type Request struct {
	handle *handle
	client *Client // whose receivers may fail
}

// Request makes a request.
func (c *Client) Request(operation string, parameters Parameters, options ...Option) (*Request, error) {
	client, err := c.handle.enter()
	if err != nil {
		return nil, err
	}
	defer c.handle.leave()
	name, err := cString(operation, "the operation's name")
	if err != nil {
		return nil, err
	}
	defer C.free(unsafe.Pointer(name))
	var made *C.xtap_request
	details := newDetails()
	if err := failure(C.xtap_request_create((*C.xtap_client)(client), name, &made, &details), &details); err != nil {
		return nil, err
	}
	request := &Request{client: c, handle: newHandle("request", unsafe.Pointer(made), func(pointer unsafe.Pointer) {
		C.xtap_request_destroy((*C.xtap_request)(pointer))
	})}
	runtime.SetFinalizer(request, (*Request).Close)
	for name, value := range parameters {
		if err := request.Set(name, value); err != nil {
			request.Close()
			return nil, err
		}
	}
	for _, option := range options {
		if err := request.SetOption(option); err != nil {
			request.Close()
			return nil, err
		}
	}
	return request, nil
}

// valueText is a value as the API wants it; nil for nil.
func valueText(value any, what string) (*C.char, error) {
	switch value := value.(type) {
	case nil:
		return nil, nil
	case string:
		return cString(value, what)
	case []string:
		return cString(strings.Join(value, ","), what)
	case time.Time:
		return cString(value.UTC().Format("2006-01-02T15:04:05Z"), what)
	default:
		return cString(fmt.Sprint(value), what)
	}
}

// call makes a call with the handle.
func (r *Request) call(work func(request *C.xtap_request, details *C.xtap_error) C.xtap_status) (C.xtap_status, error) {
	request, err := r.handle.enter()
	if err != nil {
		return 0, err
	}
	defer r.handle.leave()
	details := newDetails()
	status := work((*C.xtap_request)(request), &details)
	return status, failure(status, &details)
}

// Set sets a parameter; nil takes it away.
func (r *Request) Set(parameter string, value any) error {
	name, err := cString(parameter, "the parameter's name")
	if err != nil {
		return err
	}
	defer C.free(unsafe.Pointer(name))
	text, err := valueText(value, parameter)
	if err != nil {
		return err
	}
	defer C.free(unsafe.Pointer(text))
	_, err = r.call(func(request *C.xtap_request, details *C.xtap_error) C.xtap_status {
		return C.xtap_request_set(request, name, text, details)
	})
	return err
}

// SetOption sets an option for this request or its streams alone.
func (r *Request) SetOption(option Option) error {
	name, err := cString(option.name, "the option's name")
	if err != nil {
		return err
	}
	defer C.free(unsafe.Pointer(name))
	value, err := cString(option.value, option.name)
	if err != nil {
		return err
	}
	defer C.free(unsafe.Pointer(value))
	_, err = r.call(func(request *C.xtap_request, details *C.xtap_error) C.xtap_status {
		return C.xtap_request_option(request, name, value, details)
	})
	return err
}

// SetBody sets the JSON body: a json.RawMessage as it is, anything else by encoding/json. nil takes it away.
func (r *Request) SetBody(value any) error {
	var body []byte
	if value != nil {
		encoded, err := json.Marshal(value)
		if err != nil {
			return err
		}
		body = encoded
	}
	_, err := r.call(func(request *C.xtap_request, details *C.xtap_error) C.xtap_status {
		return C.xtap_request_body(request, (*C.char)(start(body)), C.size_t(len(body)), details)
	})
	return err
}

// Attach adds a part of a multipart body; filename may be empty.
func (r *Request) Attach(part, filename string, data []byte) error {
	name, err := cString(part, "the part's name")
	if err != nil {
		return err
	}
	defer C.free(unsafe.Pointer(name))
	file, err := cString(filename, "the file's name")
	if err != nil {
		return err
	}
	defer C.free(unsafe.Pointer(file))
	given := file
	if filename == "" {
		given = nil
	}
	if data == nil {
		data = []byte{} // nothing at all would take the part away
	}
	_, err = r.call(func(request *C.xtap_request, details *C.xtap_error) C.xtap_status {
		return C.xtap_request_attach(request, name, given, start(data), C.size_t(len(data)), details)
	})
	return err
}

// start is the address of the first byte, for a call; nil for nil.
func start(data []byte) unsafe.Pointer {
	if data == nil {
		return nil
	}
	if len(data) == 0 {
		data = make([]byte, 1)
	}
	return unsafe.Pointer(&data[0])
}

// Send sends the request and waits for the whole answer. With an HTTP status of 300 or more the *Error has the Response.
// When the context is done the request is cancelled, for good.
func (r *Request) Send(ctx context.Context) (*Response, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	sent := make(chan struct{})
	if ctx.Done() != nil {
		go func() {
			select {
			case <-ctx.Done():
				r.Cancel()
			case <-sent:
			}
		}()
	}
	var got *C.xtap_response
	_, err := r.call(func(request *C.xtap_request, details *C.xtap_error) C.xtap_status {
		return C.xtap_request_send(request, &got, details)
	})
	close(sent)
	var response *Response
	if got != nil {
		response = newResponse(got)
	}
	refusal := r.client.receivers.takeRefusal()
	if failed, ok := err.(*Error); ok {
		failed.Response, failed.cause = response, refusal
		if done := ctx.Err(); done != nil && failed.Status == StatusCancelled {
			failed.cause = done
		}
		return nil, failed
	}
	return response, err
}

// Cancel ends the send in progress; it and every later one fail. Any goroutine.
func (r *Request) Cancel() {
	if request, err := r.handle.enter(); err == nil {
		C.xtap_request_cancel((*C.xtap_request)(request))
		r.handle.leave()
	}
}

// NextPage turns the request into the one for the page after the response; false after the last page.
func (r *Request) NextPage(response *Response) (bool, error) {
	defer runtime.KeepAlive(response)
	page, err := response.handle.enter()
	if err != nil {
		return false, err
	}
	defer response.handle.leave()
	status, err := r.call(func(request *C.xtap_request, details *C.xtap_error) C.xtap_status {
		return C.xtap_request_next_page(request, (*C.xtap_response)(page), details)
	})
	return status == C.XTAP_OK && err == nil, err
}

// Pages gives every page, from the one that the request asks for now to the last, to a function that says whether to go
// on; from Go 1.23 on it can be ranged over. It ends after an error.
func (r *Request) Pages(ctx context.Context) func(yield func(*Response, error) bool) {
	return func(yield func(*Response, error) bool) {
		for more := true; more; {
			page, err := r.Send(ctx)
			if !yield(page, err) || err != nil {
				return
			}
			if more, err = r.NextPage(page); err != nil {
				yield(nil, err)
				return
			}
		}
	}
}

// Close ends the request. Streams opened from it live on.
func (r *Request) Close() error {
	runtime.SetFinalizer(r, nil)
	r.handle.close()
	return nil
}

// Response is the answer to a request. It never changes; any goroutine may read it.
type Response struct {
	StatusCode int
	Body       []byte // as it came: JSON for nearly every operation
	handle     *handle
}

func newResponse(got *C.xtap_response) *Response {
	response := &Response{
		StatusCode: int(C.xtap_response_http_status(got)),
		Body:       borrowed(C.xtap_response_body(got)),
		handle: newHandle("response", unsafe.Pointer(got), func(pointer unsafe.Pointer) {
			C.xtap_response_destroy((*C.xtap_response)(pointer))
		}),
	}
	runtime.SetFinalizer(response, func(response *Response) { response.handle.close() })
	return response
}

// Header is a header, by its name in any case; empty when there is none.
func (r *Response) Header(name string) string {
	defer runtime.KeepAlive(r)
	text, err := cString(name, "the header's name")
	if err != nil {
		return ""
	}
	defer C.free(unsafe.Pointer(text))
	return string(borrowed(C.xtap_response_header((*C.xtap_response)(r.handle.pointer), text)))
}

// JSON reads the body into value.
func (r *Response) JSON(value any) error { return json.Unmarshal(r.Body, value) }
