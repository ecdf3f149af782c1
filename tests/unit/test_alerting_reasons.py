"""What is said where a connection came to nothing: few words, never the URL, and what to do where that is known."""

import errno
import socket
import ssl

import aiohttp
import pytest
from aiohttp.client_reqrep import ConnectionKey
from aiosmtplib import SMTPConnectError, SMTPServerDisconnected
from multidict import CIMultiDict, CIMultiDictProxy
from yarl import URL

from alerting.channels.reasons import reason

CANARY = "https://hooks.example.com/services/canary"


def untrusted(code: int, message: str) -> ssl.SSLCertVerificationError:
    error = ssl.SSLCertVerificationError(1, "[SSL: CERTIFICATE_VERIFY_FAILED] (_ssl.c:1006)")
    error.verify_code, error.verify_message = code, message
    return error


def not_tls() -> ssl.SSLError:
    error = ssl.SSLError(1, "[SSL: WRONG_VERSION_NUMBER] wrong version number (_ssl.c:1006)")
    error.reason = "WRONG_VERSION_NUMBER"
    return error


def caused(error: Exception, cause: Exception) -> Exception:
    error.__cause__ = cause
    return error


def at_connecting(cause: OSError) -> aiohttp.ClientConnectorError:
    return aiohttp.ClientConnectorError(ConnectionKey("hooks.example.com", 443, True, True, None, None, None), cause)


REQUEST = aiohttp.RequestInfo(URL(CANARY), "POST", CIMultiDictProxy(CIMultiDict()), URL(CANARY))
REFUSED = ConnectionRefusedError(errno.ECONNREFUSED, "Connect call failed ('127.0.0.1', 25)")


@pytest.mark.parametrize(
    ("error", "said", "hint"),
    [
        (REFUSED, "connection refused", ""),
        (at_connecting(REFUSED), "connection refused", ""),
        (caused(SMTPConnectError("Error connecting to localhost"), REFUSED), "connection refused", ""),
        (OSError(errno.ENETUNREACH, "x"), "network is unreachable", ""),
        (socket.gaierror(socket.EAI_NONAME, "Name or service not known"), "cannot be looked up: name or s", "host is"),
        (untrusted(18, "self-signed certificate"), "not trusted: self-signed certificate", "in ca_file"),
        (untrusted(62, "Hostname mismatch"), "not trusted: Hostname mismatch", "the name that the certificate"),
        (untrusted(10, "certificate has expired"), "not trusted: certificate has expired", ""),
        (at_connecting(not_tls()), "does not speak TLS", "check the port"),
        (aiohttp.ServerDisconnectedError(), "it hung up", ""),
        (SMTPServerDisconnected("Unexpected EOF received"), "it hung up", ""),
        (aiohttp.InvalidURL(CANARY, "no host"), "no host", ""),
        (aiohttp.InvalidURL(CANARY), "the URL cannot be used", ""),
        (aiohttp.ClientResponseError(REQUEST, (), message="a\nb\x1b"), "a b", ""),
        (ValueError("odd"), "odd", ""),
        (ValueError(), "ValueError", ""),
    ],
)
def test_a_failure_is_told_in_few_words_with_what_to_do(error: Exception, said: str, hint: str) -> None:
    found, to_do = reason(error)
    assert said in found
    assert hint in to_do
    assert bool(hint) == bool(to_do)
    assert "canary" not in found
    assert "_ssl.c" not in found
