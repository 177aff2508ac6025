package cardseal

/*
#include <cardseal.h>
*/
import "C"

import "runtime"

// Kind says whose fault an error is.
type Kind string

// The kinds of errors.
const (
	Input      Kind = "input"      // the caller's input: a used opener, a missing picture, a malformed option
	Key        Kind = "key"        // the public key is refused
	Credential Kind = "credential" // credentials are missing or malformed, or could not be fetched
	Signing    Kind = "signing"    // the request cannot be signed, or the service refused the signature
	Transport  Kind = "transport"  // the network
	Throttled  Kind = "throttled"  // the service limits the rate
	Service    Kind = "service"    // the service said no; the code says why
	Protocol   Kind = "protocol"   // the reply is not what the service promises
	Open       Kind = "open"       // the answer cannot be opened
	Provider   Kind = "provider"   // the crypto provider failed
	Bug        Kind = "bug"        // a defect of the library, or a random generator that failed
)

// Error is what went wrong. Use errors.As to get at it.
type Error struct {
	Kind      Kind
	Code      string // the service's own, such as FailedOperation.ImageBlur
	RequestID string
	Message   string // what happened and what to do
	ExitCode  int    // that of the command line

	// A function, so that no form of printing shows what it gives.
	opened func() []byte
}

func (e *Error) Error() string { return e.Message }

// OpenedText is what a billed answer opened to that cannot be read: it has the right tag and is not JSON, or it is no
// card. It is personal data, and nil for every other error.
func (e *Error) OpenedText() []byte {
	if e.opened == nil {
		return nil
	}
	return e.opened()
}

// call runs a function of C and tells why it failed. The reason is kept for the thread, so the goroutine stays on it.
func call(function func() C.int) error {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	code := function()
	if code == 0 {
		return nil
	}
	failed := &Error{
		Kind:      Kind(C.GoString(C.cardseal_last_error_kind())),
		Code:      C.GoString(C.cardseal_last_error_code()),
		RequestID: C.GoString(C.cardseal_last_error_request_id()),
		Message:   C.GoString(C.cardseal_last_error()),
		ExitCode:  int(code),
	}
	var opened C.cardseal_bytes
	C.cardseal_last_error_opened_text(&opened)
	if opened.data != nil {
		text := taken(&opened)
		failed.opened = func() []byte { return text }
	}
	return failed
}
