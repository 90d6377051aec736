"""The first page of a PDF as a PNG; runs only in the process of `draw.py`."""

import io

LONGER_SIDE = 2400
"""Pixels, as for an SVG."""


def pdf_png(data: bytes) -> bytes:
    """Draw the first page on white; raises ValueError."""
    import pypdfium2  # noqa: PLC0415 - an extra, and it loads a large library

    try:
        with pypdfium2.PdfDocument(data) as document:
            page = document[0]
            scale = LONGER_SIDE / max(*page.get_size(), 1)
            image = page.render(scale=scale).to_pil()
    except (pypdfium2.PdfiumError, IndexError, ValueError) as error:
        reason = str(error).rstrip(".")  # more words follow
        raise ValueError(f"is a PDF whose first page cannot be drawn: {reason}") from None
    png = io.BytesIO()
    image.save(png, "PNG")
    return png.getvalue()
