"""The conformance kit: what every connector is held to, with nothing to write but goldens and signing.py.

As a command it writes what connectors do into their golden files, so that the difference can be read:

    python -m tests.connectors.conformance --rewrite NETWORK…
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from contextlib import suppress

from connectors import registry
from tests.connectors.kit import (
    check_connecting,
    check_loop,
    check_package,
    check_parsing,
    check_planning,
    check_secrets,
    check_sending,
    check_signatures,
    goldens,
)
from tests.connectors.kit.subject import NotApplicable, Subject, subject

Check = Callable[[Subject], None]

CHECKS: dict[str, Check] = {
    "package-files": check_package.files,
    "package-readme": check_package.readme,
    "package-manifest": check_package.manifest,
    "package-limits-sourced": check_package.limits_sourced,
    "package-goldens-cover-events": check_package.goldens_cover_events,
    "package-imports": check_package.imports,
    "signature-good-passes": check_signatures.good_passes,
    "signature-flipped-fails": check_signatures.flipped_fails,
    "signature-missing-fails": check_signatures.missing_fails,
    "signature-stale-fails": check_signatures.stale_fails,
    "signature-secrets-rotate": check_signatures.secrets_rotate,
    "parse-goldens": check_parsing.goldens,
    "parse-declared": check_parsing.declared,
    "parse-redelivery": check_parsing.redelivery,
    "parse-key-order": check_parsing.key_order,
    "parse-mutations": check_parsing.mutations,
    "parse-noise": check_parsing.noise,
    "plan-numbered": check_planning.numbered,
    "plan-texts-at-limit": check_planning.texts_at_limit,
    "plan-splits-rejoin": check_planning.splits_rejoin,
    "plan-empty-refused": check_planning.empty_refused,
    "plan-unsupported-refused": check_planning.unsupported_refused,
    "send-goldens": check_sending.goldens,
    "send-goldens-cover-actions": check_sending.goldens_cover_actions,
    "send-effect-marked": check_sending.effect_marked,
    "send-failures": check_sending.failures,
    "ask-failures": check_connecting.failures,
    "secrets-errors": check_secrets.errors_silent,
    "secrets-signatures": check_secrets.signature_errors_silent,
    "loop-closes": check_loop.closes,
    "loop-polls": check_loop.polls,
    "loop-edits": check_loop.edits,
    "loop-reactions": check_loop.reactions,
    "loop-reviews": check_loop.reviews,
    "loop-duplicates": check_loop.duplicates,
    "loop-faults": check_loop.faults_told,
}
"""Name → check. A check raises AssertionError where the connector fails it and NotApplicable where it says nothing."""


def rewrite(one: Subject) -> list[str]:
    """Write what the connector does now into its golden files; returns the names of those that changed. A network that
    has only one direction has only those of that direction.
    """
    changed = []
    with suppress(NotApplicable):
        for delivery in goldens.deliveries(one):
            if goldens.write(delivery.expected, goldens.read_in(one, delivery)):
                changed.append(delivery.expected.name)
    with suppress(NotApplicable):
        for path in goldens.actions(one):
            exchange = goldens.exchange_of(path)
            before = json.loads(exchange.read_text()) if exchange.exists() else {"parts": []}
            if goldens.write(exchange, goldens.perform(one, goldens.load_action(path), {"parts": [], **before})):
                changed.append(exchange.name)
    return changed


def main(arguments: list[str]) -> int:
    """Rewrite the goldens of the networks named."""
    parser = argparse.ArgumentParser(description="Rewrite golden files from what connectors do now.")
    parser.add_argument("--rewrite", nargs="+", metavar="NETWORK", choices=registry.networks(), required=True)
    for network in parser.parse_args(arguments).rewrite:
        changed = rewrite(subject(network))
        sys.stdout.write(f"{network}: {', '.join(changed) or 'nothing changed'}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
