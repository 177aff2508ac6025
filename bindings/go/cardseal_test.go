package cardseal

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/gob"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"log"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"
)

const vectors = "../../vectors"

func file(t *testing.T, path string) []byte {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(vectors, path))
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func recipient(t *testing.T, name string) *Recipient {
	t.Helper()
	recipient, err := ParseRecipient(file(t, "keys/tencent-demo-"+name+".b64"))
	if err != nil {
		t.Fatal(err)
	}
	return recipient
}

// sealed gives an opener.
func sealed(t *testing.T, recipient *Recipient) *Opener {
	t.Helper()
	_, opener, err := recipient.Seal([]byte("{}"))
	if err != nil {
		t.Fatal(err)
	}
	return opener
}

func expect(t *testing.T, err error, kind Kind, exit int) *Error {
	t.Helper()
	var found *Error
	if !errors.As(err, &found) || found.Kind != kind || found.ExitCode != exit || found.Message == "" {
		t.Fatalf("%#v, and not of kind %s with exit code %d", err, kind, exit)
	}
	return found
}

func TestTheKeyChoosesTheSuite(t *testing.T) {
	for name, suite := range map[string]string{"sm2": "SM4-GCM", "rsa": "AES-256-CBC"} {
		if found := recipient(t, name).Suite(); found != suite {
			t.Errorf("%s: %s", name, found)
		}
	}
	for _, wrong := range [][]byte{[]byte("no key"), {}, nil} {
		_, err := ParseRecipient(wrong)
		expect(t, err, Key, 3)
	}
}

func TestABodyIsSealedAndItsAnswerIsOpenedOnce(t *testing.T) {
	for _, name := range []string{"sm2", "rsa"} {
		body, opener, err := recipient(t, name).Seal([]byte(`{"a":1}`))
		if err != nil || !bytes.HasPrefix(body, []byte(`{"EncryptedBody":"`)) {
			t.Fatal(err, string(body))
		}
		_, err = opener.Open([]byte("{}"))
		expect(t, err, Open, 8)
		_, err = opener.Open([]byte("{}"))
		expect(t, err, Input, 2)
		_, err = opener.Store()
		expect(t, err, Input, 2)
	}
}

func TestABodyIsAppendedToWhatIsThere(t *testing.T) {
	buffer := make([]byte, 0, 4096)
	for round := 0; round < 2; round++ {
		body, opener, err := recipient(t, "sm2").AppendSealed(append(buffer, "before "...), []byte(`{"a":1}`))
		if err != nil || !json.Valid(bytes.TrimPrefix(body, []byte("before "))) || &body[0] != &buffer[:1][0] {
			t.Fatal(err, string(body))
		}
		opener.Close()
	}
}

// sample is the stored opener, the reply and the plaintext of a sample of the service's guide.
func sample(t *testing.T, name string) (stored, reply, plain []byte) {
	t.Helper()
	parts := bytes.SplitN(file(t, "scenarios/open/"+name+"-opens-guide-sample.txt"), []byte("\n\n"), 2)
	headers := map[string]string{}
	for _, line := range strings.Split(string(parts[0]), "\n") {
		pair := strings.SplitN(line, ": ", 2)
		headers[pair[0]] = pair[1]
	}
	key, _ := hex.DecodeString(headers["key"])
	iv, _ := hex.DecodeString(headers["iv"])
	stored, _ = json.Marshal(map[string]interface{}{"Algorithm": headers["algorithm"], "Key": key, "Iv": iv})
	plain, _ = base64.StdEncoding.DecodeString(headers["plaintext"])
	return stored, parts[1], plain
}

func TestTheGuidesSamplesOpen(t *testing.T) {
	for _, name := range []string{"sm4", "aes"} {
		stored, reply, plain := sample(t, name)
		opener, err := RestoreOpener(stored)
		if err != nil {
			t.Fatal(err)
		}
		opened, err := opener.Open(reply)
		if err != nil || !bytes.Equal(opened, plain) {
			t.Fatalf("%v: %s", err, opened)
		}
	}
	_, err := RestoreOpener([]byte("{}"))
	expect(t, err, Input, 2)
}

func TestTheServicesNoHasItsCodeAndID(t *testing.T) {
	no := `{"Response":{"Error":{"Code":"FailedOperation.ImageBlur","Message":"m"},"RequestId":"r-1"}}`
	_, err := sealed(t, recipient(t, "sm2")).Open([]byte(no))
	found := expect(t, err, Service, 7)
	if found.Code != "FailedOperation.ImageBlur" || found.RequestID != "r-1" {
		t.Fatalf("%#v", found)
	}
}

// A card whose end is missing, under the right tag.
const cut = `{"Name":"张三","Sex":"男","Nation":"汉","Birth":"1990/3/7","Address":"某省某市某路1号","IdNum":"99010119900307123X","Authority":"","ValidDate":"","AdvancedInfo":"{}"`

func unread(t *testing.T) *Error {
	t.Helper()
	opener, err := RestoreOpener([]byte(`{"Algorithm":"SM4-GCM","Key":"zf7Xi6bZTh+6J3NqUpdQGA==","Iv":"biFnYHptigWTkjw9"}`))
	if err != nil {
		t.Fatal(err)
	}
	_, err = opener.Open(bytes.SplitN(file(t, "scenarios/open/sm4-json-cut.txt"), []byte("\n\n"), 2)[1])
	return expect(t, err, Protocol, 8)
}

func TestWhatAnAnswerOpenedToIsHandedOver(t *testing.T) {
	found := unread(t)
	if text := string(found.OpenedText()); text != cut || string(found.OpenedText()) != cut {
		t.Fatal(text)
	}
	_, err := sealed(t, recipient(t, "sm2")).Open([]byte("{}"))
	if none := expect(t, err, Open, 8); none.OpenedText() != nil {
		t.Fatal("an answer that does not open has none")
	}
	if text := new(Error).OpenedText(); text != nil {
		t.Fatal("an error of the program's own has none")
	}
	texts := make(chan string, 16)
	for routine := 0; routine < 16; routine++ {
		go func() {
			found := unread(t)
			runtime.GC()
			texts <- string(found.OpenedText())
		}()
	}
	for routine := 0; routine < 16; routine++ {
		if text := <-texts; text != cut {
			t.Error(text)
		}
	}
	if text := string(found.OpenedText()); text != cut {
		t.Fatal(text)
	}
}

func TestWhatAnAnswerOpenedToIsShownByNothing(t *testing.T) {
	found := unread(t)
	wrapped := fmt.Errorf("wrapped: %w", found)
	var shown strings.Builder
	for _, form := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%T"} {
		for _, value := range []interface{}{found, *found, wrapped, []*Error{found}, struct{ Err error }{found}} {
			fmt.Fprintf(&shown, form+"\n", value)
		}
	}
	log.New(&shown, "", 0).Print(found, wrapped)
	for _, value := range []interface{}{found, *found, struct{ Err error }{found}} {
		text, err := json.Marshal(value)
		if err != nil {
			t.Fatal(err)
		}
		shown.Write(text)
	}
	if err := gob.NewEncoder(&shown).Encode(found); err != nil {
		t.Fatal(err)
	}
	const number = "99010119900307123X"
	for _, form := range []string{number, hex.EncodeToString([]byte(number))} {
		if strings.Contains(shown.String(), form) {
			t.Error(shown.String())
		}
	}
	if !strings.Contains(shown.String(), "its tag is right") {
		t.Error("the error is shown", shown.String())
	}
}

func TestAnOpenerShowsNothing(t *testing.T) {
	stored, _, _ := sample(t, "sm4")
	opener, _ := RestoreOpener(stored)
	for _, form := range []string{"%v", "%+v", "%#v", "%s"} {
		if shown := fmt.Sprintf(form, opener); shown != "cardseal.Opener" {
			t.Errorf("%s: %s", form, shown)
		}
	}
	if text, err := json.Marshal(opener); err != nil || string(text) != "{}" {
		t.Error(string(text), err)
	}
}

func TestWhatIsClosedIsRefused(t *testing.T) {
	recipient := recipient(t, "sm2")
	opener := sealed(t, recipient)
	opener.Close()
	opener.Close()
	_, err := opener.Open([]byte("{}"))
	expect(t, err, Input, 2)
	recipient.Close()
	recipient.Close()
	if recipient.Suite() != "" {
		t.Error(recipient.Suite())
	}
	_, _, err = recipient.Seal(nil)
	expect(t, err, Input, 2)
}

func TestThePublishedSignature(t *testing.T) {
	folder := "sign/tc3-hmac-sha256/t1-documentation-2019/"
	options := SignOptions{
		Scheme:        "tc3-hmac-sha256",
		Request:       file(t, folder+"request.txt"),
		SecretID:      "AKIDz8krbsJ5yKBZQpn74WFkmLPx3EXAMPLE",
		SecretKey:     "Gu5t9xGARNpq86cd98joQYCN3EXAMPLE",
		Time:          time.Unix(1551113065, 0),
		SignedHeaders: []string{"content-type", "host"},
	}
	signed, err := Sign(options)
	if err != nil {
		t.Fatal(err)
	}
	for name, stage := range map[string]string{
		"canonical-request": signed.CanonicalRequest, "string-to-sign": signed.StringToSign, "signature": signed.Signature,
	} {
		if stage != string(file(t, folder+name+".txt")) {
			t.Errorf("%s: %s", name, stage)
		}
	}
	if signed.Headers["authorization"] == "" {
		t.Error(signed.Headers)
	}
	wrong := options
	wrong.Scheme = "rot13"
	_, err = Sign(wrong)
	expect(t, err, Input, 2)
	wrong = options
	wrong.SecretID = ""
	_, err = Sign(wrong)
	expect(t, err, Credential, 4)
	wrong = options
	wrong.SecretKey = "a\x00b"
	_, err = Sign(wrong)
	expect(t, err, Input, 2)
}

func TestWhatIsWrongIsToldBeforeAnythingIsSent(t *testing.T) {
	key := string(file(t, "keys/tencent-demo-sm2.b64"))
	for _, wrong := range []struct {
		kind    Kind
		exit    int
		options RecognizeOptions
	}{
		{Input, 2, RecognizeOptions{Cloud: "nowhere"}},
		{Input, 2, RecognizeOptions{Cloud: "tencent", URL: "https://h.example/a"}},
		{Input, 2, RecognizeOptions{Cloud: "tencent", Key: key}},
		{Input, 2, RecognizeOptions{Cloud: "tencent", Key: key, URL: "https://h.example/a", Image: []byte("BM")}},
		{Key, 3, RecognizeOptions{Cloud: "tencent", Key: "x", URL: "https://h.example/a"}},
		{Transport, 5, RecognizeOptions{Cloud: "tencent", Key: key, URL: "https://h.example/a", SecretID: "i",
			SecretKey: "k", Endpoint: "http://127.0.0.1:1"}},
	} {
		_, err := Recognize(context.Background(), wrong.options)
		expect(t, err, wrong.kind, wrong.exit)
	}
}

func TestAContextEndsACall(t *testing.T) {
	silent, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	options := RecognizeOptions{Cloud: "tencent", Key: string(file(t, "keys/tencent-demo-sm2.b64")), SecretID: "i",
		SecretKey: "k", URL: "https://h.example/a", Endpoint: "http://" + silent.Addr().String()}
	ctx, cancel := context.WithCancel(context.Background())
	time.AfterFunc(100*time.Millisecond, cancel)
	if _, err := Recognize(ctx, options); !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	if _, err := Recognize(ctx, options); !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	// Whichever notices first, the call or the context.
	ctx, cancel = context.WithTimeout(context.Background(), 200*time.Millisecond)
	defer cancel()
	var found *Error
	if _, err := Recognize(ctx, options); !errors.Is(err, context.DeadlineExceeded) && !errors.As(err, &found) {
		t.Fatal(err)
	}
}

func TestGoroutinesShareARecipientAndEachHasItsError(t *testing.T) {
	recipient := recipient(t, "sm2")
	var all sync.WaitGroup
	for routine := 0; routine < 16; routine++ {
		all.Add(1)
		go func(routine int) {
			defer all.Done()
			for round := 0; round < 50; round++ {
				reply, kind := "{}", Open
				if routine%2 == 0 {
					reply, kind = "[", Protocol
				}
				_, opener, err := recipient.Seal([]byte("{}"))
				if err != nil {
					t.Error(err)
					return
				}
				_, err = opener.Open([]byte(reply))
				var found *Error
				if !errors.As(err, &found) || found.Kind != kind {
					t.Error(err)
					return
				}
				if round%10 == 0 {
					runtime.GC()
				}
			}
		}(routine)
	}
	all.Wait()
}

func TestOneOpenerInManyGoroutinesOpensForOne(t *testing.T) {
	stored, reply, _ := sample(t, "aes")
	opener, _ := RestoreOpener(stored)
	results := make(chan error, 8)
	for routine := 0; routine < 8; routine++ {
		go func() {
			_, err := opener.Open(reply)
			results <- err
		}()
	}
	opened := 0
	for routine := 0; routine < 8; routine++ {
		if err := <-results; err == nil {
			opened++
		} else {
			expect(t, err, Input, 2)
		}
	}
	if opened != 1 {
		t.Fatal(opened)
	}
}

func TestWhatIsForgottenIsFreed(t *testing.T) {
	recipient := recipient(t, "rsa")
	for round := 0; round < 200; round++ {
		sealed(t, recipient)
	}
	runtime.GC()
	sealed(t, recipient).Close()
}
