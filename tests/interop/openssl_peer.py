"""The service's side of the envelope on OpenSSL: RSA, SM2 and AES-256-CBC by the system's libcrypto, called as it is;
SM4-GCM, which libcrypto has from 3.1 on only, by the newer one inside Python's `cryptography`."""

import ctypes
import ctypes.util

from service_peer import AES, encode, exchange_sm4_gcm, handed_out, serve

PKCS1_PADDING = 1
NID_SM2 = 1172
UNCOMPRESSED = 4

crypto = ctypes.CDLL(ctypes.util.find_library("crypto"))
for name in (
    "EVP_PKEY_Q_keygen EVP_PKEY_CTX_new EVP_CIPHER_CTX_new EVP_aes_256_cbc EC_GROUP_new_by_curve_name EC_POINT_new"
).split():
    getattr(crypto, name).restype = ctypes.c_void_p
crypto.EC_POINT_point2oct.restype = ctypes.c_size_t

keys = {}


def handle(address):
    if not address:
        raise RuntimeError("libcrypto gave nothing")
    return ctypes.c_void_p(address)


def good(result):
    if result <= 0:
        raise RuntimeError("libcrypto refused")


def keygen(suite):
    if suite == AES:
        key = handle(crypto.EVP_PKEY_Q_keygen(None, None, b"RSA", ctypes.c_size_t(1024)))
    else:
        key = handle(crypto.EVP_PKEY_Q_keygen(None, None, b"SM2"))
    keys[suite] = key
    der = ctypes.POINTER(ctypes.c_ubyte)()
    length = crypto.i2d_PUBKEY(key, ctypes.byref(der))
    good(length)
    return handed_out("PUBLIC KEY", bytes(der[:length]))


def unwrap(suite, blob):
    context = handle(crypto.EVP_PKEY_CTX_new(keys[suite], None))
    try:
        good(crypto.EVP_PKEY_decrypt_init(context))
        if suite == AES:
            good(crypto.EVP_PKEY_CTX_set_rsa_padding(context, PKCS1_PADDING))
        else:
            blob = as_asn1(blob)
        session = ctypes.create_string_buffer(512)
        length = ctypes.c_size_t(len(session))
        good(crypto.EVP_PKEY_decrypt(context, session, ctypes.byref(length), blob, ctypes.c_size_t(len(blob))))
        return session.raw[: length.value]
    finally:
        crypto.EVP_PKEY_CTX_free(context)


def as_asn1(blob):
    """GM/T 0009: SEQUENCE { x, y, C3, C2 }."""
    assert blob[0] == UNCOMPRESSED

    def integer(data):
        number = int.from_bytes(data, "big")
        return element(2, number.to_bytes(number.bit_length() // 8 + 1, "big"))

    parts = integer(blob[1:33]) + integer(blob[33:65]) + element(4, blob[65:97]) + element(4, blob[97:])
    return element(0x30, parts)


def element(tag, content):
    assert len(content) < 256
    length = [len(content)] if len(content) < 128 else [0x81, len(content)]
    return bytes([tag, *length]) + content


def shared(suite, blob):
    """x and y of the point that the blob was wrapped with: the secret key times C1."""
    secret = ctypes.c_void_p()
    good(crypto.EVP_PKEY_get_bn_param(keys[suite], b"priv", ctypes.byref(secret)))
    point = handle(crypto.EC_POINT_new(SM2))
    good(crypto.EC_POINT_oct2point(SM2, point, blob[:65], ctypes.c_size_t(65), None))
    good(crypto.EC_POINT_mul(SM2, point, None, point, secret, None))
    octets = ctypes.create_string_buffer(65)
    good(crypto.EC_POINT_point2oct(SM2, point, UNCOMPRESSED, octets, ctypes.c_size_t(65), None))
    crypto.EC_POINT_free(point)
    crypto.BN_clear_free(secret)
    return encode(octets.raw[1:])


def aes_256_cbc(encrypt, key, iv, data):
    context = handle(crypto.EVP_CIPHER_CTX_new())
    try:
        cipher = handle(crypto.EVP_aes_256_cbc())
        good(crypto.EVP_CipherInit_ex(context, cipher, None, key, iv, int(encrypt)))
        out = ctypes.create_string_buffer(len(data) + 16)
        length, more = ctypes.c_int(), ctypes.c_int()
        good(crypto.EVP_CipherUpdate(context, out, ctypes.byref(length), data, len(data)))
        rest = ctypes.byref(out, length.value)
        good(crypto.EVP_CipherFinal_ex(context, rest, ctypes.byref(more)))
        return out.raw[: length.value + more.value]
    finally:
        crypto.EVP_CIPHER_CTX_free(context)


def exchange(suite, blob, iv, tag, ciphertext, answer, iv2):
    session = unwrap(suite, blob)
    if suite == AES:
        plaintext = aes_256_cbc(False, session, iv, ciphertext)
        return " ".join((encode(plaintext), encode(aes_256_cbc(True, session, iv2, answer)), "-"))
    return exchange_sm4_gcm(session, iv, tag, ciphertext, answer, iv2)


SM2 = handle(crypto.EC_GROUP_new_by_curve_name(NID_SM2))
serve(keygen, shared=shared, exchange=exchange)
