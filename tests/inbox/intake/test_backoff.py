"""How long to stay away."""

from connectors.errors import SendError, SendErrorKind
from inbox import clock
from inbox.intake.backoff import delay_after, delay_seconds


def test_waits_double_up_to_a_limit_and_vary() -> None:
    """Between half and all of the doubled wait, never above the longest."""
    for failures in (1, 2, 3, 10, 1_000):
        full = min(60.0, 2.0 * 2 ** min(failures - 1, 30))
        waits = {delay_seconds(failures, first=2, longest=60) for _ in range(20)}
        assert all(full / 2 <= wait <= full for wait in waits)
        assert len(waits) > 1


def test_a_network_that_says_when_is_believed() -> None:
    """A throttled request waits until the instant it was given, a refused sign-in for the longest."""
    until = clock.now() + 42 * clock.SECOND

    assert 41 <= delay_after(SendError(SendErrorKind.THROTTLED, until=until), 1) <= 43
    assert delay_after(SendError(SendErrorKind.REAUTH), 1) == 300
    assert delay_after(SendError(SendErrorKind.UNREACHABLE), 1) <= 5


def test_a_network_that_asks_for_a_week_is_asked_again_after_an_hour() -> None:
    """It may not mean it any more, or never have meant it."""
    refused = SendError(SendErrorKind.THROTTLED, until=clock.now() + 7 * clock.DAY)

    assert 3_599 <= delay_after(refused, 1) <= 3_601
