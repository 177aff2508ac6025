/* What a C program can rely on. Every check is counted; the last line says how many held. */
#include "check.h"

#include <cardseal.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

int passed, failed;

/* The service's published SM2 key, as it hands it out. */
static const char SM2[] = "LS0tLS1CRUdJTiBQVUJMSUMgS0VZLS0tLS0KTUZrd0V3WUhLb1pJemowQ0FRWUlLb0VjejFVQmdpMERRZ0FFeTJRamJLQzRMNkxK"
    "cHc1MW1qWDkwWDQxTllHYQpNcCtPR1g3ZUpCZnM4Szk4TU90S044d1BqajFpcUhVbFc2cXlQR2dnTlBJNVJHRW9BWGFvak9WeWNn"
    "PT0KLS0tLS1FTkQgUFVCTElDIEtFWS0tLS0t";
/* The service's published RSA key. */
static const char RSA[] = "LS0tLS1CRUdJTiBSU0EgUFVCTElDIEtFWS0tLS0tCk1JR0pBb0dCQU1SSm9hVWtaTjFkNU1wOEY1VjZpdFhtU0xOTTVaNzcxYWZh"
    "eW9JNDlTbmRrRnRzc3BIUzQwMloKRVVVUFFmcWJ1WmsvVnVTaDU5THRBL2ZCS3piNEJQNWJWOGFxb2dWaEc0ZS9xK05Ea3dsYXEw"
    "aTMxSHdMeUJsYQpFb2pFL0VFSHBYQnN1RWtWVGJLRXk1ZWxScTl0b0w3SVo4MGkrSDJtdGZVNUNQc2FyK1IzQWdNQkFBRT0KLS0t"
    "LS1FTkQgUlNBIFBVQkxJQyBLRVktLS0tLQ==";

static const uint8_t *bytes(const char *text) { return (const uint8_t *)text; }

static cardseal_recipient *parsed(const char *key) {
    cardseal_recipient *recipient;
    CHECK(cardseal_recipient_parse(bytes(key), strlen(key), &recipient) == 0);
    return recipient;
}

static int holds(const cardseal_bytes *all, const char *part) {
    return all->data && strstr((const char *)all->data, part) != NULL;
}

static int kind_is(const char *kind) {
    const char *last = cardseal_last_error_kind();
    return last && strcmp(last, kind) == 0;
}

static void a_key_chooses_the_suite(void) {
    cardseal_recipient *sm2 = parsed(SM2), *rsa = parsed(RSA), *none = sm2;
    CHECK(cardseal_last_error() == NULL);
    CHECK(strcmp(cardseal_recipient_suite(sm2), "SM4-GCM") == 0);
    CHECK(strcmp(cardseal_recipient_suite(rsa), "AES-256-CBC") == 0);
    CHECK(cardseal_recipient_parse(bytes("no key"), 6, &none) == 3);
    CHECK(none == NULL && kind_is("key") && cardseal_last_error_code() == NULL);
    cardseal_recipient_free(sm2);
    cardseal_recipient_free(rsa);
}

static void a_body_is_sealed_and_its_answer_is_opened_once(void) {
    const char *keys[] = {SM2, RSA};
    for (size_t at = 0; at < 2; at++) {
        cardseal_recipient *recipient = parsed(keys[at]);
        cardseal_bytes sealed, plain;
        cardseal_opener *opener, *copy;
        CHECK(cardseal_seal(recipient, bytes("{\"a\":1}"), 7, &sealed, &opener) == 0);
        CHECK(holds(&sealed, "{\"EncryptedBody\":\"") && holds(&sealed, "\"Encryption\":{"));
        CHECK(sealed.len == strlen((const char *)sealed.data));
        copy = opener;
        CHECK(cardseal_open(&opener, bytes("no reply"), 8, &plain) == 8);
        CHECK(opener == NULL && plain.data == NULL && plain.len == 0 && kind_is("protocol"));
        CHECK(cardseal_open(&opener, bytes("{}"), 2, &plain) == 2 && kind_is("input"));
        CHECK(cardseal_open(&copy, bytes("{}"), 2, &plain) == 2);
        cardseal_bytes_free(&sealed);
        cardseal_recipient_free(recipient);
    }
}

/* The sample of the service's guide, given back as an answer. */
static void the_guides_samples_open(void) {
    static const struct {
        const char *opener, *reply;
    } samples[] = {
        {"{\"Algorithm\":\"SM4-GCM\",\"Key\":\"enBCbjBCa0Q0NGJ2SnVTRg==\",\"Iv\":\"MUZsKuqk7N2u7Ayh\"}",
         "{\"Response\":{\"Name\":\"\",\"Sex\":\"\",\"Nation\":\"\",\"Birth\":\"\",\"Address\":\"\",\"IdNum\":"
         "\"\",\"Authority\":\"\",\"ValidDate\":\"\",\"AdvancedInfo\":\"\",\"ReflectDetailInfos\":[],\"Encrypt"
         "edBody\":\"12nTF6/CcyMqUDmbU63FPMFRpsye8NdZDwfGceRZIjpSr9ClHKAqWJBhcbqOGolvuOqG+ES1Eru94+5NlJtK/1UE+"
         "BgUb9+1571TgS/7Nn0d8zpR320ZZoFZO3djdpkkyXL32sM3FyuwdOkQXMOYcS+3y8A8YCOSLjDL6L7rAC2fP8sqqWWGndZAUdyK9"
         "fshwZ+rbCtf3zMl0uWY\",\"Encryption\":{\"CiphertextBlob\":\"UoqoKDZHXTOWhqJyDaKB1Tf7lhhP/eFnu5JheEmES"
         "TDSWTcuTwOij5rlPsjp/Ocz4mAX5igQxf8W8b+WiEsy6zYpPGMFbFu6j6CXZ61NYmHnoG0X5spU29eSKYF8tlx7OLiDsTvpnTRqD"
         "H0mgBvgOIA=\",\"Iv\":\"MUZsKuqk7N2u7Ayh\",\"Algorithm\":\"SM4-GCM\",\"TagList\":[\"/UA77R+JRWGG2AsAG"
         "tGlTA==\"],\"EncryptList\":[\"EncryptedBody\"]},\"RequestId\":\"0a1b2c3d-0000-4000-8000-000000000001"
         "\"}}"},
        {"{\"Algorithm\":\"AES-256-CBC\",\"Key\":\"YXFQcFZQVVY5WE1DQ3I1UVFTdTRwNm1JOEJBZ2JNejM=\",\"Iv\":\"Pcr"
         "1F3d9Bkn6ub7jduJcBw==\"}",
         "{\"Response\":{\"Name\":\"\",\"Sex\":\"\",\"Nation\":\"\",\"Birth\":\"\",\"Address\":\"\",\"IdNum\":"
         "\"\",\"Authority\":\"\",\"ValidDate\":\"\",\"AdvancedInfo\":\"\",\"ReflectDetailInfos\":[],\"Encrypt"
         "edBody\":\"MrUQbU7Tkva7sWSxEScx7U9zOikFtM5fCf7weC21z96kPE93MFnGbbMKR+CgsTSCLpqmfBKSDeErek4HAyyRGwzct"
         "ETaJOJ7cFD8E4gBXk0R7yZhFn9INamfTMJusIhWGkmXPP0/+lrZoqGhOm01FNTAaUf6qHNwWUXOiaMntBSRmC5vscx9+arg4IW9X"
         "tTwENsK2ho68s7bw21uKNNJPw==\",\"Encryption\":{\"CiphertextBlob\":\"idl8H/gvLXWWCTPGSrLgLX7BuWIqzWHv/"
         "X5/o4PyiwCe2Nr7xPiqqq6dp29/5pk+8+uTdKlPAfJVI/rEjV6Zq0yx8KlM/aWRe122b/d+4PfraYh/34rol8Mi7hrpkvLeIab0H"
         "B2p1DRh//ZVtmhrSv1t+edu461wjD9IZxuyEXI=\",\"Iv\":\"Pcr1F3d9Bkn6ub7jduJcBw==\",\"Algorithm\":\"AES-25"
         "6-CBC\",\"TagList\":null,\"EncryptList\":[\"EncryptedBody\"]},\"RequestId\":\"0a1b2c3d-0000-4000-800"
         "0-000000000001\"}}"},
    };
    for (size_t at = 0; at < 2; at++) {
        cardseal_opener *opener;
        cardseal_bytes plain;
        const char *reply = samples[at].reply;
        CHECK(cardseal_opener_restore(bytes(samples[at].opener), strlen(samples[at].opener), &opener) == 0);
        CHECK(cardseal_open(&opener, bytes(reply), strlen(reply), &plain) == 0);
        CHECK(plain.len == 156 && holds(&plain, "{\"ImageUrl\":\"https://ocr-demo-"));
        cardseal_bytes_free(&plain);
        CHECK(plain.data == NULL && plain.len == 0);
        cardseal_bytes_free(&plain);
    }
}

static void the_services_no_has_its_code_and_id(void) {
    static const char no[] =
        "{\"Response\":{\"Error\":{\"Code\":\"FailedOperation.ImageBlur\",\"Message\":\"m\"},\"RequestId\":\"r-1\"}}";
    cardseal_recipient *recipient = parsed(SM2);
    cardseal_bytes sealed, plain;
    cardseal_opener *opener;
    CHECK(cardseal_seal(recipient, bytes(""), 0, &sealed, &opener) == 0);
    CHECK(cardseal_open(&opener, bytes(no), sizeof no - 1, &plain) == 7);
    CHECK(kind_is("service") && strcmp(cardseal_last_error_code(), "FailedOperation.ImageBlur") == 0);
    CHECK(strcmp(cardseal_last_error_request_id(), "r-1") == 0);
    cardseal_bytes_free(&sealed);
    cardseal_recipient_free(recipient);
}

static void an_opener_is_stored_and_restored(void) {
    cardseal_recipient *recipient = parsed(RSA);
    cardseal_bytes sealed, stored, again;
    cardseal_opener *opener;
    CHECK(cardseal_seal(recipient, bytes("{}"), 2, &sealed, &opener) == 0);
    CHECK(cardseal_opener_store(&opener, &stored) == 0 && opener == NULL);
    CHECK(cardseal_opener_restore(stored.data, stored.len, &opener) == 0 && opener != NULL);
    CHECK(cardseal_opener_store(&opener, &again) == 0);
    CHECK(stored.len == again.len && memcmp(stored.data, again.data, stored.len) == 0);
    CHECK(cardseal_opener_restore(bytes("{}"), 2, &opener) == 2 && opener == NULL);
    CHECK(strstr(cardseal_last_error(), "Algorithm") != NULL);
    cardseal_bytes_free(&stored);
    cardseal_bytes_free(&again);
    cardseal_bytes_free(&sealed);
    cardseal_recipient_free(recipient);
}

static void a_request_is_signed(void) {
    static const char request[] = "POST / HTTP/1.1\nHost: ocr.tencentcloudapi.com\nContent-Type: application/json\n\n{}";
    cardseal_bytes json;
    CHECK(cardseal_sign("tc3-hmac-sha256", bytes(request), sizeof request - 1, "AKIDtest", "a-secret", 1551113065,
                        "content-type;host", &json) == 0);
    CHECK(holds(&json, "{\"canonical_request\":\"POST\\n/\\n") && holds(&json, "\"string_to_sign\":\"TC3-HMAC-SHA256"));
    CHECK(holds(&json, "\"signature\":\"") && holds(&json, "\"headers\":{"));
    cardseal_bytes_free(&json);
    CHECK(cardseal_sign("tc3-hmac-sha256", bytes(request), sizeof request - 1, "AKIDtest", "a-secret", 1551113065, NULL,
                        &json) == 0);
    cardseal_bytes_free(&json);
    CHECK(cardseal_sign("rot13", bytes(request), sizeof request - 1, "a", "b", 0, NULL, &json) == 2);
    CHECK(cardseal_sign("tc3-hmac-sha256", bytes(request), sizeof request - 1, "", "b", 0, NULL, &json) == 4);
    CHECK(cardseal_sign("tc3-hmac-sha256", bytes(request), sizeof request - 1, "a", "b", -1, NULL, &json) == 2);
    CHECK(cardseal_sign(NULL, bytes(request), sizeof request - 1, "a", "b", 0, NULL, &json) == 2);
    CHECK(cardseal_sign("tc3-hmac-sha256", NULL, 1, "a", "b", 0, NULL, &json) == 2 && json.data == NULL);
}

static void what_is_wrong_is_an_error_and_no_crash(void) {
    cardseal_recipient *recipient = parsed(SM2), *other;
    cardseal_bytes out;
    cardseal_opener *opener, *wrong = (cardseal_opener *)(void *)recipient;
    CHECK(cardseal_recipient_parse(NULL, 9, &other) == 2 && other == NULL);
    CHECK(cardseal_recipient_parse(bytes(SM2), SIZE_MAX, &other) == 2);
    CHECK(cardseal_recipient_parse(bytes(SM2), sizeof SM2 - 1, NULL) == 2);
    CHECK(cardseal_recipient_parse(bytes(SM2), sizeof SM2 - 9, &other) == 3);
    CHECK(cardseal_seal(NULL, bytes("{}"), 2, &out, &opener) == 2 && opener == NULL && out.data == NULL);
    CHECK(cardseal_seal(recipient, NULL, 2, &out, &opener) == 2);
    CHECK(cardseal_seal(recipient, bytes("{}"), 2, NULL, &opener) == 2 && opener == NULL);
    CHECK(cardseal_seal(recipient, bytes("{}"), 2, &out, NULL) == 2 && out.data == NULL);
    CHECK(cardseal_open(NULL, bytes("{}"), 2, &out) == 2);
    CHECK(cardseal_open(&wrong, bytes("{}"), 2, &out) == 2 && wrong == NULL);
    CHECK(cardseal_seal(recipient, bytes("{}"), 2, &out, &opener) == 0);
    cardseal_bytes_free(&out);
    CHECK(cardseal_open(&opener, NULL, 2, &out) == 2 && opener == NULL);
    CHECK(cardseal_seal(recipient, bytes("{}"), 2, &out, &opener) == 0);
    cardseal_bytes_free(&out);
    CHECK(cardseal_open(&opener, bytes("{}"), 2, NULL) == 2 && opener == NULL);
    CHECK(cardseal_recognize(NULL, &out) == 2);
    CHECK(cardseal_recognize("{}", NULL) == 2);
    CHECK(cardseal_recognize("{\"cloud\":\"tencent\",\"cluod\":1}", &out) == 2 && out.data == NULL);
    CHECK(cardseal_recognize("{\"cloud\":\"tencent\",\"key\":\"x\",\"url\":\"http://h.example/\"}", &out) == 3);
    CHECK(cardseal_recipient_suite(NULL) == NULL);
    cardseal_recipient_free(recipient);
    cardseal_recipient_free(recipient);
    CHECK(cardseal_recipient_suite(recipient) == NULL);
    CHECK(cardseal_seal(recipient, bytes("{}"), 2, &out, &opener) == 2);
    cardseal_recipient_free(NULL);
    cardseal_opener_free(NULL);
    cardseal_bytes_free(NULL);
}

static void bytes_are_freed_whatever_became_of_their_length(void) {
    cardseal_recipient *recipient = parsed(SM2);
    cardseal_bytes out, copy;
    cardseal_opener *opener;
    CHECK(cardseal_seal(recipient, bytes("{}"), 2, &out, &opener) == 0);
    cardseal_opener_free(opener);
    cardseal_opener_free(opener);
    copy = out;
    out.len = SIZE_MAX;
    cardseal_bytes_free(&out);
    cardseal_bytes_free(&copy);
    cardseal_recipient_free(recipient);
}

static void *in_a_thread(void *recipient) {
    for (int round = 0; round < 50; round++) {
        cardseal_bytes sealed, plain;
        cardseal_opener *opener;
        CHECK(cardseal_seal(recipient, bytes("{}"), 2, &sealed, &opener) == 0);
        CHECK(cardseal_last_error() == NULL);
        CHECK(cardseal_open(&opener, bytes("{}"), 2, &plain) == 8);
        CHECK(cardseal_last_error() && strstr(cardseal_last_error(), "cannot be opened"));
        cardseal_bytes_free(&sealed);
    }
    return NULL;
}

static void many_threads_share_a_recipient(void) {
    cardseal_recipient *recipient = parsed(SM2);
    pthread_t threads[8];
    for (size_t at = 0; at < 8; at++) CHECK(pthread_create(&threads[at], NULL, in_a_thread, recipient) == 0);
    for (size_t at = 0; at < 8; at++) CHECK(pthread_join(threads[at], NULL) == 0);
    CHECK(cardseal_last_error() == NULL);
    cardseal_recipient_free(recipient);
}

static void a_forked_process_goes_on(void) {
    cardseal_recipient *recipient = parsed(SM2);
    pid_t child = fork();
    if (child == 0) {
        cardseal_bytes sealed;
        cardseal_opener *opener;
        int code = cardseal_seal(recipient, bytes("{}"), 2, &sealed, &opener);
        cardseal_bytes_free(&sealed);
        cardseal_opener_free(opener);
        _exit(code);
    }
    int status = -1;
    CHECK(waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0);
    cardseal_recipient_free(recipient);
}

int main(void) {
    CHECK(strncmp(cardseal_version(), "0.", 2) == 0);
    a_key_chooses_the_suite();
    a_body_is_sealed_and_its_answer_is_opened_once();
    the_guides_samples_open();
    the_services_no_has_its_code_and_id();
    an_opener_is_stored_and_restored();
    a_request_is_signed();
    what_is_wrong_is_an_error_and_no_crash();
    bytes_are_freed_whatever_became_of_their_length();
    many_threads_share_a_recipient();
    a_forked_process_goes_on();
    an_opened_text_is_handed_over_and_left_nowhere();
    clients_are_as_the_header_says(SM2);
    printf("%d passed, %d failed\n", passed, failed);
    return failed != 0;
}
