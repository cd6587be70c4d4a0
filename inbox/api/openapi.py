"""The description of the API (OpenAPI 3.1), made from the same declarations that serve it, and a page that shows it."""

from __future__ import annotations

import html
import json
from collections.abc import Iterable
from typing import Any

import msgspec
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

import inbox
from inbox.api.dispatch import ETAG, ROOT
from inbox.api.once import MAX_KEY
from inbox.api.problems import KINDS
from inbox.api.routing import Declared, Routes

_REF = "#/components/schemas/{name}"
_REF_OF_MODELS = "#/components/schemas/{model}"
_PROBLEM = {
    "type": "object",
    "description": "An error (RFC 9457). Some carry more members; `code` says which error it is.",
    "required": ["type", "title", "status", "code", "detail", "request_id"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "code": {"type": "string", "description": "Stable; for programs."},
        "detail": {"type": "string", "description": "What is wrong and what to do about it; for people."},
        "request_id": {"type": "string"},
        "retry_after_seconds": {"type": "integer"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["pointer", "message"],
                "properties": {
                    "pointer": {"type": "string"},
                    "message": {"type": "string"},
                    "code": {"type": "string", "description": "What is wrong, for programs; not everywhere."},
                },
            },
        },
    },
}
_FORM = {"type": "object", "required": ["file"], "properties": {"file": {"type": "string", "format": "binary"}}}
_KEY = {"type": "string", "minLength": 1, "maxLength": MAX_KEY}
_ETAG = {"type": "string", "pattern": ETAG}
_INTRODUCTION = (
    "Ids are opaque strings, times RFC 3339 in UTC. Lists are pages: go on with `next_cursor`. Sign in by bearer "
    "token, or by session cookie; with a cookie, every change needs the header `X-Inbox: 1`. An "
    "`Idempotency-Key` makes a POST that creates or sends safe to repeat for a day."
)


def describe(groups: Iterable[Routes], server: str) -> dict[str, Any]:
    """The whole document."""
    routes = sorted((one for group in groups for one in group.declared), key=lambda one: (one.path, one.method))
    schemas, answers = _schemas(routes)
    paths: dict[str, dict[str, Any]] = {}
    for declared in routes:
        paths.setdefault(declared.path, {})[declared.method.lower()] = _operation(declared, answers)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Unified inbox", "version": inbox.__version__, "description": _INTRODUCTION},
        "servers": [{"url": server + ROOT}],
        "tags": [{"name": tag} for tag in dict.fromkeys(one.tag for one in routes)],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer"},
                "session": {"type": "apiKey", "in": "cookie", "name": "inbox"},
            },
        },
    }


def openapi_routes(groups: Iterable[Routes], server: str) -> list[Route]:
    """`openapi.json`, and a page for people."""
    document = describe(list(groups), server)
    encoded = json.dumps(document).encode()
    page = _page(document)
    headers = {
        "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'",
        "X-Content-Type-Options": "nosniff",
    }

    async def as_json(request: Request) -> Response:
        return Response(encoded, media_type="application/json")

    async def as_page(request: Request) -> Response:
        return HTMLResponse(page, headers=headers)

    return [Route(f"{ROOT}/openapi.json", as_json), Route(f"{ROOT}/docs", as_page), Route("/api/docs", as_page)]


def _schemas(routes: list[Declared]) -> tuple[dict[str, Any], dict[int, Any]]:
    """Components by name, and the schema of each route's answer by the route's identity."""
    models = [model for one in routes for model in (one.body,) if model is not None]
    _, made = models_json_schema(
        [(model, "validation") for model in dict.fromkeys(models)], ref_template=_REF_OF_MODELS
    )
    answers = [one for one in routes if _is_shape(one.answer)]
    of_answers, components = msgspec.json.schema_components([one.answer for one in answers], ref_template=_REF)
    components = {name: _with_closed_tuples(schema) for name, schema in components.items()}
    schemas = {**made.get("$defs", {}), **components, "Problem": _PROBLEM}
    # msgspec puts the module before the names of two that are called the same.
    if len(schemas) != len(made.get("$defs", {})) + len(components) + 1 or any("." in name for name in schemas):
        raise ValueError(f"two shapes have one name: rename one of {[name for name in schemas if '.' in name]}")
    by_route = zip(answers, map(_with_closed_tuples, of_answers), strict=True)
    return schemas, {id(one): schema for one, schema in by_route}


def _with_closed_tuples(schema: Any) -> Any:
    """A schema whose tuples end by `maxItems` alone: `items: false` says it again, and generators stumble over it."""
    if isinstance(schema, list):
        return [_with_closed_tuples(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    closed = "maxItems" in schema and schema.get("items") is False
    return {key: _with_closed_tuples(one) for key, one in schema.items() if not (closed and key == "items")}


def _is_shape(answer: Any) -> bool:
    return answer is not type(None) and not (isinstance(answer, type) and issubclass(answer, Response))


def _operation(declared: Declared, answers: dict[int, Any]) -> dict[str, Any]:
    summary, _, more = (declared.handler.__doc__ or declared.name).strip().partition("\n")
    operation: dict[str, Any] = {
        "operationId": declared.name,
        "tags": [declared.tag],
        "summary": summary,
        "parameters": _parameters(declared),
        "responses": _responses(declared, answers),
    }
    if more.strip():
        operation["description"] = " ".join(more.split())
    operation["security"] = [] if declared.needs == "public" else [{"session": []}]
    if declared.needs not in ("public", "agent"):
        operation["security"].insert(0, {"token": []})
    operation["x-needs"] = declared.needs
    if declared.body is not None:
        schema = {"$ref": _REF.format(name=declared.body.__name__)}
        operation["requestBody"] = {
            "required": not declared.body_optional,
            "content": {"application/json": {"schema": schema}},
        }
    if declared.form:
        operation["requestBody"] = {"required": True, "content": {"multipart/form-data": {"schema": _FORM}}}
    return operation


def _parameters(declared: Declared) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for name, kind in declared.path_params.items():
        schema = {"type": "string", "pattern": "^[0-9]+$"} if kind is int else {"type": "string"}
        found.append({"name": name, "in": "path", "required": True, "schema": schema})
    if declared.query is not None:
        found += _query_parameters(declared.query)
    if declared.idempotent:
        found.append({"name": "Idempotency-Key", "in": "header", "required": False, "schema": _KEY})
    if declared.if_match:
        found.append({"name": "If-Match", "in": "header", "required": True, "schema": _ETAG})
    return found


def _query_parameters(query: type[BaseModel]) -> list[dict[str, Any]]:
    schema = query.model_json_schema(ref_template=_REF_OF_MODELS)
    required = set(schema.get("required", ()))
    found = []
    for name, one in schema.get("properties", {}).items():
        parameter = {"name": name, "in": "query", "required": name in required, "schema": one}
        if "description" in one:
            parameter["description"] = one["description"]
        if one.get("type") == "object":
            parameter |= {"style": "form", "explode": True}  # its names stand in the query themselves
        found.append(parameter)
    return found


def _responses(declared: Declared, answers: dict[int, Any]) -> dict[str, Any]:
    done: dict[str, Any] = {"description": "Done."}
    if id(declared) in answers:
        done["content"] = {"application/json": {"schema": answers[id(declared)]}}
    for kind in declared.media:
        done.setdefault("content", {})[kind] = {}
    problem = {"schema": {"$ref": _REF.format(name="Problem")}}
    failed = {"description": "An error.", "content": {"application/problem+json": problem}}
    statuses = [one for one in (declared.status, declared.also_status) if one is not None]
    return {**{str(one): done for one in statuses}, "default": failed}


_STYLE = (
    "body{font:15px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1c2021;"
    "background:#fff}code,pre{font:13px/1.5 ui-monospace,monospace}details{border-top:1px solid #ddd;padding:.5rem 0}"
    "summary{cursor:pointer}b{display:inline-block;min-width:4.5rem}pre{background:#f4f5f5;padding:.75rem;"
    "overflow:auto}@media(prefers-color-scheme:dark){body{color:#e4e6e7;background:#16191a}pre{background:#23282a}}"
)


def _page(document: dict[str, Any]) -> str:
    """A page without scripts: every operation with its body and answer."""
    parts = [
        f"<!doctype html><html lang=en><meta charset=utf-8><meta name=viewport content='width=device-width'>"
        f"<title>API</title><style>{_STYLE}</style><h1>API</h1><p>{html.escape(_INTRODUCTION)}</p>"
        f"<p><a href='{ROOT}/openapi.json'>openapi.json</a></p>"
    ]
    for tag in document["tags"]:
        parts.append(f"<h2>{html.escape(tag['name'])}</h2>")
        for path, methods in document["paths"].items():
            for method, operation in methods.items():
                if tag["name"] in operation["tags"]:
                    parts.append(_detail(path, method, operation))
    parts.append("<h2>Problems</h2>")
    parts += [_problem(kind.default_code, kind.status, kind.__doc__ or "") for kind in KINDS]
    parts.append(_problem("internal", 500, "A fault of the service."))
    parts.append("<h2>Shapes</h2>")
    for name, schema in sorted(document["components"]["schemas"].items()):
        shown = html.escape(json.dumps(schema, indent=1))
        parts.append(f"<details id='{name}'><summary><code>{name}</code></summary><pre>{shown}</pre></details>")
    return "".join(parts)


def _problem(code: str, status: int, meaning: str) -> str:
    return f"<p id='problem-{code}'><b>{status}</b> <code>{code}</code> {html.escape(' '.join(meaning.split()))}</p>"


def _detail(path: str, method: str, operation: dict[str, Any]) -> str:
    shown = {key: operation[key] for key in ("parameters", "requestBody", "responses") if operation.get(key)}
    detail = html.escape(json.dumps(shown, indent=1))
    return (
        f"<details><summary><b>{method.upper()}</b> <code>{html.escape(path)}</code> "
        f"{html.escape(operation['summary'])}</summary><p>{html.escape(operation.get('description', ''))} "
        f"Needs: {html.escape(operation['x-needs'])}.</p><pre>{detail}</pre></details>"
    )
