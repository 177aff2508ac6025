"""What the service's peers in Python share: the words of a line, the public key as it is handed out, and SM4-GCM."""

import base64
import sys

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

AES = "AES-256-CBC"


def encode(data):
    return base64.b64encode(data).decode() or "-"


def decode(word):
    return b"" if word == "-" else base64.b64decode(word, validate=True)


def handed_out(label, der):
    """The public key as the service's users get it: base64 of PEM."""
    body = base64.b64encode(der).decode()
    lines = "\n".join(body[at : at + 64] for at in range(0, len(body), 64))
    return encode(f"-----BEGIN {label}-----\n{lines}\n-----END {label}-----".encode())


def exchange_sm4_gcm(session, iv, tag, ciphertext, answer, iv2):
    """Opens what came, seals the answer: plaintext, sealed answer, its tag."""
    opener = Cipher(algorithms.SM4(session), modes.GCM(iv, tag)).decryptor()
    plaintext = opener.update(ciphertext) + opener.finalize()
    sealer = Cipher(algorithms.SM4(session), modes.GCM(iv2)).encryptor()
    sealed = sealer.update(answer) + sealer.finalize()
    return " ".join((encode(plaintext), encode(sealed), encode(sealer.tag)))


def serve(keygen, **operations):
    """Reads one request a line, answers one line; see BouncyCastlePeer.java for the words."""
    for line in sys.stdin:
        operation, suite, *words = line.split()
        reply = keygen(suite) if operation == "keygen" else operations[operation](suite, *map(decode, words))
        print(reply, flush=True)
