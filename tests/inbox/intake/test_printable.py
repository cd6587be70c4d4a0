"""Texts that every database takes."""

from connectors.outbound import Receipt
from inbox.intake.printable import printable, printable_record


def test_nul_and_half_pairs_are_replaced_and_all_else_stays() -> None:
    """Emoji, combining marks and line ends are text like any other."""
    assert printable("a\x00b\ud800c") == "a\ufffdb?c"
    assert printable("née 👩‍👩‍👧\n\tΆ") == "née 👩‍👩‍👧\n\tΆ"


def test_records_are_cleaned_to_their_depth_and_clean_ones_are_the_same() -> None:
    """Keys and values of nested fields, too."""
    clean = Receipt(external_id="1", refused={"a@example.org": "550 no"})
    odd = Receipt(external_id="1\x00", refused={"a@example.org": "550 \x00"})

    assert printable_record(clean, Receipt) is clean
    assert printable_record(odd, Receipt) == Receipt(external_id="1\ufffd", refused={"a@example.org": "550 \ufffd"})
