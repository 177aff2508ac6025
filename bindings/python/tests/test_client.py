"""What a Python program can rely on of clients: threads, signals, forks, and pictures made to fit."""

import copy
import http.server
import os
import pathlib
import pickle
import signal
import threading
import unittest

import cardseal

ROOT = pathlib.Path(__file__).resolve().parents[3]
SM2 = (ROOT / "vectors/keys/tencent-demo-sm2.b64").read_bytes()
PHOTO = (ROOT / "crates/prepare/tests/images/phone.jpg").read_bytes()
REFUSED = b'{"Response":{"Error":{"Code":"FailedOperation.ImageBlur","Message":"m"},"RequestId":"r-1"}}'
URL = "https://h.example/card.jpg"


class Service:
    """Says no to every request, keeps connections open, and counts them."""

    def __init__(self):
        service = self
        self.connections = self.requests = 0

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            # An answer in one segment, and none that waits for the last one's acknowledgement.
            wbufsize = -1
            disable_nagle_algorithm = True

            def setup(self):
                service.connections += 1
                super().setup()

            def do_POST(self):
                service.requests += 1
                self.rfile.read(int(self.headers["Content-Length"]))
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(REFUSED)))
                self.end_headers()
                self.wfile.write(REFUSED)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def close(self):
        self.server.shutdown()
        self.server.server_close()


class Clients(unittest.TestCase):
    def setUp(self):
        self.service = Service()
        self.addCleanup(self.service.close)
        self.recipient = cardseal.Recipient.parse(SM2)
        self.client = cardseal.Client("tencent", endpoint=self.service.url, credentials=cardseal.Credentials("id", "key"))

    def refused(self, client=None):
        with self.assertRaises(cardseal.ServiceError) as raised:
            (client or self.client).recognize(self.recipient, url=URL)
        self.assertEqual((raised.exception.code, raised.exception.request_id), ("FailedOperation.ImageBlur", "r-1"))

    def test_connections_are_kept_between_calls(self):
        for _ in range(5):
            self.refused()
        self.assertEqual((self.service.requests, self.service.connections), (5, 1))

    @unittest.skipUnless(hasattr(os, "fork"), "there is no fork on this system")
    def test_a_forked_process_has_connections_of_its_own(self):
        self.refused()
        child = os.fork()
        if child == 0:
            status = 1
            try:
                self.refused()
                status = 0
            finally:
                os._exit(status)
        self.assertEqual(os.waitpid(child, 0)[1], 0)
        self.refused()
        # The parent's still serves, and the child never spoke on it.
        self.assertEqual((self.service.requests, self.service.connections), (3, 2))

    def test_threads_share_a_client_and_may_end(self):
        threads = [threading.Thread(target=self.refused) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.refused()
        self.assertEqual(self.service.requests, 5)

    def test_an_opener_outlives_the_thread_that_made_it(self):
        made = []
        thread = threading.Thread(target=lambda: made.append(self.recipient.seal(b"{}")[1]))
        thread.start()
        thread.join()
        with self.assertRaises(cardseal.ServiceError):
            made[0].open(REFUSED)

    @unittest.skipUnless(hasattr(signal, "setitimer"), "there is no timer on this system")
    def test_an_exception_of_a_signal_handler_leaves_the_library_whole(self):
        class Interrupted(Exception):
            pass

        def interrupt(*_):
            raise Interrupted

        before = signal.signal(signal.SIGALRM, interrupt)
        self.addCleanup(signal.signal, signal.SIGALRM, before)
        signal.setitimer(signal.ITIMER_REAL, 0.02)
        with self.assertRaises(Interrupted):
            while True:
                self.recipient.seal(b"x" * 1_000_000)
        self.assertIn("EncryptedBody", self.recipient.seal(b"{}")[0])
        self.refused()

    def test_what_is_wrong_is_told_before_anything_is_sent(self):
        ctyun = cardseal.Client("ctyun", endpoint=self.service.url)
        for error, call in (
            (cardseal.InputError, lambda: cardseal.Client("nowhere")),
            (cardseal.InputError, lambda: cardseal.Client("huawei")),
            (cardseal.InputError, lambda: cardseal.Credentials.of_environment("nowhere")),
            (cardseal.CredentialError, lambda: cardseal.Credentials("", "key")),
            (TypeError, lambda: cardseal.Client("tencent", credentials="text")),
            (TypeError, lambda: self.client.recognize(SM2, url=URL)),
            (TypeError, lambda: self.client.recognize(self.recipient, image="text")),
            (TypeError, lambda: self.client.recognize(self.recipient, image=PHOTO, url=URL)),
            (cardseal.InputError, lambda: self.client.recognize(url=URL)),
            (cardseal.InputError, lambda: self.client.recognize(self.recipient)),
            (cardseal.InputError, lambda: self.client.recognize(self.recipient, url=URL, side="top")),
            (cardseal.InputError, lambda: ctyun.recognize(self.recipient, url=URL)),
        ):
            self.assertRaises(error, call)
        self.assertEqual(self.service.requests, 0)

    def test_credentials_are_not_shown_or_copied(self):
        credentials = cardseal.Credentials("id", "hunter2", token="hunter2")
        for shown in (repr(credentials), str(credentials), repr(cardseal.Client("tencent", credentials=credentials))):
            self.assertNotIn("hunter2", shown)
        for copying in (copy.copy, copy.deepcopy, pickle.dumps):
            self.assertRaises(TypeError, copying, credentials)


class Pictures(unittest.TestCase):
    def test_a_picture_is_made_to_fit(self):
        picture, report = cardseal.prepare(PHOTO, quality=60)
        self.assertIsInstance(picture, bytes)
        self.assertEqual((report["input"]["bytes"], report["output"]["bytes"]), (len(PHOTO), len(picture)))
        self.assertTrue(report["changed"])
        again, report = cardseal.prepare(picture)
        self.assertEqual((again, report["changed"]), (picture, False))

    def test_what_is_no_picture_is_an_error(self):
        for wrong in (b"", b"text", PHOTO[: len(PHOTO) // 2]):
            self.assertRaises(cardseal.InputError, cardseal.prepare, wrong)
        self.assertRaises(cardseal.InputError, cardseal.prepare, PHOTO, quality=0)
        self.assertRaises(TypeError, cardseal.prepare, "text")


if __name__ == "__main__":
    unittest.main()
