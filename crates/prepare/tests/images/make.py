"""Makes the pictures of this folder anew. Needs Pillow, PyTurboJPEG 1 (libturbojpeg0), exiftool.

Every picture is synthetic: four coloured corners on a slope of grey, and no person's card. `make.py FOLDER`.
"""

import io
import os
import struct
import subprocess
import sys

from PIL import Image, ImageDraw

SIZE = (160, 120)
CORNERS = [(220, 30, 30), (30, 200, 40), (40, 60, 220), (230, 210, 40)]


def picture(size=SIZE):
    """Red, green above; blue, yellow below."""
    width, height = size
    image = Image.linear_gradient("L").resize(size).convert("RGB")
    draw = ImageDraw.Draw(image)
    side = min(size) // 3
    places = [(0, 0), (width - side, 0), (0, height - side), (width - side, height - side)]
    for colour, (x, y) in zip(CORNERS, places):
        draw.rectangle([x, y, x + side - 1, y + side - 1], fill=colour)
    return image


def icc(colorants, curve):
    """A matrix profile (ICC.1:2010): three colorants, adapted to D50, and one curve for all."""

    def s15(value):
        return struct.pack(">i", round(value * 65536))

    def xyz(values):
        return b"XYZ \0\0\0\0" + b"".join(map(s15, values))

    text = b"a test profile\0"
    description = b"desc\0\0\0\0" + struct.pack(">I", len(text)) + text + bytes(78)
    tags = {b"desc": description, b"cprt": b"text\0\0\0\0none\0", b"wtpt": xyz((0.9642, 1.0, 0.8249))}
    tags |= {name: xyz(values) for name, values in zip((b"rXYZ", b"gXYZ", b"bXYZ"), colorants)}
    tags |= {name: curve for name in (b"rTRC", b"gTRC", b"bTRC")}
    at, table, data = 128 + 4 + 12 * len(tags), b"", b""
    for name, body in tags.items():
        body += bytes(-len(body) % 4)
        table += name + struct.pack(">II", at + len(data), len(body))
        data += body
    head = b"\0\0\0\0" + b"\x02\x40\0\0" + b"mntrRGB XYZ " + bytes(12) + b"acsp" + bytes(28)
    head += s15(0.9642) + s15(1.0) + s15(0.8249)
    head += bytes(124 - len(head))
    return struct.pack(">I", at + len(data)) + head + struct.pack(">I", len(tags)) + table + data


def gamma(value):
    return b"curv\0\0\0\0" + struct.pack(">IH", 1, round(value * 256))


def srgb_curve():
    steps = [step / 1023 for step in range(1024)]
    linear = [v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in steps]
    return b"curv\0\0\0\0" + struct.pack(">I", 1024) + b"".join(struct.pack(">H", round(v * 65535)) for v in linear)


SRGB = icc([(0.43607, 0.22249, 0.01392), (0.38515, 0.71687, 0.09708), (0.14307, 0.06061, 0.71410)], srgb_curve())
DISPLAY_P3 = icc([(0.51512, 0.24120, -0.00105), (0.29198, 0.69225, 0.04189), (0.15710, 0.06657, 0.78407)], srgb_curve())
ADOBE_RGB = icc([(0.60974, 0.31111, 0.01947), (0.20528, 0.62567, 0.06087), (0.14919, 0.06322, 0.74457)], gamma(2.19921875))


def jpeg(image, **how):
    out = io.BytesIO()
    image.save(out, "JPEG", **{"quality": 90} | how)
    return out.getvalue()


def main(folder):
    image = picture()

    def path(name):
        return os.path.join(folder, name)

    image.save(path("plain.jpg"), quality=90)
    image.save(path("plain.png"))
    image.save(path("plain.bmp"))
    image.save(path("progressive.jpg"), quality=90, progressive=True)
    image.save(path("restarts.jpg"), quality=90, restart_marker_blocks=3)
    image.save(path("rgb.jpg"), quality=90, keep_rgb=True)
    image.convert("L").save(path("grey.jpg"), quality=90)
    image.convert("CMYK").save(path("cmyk.jpg"), quality=95)

    import numpy
    from turbojpeg import TJPF_CMYK, TJSAMP_420, TurboJPEG

    inks = 255 - numpy.array(image.convert("CMYK"))
    with open(path("ycck.jpg"), "wb") as file:
        file.write(TurboJPEG().encode(inks, quality=95, pixel_format=TJPF_CMYK, jpeg_subsample=TJSAMP_420))

    image.save(path("p3.jpg"), quality=95, icc_profile=DISPLAY_P3)
    image.save(path("adobe-rgb.png"), icc_profile=ADOBE_RGB)
    image.save(path("srgb.jpg"), quality=90, icc_profile=SRGB)

    alpha = image.convert("RGBA")
    alpha.putalpha(Image.linear_gradient("L").rotate(90).resize(SIZE))
    alpha.save(path("alpha.png"))
    alpha.save(path("alpha.webp"), lossless=True)
    image.save(path("lossy.webp"), quality=90)
    deep = Image.linear_gradient("L").resize(SIZE).point(lambda v: v * 257, "I").convert("I;16")
    deep.save(path("deep.png"))
    palette = image.quantize(16)
    palette.save(path("palette.png"), transparency=0)
    palette.save(path("two-frames.gif"), save_all=True, append_images=[image.rotate(180).quantize(16)])
    image.save(path("lzw.tif"), compression="tiff_lzw", description="SECRET-DESCRIPTION")

    # What a telephone writes: turned, with a place, a thumbnail, XMP, IPTC, a comment, and a film behind the picture.
    stored = picture((120, 160)).rotate(90, expand=True)
    with open(path("phone.jpg"), "wb") as file:
        file.write(jpeg(stored, comment="SECRET-COMMENT"))
    thumbnail = path("thumbnail.tmp")
    stored.resize((32, 24)).save(thumbnail, "JPEG")
    subprocess.run(
        ["exiftool", "-q", "-overwrite_original", "-n", "-Orientation=6", "-Make=SECRET-MAKE", "-GPSLatitude=31.2304",
         "-GPSLatitudeRef=N", "-GPSLongitude=121.4737", "-GPSLongitudeRef=E", "-XMP-dc:Creator=SECRET-XMP",
         "-IPTC:City=SECRET-IPTC", f"-ThumbnailImage<={thumbnail}", path("phone.jpg")],
        check=True,
    )
    os.remove(thumbnail)
    with open(path("phone.jpg"), "ab") as file:
        file.write(b"SECRET-TRAILER" * 10)

    image.save(path("texts.png"))
    subprocess.run(
        ["exiftool", "-q", "-overwrite_original", "-PNG:Comment=SECRET-TEXT", "-XMP-dc:Creator=SECRET-XMP",
         "-EXIF:Make=SECRET-MAKE", path("texts.png")],
        check=True,
    )


if __name__ == "__main__":
    main(sys.argv[1])
