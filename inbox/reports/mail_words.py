"""The words of mailed reports, in the languages of the web app."""

from __future__ import annotations

from typing import NamedTuple

from inbox.reports.mail_rule_words import RULE_WORDS, RuleWords


class Words(NamedTuple):
    """What is said in one language. `columns`: titles of figures; one that is not here keeps the report's own."""

    before: str
    total: str
    nothing: str
    open: str
    attached: str
    why: str
    received: str
    conversations: str
    tags: str
    said_most: str
    in_all: str
    reviews: str
    no_words: str
    samples: str
    more: str
    columns: dict[str, str]
    groups: dict[str, str]
    rules: RuleWords
    """What only the report of rules says."""


LANGUAGES: dict[str, Words] = {
    "en": Words(
        "before: {value}", "Total", "Nothing was counted in this period.", "Open the report", "Attached: {name}",
        "{owner} has this sent to you. It is changed or ended there: {url}",
        "Messages", "Conversations", "Tags", "Words said most", "All", "New reviews", "(without words)",
        "To look at", "… and {n} more lines in the file or on the page.",
        {"n": "Number", "median": "Median", "p90": "90 of 100 within", "mean": "Mean", "reviews": "Reviews",
         "average": "Average stars", "answered_share": "Answered", "edited": "Changed by their authors",
         "hidden": "Hidden", "shown": "Shown again", "deleted": "Deleted by us", "reacted": "Reactions",
         "spam": "Spam", "by_person": "By people", "by_rule": "By rules", "in_target": "In target"},
        {"team": "By team", "channel": "By channel", "network": "By network", "kind": "By kind",
         "agent": "By person", "location": "By location", "week": "By week", "tag": "By tag"},
        RULE_WORDS["en"],
    ),
    "de": Words(
        "zuvor: {value}", "Gesamt", "In diesem Zeitraum wurde nichts gezählt.", "Bericht öffnen", "Anhang: {name}",
        "{owner} lässt Ihnen das schicken. Ändern oder beenden: {url}",
        "Nachrichten", "Gespräche", "Schlagwörter", "Häufigste Wörter", "Alle", "Neue Bewertungen", "(ohne Worte)",
        "Zum Ansehen", "… und {n} weitere Zeilen in der Datei oder auf der Seite.",
        {"n": "Anzahl", "median": "Median", "p90": "90 von 100 innerhalb", "mean": "Mittelwert",
         "reviews": "Bewertungen", "average": "Sterne im Mittel", "answered_share": "Beantwortet",
         "edited": "Von ihren Verfassern geändert", "hidden": "Verborgen", "shown": "Wieder gezeigt",
         "deleted": "Von uns gelöscht", "reacted": "Reaktionen", "spam": "Spam", "by_person": "Von Menschen",
         "by_rule": "Von Regeln", "in_target": "Im Ziel"},
        {"team": "Nach Team", "channel": "Nach Kanal", "network": "Nach Netzwerk", "kind": "Nach Art",
         "agent": "Nach Person", "location": "Nach Standort", "week": "Nach Woche", "tag": "Nach Schlagwort"},
        RULE_WORDS["de"],
    ),
    "el": Words(
        "πριν: {value}", "Σύνολο", "Δεν μετρήθηκε τίποτα σε αυτήν την περίοδο.", "Άνοιγμα της αναφοράς",
        "Συνημμένο: {name}", "Αυτό σας το στέλνει: {owner}. Αλλάζει ή σταματά εδώ: {url}",
        "Μηνύματα", "Συνομιλίες", "Ετικέτες", "Συχνότερες λέξεις", "Όλα", "Νέες κριτικές", "(χωρίς λόγια)",
        "Για να δείτε", "… και άλλες {n} γραμμές στο αρχείο ή στη σελίδα.",
        {"n": "Πλήθος", "median": "Διάμεσος", "p90": "90 στους 100 εντός", "mean": "Μέσος όρος",
         "reviews": "Κριτικές", "average": "Μέσα αστέρια", "answered_share": "Απαντήθηκαν",
         "edited": "Άλλαξαν από τους συντάκτες τους", "hidden": "Κρυμμένα", "shown": "Φάνηκαν ξανά",
         "deleted": "Διαγράφηκαν από εμάς", "reacted": "Αντιδράσεις", "spam": "Ανεπιθύμητα",
         "by_person": "Από ανθρώπους", "by_rule": "Από κανόνες", "in_target": "Εντός στόχου"},
        {"team": "Ανά ομάδα", "channel": "Ανά κανάλι", "network": "Ανά δίκτυο", "kind": "Ανά είδος",
         "agent": "Ανά άτομο", "location": "Ανά τοποθεσία", "week": "Ανά εβδομάδα", "tag": "Ανά ετικέτα"},
        RULE_WORDS["el"],
    ),
    "fi": Words(
        "aiemmin: {value}", "Yhteensä", "Tällä jaksolla ei laskettu mitään.", "Avaa raportti", "Liite: {name}",
        "{owner} lähetyttää tämän sinulle. Muuta tai lopeta täällä: {url}",
        "Viestit", "Keskustelut", "Tunnisteet", "Yleisimmät sanat", "Kaikki", "Uudet arvostelut", "(ei sanoja)",
        "Katsottavaksi", "… ja {n} riviä lisää tiedostossa tai sivulla.",
        {"n": "Määrä", "median": "Mediaani", "p90": "90 sadasta ehti", "mean": "Keskiarvo", "reviews": "Arvostelut",
         "average": "Tähtiä keskimäärin", "answered_share": "Vastattu", "edited": "Kirjoittajat muuttivat",
         "hidden": "Piilotettu", "shown": "Näytetty taas", "deleted": "Me poistimme", "reacted": "Reaktiot",
         "spam": "Roskaa", "by_person": "Ihmiset", "by_rule": "Säännöt", "in_target": "Tavoitteessa"},
        {"team": "Tiimeittäin", "channel": "Kanavittain", "network": "Verkoittain", "kind": "Lajeittain",
         "agent": "Henkilöittäin", "location": "Paikoittain", "week": "Viikoittain", "tag": "Tunnisteittain"},
        RULE_WORDS["fi"],
    ),
    "hy": Words(
        "նախկինում՝ {value}", "Ընդամենը", "Այս ընթացքում ոչինչ չի հաշվվել։", "Բացել հաշվետվությունը",
        "Կցված է՝ {name}", "Սա ձեզ ուղարկում է {owner}ը։ Փոխել կամ դադարեցնել՝ {url}",
        "Հաղորդագրություններ", "Զրույցներ", "Պիտակներ", "Հաճախակի բառեր", "Բոլորը", "Նոր կարծիքներ", "(առանց խոսքի)",
        "Դիտելու համար", "… և ևս {n} տող՝ ֆայլում կամ էջում։",
        {"n": "Քանակ", "median": "Մեդիան", "p90": "100-ից 90-ը՝ մինչև", "mean": "Միջին", "reviews": "Կարծիքներ",
         "average": "Միջին աստղեր", "answered_share": "Պատասխանված", "edited": "Փոխված հեղինակների կողմից",
         "hidden": "Թաքցված", "shown": "Կրկին ցուցադրված", "deleted": "Մեր ջնջած", "reacted": "Արձագանքներ",
         "spam": "Սպամ", "by_person": "Մարդկանց կողմից", "by_rule": "Կանոնների կողմից", "in_target": "Թիրախի մեջ"},
        {"team": "Ըստ թիմի", "channel": "Ըստ ալիքի", "network": "Ըստ ցանցի", "kind": "Ըստ տեսակի",
         "agent": "Ըստ անձի", "location": "Ըստ վայրի", "week": "Ըստ շաբաթի", "tag": "Ըստ պիտակի"},
        RULE_WORDS["hy"],
    ),
    "id": Words(
        "sebelumnya: {value}", "Jumlah", "Tidak ada yang terhitung dalam periode ini.", "Buka laporan",
        "Terlampir: {name}", "{owner} mengirimkan ini kepada Anda. Ubah atau hentikan di sini: {url}",
        "Pesan", "Percakapan", "Tag", "Kata yang sering muncul", "Semua", "Ulasan baru", "(tanpa kata)",
        "Untuk dilihat", "… dan {n} baris lagi di berkas atau di halaman.",
        {"n": "Jumlah", "median": "Median", "p90": "90 dari 100 dalam", "mean": "Rata-rata", "reviews": "Ulasan",
         "average": "Rata-rata bintang", "answered_share": "Dijawab", "edited": "Diubah penulisnya",
         "hidden": "Disembunyikan", "shown": "Ditampilkan lagi", "deleted": "Kami hapus", "reacted": "Reaksi",
         "spam": "Spam", "by_person": "Oleh orang", "by_rule": "Oleh aturan", "in_target": "Sesuai target"},
        {"team": "Per tim", "channel": "Per kanal", "network": "Per jaringan", "kind": "Per jenis",
         "agent": "Per orang", "location": "Per lokasi", "week": "Per minggu", "tag": "Per tag"},
        RULE_WORDS["id"],
    ),
}  # fmt: skip

_COMMON = """
    about again also always another any anything because been before being both cannot could does doing done dont even
    ever every from getting give going good have hello here hers into its just know like make many maybe more most much
    must need never only other ours over please really said same should since some still such take than thank thanks
    that their them then there these they thing this those through today very want wants well were what when where
    which while will with within without would year your yours
    aber alle allen alles also auch beim bitte dann danke dass dein deine denn diese diesem diesen dieser dieses doch
    dort durch eine einem einen einer eines euch euer eure gibt guten habe haben hallo hatte hier ihnen ihre ihren immer
    jetzt kann kein keine können leider mehr mein meine meinem meinen mich muss nach nicht nichts noch oder ohne schon
    sehr sein seine seit sich sind über unser unter viel vielen vom waren warum wegen weil wenn werden wieder wird
    worden würde zwar
    αλλα αυτα αυτη αυτην αυτο αυτος γιατι δεν ειμαι ειναι εχει εχετε εχω ηταν καθε καλημερα και κατα μαζι μας μετα
    μεχρι μονο μου οπως οταν οτι παλι παρακαλω πολυ που πριν πως σας στην στις στο στον τελος της την τις τον του τους
    των ευχαριστω γεια αυριο αυτες αυτοι γινεται ειστε ηθελα ηρθε καλησπερα κανει κανουμε μπορω μπορειτε μπορουμε
    οχι παιδια ποσο ποτε σημερα στελνω υπαρχει χθες ωραια
    ainakin ehkä eikä ennen hyvin hyvää joka jolla jota kaikki kanssa kiitos koska kuin kuinka kyllä minulla minun minä
    missä mitä moi mutta myös niin nyt olen oli olisi olla onko ovat paljon saada sekä siitä sitten tämä tätä terve
    tulee vain vielä voiko
    այս այդ այն բայց բարև բոլոր դեռ եթե ենք ես եք էլ էր ինչ ինչու իմ իրենց ինձ կամ հետ համար մեր մեզ միայն շատ ունեմ
    չէ չի որը որոնք որպես շնորհակալություն
    adalah agar akan anda apakah atau bagaimana bahwa banyak belum bisa boleh dalam dari dengan halo harus hanya ingin
    jadi jika juga kami karena kalau kapan kepada kita lagi mana masih mohon oleh pada punya saja sampai sangat saya
    sebelum sekali seperti sudah supaya tapi telah terima kasih tidak tolong untuk yang
    begitu hari kira malam pagi siang siap
"""
COMMON = frozenset(_COMMON.split())
"""Words that say nothing of a topic."""


def words_of(locale: str | None) -> Words:
    """Those of a locale such as `el-GR`; English where there are none."""
    return LANGUAGES.get((locale or "en").split("-")[0].lower(), LANGUAGES["en"])
