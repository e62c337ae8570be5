"""The API in Swagger 2.0, made from `openapi.json`, for clients that read nothing newer.

What Swagger 2.0 can't say is left out: alternatives (the first one stands for all), conditions, cookies,
callbacks and our own `x-` fields.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from pixelpact.schema.documents import JSONObject, bundled_openapi

_JSON = "application/json"
_FORM = "multipart/form-data"
_METHODS = ("get", "head", "post", "put", "patch", "delete")
#: Fields that stay as they are.
_INFO = ("title", "version", "description", "termsOfService", "contact")
_OPERATION = ("operationId", "tags", "summary", "description", "security")
_PARAMETER = ("name", "in", "required", "description")
_KEYWORDS = (
    "type",
    "format",
    "title",
    "description",
    "default",
    "enum",
    "minimum",
    "maximum",
    "multipleOf",
    "pattern",
    "minLength",
    "maxLength",
    "minItems",
    "maxItems",
    "uniqueItems",
    "required",
    "readOnly",
)
#: The alternative to an object that our schemas accept everywhere; only the object is shown.
_EMPTY_ARRAY = {"$ref": "#/components/schemas/EmptyArray"}


def swagger_document() -> dict[str, Any]:
    """The Swagger 2.0 document of all operations.

    >>> document = swagger_document()
    >>> document["swagger"], document["basePath"], document["paths"]["/jobs"]["post"]["operationId"]
    ('2.0', '/v2', 'createJob')
    """
    openapi = bundled_openapi()
    components, servers = openapi["components"], openapi["servers"]
    base = servers[0]["url"]
    paths = {
        item.get("servers", servers)[0]["url"].removeprefix(base) + path: _path(item, components)
        for path, item in openapi["paths"].items()
    }
    return {
        "swagger": "2.0",
        "info": _only(openapi["info"], _INFO),
        "basePath": base,
        "consumes": [_JSON],
        "produces": [_JSON],
        "tags": openapi["tags"],
        "securityDefinitions": components["securitySchemes"],
        "paths": paths,
        "definitions": {name: _schema(schema) for name, schema in components["schemas"].items()},
    }


def _path(item: JSONObject, components: JSONObject) -> dict[str, Any]:
    operations = {method: _operation(item[method], components) for method in _METHODS if method in item}
    return {"parameters": [*_parameters(item, components)], **operations}


def _operation(operation: JSONObject, components: JSONObject) -> dict[str, Any]:
    content = operation.get("requestBody", {}).get("content", {})
    parameters = [*_parameters(operation, components)]
    if _JSON in content:
        schema = _schema(content[_JSON]["schema"])
        parameters.append({"name": "body", "in": "body", "required": True, "schema": schema})
    if _FORM in content:
        parameters += _form(_resolved(content[_FORM]["schema"], components))
    return {
        **_only(operation, _OPERATION),
        **({"consumes": [_FORM]} if _FORM in content else {}),
        "parameters": parameters,
        "responses": {
            status: _response(_resolved(response, components), components)
            for status, response in operation["responses"].items()
        },
    }


def _parameters(item: JSONObject, components: JSONObject) -> Iterator[dict[str, Any]]:
    for reference in item.get("parameters", ()):
        parameter = _resolved(reference, components)
        if parameter["in"] != "cookie":
            yield {**_only(parameter, _PARAMETER), **_only(_schema(parameter["schema"]), _KEYWORDS)}


def _form(schema: JSONObject) -> Iterator[dict[str, Any]]:
    """The fields of a form; those with a media type are files."""
    for name, spec in schema["properties"].items():
        kind = "file" if "contentMediaType" in spec else spec["type"]
        yield {"name": name, "in": "formData", "required": name in schema["required"], "type": kind}


def _response(response: JSONObject, components: JSONObject) -> dict[str, Any]:
    headers = {
        name: _only({**header, **header["schema"]}, ("type", "description", "minimum", "pattern"))
        for name, reference in response.get("headers", {}).items()
        for header in [_resolved(reference, components)]
    }
    content = response.get("content", {})
    body = _schema(content[_JSON]["schema"]) if _JSON in content else {"type": "string", "format": "binary"}
    return {
        "description": response["description"],
        **({"headers": headers} if headers else {}),
        **({"schema": body} if content else {}),
    }


def _schema(schema: JSONObject) -> dict[str, Any]:
    """A schema in the words of Swagger 2.0."""
    alternatives = [branch for branch in schema.get("anyOf", ()) if branch != _EMPTY_ARRAY]
    if "$ref" in schema:
        return {"$ref": schema["$ref"].replace("#/components/schemas/", "#/definitions/")}
    if alternatives:
        return {**_schema(alternatives[0]), **_only(schema, ("description",))}
    plain = _only(schema, _KEYWORDS)
    constants = [branch["const"] for branch in (schema, *schema.get("oneOf", ())) if "const" in branch]
    if constants:
        plain["enum"] = constants
    if schema.get("examples"):
        plain["example"] = schema["examples"][0]
    if "properties" in schema:
        plain["properties"] = {name: _schema(spec) for name, spec in schema["properties"].items()}
    if schema.get("type") == "array":
        plain["items"] = _schema(schema.get("items", {}))
    if isinstance(schema.get("additionalProperties"), Mapping):
        plain["additionalProperties"] = _schema(schema["additionalProperties"])
    return plain


def _resolved(reference: JSONObject, components: JSONObject) -> JSONObject:
    """The component that a reference names; anything else as it is."""
    if "$ref" not in reference:
        return reference
    kind, name = reference["$ref"].split("/")[-2:]
    found: JSONObject = components[kind][name]
    return found


def _only(value: JSONObject, names: Iterable[str]) -> dict[str, Any]:
    return {name: value[name] for name in names if name in value}
