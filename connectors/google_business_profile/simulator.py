"""Google's side of the wire: an account with two locations, the people who review them, and Google's own moderation.

It refuses what Google refuses, in Google's words. A person has one review of a location: writing again changes it. New
and changed reviews are announced; removed ones, and what becomes of answers, are not.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, ClassVar
from urllib.parse import parse_qs, unquote

from connectors.contract import CustomerAction
from connectors.exchange import Request, Response
from connectors.google_business_profile.inbound import ANONYMOUS, STARS
from connectors.google_business_profile.manifest import PAGE_SIZE, REPLY
from connectors.inbound import Attachment
from connectors.toolkit import faults
from connectors.toolkit.http import json_body, readable_object
from connectors.toolkit.text import length
from connectors.toolkit.times import to_rfc3339

Json = dict[str, Any]

ACCOUNT = "106000000000000000001"
LOCATIONS = {"11700000000000000001": "Alkyon Home", "11700000000000000002": "Alkyon Home Outlet"}
TOWNS = ("Athens", "Thessaloniki")
PUSH_TOKEN = "push-token-of-the-simulated-google"  # noqa: S105 - known to everybody
REFRESH_TOKEN = "1//0simulated-refresh-token"  # noqa: S105 - known to everybody
ACCESS_TOKEN = "ya29.simulated-access-token"  # noqa: S105 - known to everybody
CHECK_SECONDS = 45
"""How long Google's check of an answer takes here."""

_PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
)
"""A picture of one point, for photos that came without bytes."""
_WORDS = {five: word for word, five in STARS.items()}
_POLICIES = (
    (
        re.compile(r"https?://|www\.|\+?\d[\d ]{8,}|discount|voucher|% off", re.IGNORECASE),
        "ADVERTISING_AND_SOLICITATION",
    ),
    (re.compile(r"\b(idiot|liar|stupid)s?\b", re.IGNORECASE), "HARASSMENT"),
)
"""What the simulated moderation takes offence at."""
_STATUSES = {400: "INVALID_ARGUMENT", 401: "UNAUTHENTICATED", 403: "PERMISSION_DENIED", 404: "NOT_FOUND"}


class _Refused(Exception):
    """Google says no."""

    def __init__(self, code: int, message: str, status: str = "") -> None:
        super().__init__(message)
        self.code, self.message, self.status = code, message, status or _STATUSES[code]


@dataclass(slots=True)
class _Answer:
    """The owner's answer, as it stands."""

    text: str
    at: int
    violation: str = ""

    def state(self, now: int) -> str:
        """What Google's check has come to."""
        if now - self.at < CHECK_SECONDS * 1_000_000:
            return "PENDING"
        return "REJECTED" if self.violation else "APPROVED"


@dataclass(slots=True)
class _Review:
    """A review and what became of it."""

    id: str
    location: str
    person: str
    name: str
    stars: int
    text: str
    created_at: int
    updated_at: int
    is_gone: bool = False
    photos: list[Json] = field(default_factory=list)
    answer: _Answer | None = None

    @property
    def path(self) -> str:
        """Its resource name."""
        return f"accounts/{ACCOUNT}/locations/{self.location}/reviews/{self.id}"


@dataclass(frozen=True, slots=True)
class _Call:
    """A request of ours, read."""

    method: str
    query: dict[str, str]
    body: Json
    now: int


class BusinessProfile:
    """Google's APIs with all faults of `connectors.toolkit.faults`. Deterministic by its seed."""

    credentials: ClassVar[dict[str, str]] = {
        "client_secret": "GOCSPX-simulated-client-secret",
        "refresh_token": REFRESH_TOKEN,
        "webhook_secret": PUSH_TOKEN,
    }
    settings: ClassVar[dict[str, str]] = {
        "client_id": "simulated.apps.googleusercontent.com",
        "account_id": ACCOUNT,
        "location_id": next(iter(LOCATIONS)),
    }
    """What an admin would enter to connect the first location."""

    def __init__(self, seed: int) -> None:
        self.faults: set[str] = set()
        self.address = "https://lh3.googleusercontent.com"
        """Where photos of reviews are served."""
        self.is_verified = True
        """Whether we may speak for the locations."""
        self.location = next(iter(LOCATIONS))
        """Where people write next."""
        self._seed = seed
        self._pushed = 0
        self._now = 0
        self._reviews: dict[str, _Review] = {}
        self._held: list[Request] = []
        self._notifications: Json = {}
        self._photos: dict[str, bytes] = {}

    # --- our requests -------------------------------------------------------------------------

    def respond(self, request: Request, now: int) -> Response:
        """Answer a call of any of Google's APIs."""
        self._now = max(self._now, now)
        if faults.OUTAGE in self.faults:
            return _error(503, "UNAVAILABLE", "The service is currently unavailable.")
        if faults.THROTTLED in self.faults:
            return _throttled()
        if request.path in self._photos:
            return Response(status=200, headers={"content-type": "image/png"}, body=self._photos[request.path])
        query = {name: values[-1] for name, values in parse_qs(request.query).items()}
        if request.path == "/token":
            return faults.spoiled(self._token(parse_qs(request.body.decode("utf-8", "replace"))), self.faults)
        try:
            self._admit(request)
            call = _Call(request.method, query, readable_object(request.body) or {}, now)
            answer = self._answer(unquote(request.path), call)
        except _Refused as refused:
            return _error(refused.code, refused.status, refused.message)
        return faults.spoiled(_json(200, answer), self.faults)

    def _token(self, form: dict[str, list[str]]) -> Response:
        given = {name: values[0] for name, values in form.items()}
        knows = given.get("refresh_token") == REFRESH_TOKEN or bool(given.get("code") and given.get("code_verifier"))
        if faults.EXPIRED_TOKEN in self.faults or not knows:
            return _json(400, {"error": "invalid_grant", "error_description": "Token has been expired or revoked."})
        fresh: Json = {"access_token": ACCESS_TOKEN, "expires_in": 3599, "token_type": "Bearer"}
        return _json(200, fresh | ({"refresh_token": REFRESH_TOKEN} if "code" in given else {}))

    def _admit(self, request: Request) -> None:
        given = request.headers.get("authorization", "")
        if faults.EXPIRED_TOKEN in self.faults or not given.startswith("Bearer ya29."):
            raise _Refused(401, "Request had invalid authentication credentials. Expected OAuth 2 access token.")

    def _answer(self, path: str, call: _Call) -> Json:
        routes: tuple[tuple[str, Callable[..., Json]], ...] = (
            (r"/v1/accounts", self._accounts),
            (r"/v1/accounts/([^/]+)/locations", self._locations),
            (r"/v1/accounts/([^/]+)/notificationSetting", self._notification_setting),
            (r"/v1/locations/([^/]+)", self._location),
            (r"/v1/locations/([^/]+)/VoiceOfMerchantState", self._standing),
            (r"/v4/accounts/([^/]+)/locations/([^/]+)/reviews", self._list),
            (r"/v4/accounts/([^/]+)/locations/([^/]+)/reviews/([^/]+)", self._get),
            (r"/v4/accounts/([^/]+)/locations/([^/]+)/reviews/([^/]+)/reply", self._reply),
        )
        for pattern, answer in routes:
            if found := re.fullmatch(pattern, path):
                return answer(call, *found.groups())
        raise _Refused(404, f"Method not found: {path}")

    def _accounts(self, call: _Call) -> Json:
        return {"accounts": [{"name": f"accounts/{ACCOUNT}", "accountName": "Alkyon Home", "type": "PERSONAL"}]}

    def _locations(self, call: _Call, account: str) -> Json:
        if "readMask" not in call.query:
            raise _Refused(400, "Request contains an invalid argument: readMask is required.")
        _require_account(account)
        return {"locations": [_shown_location(number) for number in LOCATIONS]}

    def _location(self, call: _Call, location: str) -> Json:
        return _shown_location(_require_location(location))

    def _standing(self, call: _Call, location: str) -> Json:
        _require_location(location)
        return {"hasVoiceOfMerchant": True} if self.is_verified else {"hasVoiceOfMerchant": False, "verify": {}}

    def _notification_setting(self, call: _Call, account: str) -> Json:
        _require_account(account)
        if call.method == "PATCH":
            topic = str(call.body.get("pubsubTopic", ""))
            if topic and not re.fullmatch(r"projects/[^/]+/topics/[^/]+", topic):
                raise _Refused(400, "INVALID_PUBSUB_TOPIC: the topic does not exist.")
            names = call.query.get("updateMask", "").split(",")
            self._notifications |= {name: call.body[name] for name in names if name in call.body}
        return {"name": f"accounts/{account}/notificationSetting", **self._notifications}

    def _list(self, call: _Call, account: str, location: str) -> Json:
        _require_account(account)
        _require_location(location)
        size = min(int(call.query.get("pageSize") or PAGE_SIZE), PAGE_SIZE)
        token = call.query.get("pageToken", "0")
        if not token.isdigit():
            raise _Refused(400, "Request contains an invalid argument: page token is invalid.")
        there = [one for one in self._reviews.values() if one.location == location and not one.is_gone]
        there.sort(key=lambda one: (-one.updated_at, one.id))
        begin, end = int(token), int(token) + size
        page: Json = {"reviews": [_shown(one, call.now) for one in there[begin:end]]} if there[begin:end] else {}
        if there:
            page["averageRating"] = round(sum(one.stars for one in there) / len(there), 1)
            page["totalReviewCount"] = len(there)
        return page | ({"nextPageToken": str(end)} if end < len(there) else {})

    def _get(self, call: _Call, account: str, location: str, review_id: str) -> Json:
        return _shown(self._find(account, location, review_id), call.now)

    def _reply(self, call: _Call, account: str, location: str, review_id: str) -> Json:
        review = self._find(account, location, review_id)
        if call.method == "DELETE":
            if review.answer is None:
                raise _Refused(404, "Requested entity was not found.")
            review.answer = None
            return {}
        text = str(call.body.get("comment", ""))
        if not self.is_verified:
            raise _Refused(400, "Precondition check failed.", "FAILED_PRECONDITION")
        if not text.strip() or length(text, REPLY.unit) > REPLY.limit:
            raise _Refused(400, "Request contains an invalid argument.")
        violation = next((name for pattern, name in _POLICIES if pattern.search(text)), "")
        if review.answer is None or review.answer.text != text:
            review.answer = _Answer(text, call.now, violation)
        return _shown_answer(review.answer, call.now)

    def _find(self, account: str, location: str, review_id: str) -> _Review:
        _require_account(account)
        review = self._reviews.get(review_id)
        if review is None or review.is_gone or review.location != location:
            raise _Refused(404, "Requested entity was not found.")
        return review

    # --- people -------------------------------------------------------------------------------

    def act(self, action: CustomerAction, now: int) -> list[Request]:
        """What a person does, and the announcement it leads to: none for a removed review, and none for what Google has
        not (reading, typing, reactions). `join` brings a removed review back.
        """
        self._now = max(self._now, now)
        does: dict[str, Callable[[CustomerAction, int], list[Request]]] = {
            "write": self._review,
            "review": self._review,
            "edit": self._change,
            "restar": self._change,
            "delete": self._remove,
            "join": self._restore,
        }
        if action.do not in does:
            return []
        return faults.deliveries(does[action.do](action, now), self._held, self.faults)

    def owner_answers(self, review_id: str, text: str, now: int) -> None:
        """The owner answers in Google's own app, checked at once; an empty text takes the answer away."""
        self._reviews[review_id].answer = _Answer(text, now - CHECK_SECONDS * 1_000_000) if text else None

    def moderate(self, review_id: str, violation: str) -> None:
        """Google takes offence at an answer that it had published."""
        answer = self._reviews[review_id].answer
        if answer is not None:
            answer.violation = violation

    def seen(self, thread_id: str) -> list[dict[str, str]]:
        """The review and its published answer, as everybody reads them. `thread_id`: the review's id, or the person's
        key.
        """
        review = self._reviews.get(thread_id) or self._of(thread_id)
        if review is None:
            return []
        edited = "edited" if review.updated_at > review.created_at else "sent"
        theirs = {"id": review.id, "from": "them", "text": review.text, "rating": str(review.stars)}
        shown = [theirs | {"state": "deleted" if review.is_gone else edited}]
        if review.answer is not None and review.answer.state(self._now) == "APPROVED":
            shown.append({"id": f"{review.id}/reply", "from": "us", "text": review.answer.text, "state": "published"})
        return shown

    def _of(self, person: str) -> _Review | None:
        """The person's review of the location at hand, whether it is there or not."""
        theirs = [one for one in self._reviews.values() if (one.person, one.location) == (person, self.location)]
        return theirs[-1] if theirs else None

    def _review(self, action: CustomerAction, now: int) -> list[Request]:
        before = self._of(action.person)
        if before is not None and not before.is_gone:
            return self._change(action, now)
        token = hashlib.sha256(f"{self._seed}:{self.location}:{action.person}:{len(self._reviews)}".encode()).digest()
        review = _Review(
            id=f"AbFvOq{base64.urlsafe_b64encode(token).decode().rstrip('=')}",
            location=self.location,
            person=action.person,
            name=action.name,
            stars=action.rating or 5,
            text=action.text,
            created_at=now,
            updated_at=now,
            photos=[self._photo(one) for one in action.attachments],
        )
        self._reviews[review.id] = review
        return [self._push("NEW_REVIEW", review, now)]

    def _photo(self, attached: Attachment) -> Json:
        """A photo or video as a review shows it; its bytes are served at its address."""
        content = attached.data or _PIXEL
        path = f"/p/{hashlib.sha256(content + attached.name.encode()).hexdigest()[:32]}"
        self._photos[path] = content
        shown = {"thumbnailUrl": f"{self.address}{path}", "thumbnailLabel": attached.title or attached.name}
        return shown | ({"videoUrl": f"{self.address}{path}"} if attached.kind == "video" else {})

    def _change(self, action: CustomerAction, now: int) -> list[Request]:
        review = self._theirs(action)
        if review is None or review.is_gone:
            return []
        review.stars = action.rating or review.stars
        review.text = review.text if action.do == "restar" and not action.text else action.text
        review.updated_at = now
        return [self._push("UPDATED_REVIEW", review, now)]

    def _remove(self, action: CustomerAction, now: int) -> list[Request]:
        review = self._theirs(action)
        if review is not None:
            review.is_gone = True
        return []

    def _restore(self, action: CustomerAction, now: int) -> list[Request]:
        review = self._theirs(action)
        if review is not None:
            review.is_gone = False
        return []

    def _theirs(self, action: CustomerAction) -> _Review | None:
        named = self._reviews.get(action.message_id) or self._reviews.get(action.thread_id)
        return named or self._of(action.person)

    def _push(self, kind: str, review: _Review, now: int) -> Request:
        self._pushed += 1
        number = str(10_000_000_000_000 + self._seed * 1_000_000 + self._pushed)
        location = review.path.rpartition("/reviews/")[0]
        told = {"notificationType": kind, "locationName": location, "reviewName": review.path}
        message = {
            "data": base64.b64encode(json_body(told)).decode(),
            "messageId": number,
            "message_id": number,
            "publishTime": to_rfc3339(now),
            "publish_time": to_rfc3339(now),
        }
        return Request(
            method="POST",
            path="",
            headers={"content-type": "application/json", "authorization": f"Bearer {PUSH_TOKEN}"},
            body=json_body({"message": message, "subscription": "projects/sandbox/subscriptions/reviews"}),
        )


def _require_account(account: str) -> None:
    if account != ACCOUNT:
        raise _Refused(403, "The caller does not have permission.")


def _require_location(location: str) -> str:
    if location not in LOCATIONS:
        raise _Refused(404, "Requested entity was not found.")
    return location


def _shown_location(number: str) -> Json:
    town = dict(zip(LOCATIONS, TOWNS, strict=True))[number]
    return {
        "name": f"locations/{number}",
        "title": LOCATIONS[number],
        "storefrontAddress": {"addressLines": ["Ermou 1"], "locality": town},
    }


def _shown(review: _Review, now: int) -> Json:
    reviewer: Json = {"displayName": review.name or ANONYMOUS}
    reviewer |= {} if review.name else {"isAnonymous": True}
    shown: Json = {
        "name": review.path,
        "reviewId": review.id,
        "reviewer": reviewer,
        "starRating": _WORDS[review.stars],
        "createTime": to_rfc3339(review.created_at),
        "updateTime": to_rfc3339(review.updated_at),
    }
    shown |= {"comment": review.text} if review.text else {}
    shown |= {"reviewMediaItems": review.photos} if review.photos else {}
    return shown | ({"reviewReply": _shown_answer(review.answer, now)} if review.answer is not None else {})


def _shown_answer(answer: _Answer, now: int) -> Json:
    state = answer.state(now)
    violation = {"policyViolation": answer.violation} if state == "REJECTED" else {}
    return {"comment": answer.text, "updateTime": to_rfc3339(answer.at), "reviewReplyState": state, **violation}


def _throttled() -> Response:
    """https://cloud.google.com/apis/design/errors#retry_info (read 2026-11-22)."""
    details = [{"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": f"{faults.RETRY_AFTER_SECONDS}s"}]
    return _error(429, "RESOURCE_EXHAUSTED", "Quota exceeded for quota metric 'Requests'.", details)


def _error(code: int, status: str, message: str, details: list[Json] | None = None) -> Response:
    error: Json = {"code": code, "message": message, "status": status}
    return _json(code, {"error": error | ({"details": details} if details else {})})


def _json(status: int, value: object) -> Response:
    return Response(status=status, headers={"content-type": "application/json; charset=UTF-8"}, body=json_body(value))
