"""Refusals: the answers to requests that are not as the guide asks."""

from starlette.responses import JSONResponse, PlainTextResponse, Response


class Refusal(Exception):  # noqa: N818 - an answer to the client, not an error of the server
    """A request was not as the guide says; nothing was done.

    `status` is the HTTP status, `message` says what is wrong with which part of the request.
    """

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message

    def answer(self) -> Response:
        """The answer: JSON with one key, `message`."""
        return JSONResponse({"message": self.message}, self.status)


class TusRefusal(Refusal):
    """A tus request was refused, in tusd's form: plain text that begins with a code."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(status, f"{code}: {message}\n")

    def answer(self) -> Response:
        """The answer: the code and the message."""
        return PlainTextResponse(self.message, self.status, {"Tus-Resumable": "1.0.0"})
