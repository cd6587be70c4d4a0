"""Bytes to text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.email.charsets import decode, decode_header


@pytest.mark.parametrize(
    ("data", "charset", "text"),
    [
        ("Καλημέρα".encode("cp1253"), "windows-1253", "Καλημέρα"),
        ("朱镕基".encode("gb18030"), "GB2312", "朱镕基"),
        ("①㈱".encode("cp932"), "shift_jis", "①㈱"),
        ("“quoted” €".encode("cp1252"), "iso-8859-1", "“quoted” €"),
        ("한국".encode("cp949"), '"ks_c_5601-1987"', "한국"),
        ("日本".encode("iso-2022-jp"), "iso-2022-jp", "日本"),
        ("Grüße".encode(), "utf-8; format=flowed", "Grüße"),
        ("Grüße".encode(), "us-ascii", "Grüße"),
        ("Grüße".encode(), "no-such-charset", "Grüße"),
        ("Grüße".encode(), None, "Grüße"),
        (b"\xef\xbb\xbfx", "utf-8", "x"),
        (b"\x1b$B-!\x1b(B \x1b$B4]?t;z\x1b(B", "ISO-2022-JP", "① 丸数字"),
        (b"\x1b$B-j;3ED|b66\x1b(B\r\nabc \x1b(IC=D\x1b(B", "iso-2022-jp", "㈱山田髙橋\r\nabc ﾃｽﾄ"),
        ("Müller".encode("cp1252"), None, "Müller"),
        ("Café fermé".encode("cp1252"), "x-unknown", "Café fermé"),
        (
            "Hola, todavía no ha llegado. ¿Dónde está?".encode("cp1252"),
            None,
            "Hola, todavía no ha llegado. ¿Dónde está?",
        ),
        ("5 €".encode("cp1252"), "us-ascii", "5 €"),
        ("Где мой заказ?".encode("cp1251"), "us-ascii", "Где мой заказ?"),
        ("Grüße, wo bleibt das Päckchen?".encode() + b"\xa0", "utf-8", "Grüße, wo bleibt das Päckchen?\ufffd"),
        ("Здравствуйте".encode()[:-1], "utf-8", "Здравствуйт\ufffd"),
        ("Grüße".encode("cp1252"), "utf-8", "Grüße"),
        (b"a\x00b", "utf-8", "ab"),
    ],
)
def test_real_charsets_are_read(data: bytes, charset: str | None, text: str) -> None:
    """A label is taken for the superset that is written under it, and a lie for UTF-8."""
    assert decode(data, charset) == text


@pytest.mark.parametrize("label", ["iso-8859-1", "windows-1252", "us-ascii", "utf-8", None])
@pytest.mark.parametrize(
    ("text", "codec"),
    [
        ("Здравствуйте, где мой заказ номер 12345? Спасибо", "cp1251"),
        ("Καλημέρα, πού είναι η παραγγελία μου;", "cp1253"),
        ("我的订单还没有收到，请帮我查一下", "gb18030"),
        ("我的訂單還沒有收到，請幫我查一下", "big5"),
        ("주문한 상품이 아직 오지 않았습니다.", "cp949"),
        ("注文した商品がまだ届いていません。", "cp932"),
        ("注文した商品がまだ届いていません。abc", "iso2022_jp"),
    ],
)
def test_another_script_is_not_read_as_western(text: str, codec: str, label: str | None) -> None:
    """Words of another script under the label that programs write by default, or under none."""
    assert decode(text.encode(codec), label) == text


@pytest.mark.parametrize(
    "text",
    ["ÄÖÜäöüß", "ÄÖÜ äöü ß", "éèêë àâ", "«Où»", "°°°°°°°°", "¡¡¡¡Hola!!!!", "———— Été", "Ça a été créé à Orléans"],
)
def test_what_is_labelled_western_stays_western(text: str) -> None:
    """Signs and accents that stand together are no words of another script."""
    assert decode(text.encode("cp1252"), "iso-8859-1") == text
    assert decode_header(text.encode("cp1252")) == text


@pytest.mark.parametrize(
    ("text", "codecs"),
    [
        ("Dobrý den, stále jsem neobdržel svou objednávku. Mohli byste zjistit, kde je?", ("cp1250", "iso8859_2")),
        ("Dzień dobry, nadal nie otrzymałem przesyłki. Gdzie ona się znajduje?", ("cp1250", "iso8859_2")),
        (
            "Jó napot, még mindig nem érkezett meg a csomagom. Mikor küldik el? Köszönettel, Győző",
            ("cp1250", "iso8859_2"),
        ),
        ("Merhaba, siparişim hâlâ elime ulaşmadı. Nerede olduğunu öğrenebilir miyim?", ("cp1254",)),
        ("Pozdravljeni, pošiljke še vedno nisem prejel. Kje je? Prosim, če preverite.", ("cp1250",)),
        ("Добрый день, заказ так и не пришёл. Где он?", ("cp1251", "koi8_r", "iso8859_5")),
        ("Доброго дня, замовлення ще не надійшло. Де воно?", ("cp1251", "koi8_u")),
        ("Καλημέρα, η παραγγελία δεν έχει έρθει ακόμη. Πού είναι;", ("cp1253", "iso8859_7")),
        ("שלום, ההזמנה שלי עדיין לא הגיעה. איפה היא?", ("cp1255", "iso8859_8")),
        ("مرحبا، لم يصل طلبي حتى الآن وقد مضى أسبوعان. أين هو من فضلكم؟", ("cp1256",)),
        ("สินค้ายังไม่มาถึงเลยค่ะ ช่วยตรวจสอบให้หน่อย", ("cp874",)),
        ("先週注文した商品がまだ届いていません。確認をお願いします。", ("cp932", "euc_jp")),
        ("주문한 상품이 아직 도착하지 않았습니다.", ("cp949",)),
        ("我的订单还没有收到，请帮我查一下物流。", ("gb18030",)),
        ("我的訂單還沒有收到，請幫我查一下物流。", ("big5",)),
        ("Guten Tag, meine Bestellung ist noch nicht da. Können Sie prüfen, wo sie ist?", ("cp1252",)),
        ("Bonjour, j’ai déjà écrit « deux fois » : où est ma commande ?", ("cp1252",)),
        ("Hola, todavía no ha llegado. ¿Dónde está? ¡Gracias, Íñigo!", ("cp1252",)),
        ("Olá, a encomenda não chegou. Há informações sobre a situação?", ("cp1252",)),
    ],
)
def test_mail_without_a_label_is_read_in_its_language(text: str, codecs: tuple[str, ...]) -> None:
    """A sentence or two are enough to tell in what a mail is written that does not say it."""
    assert {codec: decode(text.encode(codec), None) for codec in codecs} == dict.fromkeys(codecs, text)


@given(st.binary(max_size=200), st.text(max_size=20))
def test_nothing_raises(data: bytes, charset: str) -> None:
    """Any bytes under any label become text that a database can store."""
    text = decode(data, charset)

    assert "\x00" not in text
    text.encode()


@pytest.mark.parametrize("charset", ["base64", "rot13", "idna", "unicode_escape", "undefined", "\x00", "x" * 99])
def test_codecs_that_are_no_charsets_are_passed_over(charset: str) -> None:
    """A label that names another kind of codec counts as none."""
    assert decode(b"abc\\n", charset) == "abc\\n"


def test_raw_8bit_headers_are_utf8_or_latin() -> None:
    """A header that was never encoded is read as UTF-8, as another script where it is one, else as Windows-1252."""
    assert decode_header("Доставка заказа <me@x.example>".encode("cp1251")) == "Доставка заказа <me@x.example>"
    assert decode_header("Ελένη".encode()) == "Ελένη"
    assert decode_header(b"J\xfcrgen") == "Jürgen"
