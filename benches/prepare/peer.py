"""The same work by Pillow and by libvips, as their users write it: upright, no metadata, quality from 85 down until it fits.

peer.py make FILE ORIENTATION   a synthetic photo, 4032x3024 or as SIDES says
peer.py pillow|vips FILE MOST   prints {"seconds", "bytes", "quality"} of the second of two runs
"""

import io
import json
import os
import sys
import time

QUALITIES = range(85, 59, -5)


def make(path, orientation):
    import numpy
    from PIL import Image

    width, height = map(int, os.environ.get("SIDES", "4032x3024").split("x"))
    y, x = numpy.mgrid[0:height, 0:width].astype("float32")
    waves = [
        128 + 90 * numpy.sin(x / 97) + 25 * numpy.sin(y / 13),
        128 + 80 * numpy.cos(y / 71) + 25 * numpy.sin(x / 7),
        128 + 80 * numpy.sin((x + y) / 131),
    ]
    picture = numpy.stack(waves, -1) + numpy.random.default_rng(7).normal(0, 9, (height, width, 3))
    exif = Image.Exif()
    exif[0x0112] = orientation
    Image.fromarray(picture.clip(0, 255).astype("uint8")).save(path, quality=92, exif=exif)


def pillow(data, most):
    from PIL import Image, ImageOps

    image = ImageOps.exif_transpose(Image.open(io.BytesIO(data))).convert("RGB")
    for quality in QUALITIES:
        out = io.BytesIO()
        image.save(out, "JPEG", quality=quality)
        if out.tell() <= most:
            return out.tell(), quality
    raise SystemExit("it does not fit")


def vips(data, most):
    import pyvips

    image = pyvips.Image.new_from_buffer(data, "", access="sequential").copy_memory().autorot().copy_memory()
    for quality in QUALITIES:
        out = image.jpegsave_buffer(Q=quality, strip=True)
        if len(out) <= most:
            return len(out), quality
    raise SystemExit("it does not fit")


def main():
    if sys.argv[1] == "make":
        return make(sys.argv[2], int(sys.argv[3]))
    with open(sys.argv[2], "rb") as file:
        data = file.read()
    work = {"pillow": pillow, "vips": vips}[sys.argv[1]]
    for _ in range(2):
        started = time.process_time()
        size, quality = work(data, int(sys.argv[3]))
        seconds = time.process_time() - started
    print(json.dumps({"seconds": seconds, "bytes": size, "quality": quality}))


main()
