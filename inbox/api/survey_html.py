"""How the page of a survey looks: plain HTML that works without a script, light and dark, for keys and fingers."""

from __future__ import annotations

from html import escape

import msgspec

from inbox.clock import iso
from inbox.domain.survey_records import SurveyAsk
from inbox.domain.survey_words import WORDS, Words, ends_of
from inbox.domain.surveys import ANSWERED_FOR, MAX_COMMENT, RANGE, STAR

HEADERS = {
    "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'",
    "cache-control": "no-store",
    # Its own form has to say where it was sent from; other sites learn nothing of the address.
    "referrer-policy": "same-origin",
    "x-content-type-options": "nosniff",
    "x-robots-tag": "noindex, nofollow",
    "permissions-policy": "camera=(), microphone=(), geolocation=()",
}
_STYLE = """
:root{color-scheme:light dark;--bg:#f5f5f2;--card:#fff;--ink:#1c1d1f;--soft:#63666b;--line:#c9cbcf;--accent:#1f5fd0;
--on:#fff;--bad:#b3261e}
@media(prefers-color-scheme:dark){:root{--bg:#141517;--card:#1e2023;--ink:#ecedee;--soft:#a3a7ad;--line:#4a4e55;
--accent:#8ab4ff;--on:#0c1a33;--bad:#ffb4ab}}
*{box-sizing:border-box}
body{margin:0;min-height:100vh;display:grid;place-items:center;padding:16px;background:var(--bg);color:var(--ink);
font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans","Noto Sans Armenian",sans-serif}
main{width:100%;max-width:34rem;background:var(--card);border:1px solid var(--line);border-radius:16px;padding:28px}
.who{margin:0 0 4px;color:var(--soft);font-size:.875rem}
h1,legend{font-size:1.375rem;line-height:1.3;font-weight:650;margin:0 0 20px;padding:0;overflow-wrap:anywhere}
fieldset{border:0;margin:0;padding:0;min-width:0}
.scale{display:grid;grid-template-columns:repeat(var(--n),1fr);gap:8px}
.scale.many{gap:4px}
.scale label{position:relative;display:grid;place-items:center;min-height:52px;border:1px solid var(--line);
border-radius:10px;font-weight:600;font-variant-numeric:tabular-nums;cursor:pointer}
.scale label:hover{border-color:var(--accent)}
.scale input{position:absolute;inset:0;opacity:0;margin:0;cursor:pointer;width:100%;height:100%}
.scale label:has(input:checked){background:var(--accent);border-color:var(--accent);color:var(--on)}
.scale label:has(input:focus-visible){outline:3px solid var(--accent);outline-offset:2px}
.ends{display:flex;justify-content:space-between;gap:16px;margin:8px 0 24px;color:var(--soft);font-size:.875rem}
.ends span:last-child{text-align:end}
textarea{display:block;width:100%;min-height:96px;margin-top:6px;padding:10px 12px;font:inherit;color:inherit;
background:transparent;border:1px solid var(--line);border-radius:10px;resize:vertical}
textarea:focus-visible,button:focus-visible,a:focus-visible{outline:3px solid var(--accent);outline-offset:2px}
.hint{margin:6px 0 20px;color:var(--soft);font-size:.875rem}
button{font:inherit;font-weight:600;min-height:48px;padding:0 24px;border:0;border-radius:10px;background:var(--accent);
color:var(--on);cursor:pointer}
button[disabled]{opacity:.5;cursor:default}
.bad{color:var(--bad);font-weight:600;margin:0 0 16px}
.note{border:1px solid var(--line);border-radius:10px;padding:10px 12px;margin:0 0 20px}
.given{font-size:1.75rem;font-weight:650;margin:0 0 8px}
.given .star{color:var(--accent);letter-spacing:2px}
blockquote{margin:0 0 20px;padding:0 0 0 12px;border-inline-start:3px solid var(--line);white-space:pre-wrap;
overflow-wrap:anywhere}
a{color:var(--accent)}
.sr{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
@media(max-width:26rem){main{padding:20px}.scale.many{grid-template-columns:repeat(6,1fr)}}
"""


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What the page is about."""

    path: str
    language: str
    words: Words
    scale: str
    who: str
    """Who asks."""
    question: str
    thanks: str
    by_agent: bool
    """Somebody of ours looks at it: nothing is counted."""


def form_page(asked: Asked, score: int | None, comment: str, *, missing: bool = False) -> str:
    """The question, with what was answered before. `missing`: no score was chosen."""
    words = asked.words
    agent = f'<p class="note" role="note">{escape(words.agent)}</p>' if asked.by_agent else ""
    wrong = f'<p class="bad" id="wrong" role="alert">{escape(words.choose)}</p>' if missing else ""
    described = ' aria-describedby="wrong"' if missing else ""
    body = (
        f"{_who(asked)}{agent}"
        f'<form method="post" action="{escape(asked.path)}">'
        f'<fieldset{described}><legend><h1 style="margin:0">{escape(asked.question)}</h1></legend>'
        f"{wrong}{_scale(asked, score)}</fieldset>"
        f'<label for="comment">{escape(words.comment)}</label>'
        f'<textarea id="comment" name="comment" maxlength="{MAX_COMMENT}" aria-describedby="hint" dir="auto">'
        f"\n{escape(comment)}</textarea>"
        f'<p class="hint" id="hint">{escape(words.comment_hint)}</p>'
        f"<button{' disabled' if asked.by_agent else ''}>{escape(words.send)}</button></form>"
    )
    return _page(asked.language, asked.question, body)


def thanks_page(asked: Asked, ask: SurveyAsk) -> str:
    """What was answered, and until when it may be changed."""
    words = asked.words
    score = ask.score or 0
    shown = f'<span class="star" aria-hidden="true">{STAR * score}</span> ' if ask.scale == "csat" else ""
    comment = f'<blockquote dir="auto">{escape(ask.comment)}</blockquote>' if ask.comment else ""
    until = iso((ask.answered_at or ask.sent_at) + ANSWERED_FOR)[:10]
    body = (
        f"{_who(asked)}<h1>{escape(asked.thanks)}</h1>"
        f'<p class="given">{shown}<span>{score} / {RANGE[ask.scale][-1]}</span></p>{comment}'
        f'<p><a href="{escape(asked.path)}?change=1">{escape(words.change)}</a></p>'
        f'<p class="hint">{escape(words.changeable.format(day=until))}</p>'
    )
    return _page(asked.language, asked.thanks, body)


def note_page(words: Words, title: str, text: str) -> str:
    """That there is nothing to answer, and why."""
    body = f"<h1>{escape(title)}</h1>" + (f"<p>{escape(text)}</p>" if text else "")
    return _page(_language_of(words), title, body)


def _who(asked: Asked) -> str:
    return f'<p class="who"><bdi>{escape(asked.who)}</bdi></p>' if asked.who else ""


def _scale(asked: Asked, score: int | None) -> str:
    scores = RANGE[asked.scale]
    low, high = ends_of(asked.scale, asked.words)
    ends = {scores[0]: low, scores[-1]: high}
    labels = "".join(
        f'<label><input type="radio" name="score" value="{n}" required{" checked" if n == score else ""}>{n}'
        + (f'<span class="sr"> {escape(ends[n])}</span>' if n in ends else "")
        + "</label>"
        for n in scores
    )
    many = " many" if len(scores) > 5 else ""
    return (
        f'<div class="scale{many}" style="--n:{len(scores)}">{labels}</div>'
        f'<p class="ends" aria-hidden="true"><span>{scores[0]}: {escape(low)}</span>'
        f"<span>{scores[-1]}: {escape(high)}</span></p>"
    )


def _language_of(words: Words) -> str:
    return next(language for language, known in WORDS.items() if known is words)


def _page(language: str, title: str, body: str) -> str:
    return (
        f'<!doctype html><html lang="{escape(language)}"><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{_STYLE}</style><main>{body}</main></html>"
    )
