// Calls {{action}} of Tencent Cloud, signed with TC3-HMAC-SHA256. Needs Go 1.16 or later and nothing else.
//
//	export TENCENTCLOUD_SECRET_ID=... TENCENTCLOUD_SECRET_KEY=...
//	go run call.go
//
// Temporary credentials come with a token: TENCENTCLOUD_TOKEN.
package main

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"
)

const (
	endpoint = "{{endpoint}}"
	host     = "{{host}}" // as net/http will send it: with the port, unless it is the scheme's own
	service  = "{{service}}"
	action   = "{{action}}"
	version  = "{{version}}"
)

{{answer}}const body ={{body}}

func main() {
	if err := call(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func call() error {
	secretID, secretKey := os.Getenv("TENCENTCLOUD_SECRET_ID"), os.Getenv("TENCENTCLOUD_SECRET_KEY")
	if secretID == "" || secretKey == "" {
		return errors.New("TENCENTCLOUD_SECRET_ID and TENCENTCLOUD_SECRET_KEY have to be set")
	}

	// These bytes are signed and these bytes are sent. json.Marshal of the same value again would break the signature.
	payload := []byte(body)
	// Signed as well, so it is sent exactly as it stands here.
	contentType := "application/json"
	timestamp := time.Now().Unix()

	request, err := http.NewRequest(http.MethodPost, endpoint+"/", bytes.NewReader(payload))
	if err != nil {
		return err
	}
	request.Host = host
	request.Header.Set("Authorization", authorization(secretID, secretKey, timestamp, contentType, payload))
	request.Header.Set("Content-Type", contentType)
	request.Header.Set("X-TC-Action", action)
	request.Header.Set("X-TC-Version", version)
	request.Header.Set("X-TC-Timestamp", strconv.FormatInt(timestamp, 10))
	if token := os.Getenv("TENCENTCLOUD_TOKEN"); token != "" {
		request.Header.Set("X-TC-Token", token)
	}

	client := &http.Client{Timeout: 60 * time.Second}
	response, err := client.Do(request)
	if err != nil {
		return fmt.Errorf("not sent, or no answer came: %w", err)
	}
	defer response.Body.Close()
	// A refusal comes with status 200, too: look for Response.Error in what is printed.
	_, err = io.Copy(os.Stdout, response.Body)
	return err
}

// authorization gives the value of the header Authorization.
func authorization(secretID, secretKey string, timestamp int64, contentType string, payload []byte) string {
	// The date of the very same timestamp, in UTC: the local date differs from it for hours every day.
	date := time.Unix(timestamp, 0).UTC().Format("2006-01-02")
	scope := date + "/" + service + "/tc3_request"

	const signedHeaders = "content-type;host"
	canonicalRequest := strings.Join([]string{
		"POST",
		"/",
		"", // the query
		"content-type:" + contentType,
		"host:" + host,
		"", // the headers' last line feed, and then a blank line
		signedHeaders,
		sha256Hex(payload),
	}, "\n")
	stringToSign := strings.Join([]string{
		"TC3-HMAC-SHA256",
		strconv.FormatInt(timestamp, 10),
		scope,
		sha256Hex([]byte(canonicalRequest)),
	}, "\n")

	key := []byte("TC3" + secretKey)
	for _, step := range []string{date, service, "tc3_request"} {
		key = hmacSHA256(key, step)
	}
	signature := hex.EncodeToString(hmacSHA256(key, stringToSign))
	return fmt.Sprintf("TC3-HMAC-SHA256 Credential=%s/%s, SignedHeaders=%s, Signature=%s",
		secretID, scope, signedHeaders, signature)
}

func hmacSHA256(key []byte, text string) []byte {
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(text))
	return mac.Sum(nil)
}

func sha256Hex(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}
