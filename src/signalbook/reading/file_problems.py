"""Describe the problems of files, and read one part of a file."""

from __future__ import annotations

import errno

from signalbook.reading.json_errors import NotJSON


def unreadable(error: OSError | ValueError) -> NotJSON:
    """Return the problem for an operating system error while reading a path."""
    if isinstance(error, FileNotFoundError):
        return NotJSON("no-file", "no such file", hint="check the spelling and the current directory")
    if isinstance(error, PermissionError):
        return NotJSON("no-permission", "permission denied", hint="give this user read permission")
    number = getattr(error, "errno", None)
    if number == errno.ELOOP:
        return NotJSON("no-file", "the symbolic links form a loop", hint="point the link at a file")
    if number == errno.ENXIO:
        return special()
    return NotJSON("no-file", f"cannot be read: {getattr(error, 'strerror', None) or error}")


def special() -> NotJSON:
    """Return the problem for a path that names a device or a socket."""
    return NotJSON(
        "no-file",
        "a device or a socket, not a file",
        hint="pass a file, a folder or a pipe; - is standard input",
    )


def no_payload(message: str, hint: str) -> NotJSON:
    """Return the problem for a place that contains no payloads."""
    return NotJSON("no-payload", message, hint=hint)


def empty_path() -> NotJSON:
    """Return the problem for an empty path."""
    return NotJSON("no-file", "the path is empty", hint="is a variable in your script unset?")


def no_input() -> NotJSON:
    """Return the problem for a process that was started without standard input, as some schedulers do."""
    return NotJSON("no-file", "standard input is closed", hint="pass a file, or connect standard input")


def part_of(path: str, offset: int, length: int) -> bytes:
    """Return `length` bytes of a file, starting at `offset`. Raises `NotJSON` if they can no longer be read."""
    try:
        with open(path, "rb", buffering=0) as stream:  # noqa: PTH123 - avoids importing pathlib
            stream.seek(offset)
            data = stream.read(length)
            while len(data) < length and (
                more := stream.read(length - len(data))
            ):  # a network file system may return less than requested
                data += more
    except OSError as error:
        raise unreadable(error) from None
    if len(data) < length:
        raise NotJSON(
            "no-file",
            "the file shrank while it was being read",
            hint="make sure that nothing writes to the file",
        )
    return data
