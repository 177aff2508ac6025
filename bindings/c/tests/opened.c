/* What a billed answer opened to that cannot be read: handed over once, to the thread whose call failed, and left nowhere. */
#define _XOPEN_SOURCE 700 /* pread */
#include "check.h"

#include <cardseal.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* vectors/scenarios/open/sm4-json-cut.txt: a card whose end is missing, under the right tag. */
static const char STORED[] =
    "{\"Algorithm\":\"SM4-GCM\",\"Key\":\"zf7Xi6bZTh+6J3NqUpdQGA==\",\"Iv\":\"biFnYHptigWTkjw9\"}";
static const char REPLY[] =
    "{\"EncryptedBody\":\"nNe788UTWZeFfFrgnEpDuNWJ8W9M/1nmFLh3HHowhgkajqMzHHry4xoQC2RAuSIUBb9a9jhsZ917AczX8vuqj7xNGMweeRG"
    "SpdJGyNceVLfCsnW9IKC9PI9O3//GGT1ewN2qQ3cxaLMAntJENcn75kA8QFpGItcGdAswINlnOwGtwthZA7Cldr+WxLbbigECfOPbLEz1VrYjmeyweTB1FA"
    "VT60ehw/WrN9xHDj66BMg=\",\"Encryption\":{\"CiphertextBlob\":\"UoqoKDZHXTOWhqJyDaKB1Tf7lhhP/eFnu5JheEmESTDSWTcuTwOij5rlPs"
    "jp/Ocz4mAX5igQxf8W8b+WiEsy6zYpPGMFbFu6j6CXZ61NYmHnoG0X5spU29eSKYF8tlx7OLiDsTvpnTRqDH0mgBvgOIA=\",\"Iv\":\"biFnYHptigWTkj"
    "w9\",\"Algorithm\":\"SM4-GCM\",\"TagList\":[\"Ivz9ozH3E9D4O2b68HB/pA==\"],\"EncryptList\":[\"EncryptedBody\"]},\"RequestId"
    "\":\"r-1\"}";
#define LENGTH 176

/* The card's number, each byte of it changed, so that this program's own copy is not found. */
static const unsigned char NUMBER[] = {'9' ^ 0x55, '9' ^ 0x55, '0' ^ 0x55, '1' ^ 0x55, '0' ^ 0x55, '1' ^ 0x55,
                                       '1' ^ 0x55, '9' ^ 0x55, '9' ^ 0x55, '0' ^ 0x55, '0' ^ 0x55, '3' ^ 0x55,
                                       '0' ^ 0x55, '7' ^ 0x55, '1' ^ 0x55, '2' ^ 0x55, '3' ^ 0x55, 'X' ^ 0x55};

static size_t times_in(const unsigned char *memory, size_t length) {
    size_t found = 0;
    for (size_t at = 0; at + sizeof NUMBER <= length; at++) {
        size_t same = 0;
        while (same < sizeof NUMBER && (memory[at + same] ^ 0x55) == NUMBER[same]) same++;
        found += same == sizeof NUMBER;
    }
    return found;
}

static void fails(void) {
    cardseal_opener *opener;
    cardseal_bytes plain;
    CHECK(cardseal_opener_restore((const uint8_t *)STORED, sizeof STORED - 1, &opener) == 0);
    CHECK(cardseal_open(&opener, (const uint8_t *)REPLY, sizeof REPLY - 1, &plain) == 8);
    CHECK(plain.data == NULL && strcmp(cardseal_last_error_kind(), "protocol") == 0);
    CHECK(strcmp(cardseal_last_error_request_id(), "r-1") == 0);
    CHECK(times_in((const unsigned char *)cardseal_last_error(), strlen(cardseal_last_error())) == 0);
}

static int is_the_card(const cardseal_bytes *text) {
    return text->len == LENGTH && times_in(text->data, text->len) == 1 && text->data[LENGTH] == 0;
}

static int there_is_none(void) {
    cardseal_bytes text = {(uint8_t *)1, 1};
    cardseal_last_error_opened_text(&text);
    return text.data == NULL && text.len == 0;
}

static void it_is_handed_over_once(void) {
    cardseal_bytes text, copy;
    CHECK(there_is_none());
    fails();
    cardseal_last_error_opened_text(&text);
    CHECK(is_the_card(&text) && there_is_none());
    /* The rest of the error stays, and the text stays whatever is called next. */
    CHECK(strcmp(cardseal_last_error_kind(), "protocol") == 0);
    fails();
    CHECK(is_the_card(&text));
    copy = text;
    cardseal_bytes_free(&text);
    CHECK(text.data == NULL && text.len == 0);
    cardseal_bytes_free(&text);
    cardseal_bytes_free(&copy);
}

static void the_next_call_takes_it_away(void) {
    cardseal_recipient *none;
    cardseal_opener *opener;
    fails();
    CHECK(cardseal_recipient_parse((const uint8_t *)"x", 1, &none) == 3);
    CHECK(there_is_none());
    fails();
    CHECK(cardseal_opener_restore((const uint8_t *)STORED, sizeof STORED - 1, &opener) == 0);
    CHECK(there_is_none());
    cardseal_opener_free(opener);
}

static void what_is_no_place_loses_nothing(void) {
    _Alignas(cardseal_bytes) char room[2 * sizeof(cardseal_bytes)];
    cardseal_bytes text;
    fails();
    cardseal_last_error_opened_text(NULL);
    cardseal_last_error_opened_text((cardseal_bytes *)(void *)(room + 1));
    cardseal_last_error_opened_text(&text);
    CHECK(is_the_card(&text));
    cardseal_bytes_free(&text);
}

static void *in_another_thread(void *text) {
    CHECK(there_is_none());
    fails();
    cardseal_last_error_opened_text(text);
    /* One more, which goes with the thread. */
    fails();
    return NULL;
}

static void each_thread_has_its_own(void) {
    cardseal_bytes texts[8], text;
    pthread_t threads[8];
    fails();
    for (size_t at = 0; at < 8; at++) CHECK(pthread_create(&threads[at], NULL, in_another_thread, &texts[at]) == 0);
    for (size_t at = 0; at < 8; at++) CHECK(pthread_join(threads[at], NULL) == 0);
    cardseal_last_error_opened_text(&text);
    CHECK(is_the_card(&text));
    cardseal_bytes_free(&text);
    /* They outlive the threads that took them. */
    for (size_t at = 0; at < 8; at++) {
        CHECK(is_the_card(&texts[at]));
        cardseal_bytes_free(&texts[at]);
    }
}

static void a_forked_process_has_its_parents(void) {
    cardseal_bytes text;
    fails();
    pid_t child = fork();
    if (child == 0) {
        cardseal_last_error_opened_text(&text);
        _exit(is_the_card(&text) ? 0 : 1);
    }
    int status = -1;
    CHECK(waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0);
    cardseal_last_error_opened_text(&text);
    CHECK(is_the_card(&text));
    cardseal_bytes_free(&text);
}

/* A sanitizer keeps what was freed, and its library is one that is not optimised: what is left there is not what a release
 * leaves. */
#if defined(__linux__) && !defined(__SANITIZE_ADDRESS__)
#define LOOKS_FOR_REMAINS
#endif

#ifdef LOOKS_FOR_REMAINS
/* How often the card's number is in this process's memory. */
static size_t times_in_memory(void) {
    FILE *maps = fopen("/proc/self/maps", "r");
    const int memory = open("/proc/self/mem", O_RDONLY);
    unsigned char *copy = malloc(1 << 20);
    size_t found = 0;
    unsigned long from, to;
    char rights[5], line[512];
    CHECK(maps != NULL && memory >= 0 && copy != NULL);
    while (maps && copy && fgets(line, sizeof line, maps)) {
        /* What a program writes to. */
        if (sscanf(line, "%lx-%lx %4s", &from, &to, rights) != 3 || rights[0] != 'r' || rights[1] != 'w') continue;
        for (unsigned long at = from; at < to;) {
            const size_t most = to - at < 1 << 20 ? to - at : 1 << 20;
            const ssize_t got = pread(memory, copy, most, (off_t)at);
            if (got <= 0) break;
            found += times_in(copy, (size_t)got);
            /* What begins at the end of one piece is read again with the next. */
            at += (size_t)got == most && most == 1 << 20 ? most - sizeof NUMBER + 1 : (size_t)got;
        }
        memset(copy, 0, 1 << 20);
    }
    free(copy);
    if (maps) fclose(maps);
    close(memory);
    return found;
}

static void nothing_of_it_is_left(void) {
    cardseal_bytes text;
    cardseal_opener *opener;
    CHECK(times_in_memory() == 0);
    fails();
    cardseal_last_error_opened_text(&text);
    CHECK(is_the_card(&text) && times_in_memory() >= 1);
    cardseal_bytes_free(&text);
    CHECK(times_in_memory() == 0);
    /* Nor if nobody asks for it. */
    fails();
    CHECK(times_in_memory() >= 1);
    CHECK(cardseal_opener_restore((const uint8_t *)STORED, sizeof STORED - 1, &opener) == 0);
    cardseal_opener_free(opener);
    CHECK(times_in_memory() == 0);
}
#endif

void an_opened_text_is_handed_over_and_left_nowhere(void) {
    it_is_handed_over_once();
    the_next_call_takes_it_away();
    what_is_no_place_loses_nothing();
    each_thread_has_its_own();
    a_forked_process_has_its_parents();
#ifdef LOOKS_FOR_REMAINS
    nothing_of_it_is_left();
#endif
}
