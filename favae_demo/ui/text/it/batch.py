"""Texts of the Batch tab."""

from favae_demo.data.io.formats import KINDS

INTRO = (
    "Giudica molte immagini con un modello: trascinare qui immagini o un archivio, guardare la tabella riempirsi, tenere i risultati come CSV o ZIP. "
    "Continua anche quando questa pagina è chiusa; tornare con lo stesso browser entro un giorno per ritrovarla."
)
CATEGORY_INFO = "Tutte le immagini devono mostrare questo tipo di pezzo"
MODEL_INFO = "Il modello che le controlla"
FILES = "Immagini, o un archivio di immagini"
FILES_INFO = f"{KINDS.replace(' or ', ' o ')}, e archivi ZIP e TAR di queste, fino a {{mb}} MB ciascuno. Tutto il resto che contengono viene nominato e tralasciato."
PATH = "Oppure una cartella o un archivio su questo computer"
PATH_INFO = "Per esempio: /home/me/pictures. Funziona solo sul computer su cui gira l'applicazione"
START, STOP = "Controlla queste immagini", "Ferma e tieni i risultati"
CHOOSE = "Scegliere prima immagini o un archivio, o indicare una cartella."
NO_PLACE = "Non esiste nessun file e nessuna cartella {path!r}."
GONE = "Questa serie non è più conservata; giudicare di nuovo le immagini."
NOTHING = "Nessuna immagine di questa serie è stata giudicata, quindi non c'è nulla da tenere."

PROGRESS = "Avanzamento della serie"
LOADING = "{title}: si carica il modello …"
RUNNING = "{title}: {percent} %, {count} file fatti{speed}"
SPEED = ", {speed} immagini/s, ne restano circa {left}"
DONE = "{title}: fatto. {count} file in {duration}{speed}."
DONE_SPEED = ", {speed} immagini/s"
STOPPED = "{title}: fermata. {count} file erano fatti e sono conservati."

SHOW = "Mostra"
SHOWS = {
    "all": "Tutte",
    "defect": "Difetti",
    "good": "Pezzi buoni",
    "not judged": "Non giudicate: diverse dai pezzi buoni, o non lette",
}
ORDER = "Ordina per"
ORDERS = {
    "given": "Ordine di arrivo",
    "high": "Punteggio, prima il più alto",
    "low": "Punteggio, prima il più basso",
    "area": "Zona più grande prima",
    "name": "Nome",
    "slow": "Tempo, prima le più lente",
}
COUNTS = "Difetti: {defect} · pezzi buoni: {good} · non giudicati: {other}"
LIMIT = "I punteggi sono multipli del limite: sopra 1.0 significa difetto."
HEADERS = ("", "Nome", "Esito", "× limite", "Zona più grande", "Tempo")
CAPTION = "Righe da {first} a {last} di {count}. Fare clic su un nome per vedere dove."
MORE_DRIFTS = "Le immagini sono cambiate altre {count} volte."
EMPTY = "Nessuna riga da mostrare qui."
VERDICTS = {"defect": ("⚠", "Difetto"), "good": ("✓", "Buono"), "not judged": ("–", "Non giudicato")}
UNKNOWN = "–"
MILLISECONDS = "{value:.0f} ms"
PREVIOUS, NEXT = "◀ Righe precedenti", "Righe successive ▶"

HINT = "Fare clic su un nome nella tabella per vedere l'immagine e dove è diversa."
PICTURE = "Immagine con ciò che è stato trovato"
LARGEST = "{name}. Zona più grande sopra il limite, come parte dell'immagine: {area}."
NOT_JUDGED = "{name} non è stata giudicata: {reason}"

CSV, ZIP = "Salva la tabella (CSV)", "Salva le immagini segnate (ZIP)"
ZIPPING = "Si disegnano le immagini segnate: {done} di {count}"
ZIP_PROGRESS = "Avanzamento del disegno"
ZIPPED = "Lo ZIP con {count} immagini segnate è pronto; il browser lo salva ora."
