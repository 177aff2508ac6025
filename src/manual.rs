//! How sealing, signing and opening work here; how other code for the same ciphers failed, and why this does not.
//!
//! It is for whoever has to defend the choice of this library. Each statement about it names the test that proves it.
//!
//! # A request
//! 1. The typed request is written as one JSON object: the *inner request*. `Action`, `Version` and `Region` are no part
//!    of it; they are headers.
//! 2. The [`Recipient`](crate::Recipient), which is the service's public key, decides the suite: an RSA key means
//!    AES-256-CBC, an SM2 key means SM4-GCM. No argument names an algorithm, so none can contradict the key.
//! 3. The provider draws a session key (32 or 16 bytes) and wraps it with the public key: RSA PKCS#1 v1.5 (RFC 8017,
//!    7.2.1), or SM2 as C1 ‖ C3 ‖ C2 (GB/T 32918.4). The core draws an IV (16 or 12 bytes). Both come from the operating
//!    system's generator.
//! 4. The inner request is encrypted where it was written. AES-256-CBC (NIST SP 800-38A) pads by PKCS#7; SM4-GCM (RFC 8998,
//!    NIST SP 800-38D) has no padding and no additional data, and its tag of 16 bytes stands apart, in `TagList`.
//! 5. The HTTP body holds `EncryptedBody` and `Encryption`: algorithm, IV, wrapped key, tags, and the list of what is
//!    encrypted. It is hashed and signed, and only then is there an `http::Request`.
//!
//! What stays behind is an [`Opener`](crate::Opener): the session, and what was sealed. It opens one answer.
//!
//! # An answer
//! All that can be checked without the key is checked first, by the core and not by the provider: algorithm, list, IV and
//! tags must be the request's, base64 and JSON are strict, a member that stands twice is an error. Then comes the tag or
//! the padding, then UTF-8 and JSON. A failure before the plaintext is JSON is always the same error with the same text
//! (`one_error_with_one_text`): whoever sent the answer learns nothing from it, and the key is gone after one attempt.
//!
//! # A signature
//! Seven schemes, one file each. A scheme makes two texts, the canonical request and the string to sign, and takes an
//! HMAC of the second. `cardseal sign --explain` shows both, and `--against` says at which line another program's text
//! differs. A call that is tried again is signed again, with a new time, and never sealed again
//! (`a_throttled_call_is_signed_again_and_never_sealed_again`).
//!
//! # How other code failed
//! ## Session keys
//! | what happened | here |
//! |---|---|
//! | Demos draw the key with `java.util.Random` or a `math/rand` that is seeded with the time. One key that is known gives the generator's state, and with it every other key. | Only the operating system's generator is asked; if it fails, nothing is sealed (`a_failing_generator_seals_nothing`). |
//! | Demos draw letters and digits: 62¹⁶ keys where SM4 has 2¹²⁸, and text that cannot be wiped. | All byte values, wiped when dropped (`nothing_secret_is_left_in_memory`). |
//! | A generator of the process keeps what it gave out: with `rand::rng()`, bytes of the key stay in its buffer. | No such generator is used. The memory after a request is searched for the key's bytes. |
//! | The caller may pass a key, and passes it twice. | It is never an argument (`no_two_requests_share_a_key_or_an_iv`, `misuse_does_not_compile`). |
//!
//! ## SM2
//! | what happened | here |
//! |---|---|
//! | Pre-releases of the crate `sm2` 0.14 drew a scalar k that was biased, from which the plaintext can be recovered (GHSA-w3g8-fp6j-wvqw). RustSec had not listed it in August 2026. | k is 32 bytes of the generator, and drawn again where it is 0 or not below the order; nothing is reduced (`scalars_out_of_range_are_drawn_again`). `deny.toml` bans those versions. |
//! | The step that demands another k where the key stream is zero (GB/T 32918.4, A5) is left out: the message then stands in clear. One byte is enough to see it in a test, one of 256 times. | `an_all_zero_keystream_asks_for_another_scalar` |
//! | A coordinate is written without its leading zeros, so that C1 is too short once in 128 times. | 32 bytes always: `coordinates_with_leading_zeros_agree`, with such keys, points and shared points made on purpose. |
//! | C1 ‖ C2 ‖ C3, the order of the older standard, or ASN.1 around it. | C1 ‖ C3 ‖ C2, raw. `cardseal inspect` says which of them a blob is. |
//! | A point off the curve is taken for a key: the product then lies in another group, a small one. | `a_point_must_be_on_the_curve_and_in_range`, `only_the_named_sm2_curve` |
//! | A multiplication that skips zero digits, or looks a multiple up by a secret index, tells k by its time. | Every scalar takes the same look-ups of whole rows and the same additions. It is run under valgrind with k marked as undefined, and the machine code of what valgrind cannot run is read (`a23_no_jump_and_no_address_of_a_kernel_depends_on_a_secret`). |
//! | `Debug` of a private key prints its number. | No type that holds a secret has `Debug` of it (`no_public_type_shows_a_secret`). |
//!
//! ## SM4 and GCM
//! | what happened | here |
//! |---|---|
//! | The S-box is a table of 256 bytes with a secret index: the cache tells the key to whoever shares the machine. The crate `sm4` and common C libraries do so. | The S-box is computed, in the key schedule too. Only the provider of the feature `rust-crypto` uses that crate, and says so. |
//! | GHASH multiplies by tables that are made of the secret hash key. | Carry-less multiplications, by instruction or by integer products. |
//! | Several members of one request are sealed under one nonce: their ciphertexts give the XOR of the plaintexts. | Refused unless the caller names the risk (`more_than_one_member_under_sm4_gcm_takes_the_opt_in`). |
//! | The service seals its answer under the request's nonce. | It cannot be prevented from here. `iv_reused` says so, and [`IvPolicy::Fresh`](crate::IvPolicy::Fresh) refuses such an answer. |
//! | Ciphertext and tag are joined before they are checked, so that bytes can move from one to the other; tags of 13 bytes are taken. | Exactly 16 bytes, decoded by themselves (`every_change_is_refused_alike`). |
//! | Plaintext is given out before the tag was compared, or stays in the buffer afterwards. | The tag comes first, and what is refused is wiped (`every_changed_bit_is_refused_and_the_buffer_wiped`). |
//!
//! ## AES-256-CBC
//! | what happened | here |
//! |---|---|
//! | Bad padding and a bad key are told apart: a padding oracle. | One error, one attempt, and a check that takes the same time whatever it finds (`padding_is_judged_by_its_definition`). |
//! | The answer chooses its IV, and with it the first block of the text. | Only the request's IV is taken, unless the policy names the risk (`s8b_a_one_block_answer_made_of_the_request_is_refused`). |
//! | The request is sent back as its own answer, and opens. | The opener knows what it sealed (`s8_a_reflected_request_is_refused_under_every_policy`). |
//!
//! ## RSA
//! | what happened | here |
//! |---|---|
//! | Exponents of 3 or 5 are taken; with a small exponent and bad padding the key can be found by taking a root. | 65537 only (`an_exponent_other_than_65537_is_refused`). |
//! | A prime, or a product of small primes, is taken for a modulus. | Refused (`s13_a_prime_modulus_is_refused`), and published moduli are not (`s13_published_moduli_are_taken`). |
//! | The padding has a zero in it, and whoever unwraps it takes the wrong key. | Such a byte is drawn again, within a bound. |
//!
//! # What remains
//! AES-256-CBC has no tag, RSA-1024 is short, one key of the service serves everybody, and the service repeats the nonce.
//! [SECURITY.md](https://github.com/cardseal/cardseal/blob/main/SECURITY.md#what-is-not-protected) lists all that this
//! library cannot mend, with the test that shows each.
