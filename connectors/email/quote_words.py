"""How mail clients announce a quoted mail, language by language. Data only; `quotes` has the rules.

Collected from the clients' own translations (Gmail, Outlook, Apple Mail, Thunderbird) and from mail-parser-reply 1.36
(MIT, https://github.com/alfonsrv/mail-parser-reply, read 2026-11-21), which lacks Greek, Indonesian, Armenian and
Finnish.
"""

from __future__ import annotations

WROTE: tuple[str, ...] = (
    "wrote", "writes", "schrieb", "a écrit", "escribió", "escribio", "ha scritto", "escreveu", "schreef",
    "napisał", "pisze", "skrev", "kirjoitti", "έγραψε", "έγραψαν", "menulis", "գրել է", "գրեց", "написал",
    "написала", "пишет", "написав", "написала", "пише", "napsal", "napísal", "yazdı", "şunları yazdı", "írta",
    "a scris", "написа", "je napisao", "je napisala", "je napisal", "va escriure", "kirjutas", "rakstīja",
    "rašė", "đã viết", "เขียน", "のメール", "が書きました", "さんは書きました", "写道", "寫道", "于写道",
    "작성", "님이 작성", "썼습니다", "כתב", "כתבה", "كتب", "كتبت", "نوشت", "skrifaði", "ha escrit",
    "menulis pesan",
)  # fmt: skip
"""The verb of an attribution line; such a line also has a date or an address and ends with a colon."""

LABELS: dict[str, tuple[str, ...]] = {
    "from": (
        "from", "von", "de", "da", "van", "från", "fra", "lähettäjä", "από", "dari", "ումից", "от", "від", "od",
        "kimden", "gönderen", "差出人", "发件人", "寄件者", "寄件人", "보낸 사람", "보낸사람", "מאת", "من",
        "feladó", "de la", "expéditeur", "mittente", "ուղարկող", "nuo", "saatja", "od pošiljatelja",
    ),
    "sent": (
        "sent", "date", "gesendet", "datum", "envoyé", "enviado", "enviada em", "fecha", "data", "inviato",
        "verzonden", "skickat", "sendt", "dato", "lähetetty", "päivämäärä", "päiväys", "στάλθηκε", "αποστολή",
        "ημερομηνία", "dikirim", "terkirim", "tanggal", "ուղարկված", "ուղարկվել է", "ամսաթիվ", "отправлено",
        "дата", "надіслано", "wysłano", "odesláno", "odoslané", "gönderildi", "gönderilme tarihi", "tarih",
        "送信日時", "日付", "发送时间", "日期", "寄件日期", "传送日期", "보낸 날짜", "보낸날짜", "날짜", "נשלח",
        "תאריך", "تاريخ الإرسال", "التاريخ", "أرسلت", "elküldve", "trimis", "poslano",
    ),
    "to": (
        "to", "an", "à", "para", "a", "aan", "till", "til", "vastaanottaja", "προς", "kepada", "ke", "ում",
        "ստացող", "кому", "do", "komu", "kime", "alıcı", "宛先", "收件人", "收件者", "받는 사람", "받는사람",
        "אל", "إلى", "címzett", "către", "za",
    ),
    "subject": (
        "subject", "betreff", "objet", "asunto", "assunto", "oggetto", "onderwerp", "ämne", "emne", "aihe",
        "θέμα", "perihal", "subjek", "թեմա", "тема", "temat", "předmět", "predmet", "konu", "件名", "主题",
        "主旨", "主題", "제목", "נושא", "الموضوع", "tárgy", "subiect", "zadeva",
    ),
    "cc": (
        "cc", "kopie", "copie à", "con copia", "kopia", "kopi", "kopio", "κοιν", "κοιν.", "κοινοποίηση",
        "tembusan", "պատճեն", "копия", "копія", "dw", "kopie:", "bilgi", "抄送", "副本", "참조", "עותק", "نسخة",
    ),
}  # fmt: skip
"""Labels of the header block that Outlook and Apple Mail put above a quoted mail."""

ORIGINAL: tuple[str, ...] = (
    "original message", "original appointment", "originalnachricht", "ursprüngliche nachricht",
    "message d'origine", "message original", "mensaje original", "mensagem original", "messaggio originale",
    "oorspronkelijk bericht", "oorspronkelijke bericht", "ursprungligt meddelande", "originalmeddelande",
    "oprindelig meddelelse", "opprinnelig melding", "alkuperäinen viesti", "αρχικό μήνυμα", "pesan asli",
    "pesan asal", "սկզբնական նամակ", "բնօրինակ հաղորդագրություն", "исходное сообщение",
    "оригинальное сообщение", "первоначальное сообщение", "початкове повідомлення", "wiadomość oryginalna",
    "oryginalna wiadomość", "původní zpráva", "původní e-mail", "pôvodná správa", "orijinal ileti",
    "özgün ileti", "元のメッセージ", "原始邮件", "原始郵件", "邮件原件", "원본 메시지", "원본 메일",
    "הודעה מקורית", "الرسالة الأصلية", "eredeti üzenet", "mesaj original", "reply message",
)  # fmt: skip
"""Between dashes: the older mail follows."""

FORWARDED: tuple[str, ...] = (
    "forwarded message", "begin forwarded message", "weitergeleitete nachricht",
    "anfang der weitergeleiteten nachricht", "message transféré", "début du message transféré",
    "début du message réexpédié", "mensaje reenviado", "inicio del mensaje reenviado", "mensagem encaminhada",
    "messaggio inoltrato", "inizio messaggio inoltrato", "doorgestuurd bericht", "begin doorgestuurd bericht",
    "vidarebefordrat meddelande", "videresendt besked", "videresendt melding", "välitetty viesti",
    "edelleenlähetetty viesti", "προωθημένο μήνυμα", "προωθημένο μήνυμα", "pesan diteruskan", "pesan terusan",
    "փոխանցված նամակ", "վերահասցեագրված նամակ", "пересылаемое сообщение", "переадресованное сообщение",
    "переслане повідомлення", "wiadomość przekazana dalej", "přeposlaná zpráva", "iletilen mesaj",
    "yönlendirilen ileti", "転送されたメッセージ", "转发的邮件", "已转发的邮件", "轉寄郵件", "전달된 메시지",
    "הודעה שהועברה", "رسالة معاد توجيهها", "továbbított üzenet",
)  # fmt: skip
"""What follows was forwarded to us to be read: it is not cut."""

DELIVERED_ABOVE: tuple[str, ...] = (
    "please type your reply above this line", "reply above this line", "bitte oberhalb dieser zeile antworten",
    "γράψτε την απάντησή σας πάνω από αυτή τη γραμμή", "balas di atas baris ini",
    "kirjoita vastauksesi tämän rivin yläpuolelle", "պատասխանեք այս տողից վեր",
    "répondez au-dessus de cette ligne", "responda por encima de esta línea",
)  # fmt: skip
"""Delimiter lines of help desks."""

SENT_FROM: tuple[str, ...] = (
    "sent from my", "sent from mail for", "sent from outlook", "sent from yahoo", "sent via", "sent with",
    "get outlook for", "sent using", "von meinem", "gesendet von", "gesendet mit", "envoyé de mon",
    "envoyé depuis", "envoyé à partir", "obtenez outlook", "enviado desde", "enviado do", "enviado a partir",
    "enviado de mi", "inviato da", "inviato dal", "verzonden vanaf", "verstuurd vanaf", "skickat från",
    "sendt fra", "hent outlook", "lähetetty", "hanki outlook", "στάλθηκε από", "εστάλη από", "λήψη του outlook",
    "dikirim dari", "terkirim dari", "ուղարկված է", "ուղարկվել է իմ", "отправлено с", "отправлено из",
    "надіслано з", "wysłane z", "wysłano z", "odesláno z", "iphone'umdan gönderildi", "iphone'dan gönderildi",
    "iphoneから送信", "androidから送信", "从我的", "發自我的", "发自我的", "나의 iphone에서 보냄",
    "내 iphone에서 보냄", "נשלח מה", "أرسلت من", "أُرسلت من", "مرسل من",
)  # fmt: skip
"""Beginnings of the line that phones put under a mail."""

REPLY_PREFIXES: tuple[str, ...] = (
    "re", "aw", "antw", "antwort", "sv", "vs", "vast", "ref", "rif", "r", "odp", "ynt", "yanıt", "bls", "balas",
    "res", "απ", "σχετ", "πατ", "պատ", "отв", "ответ", "回复", "答复", "回覆", "返信", "답장", "회신", "תשובה",
    "رد", "vá",
)  # fmt: skip
FORWARD_PREFIXES: tuple[str, ...] = (
    "fw", "fwd", "wg", "tr", "i", "rv", "enc", "doorst", "vb", "vl", "vidarebefordrat", "pd", "ilt", "i̇lt",
    "trs", "πρθ", "προώθ", "փոխ", "пересл", "转发", "轉寄", "転送", "전달", "הועבר", "إعادة توجيه",
    "továbbítás", "lv", "fs",
)  # fmt: skip
