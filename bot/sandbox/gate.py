"""The gate of the sandbox's web server: this computer only, and no foreign page may drive it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit

from aiohttp import web

_HOSTS = frozenset({"127.0.0.1", "localhost"})
_OWN_SITES = frozenset({"same-origin", "none"})
_SAFE_METHODS = frozenset({"GET", "HEAD"})

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
        "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
        "require-trusted-types-for 'script'; trusted-types 'none'"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@web.middleware
async def gate(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refuses other hosts and requests that another site's page set off."""
    if urlsplit(f"//{request.host}").hostname not in _HOSTS:
        raise web.HTTPForbidden(text="This sandbox answers on this computer only.\n")
    if _is_foreign(request):
        raise web.HTTPForbidden(text="Only the sandbox's own page may do this.\n")
    return await handler(request)


async def add_headers(_request: web.Request, response: web.StreamResponse) -> None:
    """Gives every answer the headers that keep a browser strict."""
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)


def _is_foreign(request: web.Request) -> bool:
    """Whether a browser says that another site asked; programs outside a browser say nothing.

    Opening the page itself from a link elsewhere is allowed: that changes nothing.
    """
    site = request.headers.get("Sec-Fetch-Site")
    opens_page = request.path == "/" and request.method in _SAFE_METHODS
    if site is not None and site not in _OWN_SITES and not opens_page:
        return True
    origin = request.headers.get("Origin")
    return origin is not None and origin != f"http://{request.host}"
