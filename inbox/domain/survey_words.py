"""What surveys say by themselves, in six languages: the ends of a scale, the page, and questions to begin with."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from inbox.domain.surveys import Wording


class Words(msgspec.Struct, frozen=True, kw_only=True):
    """The words of one language."""

    csat_low: str
    csat_high: str
    nps_low: str
    nps_high: str
    pick: str
    """On the button that opens a list of options: at most 20 characters."""
    rate: str
    """Before the link."""
    more: str
    """Below the thanks in a thread, before the link to the page."""
    comment: str
    comment_hint: str
    send: str
    change: str
    thanks: str
    changeable: str
    """`{day}`: until when."""
    choose: str
    over: str
    over_hint: str
    unknown: str
    unknown_hint: str
    agent: str
    busy: str
    csat_question: str
    nps_question: str


WORDS: Mapping[str, Words] = {
    "en": Words(
        csat_low="Very unhappy", csat_high="Very happy", nps_low="Not at all likely", nps_high="Very likely",
        pick="Choose", rate="Answer with a number, or here:", more="If you want to add something:",
        comment="Anything you want to add?", comment_hint="Optional. Please no card numbers or passwords.",
        send="Send", change="Change my answer", thanks="Thank you for your answer!",
        changeable="You can change it until {day}.", choose="Choose a number first.",
        over="This survey is over", over_hint="Thank you all the same. Your answer stays as it was.",
        unknown="There is no such page", unknown_hint="Please open the link as it stands in our message.",
        agent="You are signed in as one of our own people: this page belongs to the customer, and nothing is counted.",
        busy="Too many attempts. Please wait a minute and try again.",
        csat_question="How happy are you with our help?",
        nps_question="How likely are you to recommend us to a friend?",
    ),
    "de": Words(
        csat_low="Sehr unzufrieden", csat_high="Sehr zufrieden", nps_low="Sehr unwahrscheinlich",
        nps_high="Sehr wahrscheinlich", pick="Auswählen", rate="Antworten Sie mit einer Zahl oder hier:",
        more="Wenn Sie etwas ergänzen möchten:", comment="Möchten Sie etwas ergänzen?",
        comment_hint="Freiwillig. Bitte keine Kartennummern oder Passwörter.", send="Absenden",
        change="Antwort ändern", thanks="Vielen Dank für Ihre Antwort!",
        changeable="Sie können sie bis {day} ändern.", choose="Wählen Sie zuerst eine Zahl.",
        over="Diese Umfrage ist beendet", over_hint="Trotzdem vielen Dank. Ihre Antwort bleibt, wie sie war.",
        unknown="Diese Seite gibt es nicht",
        unknown_hint="Bitte öffnen Sie den Link so, wie er in unserer Nachricht steht.",
        agent="Sie sind als Mitarbeiter angemeldet: Diese Seite gehört dem Kunden, gezählt wird nichts.",
        busy="Zu viele Versuche. Bitte warten Sie eine Minute.",
        csat_question="Wie zufrieden sind Sie mit unserer Hilfe?",
        nps_question="Wie wahrscheinlich ist es, dass Sie uns weiterempfehlen?",
    ),
    "el": Words(
        csat_low="Πολύ δυσαρεστημένος/η", csat_high="Πολύ ευχαριστημένος/η", nps_low="Καθόλου πιθανό",
        nps_high="Πολύ πιθανό", pick="Επιλογή", rate="Απαντήστε με έναν αριθμό ή εδώ:",
        more="Αν θέλετε να προσθέσετε κάτι:", comment="Θέλετε να προσθέσετε κάτι;",
        comment_hint="Προαιρετικό. Παρακαλούμε όχι αριθμούς καρτών ή κωδικούς.", send="Αποστολή",
        change="Αλλαγή απάντησης", thanks="Σας ευχαριστούμε για την απάντηση!",
        changeable="Μπορείτε να την αλλάξετε έως τις {day}.", choose="Επιλέξτε πρώτα έναν αριθμό.",
        over="Η έρευνα έχει λήξει", over_hint="Σας ευχαριστούμε. Η απάντησή σας μένει όπως ήταν.",
        unknown="Δεν υπάρχει τέτοια σελίδα",
        unknown_hint="Ανοίξτε τον σύνδεσμο όπως είναι στο μήνυμά μας.",
        agent="Είστε συνδεδεμένος ως συνεργάτης μας: η σελίδα ανήκει στον πελάτη και δεν μετράει τίποτα.",
        busy="Πάρα πολλές προσπάθειες. Περιμένετε ένα λεπτό.",
        csat_question="Πόσο ευχαριστημένος/η μείνατε από τη βοήθειά μας;",
        nps_question="Πόσο πιθανό είναι να μας συστήσετε σε έναν φίλο;",
    ),
    "fi": Words(
        csat_low="Erittäin tyytymätön", csat_high="Erittäin tyytyväinen", nps_low="Erittäin epätodennäköisesti",
        nps_high="Erittäin todennäköisesti", pick="Valitse", rate="Vastaa numerolla tai täällä:",
        more="Jos haluat lisätä jotain:", comment="Haluatko lisätä jotain?",
        comment_hint="Vapaaehtoinen. Älä kirjoita korttinumeroita tai salasanoja.", send="Lähetä",
        change="Muuta vastausta", thanks="Kiitos vastauksestasi!",
        changeable="Voit muuttaa sitä {day} asti.", choose="Valitse ensin numero.",
        over="Kysely on päättynyt", over_hint="Kiitos silti. Vastauksesi pysyy ennallaan.",
        unknown="Tällaista sivua ei ole", unknown_hint="Avaa linkki sellaisena kuin se on viestissämme.",
        agent="Olet kirjautunut työntekijänä: tämä sivu on asiakkaan, eikä mitään lasketa.",
        busy="Liian monta yritystä. Odota hetki ja yritä uudelleen.",
        csat_question="Kuinka tyytyväinen olet saamaasi apuun?",
        nps_question="Kuinka todennäköisesti suosittelisit meitä ystävälle?",
    ),
    "hy": Words(
        csat_low="Շատ դժգոհ", csat_high="Շատ գոհ", nps_low="Բոլորովին հավանական չէ", nps_high="Շատ հավանական է",
        pick="Ընտրել", rate="Պատասխանեք թվով կամ այստեղ՝", more="Եթե ցանկանում եք ինչ-որ բան ավելացնել՝",
        comment="Ցանկանո՞ւմ եք ինչ-որ բան ավելացնել",
        comment_hint="Պարտադիր չէ։ Խնդրում ենք չգրել քարտի համարներ կամ գաղտնաբառեր։", send="Ուղարկել",
        change="Փոխել պատասխանը", thanks="Շնորհակալություն պատասխանի համար։",
        changeable="Կարող եք փոխել այն մինչև {day}։", choose="Նախ ընտրեք թիվ։",
        over="Հարցումն ավարտված է", over_hint="Շնորհակալություն։ Ձեր պատասխանը մնում է նույնը։",
        unknown="Այդպիսի էջ չկա", unknown_hint="Բացեք հղումն այնպես, ինչպես այն մեր հաղորդագրության մեջ է։",
        agent="Դուք մուտք եք գործել որպես աշխատակից. այս էջը հաճախորդինն է, և ոչինչ չի հաշվվում։",
        busy="Չափից շատ փորձեր։ Սպասեք մեկ րոպե։",
        csat_question="Որքանո՞վ եք գոհ մեր օգնությունից",
        nps_question="Որքանո՞վ է հավանական, որ մեզ խորհուրդ կտաք ընկերոջը",
    ),
    "id": Words(
        csat_low="Sangat tidak puas", csat_high="Sangat puas", nps_low="Sangat tidak mungkin",
        nps_high="Sangat mungkin", pick="Pilih", rate="Balas dengan angka, atau di sini:",
        more="Jika ingin menambahkan sesuatu:", comment="Ada yang ingin ditambahkan?",
        comment_hint="Opsional. Mohon jangan tulis nomor kartu atau kata sandi.", send="Kirim",
        change="Ubah jawaban", thanks="Terima kasih atas jawaban Anda!",
        changeable="Anda dapat mengubahnya sampai {day}.", choose="Pilih angka terlebih dahulu.",
        over="Survei ini sudah berakhir", over_hint="Terima kasih. Jawaban Anda tetap seperti semula.",
        unknown="Halaman ini tidak ada", unknown_hint="Silakan buka tautan seperti tertulis di pesan kami.",
        agent="Anda masuk sebagai petugas kami: halaman ini milik pelanggan, dan tidak ada yang dihitung.",
        busy="Terlalu banyak percobaan. Tunggu satu menit lalu coba lagi.",
        csat_question="Seberapa puas Anda dengan bantuan kami?",
        nps_question="Seberapa besar kemungkinan Anda merekomendasikan kami kepada teman?",
    ),
}  # fmt: skip
FALLBACK = "en"


def words_of(language: str | None) -> Words:
    """The words of a language, of its script's own where it has one; English where we do not speak it."""
    return WORDS.get((language or "").split("-")[0], WORDS[FALLBACK])


def ends_of(scale: str, words: Words) -> tuple[str, str]:
    """What the lowest and the highest score mean."""
    return (words.csat_low, words.csat_high) if scale == "csat" else (words.nps_low, words.nps_high)


def preset(scale: str) -> list[Wording]:
    """A survey to begin with: the usual question in every language we speak, English to fall back on."""
    return [
        Wording(
            language=language,
            question=words.csat_question if scale == "csat" else words.nps_question,
            thanks=words.thanks,
        )
        for language, words in WORDS.items()
    ]
