"""Templates: messages that WhatsApp approved beforehand, the only ones it takes outside the 24-hour window.

A template is named `name/language` (`order_update/en_US`), since one name has a text for each language. Its values have
keys that say where they stand:

    1, 2… or a name      a placeholder in the body: {{1}}, {{first_name}}
    header.1             a placeholder in the header
    header.image         the address of the header's picture (also video, document); or attach a file
    button.0             the end of the address behind the first button
    button.1.code        the code that the second button copies (also `payload`, `flow`)

https://developers.facebook.com/documentation/business-messaging/whatsapp/templates/overview (read 2026-11-22).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

import msgspec

from connectors._meta import graph
from connectors.contract import Context, Template, TemplateParameter
from connectors.errors import PlanRefused
from connectors.exchange import Exchange
from connectors.whatsapp.calls import Json, account_of, call

_PLACEHOLDER = re.compile(r"\{\{\s*(\w+)\s*\}\}")
_NAME = re.compile(r"[a-z0-9_]{1,512}")
_LANGUAGE = re.compile(r"[a-z]{2,3}(_[A-Za-z]{2,4})?")
_PAGE = 100
_MOST_PAGES = 60
"""A business has at most 6,000 templates."""
_MEDIA = ("image", "video", "document")
_BUTTONS = {
    "": ("url", "text"),
    "code": ("copy_code", "coupon_code"),
    "payload": ("quick_reply", "payload"),
}
"""How a button's value is marked in its key → the button's kind, and what the value is called."""


# --- listing ----------------------------------------------------------------------------------


class _Button(msgspec.Struct, frozen=True, kw_only=True):
    type: str = ""
    text: str = ""
    url: str = ""
    example: list[str] | str = []


class _Component(msgspec.Struct, frozen=True, kw_only=True):
    type: str = ""
    format: str = ""
    text: str = ""
    example: Json = {}
    buttons: list[_Button] = []


class _Given(msgspec.Struct, frozen=True, kw_only=True):
    name: str
    language: str = ""
    category: str = ""
    status: str = ""
    components: list[_Component] = []
    rejected_reason: str | None = None


class _Cursors(msgspec.Struct, frozen=True, kw_only=True):
    after: str = ""


class _Paging(msgspec.Struct, frozen=True, kw_only=True):
    cursors: _Cursors = _Cursors()
    next: str = ""


class _Page(msgspec.Struct, frozen=True, kw_only=True):
    data: list[_Given] = []
    paging: _Paging = _Paging()


def templates(ctx: Context) -> Exchange[list[Template]]:
    """Every template of the account, as WhatsApp lists them. Raises SendError.

    The address of the next page is not followed, since it holds the token: its cursor is.
    """
    params = {"fields": "name,language,category,status,components,rejected_reason", "limit": str(_PAGE)}
    found: list[Template] = []
    for _ in range(_MOST_PAGES):
        answer = yield from call(graph.get(ctx, f"{account_of(ctx)}/message_templates", params), ctx)
        page: _Page = graph.read(answer, _Page)
        found.extend(_template(given) for given in page.data)
        if not page.paging.next or not page.paging.cursors.after:
            break
        params = {**params, "after": page.paging.cursors.after}
    return found


def _template(given: _Given) -> Template:
    parts = {component.type.upper(): component for component in given.components}
    nothing = _Component()
    header = parts.get("HEADER", nothing)
    buttons = parts.get("BUTTONS", nothing).buttons
    return Template(
        id=f"{given.name}/{given.language}",
        name=given.name,
        language=given.language,
        category=given.category.lower(),
        status=given.status.upper(),
        body=parts.get("BODY", nothing).text,
        header=header.text,
        footer=parts.get("FOOTER", nothing).text,
        buttons=tuple(button.text for button in buttons),
        parameters=tuple(_parameters(header, parts.get("BODY", nothing), buttons)),
        reason=given.rejected_reason if given.rejected_reason not in (None, "NONE") else "",
    )


def _parameters(header: _Component, body: _Component, buttons: list[_Button]) -> Iterator[TemplateParameter]:
    if header.format.lower() in _MEDIA:
        kind = header.format.lower()
        yield TemplateParameter(
            key=f"header.{kind}", label=f"Header {kind}", place="header_file", about=kind, kind=kind
        )
    for name, example in _placeholders(header):
        yield TemplateParameter(
            key=f"header.{name}", label=f"Header {name}", place="header", about=name, example=example
        )
    for name, example in _placeholders(body):
        yield TemplateParameter(key=name, label=f"Body {name}", place="body", about=name, example=example)
    for index, button in enumerate(buttons):
        yield from _of_button(index, button)


def _of_button(index: int, button: _Button) -> Iterator[TemplateParameter]:
    example = button.example if isinstance(button.example, str) else next(iter(button.example), "")
    if button.type.upper() == "COPY_CODE":
        key, label = f"button.{index}.code", f"Code of {button.text}"
        yield TemplateParameter(key=key, label=label, place="button_code", about=button.text, example=example)
    elif _PLACEHOLDER.search(button.url):
        key, label = f"button.{index}", f"Address of {button.text}"
        yield TemplateParameter(key=key, label=label, place="button_url", about=button.text, example=example)


def _placeholders(component: _Component) -> list[tuple[str, str]]:
    """Each placeholder once, in order, with its example: `body_text` is a list in a list, named ones are objects."""
    names = list(dict.fromkeys(_PLACEHOLDER.findall(component.text)))
    examples: dict[str, str] = {}
    for given in component.example.values():
        if not isinstance(given, list):
            continue
        flat = given[0] if given and isinstance(given[0], list) else given
        for position, one in enumerate(flat):
            named = isinstance(one, dict)
            key = str(one.get("param_name", "")) if named else str(position + 1)
            examples.setdefault(key, str(one.get("example", "")) if named else str(one))
    return [(name, examples.get(name, "")) for name in names]


# --- filling ----------------------------------------------------------------------------------


def preview(template: Template, values: Mapping[str, str]) -> str:
    """What the customer will read, with the placeholders that have no value left as they are."""
    header = _filled(template.header, {key.removeprefix("header."): value for key, value in values.items()})
    lines = [header, _filled(template.body, values), template.footer]
    buttons = [f"[{text}]" for text in template.buttons]
    return "\n".join(line for line in (*lines, " ".join(buttons)) if line)


def _filled(text: str, values: Mapping[str, str]) -> str:
    return _PLACEHOLDER.sub(lambda found: values.get(found[1]) or found[0], text)


def name_and_language(template: str, default_language: str) -> tuple[str, str]:
    """A template's name and language. Raises PlanRefused for what names none."""
    name, _, language = template.strip().partition("/")
    language = language or default_language
    if not _NAME.fullmatch(name) or not _LANGUAGE.fullmatch(language):
        raise PlanRefused("not_supported", f"{template!r} is no template: choose one, such as order_update/en_US.")
    return name, language


def message_of(template: str, values: Mapping[str, str], default_language: str, *, media: Json | None = None) -> Json:
    """The `template` of a message. `media` is the header's file (`{"type": "image", "image": {"id": …}}`).

    Raises PlanRefused for a value whose key says no place.
    """
    name, language = name_and_language(template, default_language)
    header = [media] if media else [*_header(values)]
    body = [_text(key, values[key]) for key in _in_order(key for key in values if "." not in key)]
    components: list[Json] = []
    if header:
        components.append({"type": "header", "parameters": header})
    if body:
        components.append({"type": "body", "parameters": body})
    components.extend(_button(key, values[key]) for key in sorted(values) if key.startswith("button."))
    _require_known(values)
    shape: Json = {"name": name, "language": {"policy": "deterministic", "code": language}}
    return shape | ({"components": components} if components else {})


def _require_known(values: Mapping[str, str]) -> None:
    stray = [key for key in values if "." in key and not key.startswith(("header.", "button."))]
    if stray:
        raise PlanRefused("not_supported", f"There is no place {stray[0]!r} in a template.")


def _header(values: Mapping[str, str]) -> Iterator[Json]:
    keys = _in_order(key.removeprefix("header.") for key in values if key.startswith("header."))
    for key in keys:
        value = values[f"header.{key}"]
        yield {"type": key, key: {"link": value}} if key in _MEDIA else _text(key, value)


def _in_order(keys: Iterator[str]) -> list[str]:
    """Numbered ones by number; names keep their order."""
    return sorted(keys, key=lambda key: int(key) if key.isdecimal() else 0)


def _text(key: str, value: str) -> Json:
    return {"type": "text", "text": value} | ({} if key.isdecimal() else {"parameter_name": key})


def _button(key: str, value: str) -> Json:
    _, index, kind, *_ = (*key.split("."), "", "")
    if not index.isdecimal() or kind not in (*_BUTTONS, "flow"):
        raise PlanRefused("not_supported", f"There is no place {key!r} in a template.")
    if kind == "flow":
        parameter: Json = {"type": "action", "action": {"flow_token": value}}
        return {"type": "button", "sub_type": "flow", "index": index, "parameters": [parameter]}
    sub_type, name = _BUTTONS[kind]
    return {"type": "button", "sub_type": sub_type, "index": index, "parameters": [{"type": name, name: value}]}
