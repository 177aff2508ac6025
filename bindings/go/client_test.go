package cardseal

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
)

// service says no to every request, keeps connections open, and counts them.
type service struct {
	*httptest.Server
	connections, requests int64
}

func serving(t *testing.T) *service {
	there := &service{}
	there.Server = httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		atomic.AddInt64(&there.requests, 1)
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprint(w, `{"Response":{"Error":{"Code":"FailedOperation.ImageBlur","Message":"m"},"RequestId":"r-1"}}`)
	}))
	there.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			atomic.AddInt64(&there.connections, 1)
		}
	}
	there.Start()
	t.Cleanup(there.Close)
	return there
}

func clientOf(t *testing.T, there *service) *Client {
	t.Helper()
	credentials, err := NewCredentials("id", "key", WithToken("token"))
	if err != nil {
		t.Fatal(err)
	}
	client, err := NewClient(ClientOptions{Cloud: "tencent", Endpoint: there.URL, Credentials: credentials})
	if err != nil {
		t.Fatal(err)
	}
	credentials.Close()
	return client
}

var card = Card{URL: "https://h.example/card.jpg"}

func TestConnectionsAreKeptBetweenCalls(t *testing.T) {
	there := serving(t)
	client, recipient := clientOf(t, there), recipient(t, "sm2")
	for round := 0; round < 5; round++ {
		_, err := client.Recognize(context.Background(), recipient, card)
		found := expect(t, err, Service, 7)
		if found.Code != "FailedOperation.ImageBlur" || found.RequestID != "r-1" {
			t.Fatalf("%#v", found)
		}
	}
	requests, connections := atomic.LoadInt64(&there.requests), atomic.LoadInt64(&there.connections)
	if requests != 5 || connections != 1 {
		t.Fatal(requests, connections)
	}
}

func TestTheCollectorTakesNothingFromUnderACall(t *testing.T) {
	there := serving(t)
	picture, err := os.ReadFile("../../crates/prepare/tests/images/plain.png")
	if err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	for routine := 0; routine < 16; routine++ {
		all.Add(1)
		client, to := clientOf(t, there), recipient(t, "rsa")
		image := append([]byte(nil), picture...)
		go func() {
			defer all.Done()
			_, err := client.Recognize(context.Background(), to, Card{Image: image})
			var found *Error
			if !errors.As(err, &found) || found.Kind != Service {
				t.Error(err)
			}
		}()
		runtime.GC()
	}
	all.Wait()
}

func TestAThreadThatEndsTakesNothingAlong(t *testing.T) {
	there := serving(t)
	client, to := clientOf(t, there), recipient(t, "sm2")
	opener := make(chan *Opener)
	go func() {
		// A goroutine that ends on a thread that it has locked ends the thread.
		runtime.LockOSThread()
		opener <- sealed(t, to)
	}()
	_, err := (<-opener).Open([]byte("{}"))
	expect(t, err, Open, 8)
	_, err = client.Recognize(context.Background(), to, card)
	expect(t, err, Service, 7)
}

func TestAPanicBetweenCallsLeavesTheLibraryWhole(t *testing.T) {
	to := recipient(t, "sm2")
	func() {
		defer func() {
			if recover() == nil {
				t.Error("it did not panic")
			}
		}()
		defer sealed(t, to).Close()
		panic("a planted panic")
	}()
	sealed(t, to).Close()
}

func TestWhatIsWrongWithAClientIsTold(t *testing.T) {
	there := serving(t)
	for _, options := range []ClientOptions{
		{Cloud: "nowhere"}, {Cloud: "huawei"}, {Cloud: "ctyun", Region: "x"}, {Cloud: "tencent", Endpoint: "no url"},
	} {
		_, err := NewClient(options)
		expect(t, err, Input, 2)
	}
	_, err := NewCredentials("", "key")
	expect(t, err, Credential, 4)
	_, err = NewCredentials("id", "a\x00b")
	expect(t, err, Input, 2)
	_, err = CredentialsFromEnvironment("nowhere")
	expect(t, err, Input, 2)

	client, to, ctx := clientOf(t, there), recipient(t, "sm2"), context.Background()
	for _, wrong := range []Card{{}, {URL: card.URL, Side: "top"}, {URL: card.URL, Image: []byte("BM")}, {Image: []byte("BM")},
		{Image: []byte{}}, {URL: "a\x00b"}} {
		_, err = client.Recognize(ctx, to, wrong)
		expect(t, err, Input, 2)
	}
	_, err = client.Recognize(ctx, nil, card)
	expect(t, err, Input, 2)
	to.Close()
	_, err = client.Recognize(ctx, to, card)
	expect(t, err, Input, 2)
	client.Close()
	client.Close()
	_, err = client.Recognize(ctx, recipient(t, "sm2"), card)
	expect(t, err, Input, 2)
	credentials, err := NewCredentials("id", "hunter2")
	if err != nil {
		t.Fatal(err)
	}
	for _, form := range []string{"%v", "%+v", "%#v", "%s"} {
		if shown := fmt.Sprintf(form, credentials); strings.Contains(shown, "hunter2") || shown != "cardseal.Credentials" {
			t.Error(shown)
		}
	}
	credentials.Close()
	credentials.Close()
	_, err = NewClient(ClientOptions{Cloud: "tencent", Credentials: credentials})
	expect(t, err, Input, 2)
	if requests := atomic.LoadInt64(&there.requests); requests != 0 {
		t.Fatal(requests)
	}
}

func TestAPictureIsMadeToFit(t *testing.T) {
	photo, err := os.ReadFile("../../crates/prepare/tests/images/phone.jpg")
	if err != nil {
		t.Fatal(err)
	}
	picture, report, err := Prepare(photo, PrepareLimits{Quality: 60})
	if err != nil || !report.Changed || report.Input.Bytes != len(photo) || report.Output.Bytes != len(picture) {
		t.Fatalf("%v %+v", err, report)
	}
	again, report, err := Prepare(picture, PrepareLimits{})
	if err != nil || report.Changed || !bytes.Equal(again, picture) {
		t.Fatalf("%v %+v", err, report)
	}
	for _, wrong := range [][]byte{nil, []byte("text"), photo[:len(photo)/2]} {
		_, _, err = Prepare(wrong, PrepareLimits{})
		expect(t, err, Input, 2)
	}
	_, _, err = Prepare(photo, PrepareLimits{Quality: 101})
	expect(t, err, Input, 2)
}
