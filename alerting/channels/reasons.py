"""Why a connection came to nothing, in words, and what to do about it. Pure."""

import os
import socket
import ssl

import aiohttp
from aiosmtplib import SMTPServerDisconnected

from alerting.marks import one_line

_OF_ANOTHER_NAME = (62, 64)  # what OpenSSL says where a certificate is for another host or address
_OF_AN_UNKNOWN_CA = (18, 19, 20, 21)
_NOT_TLS = ("WRONG_VERSION_NUMBER", "RECORD_LAYER_FAILURE", "PACKET_LENGTH_TOO_LONG")
_LOOK_IT_UP = "check how the host is written, and whether this machine can look names up"
_HUNG_UP = (aiohttp.ServerDisconnectedError, SMTPServerDisconnected, ConnectionResetError)


def reason(error: Exception) -> tuple[str, str]:
    """What went wrong, and a hint, empty where there is none; never with the URL, which some errors repeat."""
    cause = _cause(error)
    if isinstance(cause, ssl.SSLCertVerificationError):
        return _of_certificate(cause)
    if isinstance(cause, ssl.SSLError) and cause.reason in _NOT_TLS:
        return "it does not speak TLS at that port", "check the port, and whether TLS begins with the first byte there"
    if isinstance(cause, socket.gaierror):
        return f"its name cannot be looked up: {one_line(cause.strerror or '').lower()}", _LOOK_IT_UP
    if isinstance(cause, _HUNG_UP):
        return "it hung up", ""
    if isinstance(cause, OSError) and cause.errno and not isinstance(cause, ssl.SSLError):
        return os.strerror(cause.errno).lower(), ""
    if isinstance(cause, aiohttp.ClientResponseError):
        return one_line(cause.message), ""
    if isinstance(cause, aiohttp.InvalidURL):
        return one_line(cause.description or "the URL cannot be used"), ""
    return one_line(str(cause) or type(cause).__name__), ""


def _cause(error: Exception) -> BaseException:
    """The error beneath those that a library has wrapped around it."""
    if isinstance(error, aiohttp.ClientConnectorCertificateError):
        return error.certificate_error
    if isinstance(error, aiohttp.ClientConnectorError):
        return error.os_error
    return error.__cause__ if isinstance(error.__cause__, OSError) else error


def _of_certificate(error: ssl.SSLCertVerificationError) -> tuple[str, str]:
    hint = ""
    if error.verify_code in _OF_ANOTHER_NAME:
        hint = "give the channel the name that the certificate is made out to"
    if error.verify_code in _OF_AN_UNKNOWN_CA:
        hint = "if the server's certificate is of a CA of its own, name that in ca_file"
    return f"its certificate is not trusted: {one_line(error.verify_message)}", hint
