"""The key pairs that the scenarios are wrapped for. Made from the seed, published here, good for nothing else."""

from primitives import (
    G, N, OID_EC, OID_SM2, der, encode, integer, multiply, pem, pkcs1, prime, sequence, sm2_spki,
)
from scenario import b64, drawn

RSA_P, RSA_Q = prime("rsa p", 512), prime("rsa q", 512)
RSA_N = RSA_P * RSA_Q
RSA_D = pow(65537, -1, (RSA_P - 1) * (RSA_Q - 1))
SM2_D = int.from_bytes(drawn("sm2 d", 32), "big") % (N - 2) + 1
SM2_Q = multiply(SM2_D, G)

RSA_PUBLIC = pkcs1(RSA_N)
SM2_PUBLIC = sm2_spki(encode(SM2_Q))

RSA_PRIVATE = sequence(
    *map(integer, (0, RSA_N, 65537, RSA_D, RSA_P, RSA_Q)),
    *map(integer, (RSA_D % (RSA_P - 1), RSA_D % (RSA_Q - 1), pow(RSA_Q, -1, RSA_P))),
)
SM2_PRIVATE = sequence(
    integer(0),
    sequence(OID_EC, OID_SM2),
    der(0x04, sequence(
        integer(1),
        der(0x04, SM2_D.to_bytes(32, "big")),
        der(0xA1, der(0x03, b"\x00" + encode(SM2_Q))),
    )),
)

RSA_RECIPIENT = b64(pem("RSA PUBLIC KEY", RSA_PUBLIC).strip().encode())
SM2_RECIPIENT = b64(pem("PUBLIC KEY", SM2_PUBLIC).strip().encode())

# Written beside the scenarios, in vectors/keys.
FILES = {
    "scenario-rsa-1024-private.pem": pem("RSA PRIVATE KEY", RSA_PRIVATE),
    "scenario-rsa-1024.b64": RSA_RECIPIENT + "\n",
    "scenario-sm2-private.pem": pem("PRIVATE KEY", SM2_PRIVATE),
    "scenario-sm2.b64": SM2_RECIPIENT + "\n",
}
