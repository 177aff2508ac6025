/* cardseal: seals, signs, sends and opens encrypted ID-card OCR requests.
 *
 * Every int is 0 or the exit code of the command line: 2 usage or bad input, 3 the key is rejected, 4 credential or signing,
 * 5 transport, 6 throttled, 7 the service refused, 8 the reply cannot be opened, 70 a bug. cardseal_last_error() says why,
 * for this thread.
 *
 * Text is UTF-8. Output parameters are NULL or empty until the function succeeds. Any thread may call any function.
 */

#ifndef CARDSEAL_H
#define CARDSEAL_H

/* Written by cbindgen from crates/ffi; CARDSEAL_WRITE_HEADER=1 cargo test --locked -p cardseal-ffi --test header writes it again. */

#include <stddef.h>
#include <stdint.h>

/*
 Recognises cards at one cloud, and keeps its connections between calls. Many threads may use one at once.
 */
typedef struct cardseal_client cardseal_client;

/*
 What proves who calls: given, or found in the environment. Many threads may use one at once.
 */
typedef struct cardseal_credentials cardseal_credentials;

/*
 Opens the reply to one request, once.
 */
typedef struct cardseal_opener cardseal_opener;

/*
 The service's public key, parsed. Many threads may use one at once.
 */
typedef struct cardseal_recipient cardseal_recipient;

/*
 Bytes that the library made. `cardseal_bytes_free` frees them, and wipes all but sealed bodies; nothing else may.
 */
typedef struct {
  /*
   The first byte; NULL if there are none. A zero byte, not counted in `len`, follows the last.
   */
  uint8_t *data;
  /*
   The number of bytes.
   */
  size_t len;
} cardseal_bytes;

#ifdef __cplusplus
extern "C" {
#endif // __cplusplus

/*
 The library's version, such as "0.1.0".
 */
const char *cardseal_version(void);

/*
 Parses a public key in any form that the service delivers. The key determines the suite.

 # Safety
 `key` points to `len` bytes, `out` to a place for a pointer.
 */
int cardseal_recipient_parse(const uint8_t *key, size_t len, cardseal_recipient **out);

/*
 "AES-256-CBC" or "SM4-GCM"; NULL if it is not a recipient. The text lives as long as the recipient.
 */
const char *cardseal_recipient_suite(const cardseal_recipient *recipient);

/*
 Seals a request's body: `{"EncryptedBody":…,"Encryption":{…}}`. The opener opens its reply.

 # Safety
 `plain` points to `len` bytes, `sealed` and `opener` to places for their types.
 */
int cardseal_seal(const cardseal_recipient *recipient,
                  const uint8_t *plain,
                  size_t len,
                  cardseal_bytes *sealed,
                  cardseal_opener **opener);

/*
 Opens a reply, `{"Response":{…}}` or the inner object. `*opener` is NULL afterwards, also after an error.

 # Safety
 `opener` points to a pointer, `reply` to `len` bytes, `plain` to a place for its type.
 */
int cardseal_open(cardseal_opener **opener, const uint8_t *reply, size_t len, cardseal_bytes *plain);

/*
 Stores an opener as text, for another process or another language. The text contains the session key: store it where
 only its owner can read it. `*opener` is NULL afterwards, also after an error.

 # Safety
 `opener` points to a pointer, `stored` to a place for its type.
 */
int cardseal_opener_store(cardseal_opener **opener, cardseal_bytes *stored);

/*
 Restores an opener from the text of `cardseal_opener_store`.

 # Safety
 `stored` points to `len` bytes, `out` to a place for a pointer.
 */
int cardseal_opener_restore(const uint8_t *stored, size_t len, cardseal_opener **out);

/*
 Signs an HTTP/1.1 request given as text: `{"canonical_request","string_to_sign","signature","headers"}`.
 `signed_headers` is "a;b", or NULL for the scheme's own.

 # Safety
 `request` points to `len` bytes; `scheme`, `secret_id`, `secret_key` and, unless it is NULL, `signed_headers` to texts
 that end with a NUL; `json` to a place for its type.
 */
int cardseal_sign(const char *scheme,
                  const uint8_t *request,
                  size_t len,
                  const char *secret_id,
                  const char *secret_key,
                  int64_t unix_time,
                  const char *signed_headers,
                  cardseal_bytes *json);

/*
 Recognises one ID card: seals, signs, sends, opens. It blocks until the result is available, at most 60 seconds
 unless `deadline_ms` is set. The result is `{"request_id","result",…}`. The options are one JSON object:

 "cloud": "tencent", "ctyun" or "huawei"; "key": Tencent's public key as the service delivers it; "image": the
 picture in Base64, or "url"; "side": "front" or "back"; "endpoint": a URL; "region"; "secret_id" and "secret_key",
 without which the credentials come from the environment; "token"; "app_key" (Ctyun); "project_id" (Huawei);
 "deadline_ms".

 # Safety
 `options_json` points to a text that ends with a NUL, `json` to a place for its type.
 */
int cardseal_recognize(const char *options_json, cardseal_bytes *json);

/*
 Why the last call of this thread failed: one line that says what happened and what to do. NULL if it succeeded. The
 text is valid until the next call of this thread.
 */
const char *cardseal_last_error(void);

/*
 Its kind: "input", "key", "credential", "signing", "transport", "throttled", "service", "protocol", "open", "provider"
 or "bug".
 */
const char *cardseal_last_error_kind(void);

/*
 The service's own code, such as "FailedOperation.ImageBlur"; NULL if there is none.
 */
const char *cardseal_last_error_code(void);

/*
 The service's request id; NULL if there is none.
 */
const char *cardseal_last_error_request_id(void);

/*
 Takes what a billed answer opened to that cannot be read: it has the right tag and is not JSON, or it is no card. It is
 personal data, for whoever would otherwise pay for it again. `*text` is empty if there is none, and the second time.

 # Safety
 `text` points to a place for its type.
 */
void cardseal_last_error_opened_text(cardseal_bytes *text);

/*
 Frees bytes that the library made, and sets them to NULL and 0. All but sealed bodies are wiped. NULL and freed bytes
 are ignored.

 # Safety
 `bytes` is NULL or points to a `cardseal_bytes`.
 */
void cardseal_bytes_free(cardseal_bytes *bytes);

/*
 Frees a recipient. NULL and a freed recipient are ignored.
 */
void cardseal_recipient_free(cardseal_recipient *recipient);

/*
 Wipes and frees an unused opener. NULL and a used or freed opener are ignored.
 */
void cardseal_opener_free(cardseal_opener *opener);

/*
 Credentials from their parts. `token` is that of temporary credentials and `app_key` is Ctyun's; each may be NULL.

 # Safety
 `secret_id`, `secret_key` and, unless they are NULL, `token` and `app_key` point to texts that end with a NUL, `out` to
 a place for a pointer.
 */
int cardseal_credentials_new(const char *secret_id,
                             const char *secret_key,
                             const char *token,
                             const char *app_key,
                             cardseal_credentials **out);

/*
 The credentials that a cloud's own programs would find: in the environment, in its files, on its machines. They are
 looked for when they are needed, and again when they expire. `cloud` is "tencent", "ctyun" or "huawei".

 # Safety
 `cloud` points to a text that ends with a NUL, `out` to a place for a pointer.
 */
int cardseal_credentials_of_environment(const char *cloud, cardseal_credentials **out);

/*
 A client for any number of calls. The options are one JSON object: "cloud": "tencent", "ctyun" or "huawei";
 "endpoint": a URL; "region"; "project_id" (Huawei); "deadline_ms" of each call, 60 seconds without it. If `credentials`
 is NULL, they come from the environment; otherwise they may be freed afterwards.

 # Safety
 `options_json` points to a text that ends with a NUL, `out` to a place for a pointer.
 */
int cardseal_client_new(const char *options_json, const cardseal_credentials *credentials, cardseal_client **out);

/*
 Recognises one ID card: seals, signs, sends, opens. It blocks until the result is available or the client's deadline
 has passed. The result is `{"request_id","result",…}`.

 `recipient` is the service's key for Tencent, and NULL for the other clouds. Give the picture's bytes as `image`, or
 NULL and `url`, where the service fetches it. `side` is "front", "back" or NULL.

 # Safety
 Unless it is NULL, `image` points to `len` bytes; unless they are NULL, `url` and `side` point to texts that end with a
 NUL; `json` points to a place for its type.
 */
int cardseal_client_recognize(const cardseal_client *client,
                              const cardseal_recipient *recipient,
                              const uint8_t *image,
                              size_t len,
                              const char *url,
                              const char *side,
                              cardseal_bytes *json);

/*
 Makes a picture fit for the services: upright, without metadata, in sRGB, small enough. `limits_json` is NULL, or one
 JSON object with any of "max_bytes", "max_side" (pixels) and "quality" (1 to 100). `report` is
 `{"input","output","changed"}`.

 # Safety
 `image` points to `len` bytes; `limits_json`, unless it is NULL, to a text that ends with a NUL; `prepared` and `report`
 to places for their types.
 */
int cardseal_prepare(const uint8_t *image,
                     size_t len,
                     const char *limits_json,
                     cardseal_bytes *prepared,
                     cardseal_bytes *report);

/*
 Frees credentials. NULL and freed credentials are ignored; a client that was made with them keeps its own.
 */
void cardseal_credentials_free(cardseal_credentials *credentials);

/*
 Frees a client and closes its connections, after the calls that are running. NULL and a freed client are ignored.
 */
void cardseal_client_free(cardseal_client *client);

#ifdef __cplusplus
}  // extern "C"
#endif  // __cplusplus

#endif  /* CARDSEAL_H */
