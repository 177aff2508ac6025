package cardseal

/*
#include <stdlib.h>
#include <cardseal.h>
*/
import "C"

import (
	"context"
	"encoding/json"
	"strings"
	"time"
	"unsafe"
)

// SignOptions says what is signed, with what, and when.
type SignOptions struct {
	Scheme        string // such as tc3-hmac-sha256
	Request       []byte // an HTTP/1.1 request as text
	SecretID      string
	SecretKey     string
	Time          time.Time // now where it is zero
	SignedHeaders []string  // the scheme's own where there are none
}

// Signed is a signature and the stages before it.
type Signed struct {
	CanonicalRequest string            `json:"canonical_request"`
	StringToSign     string            `json:"string_to_sign"`
	Signature        string            `json:"signature"`
	Headers          map[string]string `json:"headers"`
	Query            string            `json:"query,omitempty"` // where the signature goes there
	Body             string            `json:"body,omitempty"`  // where the signature goes there
}

// Sign signs a request.
func Sign(options SignOptions) (*Signed, error) {
	// A zero would end the text early in C.
	for _, text := range append([]string{options.Scheme, options.SecretID, options.SecretKey}, options.SignedHeaders...) {
		if strings.ContainsRune(text, 0) {
			return nil, zeroByte()
		}
	}
	now := options.Time
	if now.IsZero() {
		now = time.Now()
	}
	scheme, id, key := C.CString(options.Scheme), C.CString(options.SecretID), C.CString(options.SecretKey)
	defer C.free(unsafe.Pointer(scheme))
	defer C.free(unsafe.Pointer(id))
	defer wipe(key, len(options.SecretKey))
	var names *C.char
	if len(options.SignedHeaders) > 0 {
		names = C.CString(strings.Join(options.SignedHeaders, ";"))
		defer C.free(unsafe.Pointer(names))
	}
	var found C.cardseal_bytes
	err := call(func() C.int {
		request := options.Request
		return C.cardseal_sign(scheme, pointer(request), C.size_t(len(request)), id, key, C.int64_t(now.Unix()), names, &found)
	})
	if err != nil {
		return nil, err
	}
	signed := new(Signed)
	return signed, read(taken(&found), signed)
}

func wipe(text *C.char, length int) {
	bytes := unsafe.Slice((*byte)(unsafe.Pointer(text)), length)
	for at := range bytes {
		bytes[at] = 0
	}
	C.free(unsafe.Pointer(text))
}

// RecognizeOptions says which card is to be recognised, and by whom. What is empty is left to the cloud, or comes from the
// environment.
type RecognizeOptions struct {
	Cloud     string `json:"cloud"`           // tencent, ctyun or huawei
	Image     []byte `json:"image,omitempty"` // the picture; or
	URL       string `json:"url,omitempty"`   // where the service fetches it
	Key       string `json:"key,omitempty"`   // Tencent's public key as the service hands it out
	Side      string `json:"side,omitempty"`  // front or back
	Endpoint  string `json:"endpoint,omitempty"`
	Region    string `json:"region,omitempty"`
	SecretID  string `json:"secret_id,omitempty"`
	SecretKey string `json:"secret_key,omitempty"`
	Token     string `json:"token,omitempty"`
	AppKey    string `json:"app_key,omitempty"`    // Ctyun's
	ProjectID string `json:"project_id,omitempty"` // Huawei's
}

// Recognized is what was read off a card.
type Recognized struct {
	RequestID     string          `json:"request_id"`
	Result        json.RawMessage `json:"result"`
	IVReused      bool            `json:"iv_reused"`     // of a sealed answer
	Authenticated bool            `json:"authenticated"` // of a sealed answer
}

// Recognize recognises one ID card: seals, signs, sends, opens. Its time ends with the context's deadline, or after 60
// seconds. Where the context is cancelled before, it returns at once; what is on its way then is not taken back.
func Recognize(ctx context.Context, options RecognizeOptions) (*Recognized, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	asked := struct {
		RecognizeOptions
		Deadline int64 `json:"deadline_ms,omitempty"`
	}{RecognizeOptions: options}
	if deadline, ok := ctx.Deadline(); ok {
		asked.Deadline = 1 + int64(time.Until(deadline)/time.Millisecond)
		if asked.Deadline < 1 {
			asked.Deadline = 1
		}
	}
	text, err := json.Marshal(asked)
	if err != nil {
		return nil, err
	}
	text = append(text, 0)

	return awaited(ctx, func() ([]byte, error) {
		var found C.cardseal_bytes
		err := call(func() C.int { return C.cardseal_recognize((*C.char)(unsafe.Pointer(&text[0])), &found) })
		for at := range text {
			text[at] = 0
		}
		if err != nil {
			return nil, err
		}
		return taken(&found), nil
	})
}

// awaited runs a call beside this goroutine, which goes on where the context ends before.
func awaited(ctx context.Context, call func() ([]byte, error)) (*Recognized, error) {
	type outcome struct {
		json []byte
		err  error
	}
	done := make(chan outcome, 1)
	go func() {
		json, err := call()
		done <- outcome{json, err}
	}()
	select {
	case <-ctx.Done():
		return nil, ctx.Err()
	case out := <-done:
		if out.err != nil {
			return nil, out.err
		}
		recognized := new(Recognized)
		return recognized, read(out.json, recognized)
	}
}

func read(text []byte, into interface{}) error {
	if err := json.Unmarshal(text, into); err != nil {
		return &Error{Kind: Bug, Message: "the library's JSON cannot be read; please report it", ExitCode: 70}
	}
	return nil
}
