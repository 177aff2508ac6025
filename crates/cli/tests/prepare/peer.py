"""What Pillow makes of pictures: an independent decoder, and LittleCMS for colours.

peer.py make FOLDER       pictures by libjpeg-turbo, libwebp and libtiff, in every orientation
peer.py compare IN OUT    prints how OUT differs from IN as a colour-managed viewer shows it
Ends with 3, and says so, where Pillow is missing.
"""

import io
import json
import os
import sys

try:
    from PIL import Image, ImageChops, ImageCms, ImageDraw, ImageFilter, ImageOps, ImageStat
except ImportError as error:
    print(f"Python lacks {error.name} (pip install Pillow; or set CARDSEAL_PYTHON)")
    sys.exit(3)

SRGB = ImageCms.createProfile("sRGB")
LAB = ImageCms.createProfile("LAB")


def picture(size):
    """Soft colours with a corner each of red, green, blue and yellow."""
    width, height = size
    image = Image.merge("RGB", [Image.linear_gradient("L").rotate(turn).resize(size) for turn in (0, 90, 180)])
    draw = ImageDraw.Draw(image)
    side = min(size) // 4
    for colour, (x, y) in {
        (220, 30, 30): (0, 0),
        (30, 200, 40): (width - side, 0),
        (40, 60, 220): (0, height - side),
        (230, 210, 40): (width - side, height - side),
    }.items():
        draw.rectangle([x, y, x + side, y + side], fill=colour)
    return image.filter(ImageFilter.GaussianBlur(2))


def make(folder):
    image = picture((900, 620))
    for orientation in range(1, 9):
        exif = Image.Exif()
        exif[0x0112] = orientation
        exif[0x010F] = "SECRET-MAKE"
        for ending, how in {"jpg": {"quality": 95}, "png": {}, "webp": {"quality": 95}}.items():
            image.save(os.path.join(folder, f"{orientation}.{ending}"), exif=exif, **how)
        image.save(os.path.join(folder, f"{orientation}.tif"), tiffinfo={0x0112: orientation})
    # JPEG in the ways it may be laid out, each made to be decoded by being turned.
    turned = Image.Exif()
    turned[0x0112] = 3
    ways = {
        "444": {"subsampling": 0},
        "422": {"subsampling": 1},
        "420": {"subsampling": 2},
        "progressive": {"progressive": True},
        "restarts": {"restart_marker_blocks": 5},
        "progressive-restarts": {"progressive": True, "restart_marker_rows": 2},
        "optimised": {"optimize": True},
    }
    odd = image.crop((0, 0, 611, 533))
    for name, how in ways.items():
        odd.save(os.path.join(folder, f"way-{name}.jpg"), quality=95, exif=turned, **how)
    odd.convert("L").save(os.path.join(folder, "way-grey.jpg"), quality=95, exif=turned)
    odd.convert("CMYK").save(os.path.join(folder, "way-cmyk.jpg"), quality=95, exif=turned)
    noise = Image.effect_noise((4000, 3000), 40).convert("RGB")
    Image.blend(picture((4000, 3000)), noise, 0.3).save(os.path.join(folder, "large.jpg"), quality=95)


def shown(path):
    """As a colour-managed viewer shows it: upright, in sRGB, on white."""
    image = Image.open(path)
    profile = image.info.get("icc_profile")
    image = ImageOps.exif_transpose(image)
    if image.mode.startswith("I"):
        return image.convert("I").point(lambda value: value / 257).convert("L").convert("RGB")
    if image.mode in ("P", "LA", "PA") or "transparency" in image.info:
        image = image.convert("RGBA")
    if image.mode == "RGBA":
        white = Image.new("RGBA", image.size, "white")
        image = Image.alpha_composite(white, image).convert("RGB")
    if profile:
        profile = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        return ImageCms.profileToProfile(image, profile, SRGB, outputMode="RGB")
    return image.convert("RGB")


def delta_e(one, other):
    """CIE76's difference: the root of its mean square, over pixels."""
    to_lab = ImageCms.buildTransform(SRGB, LAB, "RGB", "LAB")
    channels = zip(*(ImageCms.applyTransform(image, to_lab).split() for image in (one, other)))
    squares = 0.0
    for index, pair in enumerate(channels):
        scale = 100 / 255 if index == 0 else 1
        squares += (ImageStat.Stat(ImageChops.difference(*pair)).rms[0] * scale) ** 2
    return squares**0.5


def compare(before, after):
    after_image = Image.open(after)
    wanted = shown(before)
    if wanted.size != after_image.size:
        wanted = wanted.resize(after_image.size, Image.LANCZOS)
    got = after_image.convert("RGB")
    print(
        json.dumps(
            {
                "format": after_image.format.lower(),
                "width": after_image.width,
                "height": after_image.height,
                "mode": after_image.mode,
                "exif": bool(after_image.getexif()),
                "info": sorted(set(after_image.info) - {"jfif", "jfif_version", "jfif_unit", "jfif_density"}),
                "delta_e": delta_e(wanted, got),
            }
        )
    )


if sys.argv[1] == "make":
    make(sys.argv[2])
    print("{}")
else:
    compare(sys.argv[2], sys.argv[3])
