"""The words of the mailed report of rules, in the languages of the web app."""

from __future__ import annotations

from typing import NamedTuple


class RuleWords(NamedTuple):
    """What is said in one language. `became`: what became of an action, in the order of the report's columns."""

    columns: dict[str, str]
    by_rule: str
    by_action: str
    became: tuple[str, str, str, str]
    actions: dict[str, str]


RULE_WORDS: dict[str, RuleWords] = {
    "en": RuleWords(
        {"runs": "Runs", "undone": "Undone", "refused": "Done in part", "conversations": "Conversations"},
        "By rule", "By action", ("Done", "Was so already", "Could not be done", "Taken back"),
        {"tag": "Tag", "untag": "Take tags off", "assign": "Give to", "team": "Team", "priority": "Priority",
         "escalate": "Escalate", "note": "Note", "close": "Close", "dismiss": "No answer needed",
         "spam": "Mark as spam", "hide": "Hide the comment", "reply": "Answer",
         "out_of_hours": "Answer out of hours", "webhook": "Call a webhook", "notify": "Tell"},
    ),
    "de": RuleWords(
        {"runs": "Läufe", "undone": "Rückgängig gemacht", "refused": "Nur zum Teil getan",
         "conversations": "Gespräche"},
        "Nach Regel", "Nach Aktion", ("Getan", "War schon so", "Ging nicht", "Zurückgenommen"),
        {"tag": "Etikett", "untag": "Etikett entfernen", "assign": "Geben an", "team": "Team",
         "priority": "Priorität", "escalate": "Eskalieren", "note": "Notiz", "close": "Schließen",
         "dismiss": "Keine Antwort nötig", "spam": "Als Spam markieren", "hide": "Kommentar verbergen",
         "reply": "Antworten", "out_of_hours": "Außerhalb der Zeiten antworten", "webhook": "Webhook rufen",
         "notify": "Benachrichtigen"},
    ),
    "el": RuleWords(
        {"runs": "Εκτελέσεις", "undone": "Αναιρέθηκαν", "refused": "Έγιναν εν μέρει",
         "conversations": "Συνομιλίες"},
        "Ανά κανόνα", "Ανά ενέργεια", ("Έγινε", "Ήταν ήδη έτσι", "Δεν μπόρεσε να γίνει", "Αναιρέθηκε"),
        {"tag": "Ετικέτα", "untag": "Αφαίρεση ετικετών", "assign": "Ανάθεση σε", "team": "Ομάδα",
         "priority": "Προτεραιότητα", "escalate": "Κλιμάκωση", "note": "Σημείωση", "close": "Κλείσιμο",
         "dismiss": "Δεν χρειάζεται απάντηση", "spam": "Σήμανση ως ανεπιθύμητο", "hide": "Απόκρυψη σχολίου",
         "reply": "Απάντηση", "out_of_hours": "Απάντηση εκτός ωραρίου", "webhook": "Κλήση webhook",
         "notify": "Ειδοποίηση"},
    ),
    "fi": RuleWords(
        {"runs": "Suorituskerrat", "undone": "Kumottu", "refused": "Tehty osittain",
         "conversations": "Keskustelut"},
        "Säännöittäin", "Toiminnoittain", ("Tehty", "Oli jo niin", "Ei onnistunut", "Kumottu"),
        {"tag": "Lisää tunniste", "untag": "Poista tunniste", "assign": "Anna henkilölle",
         "team": "Tiimille", "priority": "Tärkeys", "escalate": "Eskaloi", "note": "Muistiinpano",
         "close": "Sulje", "dismiss": "Ei vaadi vastausta", "spam": "Merkitse roskaksi",
         "hide": "Piilota kommentti", "reply": "Vastaa", "out_of_hours": "Vastaa aukiolon ulkopuolella",
         "webhook": "Kutsu webhookia", "notify": "Kerro"},
    ),
    "hy": RuleWords(
        {"runs": "Գործարկումներ", "undone": "Հետարկված", "refused": "Մասամբ արված",
         "conversations": "Զրույցներ"},
        "Ըստ կանոնի", "Ըստ գործողության", ("Արված", "Արդեն այդպես էր", "Չհաջողվեց", "Հետարկված"),
        {"tag": "Պիտակել", "untag": "Հանել պիտակը", "assign": "Հանձնել", "team": "Թիմ",
         "priority": "Առաջնահերթություն", "escalate": "Բարձրացնել", "note": "Նշում", "close": "Փակել",
         "dismiss": "Պատասխան պետք չէ", "spam": "Նշել որպես սպամ", "hide": "Թաքցնել մեկնաբանությունը",
         "reply": "Պատասխանել", "out_of_hours": "Պատասխանել ոչ աշխատանքային ժամին",
         "webhook": "Կանչել webhook", "notify": "Տեղեկացնել"},
    ),
    "id": RuleWords(
        {"runs": "Dijalankan", "undone": "Dibatalkan", "refused": "Dilakukan sebagian",
         "conversations": "Percakapan"},
        "Per aturan", "Per tindakan", ("Dilakukan", "Sudah begitu", "Tidak dapat dilakukan", "Dibatalkan"),
        {"tag": "Beri tag", "untag": "Lepas tag", "assign": "Berikan ke", "team": "Tim",
         "priority": "Prioritas", "escalate": "Eskalasi", "note": "Catatan", "close": "Tutup",
         "dismiss": "Tak perlu jawaban", "spam": "Tandai spam", "hide": "Sembunyikan komentar",
         "reply": "Jawab", "out_of_hours": "Jawab di luar jam kerja", "webhook": "Panggil webhook",
         "notify": "Beri tahu"},
    ),
}  # fmt: skip
