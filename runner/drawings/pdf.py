"""Own the first page of a PDF as a PNG; what draws it comes with the extra `pdf`."""

import io

from runner.drawings.failure import UNFIT, PictureError

LONGER_SIDE = 4000
"""Pixels: lines of an A1 plan stay apart, and a page still opens on a phone."""


def first_page(data: bytes) -> bytes:
    """Draw the first page on white; raises PictureError."""
    try:
        import PIL.Image  # noqa: F401, PLC0415 - what pypdfium2 makes an image with
        import pypdfium2  # noqa: PLC0415 - an extra, and it loads a large library
    except ImportError:
        help_ = "pip install 'sitewalk[pdf]', or save the page as PNG"
        message = "is a PDF, and what draws one is not installed"
        raise PictureError(UNFIT, message, help_) from None
    try:
        with pypdfium2.PdfDocument(data) as document:
            page = document[0]
            scale = LONGER_SIDE / max(*page.get_size(), 1)
            image = page.render(scale=scale).to_pil()
    except (pypdfium2.PdfiumError, IndexError, ValueError) as error:
        reason = str(error).rstrip(".")  # more words follow
        message = f"is a PDF whose first page cannot be drawn: {reason}"
        raise PictureError(UNFIT, message, "save the page as PNG") from None
    png = io.BytesIO()
    image.save(png, "PNG")
    return png.getvalue()
