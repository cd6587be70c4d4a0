"""The words of pushes and mails, in the languages of the web app. Its own texts stand in `frontend/src/text`."""

from __future__ import annotations

from typing import NamedTuple

from inbox.domain.notifying import Kind


class Language(NamedTuple):
    """What is said in one language. `{number}`: the conversation's; `{n}`: how many."""

    kinds: dict[Kind, str]
    several: str
    digest_subject: str
    digest_intro: str
    open: str
    off: str
    unsubscribe: str
    more: str
    works: str


LANGUAGES: dict[str, Language] = {
    "en": Language(
        {
            "assigned": "#{number} was given to you",
            "mentioned": "You were mentioned in #{number}",
            "message": "#{number}: the customer wrote",
            "followed": "Something new in #{number}, which you follow",
            "team_new": "#{number} is new in your team",
            "returned": "#{number}: there is a change to your work",
            "target_warned": "#{number} has to be answered soon",
            "target_breached": "#{number} is overdue",
            "escalated": "#{number} was escalated to you",
            "failed": "#{number}: an answer did not arrive",
            "review": "#{number}: a review with few stars",
            "attention": "The inbox needs you",
            "work_review": "#{number}: something new in a review of work",
        },
        "{n} things are new for you",
        "Your inbox: {n} unread",
        "This is what you have not read yet:",
        "Open",
        "You get this because you chose it. Change it in the settings, under Notifications: {url}",
        "No more mails: {url}",
        "… and {n} more.",
        "It works: this is how you will be called",
    ),
    "de": Language(
        {
            "assigned": "#{number} gehört jetzt Ihnen",
            "mentioned": "Sie wurden in #{number} erwähnt",
            "message": "#{number}: Neues vom Kunden",
            "followed": "Neues in #{number}, dem Sie folgen",
            "team_new": "#{number} ist neu in Ihrem Team",
            "returned": "#{number}: bei Ihrer Arbeit hat sich etwas geändert",
            "target_warned": "#{number} braucht bald eine Antwort",
            "target_breached": "#{number} ist überfällig",
            "escalated": "#{number} wurde an Sie eskaliert",
            "failed": "#{number}: eine Antwort kam nicht an",
            "review": "#{number}: eine Bewertung mit wenigen Sternen",
            "attention": "Die Inbox braucht Sie",
            "work_review": "#{number}: Neues in einer Rückmeldung zur Arbeit",
        },
        "{n} Neuigkeiten für Sie",
        "Ihre Inbox: {n} ungelesen",
        "Das haben Sie noch nicht gelesen:",
        "Öffnen",
        "Sie bekommen das, weil Sie es so gewählt haben. Ändern unter Einstellungen, Benachrichtigungen: {url}",
        "Keine Mails mehr: {url}",
        "… und {n} weitere.",
        "Es klappt: so werden Sie gerufen",
    ),
    "el": Language(
        {
            "assigned": "Το #{number} ανατέθηκε σε εσάς",
            "mentioned": "Σας ανέφεραν στο #{number}",
            "message": "#{number}: έγραψε ο πελάτης",
            "followed": "Κάτι νέο στο #{number} που ακολουθείτε",
            "team_new": "Το #{number} είναι νέο στην ομάδα σας",
            "returned": "#{number}: κάτι άλλαξε στη δουλειά σας",
            "target_warned": "Το #{number} πρέπει να απαντηθεί σύντομα",
            "target_breached": "Το #{number} έχει καθυστερήσει",
            "escalated": "Το #{number} κλιμακώθηκε σε εσάς",
            "failed": "#{number}: μια απάντηση δεν έφτασε",
            "review": "#{number}: κριτική με λίγα αστέρια",
            "attention": "Το inbox σας χρειάζεται",
            "work_review": "#{number}: κάτι νέο σε ανασκόπηση εργασίας",
        },
        "{n} νέα για εσάς",
        "Το inbox σας: {n} αδιάβαστα",
        "Δεν έχετε διαβάσει ακόμη:",
        "Άνοιγμα",
        "Το λαμβάνετε επειδή το επιλέξατε. Αλλαγή στις ρυθμίσεις, Ειδοποιήσεις: {url}",
        "Τέλος στα μηνύματα: {url}",
        "… και {n} ακόμη.",
        "Λειτουργεί: έτσι θα ειδοποιείστε",
    ),
    "fi": Language(
        {
            "assigned": "#{number} annettiin sinulle",
            "mentioned": "Sinut mainittiin keskustelussa #{number}",
            "message": "#{number}: asiakas kirjoitti",
            "followed": "Uutta keskustelussa #{number}, jota seuraat",
            "team_new": "#{number} on uusi tiimissäsi",
            "returned": "#{number}: työssäsi on muutos",
            "target_warned": "#{number} odottaa pian vastausta",
            "target_breached": "#{number} on myöhässä",
            "escalated": "#{number} eskaloitiin sinulle",
            "failed": "#{number}: vastaus ei mennyt perille",
            "review": "#{number}: arvostelu, jossa on vähän tähtiä",
            "attention": "Inbox tarvitsee sinua",
            "work_review": "#{number}: uutta työtä koskevassa palautteessa",
        },
        "{n} uutta asiaa sinulle",
        "Inboxisi: {n} lukematta",
        "Näitä et ole vielä lukenut:",
        "Avaa",
        "Saat tämän, koska valitsit niin. Muuta asetuksissa, Ilmoitukset: {url}",
        "Ei enää sähköposteja: {url}",
        "… ja {n} muuta.",
        "Se toimii: näin sinua kutsutaan",
    ),
    "hy": Language(
        {
            "assigned": "#{number}-ը տրվեց ձեզ",
            "mentioned": "Ձեզ հիշատակեցին #{number}-ում",
            "message": "#{number}․ հաճախորդը գրեց",
            "followed": "Նորություն #{number}-ում, որին հետևում եք",
            "team_new": "#{number}-ը նոր է ձեր թիմում",
            "returned": "#{number}․ ձեր աշխատանքում փոփոխություն կա",
            "target_warned": "#{number}-ին շուտով պետք է պատասխանել",
            "target_breached": "#{number}-ն ուշացել է",
            "escalated": "#{number}-ը բարձրացվեց ձեզ",
            "failed": "#{number}․ պատասխանը տեղ չհասավ",
            "review": "#{number}․ կարծիք քիչ աստղերով",
            "attention": "Inbox-ը ձեր կարիքն ունի",
            "work_review": "#{number}․ նորություն աշխատանքի վերանայման մեջ",
        },
        "{n} նորություն ձեզ համար",
        "Ձեր inbox-ը․ {n} չկարդացված",
        "Դեռ չեք կարդացել․",
        "Բացել",
        "Ստանում եք, քանի որ այդպես եք ընտրել։ Փոխեք կարգավորումներում՝ Ծանուցումներ․ {url}",
        "Այլևս նամակ չուղարկել․ {url}",
        "… և ևս {n}։",
        "Աշխատում է․ այսպես կկանչվեք",
    ),
    "id": Language(
        {
            "assigned": "#{number} diberikan kepada Anda",
            "mentioned": "Anda disebut di #{number}",
            "message": "#{number}: pelanggan menulis",
            "followed": "Ada yang baru di #{number} yang Anda ikuti",
            "team_new": "#{number} baru di tim Anda",
            "returned": "#{number}: ada perubahan pada pekerjaan Anda",
            "target_warned": "#{number} harus segera dijawab",
            "target_breached": "#{number} terlambat",
            "escalated": "#{number} dieskalasi kepada Anda",
            "failed": "#{number}: sebuah jawaban tidak sampai",
            "review": "#{number}: ulasan dengan sedikit bintang",
            "attention": "Inbox membutuhkan Anda",
            "work_review": "#{number}: ada yang baru dalam tinjauan kerja",
        },
        "{n} hal baru untuk Anda",
        "Inbox Anda: {n} belum dibaca",
        "Ini yang belum Anda baca:",
        "Buka",
        "Anda menerima ini karena memilihnya. Ubah di pengaturan, Notifikasi: {url}",
        "Tidak ada surat lagi: {url}",
        "… dan {n} lagi.",
        "Berhasil: begini Anda akan dipanggil",
    ),
}


def language_of(locale: str | None) -> Language:
    """The language of an agent; English where he chose none that there is."""
    return LANGUAGES.get((locale or "en").split("-")[0].lower(), LANGUAGES["en"])


def line(language: Language, kind: Kind, number: int | None, count: int = 1) -> str:
    """What a notification says in one line."""
    said = language.kinds[kind].format(number=number if number is not None else "")
    return f"{said} (×{count})" if count > 1 else said
