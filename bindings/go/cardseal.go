// Package cardseal seals, signs, sends and opens encrypted ID-card OCR requests.
//
// It stands on the C library, which pkg-config must find.
package cardseal

/*
#cgo pkg-config: cardseal
#include <cardseal.h>
*/
import "C"

import (
	"runtime"
	"sync/atomic"
	"unsafe"
)

// Recipient is the service's public key, parsed and checked. The key chooses the suite. Goroutines may share one.
type Recipient struct {
	handle unsafe.Pointer
}

// ParseRecipient takes the key in any form the service hands it out in.
func ParseRecipient(key []byte) (*Recipient, error) {
	var handle *C.cardseal_recipient
	err := call(func() C.int { return C.cardseal_recipient_parse(pointer(key), C.size_t(len(key)), &handle) })
	runtime.KeepAlive(key)
	if err != nil {
		return nil, err
	}
	recipient := &Recipient{unsafe.Pointer(handle)}
	runtime.SetFinalizer(recipient, (*Recipient).Close)
	return recipient, nil
}

func (r *Recipient) pointer() *C.cardseal_recipient {
	return (*C.cardseal_recipient)(atomic.LoadPointer(&r.handle))
}

// Suite is "AES-256-CBC" or "SM4-GCM"; empty after Close.
func (r *Recipient) Suite() string {
	suite := C.GoString(C.cardseal_recipient_suite(r.pointer()))
	runtime.KeepAlive(r)
	return suite
}

// Seal gives a request's body to send, {"EncryptedBody":…,"Encryption":{…}}, and the opener of its answer.
func (r *Recipient) Seal(plain []byte) ([]byte, *Opener, error) {
	// Not made first: what is made is cleared, and a picture's body would be written twice.
	return r.AppendSealed([]byte{}, plain)
}

// AppendSealed is Seal with the body appended to dst. With the buffer of an earlier request, cut to no length, many
// requests need the memory of one.
func (r *Recipient) AppendSealed(dst, plain []byte) ([]byte, *Opener, error) {
	var sealed C.cardseal_bytes
	var handle *C.cardseal_opener
	err := call(func() C.int {
		return C.cardseal_seal(r.pointer(), pointer(plain), C.size_t(len(plain)), &sealed, &handle)
	})
	runtime.KeepAlive(plain)
	runtime.KeepAlive(r)
	if err != nil {
		return nil, nil, err
	}
	return appended(dst, &sealed), newOpener(handle), nil
}

// Close frees the recipient. Closing twice does nothing; what is closed is refused.
func (r *Recipient) Close() {
	runtime.SetFinalizer(r, nil)
	C.cardseal_recipient_free((*C.cardseal_recipient)(atomic.SwapPointer(&r.handle, nil)))
}

// Opener opens the answer to one request, once. It shows no key, whatever it is printed with.
type Opener struct {
	handle unsafe.Pointer
}

func newOpener(handle *C.cardseal_opener) *Opener {
	opener := &Opener{unsafe.Pointer(handle)}
	runtime.SetFinalizer(opener, (*Opener).Close)
	return opener
}

// take uses the opener: of many goroutines one gets it.
func (o *Opener) take() *C.cardseal_opener {
	runtime.SetFinalizer(o, nil)
	return (*C.cardseal_opener)(atomic.SwapPointer(&o.handle, nil))
}

// Open opens a reply, {"Response":{…}} or the inner object. The opener is used afterwards, whatever happened.
func (o *Opener) Open(reply []byte) ([]byte, error) {
	var plain C.cardseal_bytes
	handle := o.take()
	err := call(func() C.int { return C.cardseal_open(&handle, pointer(reply), C.size_t(len(reply)), &plain) })
	runtime.KeepAlive(reply)
	if err != nil {
		return nil, err
	}
	return taken(&plain), nil
}

// Store gives the opener as text, which is a key, for another process. The opener is used afterwards.
func (o *Opener) Store() ([]byte, error) {
	var stored C.cardseal_bytes
	handle := o.take()
	if err := call(func() C.int { return C.cardseal_opener_store(&handle, &stored) }); err != nil {
		return nil, err
	}
	return taken(&stored), nil
}

// RestoreOpener takes an opener back from the text of Store.
func RestoreOpener(stored []byte) (*Opener, error) {
	var handle *C.cardseal_opener
	err := call(func() C.int { return C.cardseal_opener_restore(pointer(stored), C.size_t(len(stored)), &handle) })
	runtime.KeepAlive(stored)
	if err != nil {
		return nil, err
	}
	return newOpener(handle), nil
}

// Close wipes an opener that was not used. Closing twice does nothing.
func (o *Opener) Close() { C.cardseal_opener_free(o.take()) }

// String says that it is an opener, and nothing else.
func (o *Opener) String() string { return "cardseal.Opener" }

// GoString says that it is an opener, and nothing else.
func (o *Opener) GoString() string { return "cardseal.Opener" }

var nothing = [1]byte{}

// pointer is where the bytes are. C refuses a pointer to nowhere, of an empty text too.
func pointer(bytes []byte) *C.uint8_t {
	if len(bytes) == 0 {
		bytes = nothing[:]
	}
	return (*C.uint8_t)(unsafe.Pointer(&bytes[0]))
}

// taken copies what the library made, which wipes and frees it.
func taken(bytes *C.cardseal_bytes) []byte {
	return appended([]byte{}, bytes)
}

func appended(dst []byte, bytes *C.cardseal_bytes) []byte {
	dst = append(dst, unsafe.Slice((*byte)(unsafe.Pointer(bytes.data)), int(bytes.len))...)
	C.cardseal_bytes_free(bytes)
	return dst
}
