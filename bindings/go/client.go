package xtap

// #include <stdlib.h>
// #include "native.h"
import "C"

import (
	"fmt"
	"runtime"
	"runtime/cgo"
	"unsafe"
)

// OpenOption is what Open takes: a ClientOption, or an Option as the default for the client's requests.
type OpenOption interface{ clientSetting() setting }

// ClientOption holds for everything that a client does.
type ClientOption struct{ setting }

// Option may differ from one request or stream to the other.
type Option struct{ setting }

type setting struct{ name, value string }

func (s setting) clientSetting() setting { return s }

// FromEnv takes every option for which the environment has a variable with the prefix: with "XTAP", XTAP_BEARER_TOKEN
// sets bearer_token. Options that follow override it.
func FromEnv(prefix string) ClientOption { return ClientOption{setting{"", prefix}} }

// With sets an option by name; docs/CONFIGURATION.md lists them.
func With(name, value string) Option { return Option{setting{name, value}} }

// Client is what requests and streams are made from. Any goroutine may use it.
type Client struct {
	handle    *handle
	receivers *receivers
	self      cgo.Handle // of the receivers, for C
}

// Version is the version of the library, MAJOR.MINOR.PATCH.
func Version() string { return C.GoString(C.xtap_version()) }

// Operations are the names of all operations that the library knows.
func Operations() []string {
	all := make([]string, C.xtap_operation_count())
	for index := range all {
		all[index] = C.GoString(C.xtap_operation_id(C.size_t(index)))
	}
	return all
}

// Describe is what the library knows of an operation, as a JSON object.
func Describe(operation string) ([]byte, error) {
	name, err := cString(operation, "the operation's name")
	if err != nil {
		return nil, err
	}
	defer C.free(unsafe.Pointer(name))
	return filled(func(buffer *C.char, capacity C.size_t, size *C.size_t, details *C.xtap_error) C.xtap_status {
		return C.xtap_operation_describe(name, buffer, capacity, size, details)
	})
}

// Open makes a client. Nothing is sent and no thread starts.
func Open(options ...OpenOption) (*Client, error) {
	if found := uint32(C.xtap_abi_version()); found>>16 != abiMajor {
		return nil, &Error{Status: StatusUnsupported, Message: fmt.Sprintf(
			"libxtap has version %d.%d of the interface, and this package knows version %d: use the package that came with it",
			found>>16, found&0xffff, abiMajor)}
	}
	config, err := newConfig(options)
	if err != nil {
		return nil, err
	}
	defer C.xtap_config_destroy(config)
	var made *C.xtap_client
	details := newDetails()
	if err := failure(C.xtap_client_open(config, &made, &details), &details); err != nil {
		return nil, err
	}
	receivers := &receivers{}
	self := cgo.NewHandle(receivers)
	client := &Client{receivers: receivers, self: self}
	client.handle = newHandle("client", unsafe.Pointer(made), func(pointer unsafe.Pointer) {
		C.xtap_client_close((*C.xtap_client)(pointer))
		self.Delete() // nothing calls back after close
	})
	runtime.SetFinalizer(client, func(client *Client) { go client.handle.close() })
	return client, nil
}

func newConfig(options []OpenOption) (*C.xtap_config, error) {
	var config *C.xtap_config
	details := newDetails()
	if err := failure(C.xtap_config_create(&config, &details), &details); err != nil {
		return nil, err
	}
	for _, option := range options {
		if err := configure(config, option.clientSetting()); err != nil {
			C.xtap_config_destroy(config)
			return nil, err
		}
	}
	return config, nil
}

func configure(config *C.xtap_config, set setting) error {
	value, err := cString(set.value, set.name)
	if err != nil {
		return err
	}
	defer C.free(unsafe.Pointer(value))
	details := newDetails()
	if set.name == "" {
		return failure(C.xtap_config_load_env(config, value, &details), &details)
	}
	name, err := cString(set.name, "the option's name")
	if err != nil {
		return err
	}
	defer C.free(unsafe.Pointer(name))
	return failure(C.xtap_config_set(config, name, value, &details), &details)
}

// Close ends the client. Requests and streams made from it live on.
func (c *Client) Close() error {
	runtime.SetFinalizer(c, nil)
	c.handle.close()
	return nil
}

// Stats is what the client counted, as a JSON object.
func (c *Client) Stats() ([]byte, error) {
	client, err := c.handle.enter()
	if err != nil {
		return nil, err
	}
	defer c.handle.leave()
	return filled(func(buffer *C.char, capacity C.size_t, size *C.size_t, details *C.xtap_error) C.xtap_status {
		return C.xtap_client_stats((*C.xtap_client)(client), buffer, capacity, size, details)
	})
}

// Stream makes a request and opens its stream; see Request.Stream.
func (c *Client) Stream(operation string, parameters Parameters, options ...Option) (*Stream, error) {
	request, err := c.Request(operation, parameters, options...)
	if err != nil {
		return nil, err
	}
	defer request.Close()
	return request.Stream()
}
