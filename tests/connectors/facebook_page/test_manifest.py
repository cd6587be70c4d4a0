"""connectors/facebook_page/manifest.py: what the family relies on."""

from connectors.facebook_page.manifest import LIKE, MANIFEST, REACTIONS
from connectors.registry import door


def test_the_page_comes_by_the_familys_door() -> None:
    """Webhooks of a page come to the door of Meta, which knows the network, and `page_id` names the asset."""
    assert MANIFEST.network in door(MANIFEST.door).networks
    assert MANIFEST.asset_fields == ("page_id",)


def test_what_belongs_to_the_app_is_kept_with_the_app() -> None:
    """Id, secret and verify token are the app's; page and token are the channel's."""
    of_app = {field.name for field in MANIFEST.fields if field.of_app}
    assert of_app == {"app_id", "app_secret", "verify_token"}
    assert {"page_id", "page_access_token"} <= {field.name for field in MANIFEST.fields} - of_app


def test_a_page_sets_no_reaction_that_it_could_not_read() -> None:
    """The like is among the reactions that people have."""
    assert MANIFEST.reactions_out == (LIKE,) == (REACTIONS["like"],)


def test_private_replies_go_where_facebook_has_them() -> None:
    """Only comments and visitors' posts can be answered in private, with Messenger's own limit."""
    kinds = {kind for kind, capability in MANIFEST.kinds.items() if "private_reply" in capability.actions}
    assert kinds == {"comment"}
    private = MANIFEST.kinds["comment"].private_text
    assert private is not None
    assert private.limit == 2000
