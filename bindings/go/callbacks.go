package xtap

// #include "native.h"
import "C"

import (
	"runtime/cgo"
	"sync"
)

// Level is how important a line of the log is. Open: a value without a name here is passed on as it is.
type Level int32

// Levels of the log.
const (
	LevelError Level = 1
	LevelWarn  Level = 2
	LevelInfo  Level = 3
	LevelDebug Level = 4
)

// Tokens is a new pair of OAuth 2.0 user tokens. Store it: a refresh token works once.
type Tokens struct {
	AccessToken  string
	RefreshToken string // empty when there is none
	ExpiresAtMs  int64  // unix time in ms, 0 when the server did not say
}

// receivers are the functions that a client calls back, and why the one for tokens failed last.
type receivers struct {
	mutex   sync.Mutex
	log     func(Level, string)
	tokens  func(Tokens) error
	refusal error
}

func (r *receivers) takeRefusal() error {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	refusal := r.refusal
	r.refusal = nil
	return refusal
}

// OnLog hands the lines of the library's log to receive, one at a time, from whatever goroutine is inside a call of this
// package; nil for none. It must not call this package. A panic in it ends the program.
func (c *Client) OnLog(receive func(level Level, line string)) error {
	client, err := c.handle.enter()
	if err != nil {
		return err
	}
	defer c.handle.leave()
	c.receivers.mutex.Lock()
	c.receivers.log = receive
	c.receivers.mutex.Unlock()
	return failure(C.go_xtap_client_on_log((*C.xtap_client)(client), wanted(receive != nil), C.uintptr_t(c.self)), nil)
}

// OnToken hands every new pair of OAuth 2.0 tokens to receive before its first use; nil for none. If it fails, the pair is
// not used and the request that needed it fails with that cause. It must not call this package. A panic in it ends the
// program.
func (c *Client) OnToken(receive func(tokens Tokens) error) error {
	client, err := c.handle.enter()
	if err != nil {
		return err
	}
	defer c.handle.leave()
	c.receivers.mutex.Lock()
	c.receivers.tokens = receive
	c.receivers.mutex.Unlock()
	return failure(C.go_xtap_client_on_token((*C.xtap_client)(client), wanted(receive != nil), C.uintptr_t(c.self)), nil)
}

func wanted(yes bool) C.int {
	if yes {
		return 1
	}
	return 0
}

// endProgram raises a panic of a receiver where no frame of C is on the stack: it must not unwind through the library.
func endProgram() {
	if problem := recover(); problem != nil {
		go panic(problem)
		select {}
	}
}

//export xtapGoLog
func xtapGoLog(level C.int32_t, line C.xtap_text, data C.uintptr_t) {
	defer endProgram()
	receivers := cgo.Handle(data).Value().(*receivers)
	receivers.mutex.Lock()
	receive := receivers.log
	receivers.mutex.Unlock()
	if receive != nil {
		receive(Level(level), string(borrowed(line)))
	}
}

//export xtapGoToken
func xtapGoToken(access, refresh C.xtap_text, expiresAtMs C.int64_t, data C.uintptr_t) C.xtap_flow {
	defer endProgram()
	receivers := cgo.Handle(data).Value().(*receivers)
	receivers.mutex.Lock()
	receive := receivers.tokens
	receivers.mutex.Unlock()
	tokens := Tokens{AccessToken: string(borrowed(access)), RefreshToken: string(borrowed(refresh))}
	if expiresAtMs != unknownTime {
		tokens.ExpiresAtMs = int64(expiresAtMs)
	}
	if receive == nil {
		return C.XTAP_CONTINUE
	}
	if err := receive(tokens); err != nil {
		receivers.mutex.Lock()
		receivers.refusal = err
		receivers.mutex.Unlock()
		return C.XTAP_FAIL
	}
	return C.XTAP_CONTINUE
}
