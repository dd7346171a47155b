"""In the child process: reads an uploaded picture and draws it anew."""

from collections.abc import Sequence
from io import BytesIO
from typing import Any

from PIL import Image, ImageFile, ImageOps, UnidentifiedImageError

from tracker.letters.limited import Answer, Refusal

MAX_PIXELS = 40_000_000  # security.md C-28
_DAMAGED = "The picture is damaged and cannot be read. Save it again and choose it once more"
_TOO_MANY = f"The picture has more than {MAX_PIXELS // 1_000_000} million pixels. Save it smaller and choose it again"


def make_picture(arguments: dict[str, Any], blobs: Sequence[bytes]) -> Answer:
    """Return the picture as a PNG on white within ``width`` and ``height``. Raises Refusal with words for a person."""
    ImageFile.LOAD_TRUNCATED_IMAGES = False  # WeasyPrint allows them
    written = BytesIO()
    try:
        with Image.open(BytesIO(blobs[0]), formats=("PNG", "JPEG")) as picture:
            if picture.width * picture.height > MAX_PIXELS:
                raise Refusal("too_big", _TOO_MANY)
            picture.draft("RGB", (arguments["width"], arguments["height"]))  # a big JPEG is read smaller at once
            upright = ImageOps.exif_transpose(picture).convert("RGBA")
            upright.thumbnail((arguments["width"], arguments["height"]))
            paper = Image.new("RGB", upright.size, "white")
            paper.paste(upright, mask=upright.getchannel("A"))
            paper.save(written, "PNG")
    except Image.DecompressionBombError:
        raise Refusal("too_big", _TOO_MANY) from None
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError):
        raise Refusal("broken", _DAMAGED) from None
    return Answer({}, (written.getvalue(),))
