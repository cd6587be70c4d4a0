"""The Graph API family: what Messenger, Facebook Page, Instagram and WhatsApp have in common, and the door that the
webhooks of all of them come to.
"""

from connectors._meta.envelope import split
from connectors._meta.signatures import answer, verify
from connectors._meta.withdrawals import withdrawn
from connectors.contract import Door

DOOR = Door(
    name="meta",
    networks=("messenger", "facebook_page", "instagram", "whatsapp"),
    verify=verify,
    answer=answer,
    split=split,
    withdrawn=withdrawn,
)
