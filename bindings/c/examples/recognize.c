/* Recognises the card at a URL: recognize KEY-FILE URL [ENDPOINT]. The credentials come from the environment
 * (TENCENTCLOUD_SECRET_ID, TENCENTCLOUD_SECRET_KEY). */
#include <cardseal.h>
#include <stdio.h>
#include <string.h>

/* Text as a JSON string; 0 where there is no room for it. */
static int quote(char *out, size_t room, const char *text) {
    size_t at = 0;
    if (room < 3) return 0;
    out[at++] = '"';
    for (; *text; text++) {
        if (at + 8 > room) return 0;
        if ((unsigned char)*text < 0x20 || *text == '"' || *text == '\\')
            at += (size_t)snprintf(out + at, room - at, "\\u%04x", (unsigned char)*text);
        else
            out[at++] = *text;
    }
    out[at++] = '"';
    out[at] = 0;
    return 1;
}

int main(int argc, char **argv) {
    char key[16384] = {0}, quoted_key[65536], url[4096], endpoint[4096] = "null", options[80000];
    FILE *file = argc > 2 ? fopen(argv[1], "rb") : NULL;
    if (!file || !fread(key, 1, sizeof key - 1, file)) {
        fprintf(stderr, "usage: recognize KEY-FILE URL [ENDPOINT]\n");
        return 2;
    }
    fclose(file);
    if (!quote(quoted_key, sizeof quoted_key, key) || !quote(url, sizeof url, argv[2]) ||
        (argc > 3 && !quote(endpoint, sizeof endpoint, argv[3]))) {
        fprintf(stderr, "an argument is too long\n");
        return 2;
    }
    snprintf(options, sizeof options, "{\"cloud\":\"tencent\",\"key\":%s,\"url\":%s,\"endpoint\":%s}", quoted_key, url,
             endpoint);

    cardseal_bytes card;
    int code = cardseal_recognize(options, &card);
    if (code) {
        fprintf(stderr, "%s\n", cardseal_last_error());
        return code;
    }
    printf("%.*s\n", (int)card.len, (const char *)card.data);
    cardseal_bytes_free(&card);
    return 0;
}
