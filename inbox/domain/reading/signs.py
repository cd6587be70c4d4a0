"""Emoji and emoticons that say how somebody feels. In no table: what decorates (flowers, food, flags)."""

from __future__ import annotations

import re

_GOOD = {
    2.0: "😍🥰🤩❤💕💖💗💘💝😘🏆💯🥳🤗💞💓🫶",
    1.5: "😀😃😄😁😊🙂😇☺👍👏🙌💪🔥🎉🌟⭐✨😎👌🤝💚💙💜🧡💛🖤🤍😋🫡✅💐🥂",
    0.7: "😉😂🤣😅🌹🌷😌",
    0.3: "🙏",
}
_BAD = {
    2.0: "😡🤬😤🤮🤢💩🖕😠👿🤡",
    1.5: "👎😞😢😭💔😒😩😫🙄😣😖😟🙁☹😔😓😑😾😥",
    0.7: "😕😐🤦🤔😬🤷😰😨😱⚠❌❗‼",
}
_FACES = {
    1.2: (":)", ":-)", ":d", ":-d", "=)", ";)", ";-)", "<3", "^^", "^_^", "xd", ":p", ":-p", ":))", ":*", "(:"),
    -1.3: (":(", ":-(", ":'(", ":/", ":-/", "=(", ":((", "-_-", ">:(", "d:", ":|"),
}
WEIGHTS: dict[str, float] = {
    **{sign: weight for weight, signs in _GOOD.items() for sign in signs},
    **{sign: -weight for weight, signs in _BAD.items() for sign in signs},
    **{face: weight for weight, faces in _FACES.items() for face in faces},
}
"""Sign → how good (above 0) or bad it is; faces of characters in small letters."""
_EMOJI = "".join(sign for sign in WEIGHTS if len(sign) == 1 and sign < "\U00010000")
PICTURE = re.compile(f"[{_EMOJI}\U0001f300-\U0001faff]")
"""Each emoji, and pictures that say nothing. A class of the emoji alone takes ten times as long: those beyond the basic
plane are compared one by one.
"""
_longest_first = sorted((face for face in WEIGHTS if len(face) > 1), key=len, reverse=True)
FACE = re.compile(
    # Not inside a word or address: "http://", "10:30", "note:/".
    r"(?<![\w/:])(?:" + "|".join(map(re.escape, _longest_first)) + r")(?![\w/])"
)
HINTS = (":", ";)", ";-", "=", "<3", "^", "xd", "-_-")
"""Without one of these there is no face of characters in a text; one expression for them takes twice as long."""
