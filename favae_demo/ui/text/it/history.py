"""Texts of the History tab."""

INTRO = "Che cosa ha giudicato una linea che gira senza pagina: punteggi nel tempo, quote di difetti, dove si trovano, e le immagini conservate."
DATABASE, PLACE = "Un altro archivio", "Archivio di una linea"
DATABASE_INFO = (
    "Per esempio: /srv/line/verdicts.sqlite. Funziona solo sul computer su cui gira l'applicazione"
)
OPEN, REFRESH = "Apri questo archivio", "Aggiorna"
NO_DATABASE = "Nessuna linea ha ancora scritto esiti qui. Avviarne una con questo comando, con la propria cartella e il proprio modello, e tornare:"
NONE_NAMED = (
    "Questo server non mostra nessuna linea. Chi lo gestisce indica l'archivio di una linea in FAVAE_LINE_DB."
)
EMPTY = "L'archivio {name} non ha ancora esiti. Appaiono qui quando la linea ha giudicato un'immagine; poi premere Aggiorna."
NOTHING = "Nessun esito corrisponde a questi filtri. Scegliere un tempo più lungo, un'altra sorgente, o cancellare il testo."
GONE = "Questo esito non è più nell'archivio; premere Aggiorna."

SOURCE, ALL_SOURCES = "Sorgente", "Tutte le sorgenti"
SPAN, SPAN_INFO = "Tempo", "Contato all'indietro dall'esito più recente"
SPANS = {
    "hour": "Ultima ora",
    "8 hours": "Ultime 8 ore",
    "day": "Ultimo giorno",
    "7 days": "Ultimi 7 giorni",
    "30 days": "Ultimi 30 giorni",
    "all": "Tutto",
    "own": "Da … a …",
}
FROM, TO = "Da", "A"
MOMENT_INFO = "Come in 2026-03-01 06:00; poi Invio"
BAD_MOMENT = "{text!r} non è una data con ora; scriverla come in 2026-03-01 06:00."
BAD_SPAN = "L'inizio deve venire prima della fine."
SEARCH, SEARCH_INFO = "Testo", "Nel nome dell'immagine o nella nota; poi Invio"

ZONE = "Gli orari sono quelli di {zone}."
BROWSER_ZONE, SERVER_ZONE = "questo browser ({name})", "il server ({name})"
SUMMARY = "{pictures} · difetti: {defects} ({share}) · non giudicate: {unlike} · illeggibili: {unreadable}"
PERIOD = "Da {first} a {last}. {zone}"
DRIFTS_NOW = "{source} è in deriva dal {first}: {what}"
DRIFTED = "{source} è stata in deriva dal {first} al {last}: {what}"
BY_SCORE = "{change} rispetto ai pezzi buoni, secondo le mediane mostrate sotto."
NO_DRIFT = "Nessuna deriva in questo tempo."
MORE_DRIFTS = "E altre {count} precedenti."

CHART = "Punteggio come multiplo del limite"
CHART_ALT = "Punteggi nel tempo. {lines}"
LINE_ALT = (
    "{title}: mediana {first:.2f} all'inizio, {last:.2f} alla fine, tra {low:.2f} e {high:.2f} nel mezzo."
)
MEDIAN_OF_PICTURES, MEDIAN_OF_STEP = "mediana mobile di 20 immagini", "mediana mobile di {step}"
LEGEND_BAND = "intervallo del 90 % delle immagini"
LEGEND_DOT, LEGEND_DEFECT = "un'immagine", "un difetto"
LEGEND_LIMIT = "limite (1.0): sopra significa difetto"
LEGEND_WARNING = "linee di avviso: una mediana oltre queste è deriva"
LEGEND_DRIFT = "deriva"
LIMIT = "limite"
ABOVE_TOP = "2 +"
NO_WARNING_MANY = "Scegliere una sorgente per vedere l'intervallo dei suoi punteggi e le sue linee di avviso."
NO_WARNING_MODEL = "Nessuna linea di avviso: il modello {model} non è su questo computer."
NO_WARNING_FEW = "Nessuna linea di avviso: il modello {model} conosce troppo poche immagini buone."
HOVER = "{time}: {pictures} giudicate, {defects} difetti ({share})"
DEFECTS_CHART = "Quota di difetti ogni {step}, da 0 a {top}"
DEFECTS_ALT = "Quota di difetti nel tempo: al massimo {top} ogni {step}."
STEP_UNITS = {"day": ("giorno", "giorni"), "hour": ("ora", "ore"), "minute": ("minuto", "minuti"), "second": ("secondo", "secondi")}  # fmt: skip

BY_HOUR, BY_SHIFT, BY_SOURCE = "Difetti per ora del giorno", "Difetti per turno", "Difetti per sorgente"
HOUR_HEAD, SHIFT_HEAD, SOURCE_HEAD = "Ora", "Turno", "Sorgente"
SHARE_HEAD, COUNT_HEAD = "Quota di difetti", "Difetti su giudicate"
SHIFT = "{first}–{last}"
HOUR = "{hour:02}:00"
NONE_JUDGED = "–"
COUNT = "{defects} su {judged}"

PLACES = "Dove si trovano i difetti: {source}"
PLACES_ALT = "Mappa di calore su un'immagine di {source}. {pictures} con un difetto; più zone: {words}."
PLACES_BELOW = "{pictures} con un difetto. Più zone: {words}."
PLACES_NEWEST = "Qui contano solo i {most} difetti più recenti."
PLACES_SCALE = "da nessuna a {most} zone in una casella"
NO_PLACES = "Nessun difetto in questo tempo, quindi nessuna mappa di calore."

SHOW = "Mostra"
SHOWS = {
    "kept": "Immagini conservate",
    "defect": "Difetti",
    "not judged": "Non giudicate",
    "unreadable": "Illeggibili",
    "good": "Pezzi buoni",
    "all": "Tutti gli esiti",
}
ORDER = "Ordina per"
ORDERS = {"new": "Prima i più recenti", "old": "Prima i più vecchi", "high": "Punteggio, prima il più alto"}
HEADERS = ("", "Immagine", "Esito", "× limite", "Posto")
CAPTION = "Da {first} a {last} di {count}. Fare clic su un nome per vedere l'immagine."
NO_ROWS = "Nessun esito da mostrare qui. Scegliere un altro tipo sotto “Mostra”."
VERDICTS = {
    "defect": ("⚠", "Difetto"),
    "good": ("✓", "Buono"),
    "not judged": ("?", "Non giudicato"),
    "unreadable": ("–", "Illeggibile"),
}
UNKNOWN = "–"
PREVIOUS, NEXT = "◀ Precedenti", "Successivi ▶"
HINT = "Fare clic su un nome per vedere l'immagine e dove è diversa."
PICTURE = "Immagine conservata con ciò che è stato trovato"
WHERE = "Più alto: {place}."
ABOUT = "{name}, {source}, {time}. Modello: {model}."
NOT_KEPT = "L'immagine stessa non è stata conservata."
DELETED = "L'immagine era stata conservata, ma non c'è più: le immagini vengono eliminate dopo un certo tempo (`keep_days`)."

CSV = "Salva ciò che è mostrato (CSV)"
WRITING = "Si scrive la tabella: {done} esiti su {count}"
PROGRESS = "Avanzamento della tabella"
WRITTEN = "{count} esiti sono scritti; il browser li salva ora. Gli orari nella tabella sono UTC."
