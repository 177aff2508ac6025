/* Credentials, clients and pictures: a whole call over HTTP to a service that says no, and everything that a program can get
 * wrong. */
#define _POSIX_C_SOURCE 200809L
#include "check.h"

#include <arpa/inet.h>
#include <cardseal.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static const char URL[] = "https://h.example/card.jpg";
static const char NO[] =
    "{\"Response\":{\"Error\":{\"Code\":\"FailedOperation.ImageBlur\",\"Message\":\"m\"},\"RequestId\":\"r-1\"}}";
/* Four white pixels, as a BMP file with a byte behind its end. */
static const uint8_t PICTURE[] = {
    'B', 'M', 70, 0, 0, 0, 0, 0, 0, 0, 54, 0, 0, 0, 40, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 1, 0, 24, 0, 0, 0, 0, 0, 16, 0,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, 255, 255, 255, 255, 0, 0, 255, 255, 255, 255, 255,
    255, 0, 0, 'x'};

/* A service that keeps its connections open, one after the other or beside one another, and counts them. */
typedef struct {
    int listener, connections, requests;
    char options[80];
} service;

static service there;

static void *connection(void *socket_of_it) {
    const int socket = (int)(intptr_t)socket_of_it;
    char text[65536], answer[512];
    size_t have = 0;
    for (;;) {
        const ssize_t got = recv(socket, text + have, sizeof text - 1 - have, 0);
        if (got <= 0) break;
        have += (size_t)got;
        text[have] = 0;
        const char *head = strstr(text, "\r\n\r\n"), *length = NULL;
        for (const char *line = text; head && line < head; line = strstr(line, "\r\n") + 2)
            if (!strncasecmp(line, "content-length:", 15)) length = line + 15;
        if (!length || have < (size_t)(head + 4 - text) + strtoul(length, NULL, 10)) continue;
        have = 0;
        __atomic_add_fetch(&there.requests, 1, __ATOMIC_SEQ_CST);
        const int size = snprintf(answer, sizeof answer,
                                  "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %zu\r\n\r\n%s",
                                  strlen(NO), NO);
        if (send(socket, answer, (size_t)size, MSG_NOSIGNAL) != size) break;
    }
    close(socket);
    return NULL;
}

static void *serve(void *nothing) {
    (void)nothing;
    for (;;) {
        const int socket = accept(there.listener, NULL, NULL);
        if (socket < 0) return NULL;
        __atomic_add_fetch(&there.connections, 1, __ATOMIC_SEQ_CST);
        pthread_t thread;
        if (pthread_create(&thread, NULL, connection, (void *)(intptr_t)socket)) abort();
        pthread_detach(thread);
    }
}

static pthread_t started(void) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    pthread_t thread;
    there.listener = socket(AF_INET, SOCK_STREAM, 0);
    if (bind(there.listener, (struct sockaddr *)&address, size) || listen(there.listener, 16) ||
        getsockname(there.listener, (struct sockaddr *)&address, &size) || pthread_create(&thread, NULL, serve, NULL))
        abort();
    snprintf(there.options, sizeof there.options, "{\"cloud\":\"tencent\",\"endpoint\":\"http://127.0.0.1:%d\"}",
             ntohs(address.sin_port));
    return thread;
}

static cardseal_credentials *given(void) {
    cardseal_credentials *credentials;
    CHECK(cardseal_credentials_new("id", "key", NULL, NULL, &credentials) == 0 && credentials != NULL);
    return credentials;
}

/* Calls, and is refused as the service refuses. */
static int refused(const cardseal_client *client, const cardseal_recipient *recipient) {
    cardseal_bytes json;
    const int code = cardseal_client_recognize(client, recipient, NULL, 0, URL, "front", &json);
    return code == 7 && json.data == NULL && !strcmp(cardseal_last_error_kind(), "service") &&
           !strcmp(cardseal_last_error_code(), "FailedOperation.ImageBlur") &&
           !strcmp(cardseal_last_error_request_id(), "r-1");
}

typedef struct {
    const cardseal_client *client;
    const cardseal_recipient *recipient;
} both;

static void *in_a_thread(void *shared) {
    const both *these = shared;
    CHECK(refused(these->client, these->recipient));
    return NULL;
}

static void calls_are_made(const cardseal_recipient *recipient) {
    cardseal_credentials *credentials = given();
    cardseal_client *client;
    cardseal_bytes json;
    pthread_t threads[4];
    CHECK(cardseal_client_new(there.options, credentials, &client) == 0);
    cardseal_credentials_free(credentials);
    for (int round = 0; round < 3; round++) CHECK(refused(client, recipient));
    CHECK(there.requests == 3 && there.connections == 1);

    /* A child has connections of its own, and the parent keeps its. */
    const pid_t child = fork();
    if (child == 0) _exit(refused(client, recipient) ? 0 : 1);
    int status = -1;
    CHECK(waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0);
    CHECK(refused(client, recipient) && there.requests == 5 && there.connections == 2);

    const both shared = {client, recipient};
    for (size_t at = 0; at < 4; at++) CHECK(pthread_create(&threads[at], NULL, in_a_thread, (void *)&shared) == 0);
    for (size_t at = 0; at < 4; at++) CHECK(pthread_join(threads[at], NULL) == 0);
    CHECK(there.requests == 9);
    cardseal_client_free(client);
    cardseal_client_free(client);
    CHECK(cardseal_client_recognize(client, recipient, NULL, 0, URL, NULL, &json) == 2 && json.data == NULL);
}

static void what_is_wrong_is_an_error(cardseal_recipient *recipient) {
    cardseal_credentials *credentials = given(), *none;
    cardseal_client *client, *other;
    cardseal_bytes json;
    CHECK(cardseal_credentials_new(NULL, "key", NULL, NULL, &none) == 2 && none == NULL);
    CHECK(cardseal_credentials_new("id", NULL, NULL, NULL, &none) == 2);
    CHECK(cardseal_credentials_new("", "key", NULL, NULL, &none) == 4 && none == NULL);
    CHECK(cardseal_credentials_new("id", "key", "\xff", NULL, &none) == 2);
    CHECK(cardseal_credentials_new("id", "key", NULL, NULL, NULL) == 2);
    CHECK(cardseal_credentials_of_environment("nowhere", &none) == 2 && none == NULL);
    CHECK(cardseal_credentials_of_environment(NULL, &none) == 2);
    CHECK(cardseal_client_new(NULL, credentials, &other) == 2 && other == NULL);
    CHECK(cardseal_client_new(there.options, credentials, NULL) == 2);
    CHECK(cardseal_client_new("{\"cloud\":\"nowhere\"}", credentials, &other) == 2);
    CHECK(cardseal_client_new("{\"cloud\":\"tencent\",\"cluod\":1}", credentials, &other) == 2);
    CHECK(cardseal_client_new(there.options, (cardseal_credentials *)(void *)recipient, &other) == 2 && other == NULL);
    CHECK(cardseal_client_new(there.options, credentials, &client) == 0);
    CHECK(cardseal_client_recognize(NULL, recipient, NULL, 0, URL, NULL, &json) == 2);
    CHECK(cardseal_client_recognize(client, NULL, NULL, 0, URL, NULL, &json) == 2);
    CHECK(cardseal_client_recognize(client, (cardseal_recipient *)(void *)client, NULL, 0, URL, NULL, &json) == 2);
    CHECK(cardseal_client_recognize(client, recipient, NULL, 0, NULL, NULL, &json) == 2);
    CHECK(cardseal_client_recognize(client, recipient, PICTURE, sizeof PICTURE, URL, NULL, &json) == 2);
    CHECK(cardseal_client_recognize(client, recipient, PICTURE, SIZE_MAX, NULL, NULL, &json) == 2);
    CHECK(cardseal_client_recognize(client, recipient, NULL, 0, URL, "top", &json) == 2 && json.data == NULL);
    CHECK(cardseal_client_recognize(client, recipient, NULL, 0, URL, NULL, NULL) == 2);
    CHECK(there.requests == 9);
    cardseal_credentials_free(credentials);
    cardseal_credentials_free(credentials);
    CHECK(cardseal_client_new(there.options, credentials, &other) == 2 && other == NULL);
    cardseal_client_free(client);
    cardseal_client_free(NULL);
    cardseal_credentials_free(NULL);
}

static void a_picture_is_made_to_fit(void) {
    cardseal_bytes made, again, report;
    CHECK(cardseal_prepare(PICTURE, sizeof PICTURE, "{\"max_side\":100}", &made, &report) == 0);
    CHECK(made.len > 0 && strstr((const char *)report.data, "\"changed\":true"));
    cardseal_bytes_free(&report);
    CHECK(cardseal_prepare(made.data, made.len, NULL, &again, &report) == 0);
    CHECK(strstr((const char *)report.data, "\"changed\":false"));
    CHECK(again.len == made.len && !memcmp(again.data, made.data, made.len));
    cardseal_bytes_free(&made);
    cardseal_bytes_free(&again);
    cardseal_bytes_free(&report);
    CHECK(cardseal_prepare((const uint8_t *)"text", 4, NULL, &made, &report) == 2 && !made.data && !report.data);
    CHECK(cardseal_prepare(PICTURE, 30, NULL, &made, &report) == 2);
    CHECK(cardseal_prepare(NULL, 0, NULL, &made, &report) == 2);
    CHECK(cardseal_prepare(PICTURE, sizeof PICTURE, "{\"quality\":0}", &made, &report) == 2);
    CHECK(cardseal_prepare(PICTURE, sizeof PICTURE, "{\"colour\":1}", &made, &report) == 2);
    CHECK(cardseal_prepare(PICTURE, sizeof PICTURE, NULL, NULL, &report) == 2 && !report.data);
    CHECK(cardseal_prepare(PICTURE, sizeof PICTURE, NULL, &made, NULL) == 2 && !made.data);
    /* One place for both would lose the picture, which nobody could free or wipe any more. */
    CHECK(cardseal_prepare(PICTURE, sizeof PICTURE, NULL, &made, &made) == 2 && !made.data);
}

void clients_are_as_the_header_says(const char *key) {
    const pthread_t server = started();
    cardseal_recipient *recipient;
    CHECK(cardseal_recipient_parse((const uint8_t *)key, strlen(key), &recipient) == 0);
    calls_are_made(recipient);
    what_is_wrong_is_an_error(recipient);
    a_picture_is_made_to_fit();
    cardseal_recipient_free(recipient);
    shutdown(there.listener, SHUT_RDWR);
    pthread_join(server, NULL);
    close(there.listener);
}
