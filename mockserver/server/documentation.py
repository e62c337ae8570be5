"""The OpenAPI document of the API, and a page to read and try it. Neither needs a network or a key."""

from __future__ import annotations

from importlib.resources import files

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from pixelpact.mockserver.handlers.documents import openapi_text

#: The files that the page loads, with their types: Swagger UI's, from the package swagger-ui-py.
_ASSETS = {"swagger-ui-bundle.js": "text/javascript", "swagger-ui.css": "text/css"}
_PAGE = """\
<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>API2Convert v2, as pixelpact knows it</title>
<link rel="stylesheet" href="docs/swagger-ui.css">
<link rel="icon" href="data:,">
<div id="page"></div>
<script src="docs/swagger-ui-bundle.js"></script>
<script>
  SwaggerUIBundle({
    url: "openapi.json", dom_id: "#page", deepLinking: true, docExpansion: "list", tryItOutEnabled: true,
    persistAuthorization: true, validatorUrl: null
  });
</script>
</html>
"""


#: The beginning of the paths of these pages.
DOCUMENTATION_PATHS = ("/openapi.json", "/docs")


def documentation_routes() -> list[Route]:
    """`/openapi.json`, and the page `/docs`."""
    return [
        Route("/openapi.json", _document),
        Route("/docs", _page),
        Route("/docs/{name}", _asset),
    ]


async def _document(_: Request) -> Response:
    return Response(openapi_text(), media_type="application/json")


async def _page(_: Request) -> Response:
    return Response(_PAGE, media_type="text/html")


async def _asset(request: Request) -> Response:
    name = request.path_params["name"]
    if name not in _ASSETS:
        return Response(status_code=404)
    return Response(files("swagger_ui").joinpath("static", name).read_bytes(), media_type=_ASSETS[name])
