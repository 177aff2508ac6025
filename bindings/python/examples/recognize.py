"""Recognises the card in a picture: recognize.py KEY-FILE PICTURE [ENDPOINT].

The credentials come from the environment (TENCENTCLOUD_SECRET_ID, TENCENTCLOUD_SECRET_KEY).
"""

from __future__ import annotations

import json
import pathlib
import sys

import cardseal


def main(key: str, picture: str, endpoint: str | None = None) -> int:
    try:
        card = cardseal.recognize(
            "tencent",
            key=pathlib.Path(key).read_bytes(),
            image=pathlib.Path(picture).read_bytes(),
            endpoint=endpoint,
        )
    except cardseal.Error as error:
        print(error, file=sys.stderr)
        return error.exit_code
    print(json.dumps(card, ensure_ascii=False))
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
