/* The C side of bindings/conformance: one question a line on stdin, one answer a line on stdout. The page there says how
 * they look. Every field is hexadecimal. */
#define _POSIX_C_SOURCE 200809L
#include <cardseal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_FIELDS = 12 };

typedef struct {
    char *text; /* ends with a zero that is not counted */
    size_t len;
} field;

static int digit(char c) { return c <= '9' ? c - '0' : c - 'a' + 10; }

static size_t split(char *line, field *fields) {
    size_t count = 0;
    for (char *word = strtok(line, "\t\n"); word && count < MOST_FIELDS; word = strtok(NULL, "\t\n")) {
        /* "-" is an absent field, "=" begins one that is there. */
        field *found = &fields[count++];
        found->text = NULL;
        found->len = 0;
        if (*word == '-') continue;
        found->text = word;
        char *end = word;
        for (const char *at = word + 1; at[0] && at[1]; at += 2) *end++ = (char)(digit(at[0]) * 16 + digit(at[1]));
        *end = 0;
        found->len = (size_t)(end - word);
    }
    return count;
}

static void put(const void *bytes, size_t len) {
    putchar('\t');
    putchar('=');
    for (size_t at = 0; at < len; at++) printf("%02x", ((const unsigned char *)bytes)[at]);
}

static void put_bytes(cardseal_bytes *bytes) {
    put(bytes->data, bytes->len);
    cardseal_bytes_free(bytes);
}

static void put_text(const char *text) {
    if (text)
        put(text, strlen(text));
    else
        fputs("\t-", stdout);
}

static void put_error(int code) {
    printf("error\t=%02x", (unsigned)code);
    put_text(cardseal_last_error_kind());
    put_text(cardseal_last_error_code());
    put_text(cardseal_last_error_request_id());
    put_text(cardseal_last_error());
    cardseal_bytes opened;
    cardseal_last_error_opened_text(&opened);
    if (opened.data)
        put_bytes(&opened);
    else
        put_text(NULL);
}

static const uint8_t *bytes(const field *it) { return (const uint8_t *)it->text; }

static cardseal_opener *held;

static int seal(const field *f, cardseal_bytes *sealed, cardseal_opener **opener) {
    cardseal_recipient *recipient;
    int code = cardseal_recipient_parse(bytes(&f[1]), f[1].len, &recipient);
    if (code) return code;
    code = cardseal_seal(recipient, bytes(&f[2]), f[2].len, sealed, opener);
    cardseal_recipient_free(recipient);
    return code;
}

/* A member of a JSON object. */
static char *member(char *at, const char *name, const field *value) {
    if (!value->text) return at;
    at += sprintf(at, ",\"%s\":\"", name);
    for (const char *from = value->text; *from; from++) {
        if ((unsigned char)*from < 0x20 || *from == '"' || *from == '\\')
            at += sprintf(at, "\\u%04x", (unsigned char)*from);
        else
            *at++ = *from;
    }
    return at + sprintf(at, "\"");
}

static char *base64(const field *it) {
    static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    char *out = malloc(it->len * 4 / 3 + 8), *to = out;
    for (size_t at = 0; at < it->len; at += 3) {
        size_t left = it->len - at;
        unsigned bits = (unsigned)bytes(it)[at] << 16;
        if (left > 1) bits |= (unsigned)bytes(it)[at + 1] << 8;
        if (left > 2) bits |= bytes(it)[at + 2];
        for (size_t digits = 0; digits < 4; digits++)
            *to++ = digits <= left ? alphabet[bits >> (18 - 6 * digits) & 63] : '=';
    }
    *to = 0;
    return out;
}

static int recognize(const field *f, cardseal_bytes *json) {
    size_t room = 256;
    for (size_t at = 1; at < 10; at++) room += f[at].len * 6 + 32;
    char *options = malloc(room), *at = options, *image = f[7].text ? base64(&f[7]) : NULL;
    field picture = {image, 0};
    at += sprintf(at, "{\"cloud\":\"%s\"", f[1].text);
    at = member(at, "endpoint", &f[2]);
    at = member(at, "region", &f[3]);
    at = member(at, "side", &f[4]);
    at = member(at, "key", &f[5]);
    at = member(at, "url", &f[6]);
    at = member(at, "image", &picture);
    at = member(at, "secret_id", &f[8]);
    at = member(at, "secret_key", &f[9]);
    strcpy(at, "}");
    int code = cardseal_recognize(options, json);
    free(options);
    free(image);
    return code;
}

/* Two calls of one client. */
static int by_client(const field *f, cardseal_bytes *first, cardseal_bytes *second) {
    char options[256];
    cardseal_credentials *credentials = NULL;
    cardseal_recipient *recipient = NULL;
    cardseal_client *client = NULL;
    snprintf(options, sizeof options, "{\"cloud\":\"tencent\",\"endpoint\":\"%s\"}", f[1].text);
    int code = cardseal_credentials_new(f[6].text, f[7].text, NULL, NULL, &credentials);
    if (!code) code = cardseal_client_new(options, credentials, &client);
    if (!code) code = cardseal_recipient_parse(bytes(&f[3]), f[3].len, &recipient);
    for (cardseal_bytes *json = first; !code && json; json = json == first ? second : NULL)
        code = cardseal_client_recognize(client, recipient, bytes(&f[5]), f[5].len, f[4].text, f[2].text, json);
    cardseal_credentials_free(credentials);
    cardseal_client_free(client);
    cardseal_recipient_free(recipient);
    return code;
}

/* Seals so many times, to be timed from outside. */
static int spin(const field *f) {
    const size_t size = strtoul(f[2].text, NULL, 10);
    uint8_t *plain = malloc(size + 1);
    cardseal_recipient *recipient;
    int code = cardseal_recipient_parse(bytes(&f[1]), f[1].len, &recipient);
    memset(plain, 'x', size + 1);
    for (unsigned long round = strtoul(f[3].text, NULL, 10); !code && round > 0; round--) {
        cardseal_bytes sealed;
        cardseal_opener *opener;
        code = cardseal_seal(recipient, plain, size, &sealed, &opener);
        cardseal_bytes_free(&sealed);
        cardseal_opener_free(opener);
    }
    cardseal_recipient_free(recipient);
    free(plain);
    return code;
}

static void answer(const field *f) {
    const char *verb = f[0].text;
    cardseal_bytes one = {0}, other = {0};
    cardseal_opener *opener = NULL;
    int code;
    if (!strcmp(verb, "parse")) {
        cardseal_recipient *recipient;
        code = cardseal_recipient_parse(bytes(&f[1]), f[1].len, &recipient);
        if (code) {
            put_error(code);
            return;
        }
        fputs("ok", stdout);
        put_text(cardseal_recipient_suite(recipient));
        cardseal_recipient_free(recipient);
        return;
    }
    if (!strcmp(verb, "seal")) {
        code = seal(f, &one, &opener);
        if (!code) code = cardseal_opener_store(&opener, &other);
    } else if (!strcmp(verb, "hold")) {
        cardseal_opener_free(held);
        code = seal(f, &one, &held);
    } else if (!strcmp(verb, "answer")) {
        code = cardseal_open(&held, bytes(&f[1]), f[1].len, &one);
    } else if (!strcmp(verb, "open")) {
        code = cardseal_opener_restore(bytes(&f[1]), f[1].len, &opener);
        if (!code) code = cardseal_open(&opener, bytes(&f[2]), f[2].len, &one);
    } else if (!strcmp(verb, "restore")) {
        code = cardseal_opener_restore(bytes(&f[1]), f[1].len, &opener);
        if (!code) code = cardseal_opener_store(&opener, &one);
    } else if (!strcmp(verb, "sign")) {
        code = cardseal_sign(f[1].text, bytes(&f[2]), f[2].len, f[3].text, f[4].text, atoll(f[5].text), f[6].text, &one);
    } else if (!strcmp(verb, "recognize")) {
        code = recognize(f, &one);
    } else if (!strcmp(verb, "client")) {
        code = by_client(f, &one, &other);
    } else if (!strcmp(verb, "spin")) {
        code = spin(f);
    } else if (!strcmp(verb, "prepare")) {
        code = cardseal_prepare(bytes(&f[1]), f[1].len, "{\"quality\":60}", &one, &other);
    } else {
        fprintf(stderr, "no such verb: %s\n", verb);
        exit(2);
    }
    if (code) {
        put_error(code);
        return;
    }
    fputs("ok", stdout);
    if (one.data) put_bytes(&one);
    if (other.data) put_bytes(&other);
}

int main(void) {
    char *line = NULL;
    size_t room = 0;
    while (getline(&line, &room, stdin) > 0) {
        field fields[MOST_FIELDS] = {{0}};
        if (!split(line, fields)) continue;
        answer(fields);
        putchar('\n');
        fflush(stdout);
    }
    free(line);
    cardseal_opener_free(held);
    return 0;
}
