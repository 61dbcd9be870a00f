"""Draw a page of a file as a small picture: a program of its own, with little to use up, for files are not trusted.

`python -m adapters.files.draw FILE MEDIA_TYPE PAGE WIDTH` writes how many pages there are, a line end, and a JPEG.
"""

from __future__ import annotations

import io
import resource
import sys
import warnings
from collections.abc import Callable

from PIL import Image, ImageOps
from pypdfium2 import PdfDocument

MEMORY_BYTES_MAX = 1 << 30
CPU_SECONDS_MAX = 10
PIXELS_MAX = 50_000_000
HEIGHTS_MAX = 3  # as many widths high at most
QUALITY = 75
Drawn = tuple[int, Image.Image]


def picture(path: str, format_: str, width: int) -> Drawn:
    """Give a picture upright, without what its camera wrote into it; only its own format is tried."""
    with Image.open(path, formats=[format_]) as opened:
        opened.draft("RGB", (width * 2, width * 2))
        upright = ImageOps.exif_transpose(opened).convert("RGBA")
    paper = Image.new("RGB", upright.size, "white")
    paper.paste(upright, mask=upright)
    return 1, paper


def sheet(path: str, page: int, width: int) -> Drawn:
    """Give a page of a PDF, counted from one."""
    document = PdfDocument(path)
    found = document[page - 1]
    scale = min(width / found.get_width(), width * HEIGHTS_MAX / found.get_height())
    return len(document), found.render(scale=scale).to_pil().convert("RGB")


DRAWS: dict[str, Callable[[str, int, int], Drawn]] = {
    "application/pdf": sheet,
    "image/png": lambda path, _page, width: picture(path, "PNG", width),
    "image/jpeg": lambda path, _page, width: picture(path, "JPEG", width),
    "image/gif": lambda path, _page, width: picture(path, "GIF", width),
}
"""How files of a media type are drawn."""


def main() -> None:
    """Draw what the arguments name; whatever goes wrong ends the program."""
    path, media_type, page, width = sys.argv[1:]
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES_MAX, MEMORY_BYTES_MAX))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS_MAX, CPU_SECONDS_MAX))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    Image.MAX_IMAGE_PIXELS = PIXELS_MAX
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    pages, drawn = DRAWS[media_type](path, int(page), int(width))
    drawn.thumbnail((int(width), int(width) * HEIGHTS_MAX))
    out = io.BytesIO()
    drawn.save(out, "JPEG", quality=QUALITY, optimize=True)
    sys.stdout.buffer.write(b"%d\n%b" % (pages, out.getvalue()))


if __name__ == "__main__":
    main()
