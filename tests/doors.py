"""Finds, in source text, whatever is able to open a connection: each such place is a door."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass

# By dotted name, wherever it is mentioned: calling it, handing it on and inheriting from it all count.
_NAMES = """
    socket.socket socket.create_connection socket.create_server socket.getaddrinfo socket.gethostbyname
    socket.gethostbyname_ex socket.fromfd
    asyncio.open_connection asyncio.open_unix_connection asyncio.create_subprocess_exec asyncio.create_subprocess_shell
    ssl.get_server_certificate
    aiohttp.ClientSession aiohttp.TCPConnector aiohttp.UnixConnector aiohttp.BaseConnector aiohttp.request
    aiosmtplib.SMTP aiosmtplib.send
    scrapy.Request scrapy.FormRequest scrapy.http.Request scrapy.http.FormRequest scrapy.http.JsonRequest
    scrapy.http.XmlRpcRequest scrapy.http.request.Request
    scrapy.crawler.CrawlerRunner scrapy.crawler.CrawlerProcess scrapy.crawler.AsyncCrawlerRunner
    scrapy.crawler.AsyncCrawlerProcess
    trafilatura.fetch_url trafilatura.fetch_response
    lxml.etree.parse lxml.etree.iterparse lxml.html.parse lxml.html.submit_form lxml.html.open_in_browser
    feedparser.parse htmldate.find_date
    os.system os.popen os.posix_spawn os.posix_spawnp os.execv os.execve os.execvp os.execvpe
    os.spawnv os.spawnve os.spawnvp os.spawnvpe
    sqlalchemy.create_engine sqlalchemy.ext.asyncio.create_async_engine psycopg.connect aiosqlite.connect
    importlib.import_module builtins.__import__
"""
# Modules of which nothing can be used without a connection or another program.
_MODULES = """
    urllib.request urllib.robotparser http.client xmlrpc smtplib ftplib imaplib poplib nntplib telnetlib webbrowser
    requests httpx httpcore urllib3 pycurl websockets websocket paramiko dns aiodns playwright selenium
    subprocess pty multiprocessing.connection multiprocessing.managers
    trafilatura.downloads trafilatura.feeds trafilatura.sitemaps trafilatura.spider courlan.network
    twisted.internet.reactor twisted.internet.endpoints twisted.internet.tcp twisted.internet.ssl twisted.web
    twisted.names scrapy.core scrapy.shell scrapy.mail
"""
# By method, whatever it is called on, where the name is not that of a module.
_METHODS = """
    open_connection create_connection create_unix_connection create_datagram_endpoint sock_connect sock_sendto
    getaddrinfo connect connect_ex connectTCP connectSSL connectUDP connectUNIX download download_async crawl follow
    follow_all urlopen urlretrieve goto subprocess_exec subprocess_shell fetch_url submit_form
"""

NAMES, MODULES, METHODS = frozenset(_NAMES.split()), tuple(_MODULES.split()), frozenset(_METHODS.split())


@dataclass(frozen=True, order=True)
class Door:
    """One place: the file, the function or class around it, and what it uses."""

    file: str
    place: str
    uses: str


def doors(text: str, file: str) -> Iterator[Door]:
    """Every door in a file's text."""
    tree = ast.parse(text)
    yield from _below(tree, file, "", _imported(tree))


def _imported(tree: ast.AST) -> dict[str, str]:
    """What each name of the file stands for, as a dotted name; late imports count as if they stood at the top."""
    names: dict[str, str] = {"__import__": "builtins.__import__"}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                whole = alias.asname is not None
                names[alias.asname or alias.name.partition(".")[0]] = (
                    alias.name if whole else alias.name.partition(".")[0]
                )
        elif isinstance(node, ast.ImportFrom):
            for alias in node.names:
                names[alias.asname or alias.name] = f"{node.module}.{alias.name}"
    return names


def _below(node: ast.AST, file: str, place: str, names: dict[str, str]) -> Iterator[Door]:
    for child in _code(node):
        inner = place
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            inner = f"{place}.{child.name}" if place else child.name
        uses = _uses(child, names)
        if uses:
            yield Door(file, inner, uses)
        if uses and isinstance(child, ast.Attribute) and not uses.startswith("."):
            continue  # the parts of a dotted name are no doors of their own
        yield from _below(child, file, inner, names)


def _code(node: ast.AST) -> Iterator[ast.AST]:
    """What is below a node, without annotations: those open nothing."""
    for name, value in ast.iter_fields(node):
        if name in ("annotation", "returns"):
            continue
        yield from (part for part in (value if isinstance(value, list) else [value]) if isinstance(part, ast.AST))


def _uses(node: ast.AST, names: dict[str, str]) -> str:
    """What of the network a node mentions; empty for nothing."""
    if isinstance(node, ast.Import):
        return next((alias.name for alias in node.names if _is_network(alias.name)), "")
    if isinstance(node, ast.ImportFrom):
        return next((f"{node.module}.*" for alias in node.names if alias.name == "*"), "")
    if isinstance(node, ast.Attribute):
        dotted = _dotted(node, names)
        if dotted and (dotted in NAMES or _is_network(dotted)):
            return dotted
        return f".{node.attr}" if not dotted and node.attr in METHODS else ""
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
        dotted = names.get(node.id, "")
        return dotted if dotted in NAMES or _is_network(dotted) else ""
    return ""


def _is_network(dotted: str) -> bool:
    return any(dotted == module or dotted.startswith(f"{module}.") for module in MODULES)


def _dotted(node: ast.Attribute, names: dict[str, str]) -> str:
    """The dotted name of an attribute that hangs on an import; empty where it hangs on anything else."""
    parts = [node.attr]
    inner = node.value
    while isinstance(inner, ast.Attribute):
        parts.append(inner.attr)
        inner = inner.value
    if not isinstance(inner, ast.Name) or inner.id not in names:
        return ""
    return ".".join([names[inner.id], *reversed(parts)])
