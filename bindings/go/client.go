package cardseal

/*
#include <stdlib.h>
#include <cardseal.h>
*/
import "C"

import (
	"context"
	"encoding/json"
	"runtime"
	"strings"
	"sync/atomic"
	"time"
	"unsafe"
)

// Credentials prove who calls. They show nothing, whatever they are printed with.
type Credentials struct {
	handle unsafe.Pointer
}

// NewCredentials takes an id and its secret, and for temporary credentials their token.
func NewCredentials(secretID, secretKey string, options ...CredentialsOption) (*Credentials, error) {
	var parts credentialParts
	for _, option := range options {
		option(&parts)
	}
	for _, text := range []string{secretID, secretKey, parts.token, parts.appKey} {
		if strings.ContainsRune(text, 0) {
			return nil, zeroByte()
		}
	}
	id, key := C.CString(secretID), C.CString(secretKey)
	defer C.free(unsafe.Pointer(id))
	defer wipe(key, len(secretKey))
	token, appKey := optional(parts.token), optional(parts.appKey)
	if token != nil {
		defer wipe(token, len(parts.token))
	}
	if appKey != nil {
		defer wipe(appKey, len(parts.appKey))
	}
	var handle *C.cardseal_credentials
	if err := call(func() C.int { return C.cardseal_credentials_new(id, key, token, appKey, &handle) }); err != nil {
		return nil, err
	}
	return newCredentials(handle), nil
}

// CredentialsFromEnvironment are those that a cloud's own programs would find. They are looked for when they are needed.
func CredentialsFromEnvironment(cloud string) (*Credentials, error) {
	if strings.ContainsRune(cloud, 0) {
		return nil, zeroByte()
	}
	name := C.CString(cloud)
	defer C.free(unsafe.Pointer(name))
	var handle *C.cardseal_credentials
	if err := call(func() C.int { return C.cardseal_credentials_of_environment(name, &handle) }); err != nil {
		return nil, err
	}
	return newCredentials(handle), nil
}

// A CredentialsOption is a part that not all credentials have.
type CredentialsOption func(*credentialParts)

type credentialParts struct{ token, appKey string }

// WithToken adds the token of temporary credentials.
func WithToken(token string) CredentialsOption {
	return func(parts *credentialParts) { parts.token = token }
}

// WithAppKey adds Ctyun's app key.
func WithAppKey(appKey string) CredentialsOption {
	return func(parts *credentialParts) { parts.appKey = appKey }
}

func newCredentials(handle *C.cardseal_credentials) *Credentials {
	credentials := &Credentials{unsafe.Pointer(handle)}
	runtime.SetFinalizer(credentials, (*Credentials).Close)
	return credentials
}

// Close frees the credentials; a client that was made with them keeps its own. Closing twice does nothing.
func (c *Credentials) Close() {
	runtime.SetFinalizer(c, nil)
	C.cardseal_credentials_free((*C.cardseal_credentials)(atomic.SwapPointer(&c.handle, nil)))
}

// String says that they are credentials, and nothing else.
func (c *Credentials) String() string { return "cardseal.Credentials" }

// GoString says that they are credentials, and nothing else.
func (c *Credentials) GoString() string { return "cardseal.Credentials" }

// ClientOptions say which cloud a client calls, and how it is reached.
type ClientOptions struct {
	Cloud       string        `json:"cloud"` // tencent, ctyun or huawei
	Endpoint    string        `json:"endpoint,omitempty"`
	Region      string        `json:"region,omitempty"`
	ProjectID   string        `json:"project_id,omitempty"` // Huawei's
	Timeout     time.Duration `json:"-"`                    // of each call, retries included; 60 seconds where it is zero
	Credentials *Credentials  `json:"-"`                    // those of the environment where they are nil
}

// Client recognises cards at one cloud, and keeps its connections between calls. Goroutines may share one.
type Client struct {
	handle unsafe.Pointer
}

// NewClient makes a client.
func NewClient(options ClientOptions) (*Client, error) {
	asked := struct {
		ClientOptions
		Deadline int64 `json:"deadline_ms,omitempty"`
	}{ClientOptions: options, Deadline: int64(options.Timeout / time.Millisecond)}
	if options.Timeout != 0 && asked.Deadline < 1 {
		asked.Deadline = 1
	}
	text, err := json.Marshal(asked)
	if err != nil {
		return nil, err
	}
	text = append(text, 0)
	var credentials unsafe.Pointer
	if options.Credentials != nil {
		credentials = atomic.LoadPointer(&options.Credentials.handle)
		if credentials == nil {
			return nil, &Error{Kind: Input, Message: "the credentials are closed; close them later", ExitCode: 2}
		}
	}
	var handle *C.cardseal_client
	err = call(func() C.int {
		return C.cardseal_client_new((*C.char)(unsafe.Pointer(&text[0])), (*C.cardseal_credentials)(credentials), &handle)
	})
	runtime.KeepAlive(options.Credentials)
	if err != nil {
		return nil, err
	}
	client := &Client{unsafe.Pointer(handle)}
	runtime.SetFinalizer(client, (*Client).Close)
	return client, nil
}

// Close frees the client and its connections, after the calls that are running. Closing twice does nothing.
func (c *Client) Close() {
	runtime.SetFinalizer(c, nil)
	C.cardseal_client_free((*C.cardseal_client)(atomic.SwapPointer(&c.handle, nil)))
}

// Card is one card for a client.
type Card struct {
	Image []byte // the picture; or
	URL   string // where the service fetches it
	Side  string // front or back; empty leaves it to the service
}

// Recognize recognises one ID card: seals, signs, sends, opens. The recipient is Tencent's key, and nil for the other
// clouds. Its time ends with the client's timeout. Where the context ends before, it returns at once; what is on its way
// then is not taken back, and reads the card's image until it has been sealed.
func (c *Client) Recognize(ctx context.Context, recipient *Recipient, card Card) (*Recognized, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if strings.ContainsRune(card.URL, 0) || strings.ContainsRune(card.Side, 0) {
		return nil, zeroByte()
	}
	if recipient != nil && recipient.pointer() == nil {
		return nil, &Error{Kind: Input, Message: "the recipient is closed; close it later", ExitCode: 2}
	}
	return awaited(ctx, func() ([]byte, error) {
		url, side := optional(card.URL), optional(card.Side)
		defer C.free(unsafe.Pointer(url))
		defer C.free(unsafe.Pointer(side))
		var to *C.cardseal_recipient
		if recipient != nil {
			to = recipient.pointer()
		}
		var image *C.uint8_t
		if card.Image != nil {
			image = pointer(card.Image)
		}
		var found C.cardseal_bytes
		err := call(func() C.int {
			return C.cardseal_client_recognize((*C.cardseal_client)(atomic.LoadPointer(&c.handle)), to, image,
				C.size_t(len(card.Image)), url, side, &found)
		})
		runtime.KeepAlive(c)
		runtime.KeepAlive(recipient)
		runtime.KeepAlive(card.Image)
		if err != nil {
			return nil, err
		}
		return taken(&found), nil
	})
}

// PrepareLimits are what a prepared picture may be at most; what is zero is what a sealed request can carry.
type PrepareLimits struct {
	MaxBytes int `json:"max_bytes,omitempty"`
	MaxSide  int `json:"max_side,omitempty"` // pixels of the longer side
	Quality  int `json:"quality,omitempty"`  // of a JPEG, 1 to 100
}

// Report says what was done to a picture.
type Report struct {
	Input struct {
		Format      string   `json:"format"`
		Width       int      `json:"width"`
		Height      int      `json:"height"`
		Bytes       int      `json:"bytes"`
		Orientation int      `json:"orientation"`
		Metadata    []string `json:"metadata"`
	} `json:"input"`
	Output struct {
		Format  string `json:"format"`
		Width   int    `json:"width"`
		Height  int    `json:"height"`
		Bytes   int    `json:"bytes"`
		Quality *int   `json:"quality"`
	} `json:"output"`
	Changed bool `json:"changed"`
}

// Prepare makes a picture fit for the services: upright, without metadata, in sRGB, small enough.
func Prepare(image []byte, limits PrepareLimits) ([]byte, *Report, error) {
	text, err := json.Marshal(limits)
	if err != nil {
		return nil, nil, err
	}
	text = append(text, 0)
	var made, told C.cardseal_bytes
	err = call(func() C.int {
		return C.cardseal_prepare(pointer(image), C.size_t(len(image)), (*C.char)(unsafe.Pointer(&text[0])), &made, &told)
	})
	runtime.KeepAlive(image)
	if err != nil {
		return nil, nil, err
	}
	report := new(Report)
	err = read(taken(&told), report)
	return taken(&made), report, err
}

// optional is a text of C's, or nothing where it is empty.
func optional(text string) *C.char {
	if text == "" {
		return nil
	}
	return C.CString(text)
}

func zeroByte() error {
	return &Error{Kind: Input, Message: "a text holds a zero byte; leave it out", ExitCode: 2}
}
