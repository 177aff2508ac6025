/* A PKCS#11 module that is SoftHSM but for what the test tells it: one of its calls fails with a given code, or all from
 * one on. And it has what stands in for a vendor's SM2 and SM4: AES-GCM under the number of SM4-GCM, and a wrapped key
 * that is 113 random bytes.
 *
 * The folder in CARDSEAL_MODULE holds two files. `plan`: SERIAL AT CODE MODE, read at each call. MODE `once` fails call AT
 * (from 0, counted since SERIAL changed), `ever` all from there on, `as` lets each decryption that fails do so with CODE.
 * `trace`: the name of each call, one a line.
 *
 * Built with -DREAL="the library". Numbers are those of PKCS#11 v2.40; CK_FUNCTION_LIST is two bytes of version and the
 * functions in the order of its section 4.6. */
#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef unsigned long word;
typedef unsigned char byte;
typedef struct { word type; void *parameter; word length; } mechanism;
typedef struct { word type; void *value; word length; } attribute;
typedef struct { byte major, minor; void *call[68]; } functions;

enum { INITIALIZE = 0, GET_LIST = 3, SLOT_LIST = 4, TOKEN_INFO = 6, MECHANISMS = 7, MECHANISM = 8, OPEN = 12, CLOSE = 13, LOGIN = 18,
       CREATE = 20, DESTROY = 22, GET_ATTRIBUTE = 24, SET_ATTRIBUTE = 25, ENCRYPT_INIT = 29, ENCRYPT = 30,
       DECRYPT_INIT = 33, DECRYPT = 34, GENERATE_KEY = 58, WRAP = 60, RANDOM = 64 };
enum { KEY_TYPE = 0x100, EC = 3, AES_KEY_GEN = 0x1080, AES_GCM = 0x1087 };

static const word SM4_KEY_GEN = 0x80000101, SM4_GCM = 0x80000102, SM2 = 0x80000103, SM2_KEY = 0x7ffffff0;
static functions *real, ours;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static FILE *open_file(const char *name, const char *mode) {
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", getenv("CARDSEAL_MODULE"), name);
    return fopen(path, mode);
}

/* What the plan says of this call: 0, or the code that it fails with. */
static word planned(const char *name, int is_refusal) {
    static long calls, serial = -1;
    long new_serial = -1, at = -1;
    word code = 0, result = 0;
    char mode[8] = "";
    pthread_mutex_lock(&lock);
    FILE *plan = open_file("plan", "r");
    if (plan) {
        if (fscanf(plan, "%ld %ld %lx %7s", &new_serial, &at, &code, mode) != 4) mode[0] = 0;
        fclose(plan);
    }
    if (new_serial != serial) { serial = new_serial; calls = 0; }
    if (is_refusal) {
        result = strcmp(mode, "as") ? 0 : code;
    } else {
        FILE *trace = open_file("trace", "a");
        if (trace) { fprintf(trace, "%s\n", name); fclose(trace); }
        if (!strcmp(mode, "once") ? calls == at : !strcmp(mode, "ever") && calls >= at) result = code;
        calls++;
    }
    pthread_mutex_unlock(&lock);
    return result;
}

#define STEP do { word code = planned(__func__, 0); if (code) return code; } while (0)

static word C_Initialize(void *arguments) {
    STEP;
    return ((word (*)(void *))real->call[INITIALIZE])(arguments);
}
static word C_GetSlotList(byte present, word *slots, word *count) {
    STEP;
    return ((word (*)(byte, word *, word *))real->call[SLOT_LIST])(present, slots, count);
}
static word C_GetTokenInfo(word slot, void *info) {
    STEP;
    return ((word (*)(word, void *))real->call[TOKEN_INFO])(slot, info);
}
static word C_GetMechanismList(word slot, word *list, word *count) {
    STEP;
    return ((word (*)(word, word *, word *))real->call[MECHANISMS])(slot, list, count);
}
static word C_GetMechanismInfo(word slot, word type, word *info) {
    STEP;
    if (type == SM4_KEY_GEN || type == SM4_GCM || type == SM2) return info[0] = info[1] = info[2] = 0, 0;
    return ((word (*)(word, word, word *))real->call[MECHANISM])(slot, type, info);
}
static word C_OpenSession(word slot, word flags, void *application, void *notify, word *session) {
    STEP;
    return ((word (*)(word, word, void *, void *, word *))real->call[OPEN])(slot, flags, application, notify, session);
}
static word C_CloseSession(word session) {
    STEP;
    return ((word (*)(word))real->call[CLOSE])(session);
}
static word C_Login(word session, word user, byte *pin, word length) {
    STEP;
    return ((word (*)(word, word, byte *, word))real->call[LOGIN])(session, user, pin, length);
}
static word C_CreateObject(word session, attribute *list, word count, word *object) {
    STEP;
    for (word at = 0; at < count; at++)
        if (list[at].type == KEY_TYPE && *(word *)list[at].value == EC) return *object = SM2_KEY, 0;
    return ((word (*)(word, attribute *, word, word *))real->call[CREATE])(session, list, count, object);
}
static word C_DestroyObject(word session, word object) {
    STEP;
    return object == SM2_KEY ? 0 : ((word (*)(word, word))real->call[DESTROY])(session, object);
}
static word C_GetAttributeValue(word session, word object, attribute *list, word count) {
    STEP;
    return ((word (*)(word, word, attribute *, word))real->call[GET_ATTRIBUTE])(session, object, list, count);
}
static word C_SetAttributeValue(word session, word object, attribute *list, word count) {
    STEP;
    return ((word (*)(word, word, attribute *, word))real->call[SET_ATTRIBUTE])(session, object, list, count);
}
static word start(int call, word session, mechanism *asked, word key) {
    mechanism used = *asked;
    if (used.type == SM4_GCM) used.type = AES_GCM;
    return ((word (*)(word, mechanism *, word))real->call[call])(session, &used, key);
}
static word C_EncryptInit(word session, mechanism *asked, word key) {
    STEP;
    return start(ENCRYPT_INIT, session, asked, key);
}
static word C_DecryptInit(word session, mechanism *asked, word key) {
    STEP;
    return start(DECRYPT_INIT, session, asked, key);
}
typedef word (*work)(word, byte *, word, byte *, word *);
static word C_Encrypt(word session, byte *from, word length, byte *to, word *room) {
    STEP;
    return ((work)real->call[ENCRYPT])(session, from, length, to, room);
}
static word C_Decrypt(word session, byte *from, word length, byte *to, word *room) {
    STEP;
    word code = ((work)real->call[DECRYPT])(session, from, length, to, room), other;
    return code && (other = planned("", 1)) ? other : code;
}
static word C_GenerateKey(word session, mechanism *asked, attribute *list, word count, word *key) {
    mechanism used = *asked;
    STEP;
    if (used.type == SM4_KEY_GEN) used.type = AES_KEY_GEN;
    return ((word (*)(word, mechanism *, attribute *, word, word *))real->call[GENERATE_KEY])(session, &used, list,
                                                                                             count, key);
}
static word random_bytes(word session, byte *to, word length) {
    return ((word (*)(word, byte *, word))real->call[RANDOM])(session, to, length);
}
static word C_WrapKey(word session, mechanism *asked, word by, word key, byte *wrapped, word *length) {
    STEP;
    if (asked->type == SM2) {
        *length = 113;
        return wrapped ? random_bytes(session, wrapped, 113) : 0;
    }
    return ((word (*)(word, mechanism *, word, word, byte *, word *))real->call[WRAP])(session, asked, by, key, wrapped,
                                                                                      length);
}
static word C_GenerateRandom(word session, byte *to, word length) {
    STEP;
    return random_bytes(session, to, length);
}

word C_GetFunctionList(functions **list) {
    if (!real) {
        void *library = dlopen(REAL, RTLD_NOW | RTLD_LOCAL);
        word (*get)(functions **) = library ? (word (*)(functions **))dlsym(library, "C_GetFunctionList") : 0;
        if (!get || get(&real)) return 5;
        ours = *real;
        ours.call[INITIALIZE] = C_Initialize;
        ours.call[GET_LIST] = C_GetFunctionList;
        ours.call[SLOT_LIST] = C_GetSlotList;
        ours.call[TOKEN_INFO] = C_GetTokenInfo;
        ours.call[MECHANISMS] = C_GetMechanismList;
        ours.call[MECHANISM] = C_GetMechanismInfo;
        ours.call[OPEN] = C_OpenSession;
        ours.call[CLOSE] = C_CloseSession;
        ours.call[LOGIN] = C_Login;
        ours.call[CREATE] = C_CreateObject;
        ours.call[DESTROY] = C_DestroyObject;
        ours.call[GET_ATTRIBUTE] = C_GetAttributeValue;
        ours.call[SET_ATTRIBUTE] = C_SetAttributeValue;
        ours.call[ENCRYPT_INIT] = C_EncryptInit;
        ours.call[ENCRYPT] = C_Encrypt;
        ours.call[DECRYPT_INIT] = C_DecryptInit;
        ours.call[DECRYPT] = C_Decrypt;
        ours.call[GENERATE_KEY] = C_GenerateKey;
        ours.call[WRAP] = C_WrapKey;
        ours.call[RANDOM] = C_GenerateRandom;
    }
    *list = &ours;
    return 0;
}
