"""What the company's people answer, by kind of conversation and language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from inbox.sandbox.cast import spoken

ANSWERS: Mapping[str, Sequence[str]] = {
    "en": (
        "Thank you for writing! I looked it up: your parcel is with the courier and comes tomorrow.",
        "I am sorry about that! A new one leaves our workshop today, and you need not send anything back.",
        "Of course. I have noted it on your order, you get an e-mail with the details within the hour.",
        "Good question, I asked the workshop: yes, that works. Shall I change the order for you?",
        "Done! You will find it in your mail in a minute. Anything else I can do?",
    ),
    "el": (
        "Ευχαριστούμε για το μήνυμα! Το δέμα σας είναι στον μεταφορέα και φτάνει αύριο.",
        "Λυπόμαστε πολύ! Καινούργιο κομμάτι φεύγει σήμερα, δεν χρειάζεται να μας στείλετε τίποτα.",
        "Βεβαίως, το σημείωσα στην παραγγελία σας. Θα λάβετε email μέσα στην ώρα.",
        "Το ρώτησα στο εργαστήριο: ναι, γίνεται. Να το αλλάξω;",
    ),
    "id": (
        "Terima kasih sudah menghubungi kami, Kak! Paketnya sudah di kurir dan sampai besok.",
        "Mohon maaf ya Kak! Barang pengganti kami kirim hari ini, yang lama tidak perlu dikembalikan.",
        "Siap Kak, sudah saya catat di pesanannya. Emailnya menyusul ya.",
    ),
    "hy": (
        "Շնորհակալություն գրելու համար։ Ձեր ծանրոցը վաղը կհասնի։",
        "Ներողություն ենք խնդրում։ Նորը ուղարկում ենք այսօր։",
        "Իհարկե, նշել եմ ձեր պատվերի մեջ։",
    ),
    "fi": (
        "Kiitos viestistäsi! Pakettisi on kuljetuksessa ja tulee perille huomenna.",
        "Pahoittelut! Uusi lähtee tänään, eikä vanhaa tarvitse palauttaa.",
        "Totta kai, merkitsin sen tilaukseesi. Saat sähköpostin tunnin sisällä.",
    ),
    "de": (
        "Vielen Dank für Ihre Nachricht! Ihr Paket ist beim Zusteller und kommt morgen an.",
        "Das tut uns leid! Ein neues Stück geht heute raus, das alte müssen Sie nicht zurückschicken.",
        "Gern, ich habe es bei Ihrer Bestellung vermerkt. Die Bestätigung kommt gleich per Mail.",
    ),
}
COMMENTS: Mapping[str, Sequence[str]] = {
    "en": ("Yes! Have a look at our page 💙", "Thank you! It comes back in March.", "We sent you a message 🙏"),
    "el": ("Ναι! Δείτε τη σελίδα μας 💙", "Ευχαριστούμε πολύ! Έρχεται ξανά τον Μάρτιο."),
    "id": ("Bisa Kak, cek halaman kami ya 💙", "Terima kasih Kak! Restock bulan Maret."),
    "hy": ("Այո՛, տեսե՛ք մեր էջում 💙", "Շնորհակալություն ❤️"),
    "fi": ("Kyllä, katso sivultamme 💙", "Kiitos! Tulee takaisin maaliskuussa."),
    "de": ("Ja, schauen Sie gern auf unsere Seite 💙", "Danke! Ab März wieder da 🌿"),
}
REVIEWS: Mapping[str, Sequence[str]] = {
    "en": (
        "Thank you for taking the time to write this. I am sorry for the wait: please tell us your order number, and we"
        " put it right today.",
        "Thank you, this makes the whole workshop happy!",
    ),
    "el": (
        "Σας ευχαριστούμε που μας το γράψατε και λυπούμαστε για την ταλαιπωρία. Θα το διορθώσουμε σήμερα κιόλας.",
        "Σας ευχαριστούμε θερμά!",
    ),
    "id": ("Mohon maaf atas pengalamannya, Kak. Kami bantu hari ini juga ya.", "Terima kasih banyak, Kak!"),
    "hy": ("Ներողություն ենք խնդրում, այսօր կլուծենք։", "Շնորհակալություն բարի խոսքերի համար։"),
    "fi": ("Pahoittelemme! Korjaamme asian heti tänään.", "Lämmin kiitos!"),
    "de": ("Das tut uns leid. Wir bringen es heute noch in Ordnung.", "Herzlichen Dank!"),
}
NOTES = (
    "Checked with the workshop: a new one is ready.",
    "Third parcel late with this courier this week.",
    "She called as well, told her the same.",
    "Refund agreed with Nadia if it comes back broken again.",
    "Regular customer, since years.",
)
REASONS = ("Wants a refund above my limit", "Threatens with the consumer board", "Third complaint about one order")


def answer(kind: str, language: str, rating: int, draw: int) -> str:
    """An answer of that kind in the customer's language. `draw` chooses among those there are."""
    spoken_here = spoken(language).removesuffix("-Latn")
    if kind == "review":
        return _of(REVIEWS, spoken_here)[0 if rating < 4 else 1]
    told = _of(COMMENTS if kind == "comment" else ANSWERS, spoken_here)
    return told[draw % len(told)]


def _of(table: Mapping[str, Sequence[str]], language: str) -> Sequence[str]:
    return table.get(language, table["en"])
