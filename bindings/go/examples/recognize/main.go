// Recognises the card in a picture: recognize KEY-FILE PICTURE [ENDPOINT]. The credentials come from the environment
// (TENCENTCLOUD_SECRET_ID, TENCENTCLOUD_SECRET_KEY).
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	cardseal "github.com/cardseal/cardseal/bindings/go"
)

func main() {
	if len(os.Args) < 3 {
		fmt.Fprintln(os.Stderr, "usage: recognize KEY-FILE PICTURE [ENDPOINT]")
		os.Exit(2)
	}
	if err := run(os.Args[1], os.Args[2], os.Args[3:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		var failed *cardseal.Error
		if errors.As(err, &failed) {
			os.Exit(failed.ExitCode)
		}
		os.Exit(2)
	}
}

func run(keyFile, picture string, endpoint []string) error {
	key, err := os.ReadFile(keyFile)
	if err != nil {
		return err
	}
	image, err := os.ReadFile(picture)
	if err != nil {
		return err
	}
	options := cardseal.RecognizeOptions{Cloud: "tencent", Key: string(key), Image: image}
	if len(endpoint) > 0 {
		options.Endpoint = endpoint[0]
	}
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	card, err := cardseal.Recognize(ctx, options)
	if err != nil {
		return err
	}
	fmt.Printf("%s\n", card.Result)
	return nil
}
