"""Seals, signs, sends and opens encrypted ID-card OCR requests."""

from collections.abc import Sequence
from typing import Any, Literal, NoReturn, TypedDict, final

__version__: str

class Error(Exception):
    """What went wrong: str() says what happened and what to do."""

    kind: Literal[
        "input", "key", "credential", "signing", "transport", "throttled", "service", "protocol", "open", "provider", "bug"
    ]
    code: str | None
    """The service's own code, such as FailedOperation.ImageBlur."""
    request_id: str | None
    exit_code: int
    """That of the command line."""
    @property
    def opened_text(self) -> bytes | None:
        """What a billed answer opened to that cannot be read: it has the right tag and is not JSON, or it is no card. It is
        personal data, and is neither printed, copied nor pickled with the error."""

class InputError(Error): ...
class KeyRejectedError(Error): ...
class CredentialError(Error): ...
class SigningError(Error): ...
class TransportError(Error): ...
class ThrottledError(Error): ...
class ServiceError(Error): ...
class ProtocolError(Error): ...
class OpenError(Error): ...
class ProviderError(Error): ...
class BugError(Error): ...

@final
class Recipient:
    """The service's public key, parsed and checked. The key chooses the suite. Threads may share one."""

    @staticmethod
    def parse(key: bytes) -> Recipient: ...
    @property
    def suite(self) -> str:
        """AES-256-CBC or SM4-GCM."""

    def seal(self, plain: bytes) -> tuple[str, Opener]:
        """The body to send, {"EncryptedBody":…,"Encryption":{…}}, and the opener of its answer."""

    def seal_into(self, plain: bytes, into: bytearray) -> tuple[int, Opener]:
        """The same into memory that is kept from request to request: how many bytes of it are the body. ValueError where
        there is too little room; 4/3 of the plaintext and 1024 bytes are enough."""

@final
class Opener:
    """What opens the answer to one request, once. It cannot be copied, pickled or shown."""

    def open(self, reply: bytes) -> bytes:
        """Opens {"Response":{…}} or the inner object. The opener is used afterwards, whatever happened."""

    def store(self) -> bytes:
        """The opener as text, which is a key, for another process. The opener is used afterwards."""

    @staticmethod
    def restore(stored: bytes) -> Opener: ...
    def __reduce_ex__(self, protocol: Any, /) -> NoReturn: ...

class _SignedAlways(TypedDict):
    canonical_request: str
    string_to_sign: str
    signature: str
    headers: dict[str, str]

class Signed(_SignedAlways, total=False):
    """Only here, for type checkers: at run time it is a dict."""

    query: str
    body: str

class _RecognizedAlways(TypedDict):
    request_id: str
    result: Any

class Recognized(_RecognizedAlways, total=False):
    """Only here, for type checkers: at run time it is a dict."""

    iv_reused: bool
    authenticated: bool

@final
class Credentials:
    """What proves who calls. It cannot be copied, pickled or shown."""

    def __new__(
        cls, secret_id: str, secret_key: str, *, token: str | None = None, app_key: str | None = None
    ) -> Credentials: ...
    @staticmethod
    def of_environment(cloud: Literal["tencent", "ctyun", "huawei"]) -> Credentials:
        """Those that a cloud's own programs would find, looked for when they are needed."""

    def __reduce_ex__(self, protocol: Any, /) -> NoReturn: ...

@final
class Client:
    """Recognises cards at one cloud, and keeps its connections between calls. Threads may share one."""

    def __new__(
        cls,
        cloud: Literal["tencent", "ctyun", "huawei"],
        *,
        credentials: Credentials | None = None,
        endpoint: str | None = None,
        region: str | None = None,
        project_id: str | None = None,
        timeout: float | None = None,
    ) -> Client: ...
    def recognize(
        self,
        recipient: Recipient | None = None,
        *,
        image: bytes | None = None,
        url: str | None = None,
        side: Literal["front", "back"] | None = None,
    ) -> Recognized:
        """Recognises one ID card: seals, signs, sends, opens."""

class PictureIn(TypedDict):
    """Only here, for type checkers: at run time it is a dict."""

    format: str
    width: int
    height: int
    bytes: int
    orientation: int
    metadata: list[str]

class PictureOut(TypedDict):
    """Only here, for type checkers: at run time it is a dict."""

    format: str
    width: int
    height: int
    bytes: int
    quality: int | None

class Report(TypedDict):
    """Only here, for type checkers: at run time it is a dict."""

    input: PictureIn
    output: PictureOut
    changed: bool

def prepare(
    image: bytes, *, max_bytes: int | None = None, max_side: int | None = None, quality: int | None = None
) -> tuple[bytes, Report]:
    """A picture upright, without metadata, in sRGB, small enough; and what was done to it."""

def sign(
    scheme: str,
    request: bytes,
    *,
    secret_id: str,
    secret_key: str,
    time: int | None = None,
    signed_headers: str | Sequence[str] | None = None,
) -> Signed: ...
def recognize(
    cloud: Literal["tencent", "ctyun", "huawei"],
    *,
    image: bytes | None = None,
    url: str | None = None,
    key: bytes | None = None,
    side: Literal["front", "back"] | None = None,
    endpoint: str | None = None,
    region: str | None = None,
    secret_id: str | None = None,
    secret_key: str | None = None,
    token: str | None = None,
    app_key: str | None = None,
    project_id: str | None = None,
    timeout: float | None = None,
) -> Recognized: ...
