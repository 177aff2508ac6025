/* Checks that are counted, for all files of the test. */
#ifndef CHECK_H
#define CHECK_H

#include <stdio.h>

extern int passed, failed;

#define CHECK(what)                                                    \
    do {                                                               \
        if (what)                                                      \
            __atomic_add_fetch(&passed, 1, __ATOMIC_SEQ_CST);          \
        else {                                                         \
            __atomic_add_fetch(&failed, 1, __ATOMIC_SEQ_CST);          \
            fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #what); \
        }                                                              \
    } while (0)

/* client.c: credentials, clients and pictures. */
void clients_are_as_the_header_says(const char *key);
/* opened.c: answers that cannot be read. */
void an_opened_text_is_handed_over_and_left_nowhere(void);

#endif
