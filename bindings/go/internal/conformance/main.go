// The Go side of bindings/conformance: a question a line on stdin, an answer a line on stdout.
package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"os"
	"strconv"
	"strings"
	"time"

	cardseal "github.com/cardseal/cardseal/bindings/go"
)

var held *cardseal.Opener

func seal(key, plain []byte) ([]byte, *cardseal.Opener, error) {
	recipient, err := cardseal.ParseRecipient(key)
	if err != nil {
		return nil, nil, err
	}
	defer recipient.Close()
	return recipient.Seal(plain)
}

func answer(verb string, f [][]byte) (found [][]byte, err error) {
	one := func(bytes []byte, err error) ([][]byte, error) { return [][]byte{bytes}, err }
	switch verb {
	case "parse":
		recipient, err := cardseal.ParseRecipient(f[0])
		if err != nil {
			return nil, err
		}
		return one([]byte(recipient.Suite()), nil)
	case "seal":
		sealed, opener, err := seal(f[0], f[1])
		if err != nil {
			return nil, err
		}
		stored, err := opener.Store()
		return [][]byte{sealed, stored}, err
	case "hold":
		sealed, opener, err := seal(f[0], f[1])
		held = opener
		return one(sealed, err)
	case "answer":
		return one(held.Open(f[0]))
	case "open", "restore":
		opener, err := cardseal.RestoreOpener(f[0])
		if err != nil {
			return nil, err
		}
		if verb == "restore" {
			return one(opener.Store())
		}
		return one(opener.Open(f[1]))
	case "sign":
		seconds, _ := strconv.ParseInt(string(f[4]), 10, 64)
		options := cardseal.SignOptions{Scheme: string(f[0]), Request: f[1], SecretID: string(f[2]),
			SecretKey: string(f[3]), Time: time.Unix(seconds, 0)}
		if f[5] != nil {
			options.SignedHeaders = strings.Split(string(f[5]), ";")
		}
		signed, err := cardseal.Sign(options)
		if err != nil {
			return nil, err
		}
		return one(json.Marshal(signed))
	case "recognize":
		found, err := cardseal.Recognize(context.Background(), cardseal.RecognizeOptions{
			Cloud: string(f[0]), Endpoint: string(f[1]), Region: string(f[2]), Side: string(f[3]), Key: string(f[4]),
			URL: string(f[5]), Image: f[6], SecretID: string(f[7]), SecretKey: string(f[8])})
		if err != nil {
			return nil, err
		}
		return one(json.Marshal(found))
	case "client":
		return byClient(f)
	case "spin", "spin into":
		recipient, err := cardseal.ParseRecipient(f[0])
		if err != nil {
			return nil, err
		}
		size, _ := strconv.Atoi(string(f[1]))
		count, _ := strconv.Atoi(string(f[2]))
		plain := bytes.Repeat([]byte("x"), size)
		var body []byte
		for round := 0; round < count; round++ {
			var opener *cardseal.Opener
			if verb == "spin" {
				body = []byte{}
			}
			body, opener, err = recipient.AppendSealed(body[:0], plain)
			if err != nil {
				return nil, err
			}
			opener.Close()
		}
		return nil, nil
	case "prepare":
		picture, report, err := cardseal.Prepare(f[0], cardseal.PrepareLimits{Quality: 60})
		if err != nil {
			return nil, err
		}
		told, err := json.Marshal(report)
		return [][]byte{picture, told}, err
	}
	log.Fatalf("no such verb: %s", verb)
	return nil, nil
}

// byClient makes two calls of one client.
func byClient(f [][]byte) (found [][]byte, err error) {
	credentials, err := cardseal.NewCredentials(string(f[5]), string(f[6]))
	if err != nil {
		return nil, err
	}
	client, err := cardseal.NewClient(cardseal.ClientOptions{Cloud: "tencent", Endpoint: string(f[0]), Credentials: credentials})
	credentials.Close()
	if err != nil {
		return nil, err
	}
	defer client.Close()
	recipient, err := cardseal.ParseRecipient(f[2])
	if err != nil {
		return nil, err
	}
	defer recipient.Close()
	for len(found) < 2 {
		card, err := client.Recognize(context.Background(), recipient,
			cardseal.Card{Image: f[4], URL: string(f[3]), Side: string(f[1])})
		if err != nil {
			return nil, err
		}
		text, err := json.Marshal(card)
		if err != nil {
			return nil, err
		}
		found = append(found, text)
	}
	return found, nil
}

func main() {
	lines := bufio.NewReaderSize(os.Stdin, 1<<20)
	for {
		line, err := lines.ReadString('\n')
		if err == io.EOF {
			return
		}
		var fields [][]byte
		for _, word := range strings.Fields(line) {
			var field []byte
			if word != "-" {
				field, _ = hex.DecodeString(word[1:])
			}
			fields = append(fields, field)
		}
		found, err := answer(string(fields[0]), fields[1:])
		words := []string{"ok"}
		var failed *cardseal.Error
		if errors.As(err, &failed) {
			words = []string{"error"}
			found = [][]byte{{byte(failed.ExitCode)}, []byte(failed.Kind), []byte(failed.Code), []byte(failed.RequestID),
				[]byte(failed.Message), failed.OpenedText()}
		} else if err != nil {
			log.Fatal(err)
		}
		for at, field := range found {
			// A code and an id that are empty are absent; what an answer opened to may be empty.
			if failed != nil && ((at == 2 || at == 3) && len(field) == 0 || field == nil) {
				words = append(words, "-")
				continue
			}
			words = append(words, "="+hex.EncodeToString(field))
		}
		fmt.Println(strings.Join(words, "\t"))
	}
}
