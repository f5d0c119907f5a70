"""Texts of the Live tab."""

SOURCE, SOURCE_INFO = "Sorgente", "Video e cartelle ricominciano alla fine"
SOURCES = {
    "test": "Immagini di prova di questo tipo di pezzo",
    "video": "Un video",
    "folder": "Una cartella di immagini",
    "camera": "Telecamera",
}
MODEL_INFO = "Il VAE semplice è il più veloce"
VIDEO = "Video (MP4, WebM, AVI)"
FOLDER = "Cartella con immagini"
PACE, PACE_INFO = (
    "Immagini al secondo",
    "Per immagini di prova e cartelle; video e telecamere hanno il proprio ritmo",
)
HOLD, HOLD_INFO = (
    "Ferma al difetto",
    "Si ferma alla prima immagine con un difetto, o che non si può giudicare, finché non si continua",
)
START, STOP, SAVE = "Avvia", "Ferma", "Salva questa immagine"
RELEASE = "Continua"
STOP_FIRST = "Le immagini passano troppo in fretta per sapere quale si intende: premere “Ferma”, o usare “Ferma al difetto”, poi segnare l'immagine."
IDLE = "Premere “Avvia”: le immagini arrivano una dopo l'altra, come su una linea di produzione, e ciò che sembra sbagliato viene segnato."
STARTING = "Un momento: si sta giudicando la prima immagine …"
STOPPED = "Fermato. Premere “Avvia” per ricominciare."
HELD = {
    "defect": "Fermo a un difetto. Premere “Continua” dopo averlo visto.",
    "not judged": "Fermo a un'immagine che non si può giudicare. Premere “Continua” dopo averla vista.",
}
FORGOTTEN = "Il flusso è finito, perché nessuno lo ha guardato per un po'. Premere “Avvia” per ricominciare."
LOST = "La connessione al server è persa; si riprova …"
LIVE_PICTURE = "Immagine dal vivo con ciò che è stato trovato"
FACTS = "{name} · immagine {number} · difetti finora: {defects} · {milliseconds:.0f} ms per immagine"
SCREEN_RATE = "{rate} immagini al secondo sullo schermo"
UNREADABLE = "Saltate, perché non si possono leggere: {names}."
FACT_NOT_JUDGED = " · non giudicate: {count}"
STRIP = (
    "Punteggio negli ultimi {seconds:.0f} secondi; ora {now}; {defects} immagini su {count} sopra il limite."
)
STRIP_TOP, STRIP_LIMIT, STRIP_LOW = "10 × il limite", "limite", "0.1"
STRIP_OLD, STRIP_NOW = "{seconds:.0f} s fa", "ora"
NO_VIDEO = "Scegliere prima un video."
NO_FOLDER = "Scegliere prima una cartella con immagini."
NO_TESTS = "Qui non ci sono immagini di prova di questo tipo di pezzo. Scegliere un'altra sorgente."
NOTHING_TO_SAVE = "Non c'è ancora nessuna immagine. Premere prima “Avvia”."
TOO_MANY = "Su questo server girano già {count} flussi. Fermarne uno, o riprovare tra due minuti."
BAD_FRAME = "La telecamera ha inviato qualcosa che non è un'immagine."
NO_CAMERA = "Non è stata trovata nessuna telecamera. Collegarne una, o scegliere un'altra sorgente."
CAMERA_DENIED = "Il browser non può usare la telecamera. Permetterlo accanto all'indirizzo di questa pagina, e premere di nuovo “Avvia”."
CAMERA_INSECURE = "I browser danno la telecamera solo alle pagine su questo computer (localhost) o tramite https. Scegliere un'altra sorgente."
CAMERA_BUSY = "Ora la telecamera non si può usare; forse la usa un altro programma. Chiudere quel programma, e premere di nuovo “Avvia”."
