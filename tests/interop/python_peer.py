"""The service's side of the envelope in Python: `cryptography` for RSA, AES-CBC and SM4-GCM (OpenSSL beneath), `gmssl`
for SM2."""

import secrets

from cryptography.hazmat.primitives import padding, serialization
from cryptography.hazmat.primitives.asymmetric import padding as rsa_padding
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from gmssl import sm2
from service_peer import AES, encode, exchange_sm4_gcm, handed_out, serve

SM2_ORDER = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123
SM2_SPKI_HEAD = bytes.fromhex("3059301306072a8648ce3d020106082a811ccf5501822d034200")

keys = {}


def keygen(suite):
    if suite == AES:
        key = rsa.generate_private_key(65537, 1024)
        der = key.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.PKCS1)
        label = "RSA PUBLIC KEY"
    else:
        secret = secrets.randbelow(SM2_ORDER - 2) + 1
        key = sm2.CryptSM2(private_key=f"{secret:064x}", public_key="", mode=1)
        point = key._kg(secret, sm2.default_ecc_table["g"])
        der = SM2_SPKI_HEAD + b"\x04" + bytes.fromhex(point)
        label = "PUBLIC KEY"
    keys[suite] = key
    return handed_out(label, der)


def exchange(suite, blob, iv, tag, ciphertext, answer, iv2):
    if suite == AES:
        session = keys[suite].decrypt(blob, rsa_padding.PKCS1v15())
        opener = Cipher(algorithms.AES256(session), modes.CBC(iv)).decryptor()
        unpadder = padding.PKCS7(128).unpadder()
        padded = opener.update(ciphertext) + opener.finalize()
        plaintext = unpadder.update(padded) + unpadder.finalize()
        padder = padding.PKCS7(128).padder()
        sealer = Cipher(algorithms.AES256(session), modes.CBC(iv2)).encryptor()
        sealed = sealer.update(padder.update(answer) + padder.finalize()) + sealer.finalize()
        return " ".join((encode(plaintext), encode(sealed), "-"))
    # gmssl takes the ciphertext without its leading 04, and checks no C3.
    session = keys[suite].decrypt(blob[1:])
    return exchange_sm4_gcm(session, iv, tag, ciphertext, answer, iv2)


serve(keygen, exchange=exchange)
