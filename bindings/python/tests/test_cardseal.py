"""What a Python program can rely on."""

import base64
import copy
import gc
import io
import json
import logging
import os
import pathlib
import pickle
import threading
import traceback
import unittest
import weakref

import cardseal

VECTORS = pathlib.Path(__file__).resolve().parents[3] / "vectors"
SM2 = (VECTORS / "keys/tencent-demo-sm2.b64").read_bytes()
RSA = (VECTORS / "keys/tencent-demo-rsa.b64").read_bytes()
REFUSED = b'{"Response":{"Error":{"Code":"FailedOperation.ImageBlur","Message":"m"},"RequestId":"r-1"}}'


# A card whose end is missing, under the right tag.
CUT = '{"Name":"张三","Sex":"男","Nation":"汉","Birth":"1990/3/7","Address":"某省某市某路1号","IdNum":"99010119900307123X","Authority":"","ValidDate":"","AdvancedInfo":"{}"'
NUMBER = "99010119900307123X"


def sample(name):
    """The stored opener, the reply and the plaintext of a sample of the service's guide."""
    return scenario(f"{name}-opens-guide-sample")


def scenario(name):
    head, _, reply = (VECTORS / f"scenarios/open/{name}.txt").read_bytes().partition(b"\n\n")
    headers = dict(line.split(": ", 1) for line in head.decode().split("\n"))
    key, iv = (base64.b64encode(bytes.fromhex(headers[part])).decode() for part in ("key", "iv"))
    stored = json.dumps({"Algorithm": headers["algorithm"], "Key": key, "Iv": iv})
    return stored.encode(), reply, base64.b64decode(headers.get("plaintext", "")), key


class Envelope(unittest.TestCase):
    def test_the_key_chooses_the_suite(self):
        self.assertEqual(cardseal.Recipient.parse(SM2).suite, "SM4-GCM")
        self.assertEqual(cardseal.Recipient.parse(RSA).suite, "AES-256-CBC")
        with self.assertRaises(cardseal.KeyRejectedError) as raised:
            cardseal.Recipient.parse(b"no key")
        self.assertEqual((raised.exception.kind, raised.exception.exit_code), ("key", 3))
        self.assertIsNone(raised.exception.code)

    def test_a_body_is_sealed_as_json_text(self):
        for key, tags in ((SM2, 1), (RSA, 0)):
            recipient = cardseal.Recipient.parse(key)
            sealed, opener = recipient.seal(b'{"a":1}')
            self.assertIsInstance(sealed, str)
            body = json.loads(sealed)
            self.assertEqual(set(body), {"EncryptedBody", "Encryption"})
            self.assertEqual(body["Encryption"]["Algorithm"], recipient.suite)
            self.assertEqual(len(body["Encryption"]["TagList"]), tags)
            self.assertIsInstance(opener, cardseal.Opener)

    def test_a_body_goes_into_memory_that_is_kept(self):
        for key in (SM2, RSA):
            recipient, kept = cardseal.Recipient.parse(key), bytearray(b"\xff" * 4096)
            for plain in (b'{"a":1}', b'{"a":1,"b":2}'):
                length, opener = recipient.seal_into(plain, kept)
                self.assertEqual(set(json.loads(kept[:length])), {"EncryptedBody", "Encryption"})
                self.assertEqual(kept[length:], b"\xff" * (4096 - length))
                self.assertIsInstance(opener, cardseal.Opener)
            enough = bytearray(length)
            self.assertEqual(recipient.seal_into(plain, enough)[0], length)
            few = bytearray(b"\xff" * 100)
            with self.assertRaisesRegex(ValueError, "there is room for 100"):
                recipient.seal_into(plain, few)
            self.assertEqual(few, b"\xff" * 100)
            for no_room in (bytes(4096), memoryview(kept), None):
                with self.assertRaises(TypeError):
                    recipient.seal_into(plain, no_room)

    def test_the_guides_samples_open(self):
        for name in ("sm4", "aes"):
            stored, reply, plaintext, _ = sample(name)
            self.assertEqual(cardseal.Opener.restore(stored).open(reply), plaintext)

    def test_an_opener_is_used_once_whatever_came_of_it(self):
        stored, reply, _, _ = sample("sm4")
        opener = cardseal.Opener.restore(stored)
        opener.open(reply)
        for again in (lambda: opener.open(reply), opener.store):
            with self.assertRaises(cardseal.InputError) as raised:
                again()
            self.assertEqual(raised.exception.exit_code, 2)
        _, opener = cardseal.Recipient.parse(SM2).seal(b"{}")
        with self.assertRaises(cardseal.OpenError):
            opener.open(b"{}")
        with self.assertRaises(cardseal.InputError):
            opener.open(b"{}")

    def test_the_services_no_has_its_code_and_id(self):
        _, opener = cardseal.Recipient.parse(SM2).seal(b"{}")
        with self.assertRaises(cardseal.ServiceError) as raised:
            opener.open(REFUSED)
        error = raised.exception
        told = (error.kind, error.code, error.request_id, error.exit_code)
        self.assertEqual(told, ("service", "FailedOperation.ImageBlur", "r-1", 7))
        again = pickle.loads(pickle.dumps(error))
        self.assertEqual((type(again), again.kind, again.code), (type(error), error.kind, error.code))

    def test_what_an_answer_opened_to_is_handed_over(self):
        error = self.unread()
        self.assertEqual((error.kind, error.exit_code), ("protocol", 8))
        self.assertIsInstance(error.opened_text, bytes)
        self.assertEqual(error.opened_text, CUT.encode())
        with self.assertRaises(AttributeError):
            error.opened_text = b"other"
        # Every other error has none, whoever made it.
        with self.assertRaises(cardseal.OpenError) as raised:
            cardseal.Opener.restore(scenario("sm4-json-cut")[0]).open(b"{}")
        for other in (raised.exception, cardseal.Error("made here"), cardseal.ProtocolError()):
            self.assertIsNone(other.opened_text)
        # It goes from thread to thread with its error, and no other thread's error has it.
        found = []
        threads = [threading.Thread(target=lambda: found.append(self.unread())) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual([error.opened_text for error in found], [CUT.encode()] * 8)
        # And it goes with the error.
        gone = weakref.ref(error)
        del error
        gc.collect()
        self.assertIsNone(gone())

    def test_what_an_answer_opened_to_is_shown_by_nothing(self):
        error, log = self.unread(), io.StringIO()
        logger = logging.Logger("test")
        logger.addHandler(logging.StreamHandler(log))
        try:
            raise ValueError("wrapped") from error
        except ValueError as wrapped:
            logger.exception("it failed: %s %r", wrapped.__cause__, error)
            trace = traceback.TracebackException.from_exception(wrapped, capture_locals=True)
            log.writelines(trace.format())
        copies = [copy.copy(error), copy.deepcopy(error), *(pickle.loads(pickle.dumps(error, p)) for p in range(6))]
        shown = [log.getvalue(), repr(error), str(error), repr(error.args), repr(vars(error)), repr(error.__reduce_ex__(4)),
                 *(repr(vars(one)) for one in copies), *(pickle.dumps(error, p).decode("latin1") for p in range(6))]
        for text in shown:
            self.assertNotIn(NUMBER, text)
            self.assertNotIn(base64.b64encode(CUT.encode()).decode(), text)
        for one in copies:
            self.assertEqual((type(one), one.kind, one.opened_text), (type(error), "protocol", None))
        self.assertEqual(error.opened_text, CUT.encode())

    @staticmethod
    def unread():
        stored, reply, _, _ = scenario("sm4-json-cut")
        try:
            cardseal.Opener.restore(stored).open(reply)
        except cardseal.ProtocolError as error:
            return error.with_traceback(None)
        raise AssertionError("it opened")

    def test_an_opener_shows_no_key_and_is_not_copied(self):
        stored, _, _, key = sample("sm4")
        opener = cardseal.Opener.restore(stored)
        for shown in (repr(opener), str(opener), f"{opener}", repr(vars(type(opener)))):
            self.assertNotIn(key, shown)
        self.assertFalse(hasattr(opener, "__dict__"))
        for copying in (copy.copy, copy.deepcopy, *(lambda o, p=p: pickle.dumps(o, p) for p in range(6))):
            with self.assertRaises(TypeError) as raised:
                copying(opener)
            self.assertNotIn(key, str(raised.exception))
        self.assertEqual(json.loads(opener.store()), json.loads(stored))

    def test_text_is_not_taken_for_bytes(self):
        recipient = cardseal.Recipient.parse(SM2)
        _, opener = recipient.seal(b"{}")
        for wrong in ("text", None, 1, ["a"]):
            for function in (cardseal.Recipient.parse, recipient.seal, opener.open, cardseal.Opener.restore):
                self.assertRaises(TypeError, function, wrong)
        # The wrong argument was refused before the opener was touched.
        self.assertRaises(cardseal.OpenError, opener.open, b"{}")
        self.assertRaises(TypeError, cardseal.Opener)
        self.assertRaises(TypeError, cardseal.Recipient)


class Signing(unittest.TestCase):
    folder = VECTORS / "sign/tc3-hmac-sha256/t1-documentation-2019"

    def test_the_published_example(self):
        context = json.loads((self.folder / "context.json").read_text())
        for names in (context["signed_headers"], ";".join(context["signed_headers"])):
            signed = cardseal.sign(
                "tc3-hmac-sha256",
                (self.folder / "request.txt").read_bytes(),
                secret_id=context["secret_id"],
                secret_key=context["secret_key"],
                time=context["time"],
                signed_headers=names,
            )
            for stage in ("canonical_request", "string_to_sign", "signature"):
                file = self.folder / f"{stage.replace('_', '-')}.txt"
                self.assertEqual(signed[stage], file.read_text())
            self.assertIn("authorization", signed["headers"])

    def test_now_is_the_time_unless_there_is_one(self):
        request = b"POST / HTTP/1.1\nHost: ocr.tencentcloudapi.com\nContent-Type: application/json\n\n{}"
        signed = cardseal.sign("tc3-hmac-sha256", request, secret_id="id", secret_key="key")
        self.assertGreater(int(signed["headers"]["x-tc-timestamp"]), 1_700_000_000)

    def test_refusals(self):
        request = b"POST / HTTP/1.1\nHost: ocr.tencentcloudapi.com\nContent-Type: application/json\n\n{}"
        with self.assertRaises(cardseal.InputError):
            cardseal.sign("rot13", request, secret_id="id", secret_key="key")
        with self.assertRaises(cardseal.CredentialError):
            cardseal.sign("tc3-hmac-sha256", request, secret_id="", secret_key="key")
        with self.assertRaises(OverflowError):
            cardseal.sign("tc3-hmac-sha256", request, secret_id="id", secret_key="key", time=-1)


class Calling(unittest.TestCase):
    def test_what_is_wrong_is_told_before_anything_is_sent(self):
        for error, cloud, options in (
            (cardseal.InputError, "nowhere", {}),
            (cardseal.InputError, "tencent", {"url": "https://h.example/a"}),
            (cardseal.InputError, "tencent", {"key": SM2}),
            (cardseal.KeyRejectedError, "tencent", {"key": b"x", "url": "https://h.example/a"}),
            (cardseal.InputError, "tencent", {"key": SM2, "url": "https://h.example/a", "side": "top"}),
            (cardseal.InputError, "tencent", {"key": SM2, "url": "https://h.example/a", "secret_key": "k"}),
            (cardseal.InputError, "ctyun", {"key": SM2, "url": "https://h.example/a"}),
            (cardseal.InputError, "huawei", {"url": "https://h.example/a", "region": "cn-north-4"}),
            (TypeError, "tencent", {"image": b"BM", "url": "https://h.example/a"}),
            (TypeError, "tencent", {"image": "text"}),
            (ValueError, "tencent", {"key": SM2, "url": "https://h.example/a", "timeout": float("nan")}),
        ):
            with self.subTest(cloud=cloud, options=options):
                self.assertRaises(error, cardseal.recognize, cloud, **options)
        self.assertRaises(ValueError, cardseal.Client, "tencent", timeout=float("nan"))

    def test_nobody_there_is_an_error_of_the_network(self):
        with self.assertRaises(cardseal.TransportError) as raised:
            cardseal.recognize("tencent", key=SM2, url="https://h.example/a", endpoint="http://127.0.0.1:1",
                               secret_id="id", secret_key="key", timeout=2)
        self.assertEqual(raised.exception.exit_code, 5)


class Running(unittest.TestCase):
    def test_threads_share_a_recipient_and_the_lock_is_released(self):
        recipient, plain, beats, done = cardseal.Recipient.parse(RSA), b"x" * 4_000_000, [], threading.Event()

        def beat():
            while not done.is_set():
                beats.append(1)
                done.wait(0.0005)

        def seal():
            for _ in range(20):
                recipient.seal(plain)

        heart = threading.Thread(target=beat)
        sealers = [threading.Thread(target=seal) for _ in range(2)]
        for thread in (heart, *sealers):
            thread.start()
        for thread in sealers:
            thread.join()
        done.set()
        heart.join()
        self.assertGreater(len(beats), 2)

    def test_one_opener_in_many_threads_opens_for_one(self):
        stored, reply, plaintext, _ = sample("aes")
        opener, outcomes = cardseal.Opener.restore(stored), []

        def open_it():
            try:
                outcomes.append(opener.open(reply) == plaintext)
            except cardseal.InputError:
                outcomes.append(None)

        threads = [threading.Thread(target=open_it) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual((outcomes.count(True), outcomes.count(None)), (1, 7))

    def test_arguments_may_go_while_a_call_runs(self):
        recipient = cardseal.Recipient.parse(SM2)
        for _ in range(50):
            recipient.seal(b"y" * 100_000)
            gc.collect()

    @unittest.skipUnless(hasattr(os, "fork"), "there is no fork on this system")
    def test_a_forked_process_goes_on(self):
        recipient = cardseal.Recipient.parse(SM2)
        child = os.fork()
        if child == 0:
            status = 1
            try:
                sealed, _ = recipient.seal(b"{}")
                status = 0 if "EncryptedBody" in sealed else 2
            finally:
                os._exit(status)
        self.assertEqual(os.waitpid(child, 0)[1], 0)


if __name__ == "__main__":
    unittest.main()
