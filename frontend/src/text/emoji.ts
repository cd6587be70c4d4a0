/**
 * A small set of our own, for people who answer customers: each emoji with words it is found by, in the six languages
 * of the interface. Loaded when the picker is first opened.
 */

export interface Emoji {
  emoji: string;
  /** Its first word in each language names it. */
  words: Readonly<Record<string, string>>;
}

const LANGUAGES = ["en", "el", "id", "hy", "fi", "de"];

// biome-ignore format: one emoji, one line: English | Greek | Indonesian | Armenian | Finnish | German
const TABLE = `
😀 smile happy | χαμόγελο χαρά | senyum senang | ժպիտ ուրախ | hymy iloinen | lächeln froh
😊 blush friendly | φιλικό χαμόγελο | tersipu ramah | բարեհամբույր ժպիտ | ystävällinen hymy | freundlich lächeln
😄 laugh happy | γέλιο χαρά | tertawa senang | ծիծաղ ուրախ | nauru iloinen | lachen froh
😂 tears laugh | δάκρυα γέλιο | tertawa menangis | ծիծաղ արցունք | nauraa itkeä | lachen tränen
🙂 slight smile | ελαφρύ χαμόγελο | senyum tipis | թեթև ժպիտ | pieni hymy | leichtes lächeln
😉 wink | κλείσιμο ματιού | kedip | աչքով անել | silmänisku | zwinkern
😍 love eyes | αγάπη μάτια | cinta mata | սիրահարված աչքեր | rakkaus silmät | verliebt augen
🥰 hearts love | αγάπη καρδιές | cinta hati | սիրտ սեր | rakastunut sydämet | verliebt herzen
😘 kiss | φιλί | cium | համբույր | suukko | kuss
🤗 hug | αγκαλιά | peluk | գրկախառնություն | halaus | umarmung
🤔 think | σκέψη | berpikir | մտածել | miettiä | nachdenken
😅 relief sweat | ανακούφιση ιδρώτας | lega keringat | թեթևացած քրտինք | helpotus hiki | erleichtert schweiß
😇 angel | άγγελος | malaikat | հրեշտակ | enkeli | engel
😎 cool glasses | γυαλιά ηλίου | keren kacamata | ակնոց լավ | aurinkolasit siisti | cool brille
🥳 party celebrate | γιορτή πάρτι | pesta rayakan | տոն խնջույք | juhla bileet | feier party
😴 sleep | ύπνος | tidur | քուն | uni nukkua | schlafen
😮 surprise | έκπληξη | terkejut | զարմանք | yllätys | überraschung
😢 sad tear | λύπη δάκρυ | sedih menangis | տխուր արցունք | surullinen kyynel | traurig träne
😭 cry | κλάμα | menangis | լաց | itku | weinen
😔 sorry sad | λύπη συγγνώμη | sedih maaf | տխուր ներողություն | surullinen anteeksi | traurig entschuldigung
😟 worry | ανησυχία | khawatir | անհանգիստ | huoli | sorge
😕 confused | σύγχυση | bingung | շփոթված | hämmentynyt | verwirrt
😡 angry | θυμός | marah | զայրացած | vihainen | wütend
😬 awkward | αμηχανία | canggung | անհարմար | kiusallinen | peinlich
🤒 ill fever | άρρωστος πυρετός | sakit demam | հիվանդ ջերմություն | sairas kuume | krank fieber
👍 thumbs up yes | μπράβο ναι | jempol ya | լավ այո | peukku kyllä | daumen hoch ja
👎 thumbs down no | όχι κάτω | jempol bawah tidak | վատ ոչ | peukku alas ei | daumen runter nein
👌 ok | εντάξει | oke | լավ | selvä ok | in ordnung
👏 clap bravo | χειροκρότημα μπράβο | tepuk tangan | ծափ ապրես | taputus hyvä | applaus bravo
🙏 thanks please | ευχαριστώ παρακαλώ | terima kasih mohon | շնորհակալություն խնդրում | kiitos pyyntö | danke bitte
🙌 hurray hands | ζήτω χέρια | hore tangan | ուռա ձեռքեր | hurraa kädet | hurra hände
🤝 deal handshake | συμφωνία χειραψία | sepakat jabat tangan | համաձայնություն ձեռքսեղմում | sopimus kättely | einigung handschlag
💪 strong | δύναμη | kuat | ուժեղ | vahva | stark
👋 wave hello bye | γεια χαιρετισμός | halo dadah | բարև ողջույն | moi heippa | hallo winken
✋ stop hand | στοπ χέρι | berhenti tangan | կանգ ձեռք | stop käsi | stopp hand
👉 right point | δεξιά δείχνω | kanan tunjuk | աջ ցույց | oikealle osoitus | rechts zeigen
👇 below point | κάτω δείχνω | bawah tunjuk | ներքև ցույց | alas osoitus | unten zeigen
☝️ one up | ένα πάνω | satu atas | մեկ վեր | yksi ylös | eins oben
👀 look eyes | μάτια κοιτάω | mata lihat | աչքեր նայել | silmät katso | augen schauen
❤️ heart love | καρδιά αγάπη | hati cinta | սիրտ սեր | sydän rakkaus | herz liebe
💙 blue heart | μπλε καρδιά | hati biru | կապույտ սիրտ | sininen sydän | blaues herz
💚 green heart | πράσινη καρδιά | hati hijau | կանաչ սիրտ | vihreä sydän | grünes herz
💔 broken heart | ραγισμένη καρδιά | patah hati | կոտրված սիրտ | särkynyt sydän | gebrochenes herz
✨ sparkle new | λάμψη νέο | kilau baru | փայլ նոր | kimallus uusi | funkeln neu
⭐ star | αστέρι | bintang | աստղ | tähti | stern
🔥 fire hot | φωτιά | api panas | կրակ | tuli kuuma | feuer heiß
🎉 celebrate party | γιορτή | rayakan pesta | տոն | juhla | feier
🎁 gift present | δώρο | hadiah | նվեր | lahja | geschenk
🎂 birthday cake | γενέθλια τούρτα | ulang tahun kue | ծնունդ տորթ | syntymäpäivä kakku | geburtstag torte
🏆 cup win | κύπελλο νίκη | piala menang | գավաթ հաղթանակ | pokaali voitto | pokal sieg
✅ done check | έγινε ναι | selesai centang | արված այո | valmis kyllä | fertig haken
❌ no wrong | όχι λάθος | tidak salah | ոչ սխալ | ei väärin | nein falsch
❗ important | σημαντικό | penting | կարևոր | tärkeä | wichtig
❓ question | ερώτηση | pertanyaan | հարց | kysymys | frage
⚠️ warning | προσοχή | peringatan | զգուշացում | varoitus | achtung warnung
ℹ️ information | πληροφορία | informasi | տեղեկություն | tieto | information
⏰ time alarm | ώρα ξυπνητήρι | waktu alarm | ժամ զարթուցիչ | aika herätys | zeit wecker
⏳ wait hourglass | αναμονή κλεψύδρα | tunggu jam pasir | սպասել ավազաժամ | odota tiimalasi | warten sanduhr
📅 date calendar | ημερομηνία ημερολόγιο | tanggal kalender | ամսաթիվ օրացույց | päivä kalenteri | datum kalender
📦 parcel box | δέμα κουτί | paket kotak | ծանրոց տուփ | paketti laatikko | paket karton
🚚 delivery truck | παράδοση φορτηγό | kirim truk | առաքում բեռնատար | toimitus auto | lieferung lkw
✈️ plane travel | αεροπλάνο ταξίδι | pesawat | ինքնաթիռ | lentokone matka | flugzeug reise
🏠 house home | σπίτι | rumah | տուն | koti talo | haus
🏬 shop store | κατάστημα | toko | խանութ | kauppa | geschäft laden
📍 place pin | τοποθεσία μέρος | lokasi tempat | տեղ | paikka | ort
🗺️ map | χάρτης | peta | քարտեզ | kartta | karte
💳 card payment | κάρτα πληρωμή | kartu bayar | քարտ վճարում | kortti maksu | karte zahlung
💶 money euro | χρήματα ευρώ | uang euro | փող եվրո | raha euro | geld euro
🧾 receipt invoice | απόδειξη τιμολόγιο | kuitansi faktur | կտրոն հաշիվ | kuitti lasku | beleg rechnung
🛒 cart basket | καλάθι | keranjang | զամբյուղ | ostoskori | warenkorb
🏷️ price label | τιμή ετικέτα | harga label | գին պիտակ | hinta lappu | preis schild
🔁 return again | επιστροφή ξανά | kembali ulang | վերադարձ կրկին | palautus uudelleen | rückgabe wieder
🔧 repair tool | επισκευή εργαλείο | perbaikan alat | վերանորոգում գործիք | korjaus työkalu | reparatur werkzeug
⚙️ settings gear | ρυθμίσεις γρανάζι | pengaturan roda | կարգավորում անիվ | asetukset ratas | einstellungen zahnrad
🔒 lock safe | κλειδαριά ασφάλεια | kunci aman | կողպեք ապահով | lukko turva | schloss sicher
🔑 key password | κλειδί κωδικός | kunci sandi | բանալի գաղտնաբառ | avain salasana | schlüssel passwort
📧 mail email | email μήνυμα | surel | էլ. փոստ | sähköposti | e-mail
📞 phone call | τηλέφωνο κλήση | telepon | հեռախոս զանգ | puhelin soitto | telefon anruf
📱 mobile | κινητό | ponsel | բջջային | kännykkä | handy
💻 computer | υπολογιστής | komputer | համակարգիչ | tietokone | computer
📷 photo camera | φωτογραφία κάμερα | foto kamera | լուսանկար տեսախցիկ | kuva kamera | foto kamera
📎 attach clip | συνημμένο συνδετήρας | lampiran klip | կցված ամրակ | liite klipsi | anhang klammer
📄 document page | έγγραφο σελίδα | dokumen halaman | փաստաթուղթ էջ | asiakirja sivu | dokument seite
🔗 link | σύνδεσμος | tautan | հղում | linkki | link
💡 idea | ιδέα | ide | գաղափար | idea | idee
💬 talk message | συζήτηση μήνυμα | bicara pesan | խոսք հաղորդագրություն | puhe viesti | gespräch nachricht
☕ coffee | καφές | kopi | սուրճ | kahvi | kaffee
🍰 cake sweet | γλυκό κέικ | kue manis | քաղցրավենիք | kakku makea | kuchen süß
🌿 green plant | φυτό πράσινο | tanaman hijau | բույս կանաչ | kasvi vihreä | pflanze grün
🌸 flower | λουλούδι | bunga | ծաղիկ | kukka | blume
☀️ sun | ήλιος | matahari | արև | aurinko | sonne
🌧️ rain | βροχή | hujan | անձրև | sade | regen
❄️ snow winter | χιόνι χειμώνας | salju musim dingin | ձյուն ձմեռ | lumi talvi | schnee winter
🎄 christmas tree | χριστούγεννα δέντρο | natal pohon | սուրբ ծնունդ տոնածառ | joulu kuusi | weihnachten baum
🐱 cat | γάτα | kucing | կատու | kissa | katze
🐶 dog | σκύλος | anjing | շուն | koira | hund
🌍 world earth | κόσμος γη | dunia bumi | աշխարհ երկիր | maailma maa | welt erde
`;

export const EMOJI: readonly Emoji[] = TABLE.trim()
  .split("\n")
  .map((line) => {
    const space = line.indexOf(" ");
    const columns = line.slice(space + 1).split("|");
    const words = columns.map((column, i) => [LANGUAGES[i] ?? "en", column.trim()] as const);
    return { emoji: line.slice(0, space), words: Object.fromEntries(words) };
  });

const fold = (text: string) => text.normalize("NFD").replace(/\p{M}/gu, "").toLocaleLowerCase();

/** Found by the reader's language and by English; a word that begins with the query comes before one that holds it. */
export function findEmoji(query: string, language: string): readonly Emoji[] {
  const wanted = fold(query.trim());
  if (!wanted) return EMOJI;
  const rank = ({ emoji, words }: Emoji): number => {
    const known = fold(`${words[language] ?? ""} ${words.en ?? ""}`).split(" ");
    if (emoji === query.trim() || known.some((word) => word.startsWith(wanted))) return 0;
    return known.some((word) => word.includes(wanted)) ? 1 : 2;
  };
  return EMOJI.filter((one) => rank(one) < 2).sort((a, b) => rank(a) - rank(b));
}

export const emojiName = (one: Emoji, language: string): string => one.words[language] ?? one.words.en ?? one.emoji;
