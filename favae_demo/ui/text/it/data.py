"""Texts of the Data tab."""

from favae_demo.data.io.formats import KINDS
from favae_demo.ui.text.en.data import MVTEC as MVTEC

# Data: what is there
HERE = "## Che cosa c'è qui"
NONE = "Ancora nulla."
NOT_MADE = "Si crea al primo uso, in pochi secondi: {train} pezzi buoni per l'addestramento; {test} immagini di prova con {defects} tipi di difetto."
SIZE, ADDED, LICENCE = "{size} sul disco", "aggiunto il {date}", "licenza: {licence}"
REMARKS = "Che cosa ha trovato il controllo"
LOCKED = "Su questo server i dati non si possono cambiare. Avviare l'applicazione sul proprio computer per aggiungere pezzi propri."
LEVELS_TITLE = "Livello del nero e del bianco"
LEVELS_NOTE = (
    "Le immagini con più di 8 bit non dicono quale valore è bianco. Un livello vale per tutte le immagini di una categoria; "
    "i modelli già presenti tengono quello con cui sono stati addestrati."
)
LEVELS_CATEGORY, LEVELS_WHICH = "Categoria", "Quelle le cui immagini hanno più di 8 bit"
BLACK, WHITE = "Valore che diventa nero", "Valore che diventa bianco"
SET_LEVELS, AUTO_LEVELS = "Imposta", "Decidi dalle immagini"
LEVELS_SET = "{name}: da ora {levels} si mostrano come nero e bianco. Addestrare di nuovo per avere un modello che li usa."
LEVELS_MISSING = "Scegliere una categoria, e dare entrambi i valori."
DELETE, DELETE_INFO = "Elimina", "Qui si può eliminare solo ciò che è stato aggiunto su questa pagina"
DELETE_NONE = "Su questa pagina non è ancora stato aggiunto nulla"
PART = "lo scaricamento iniziato di {title}"
ASK_DELETE = "Eliminare **{name}** e liberare {size}? Le immagini poi non ci sono più; i modelli addestrati con esse restano. Non si può annullare."
DELETE_YES, DELETE_NO = "Sì, elimina", "No, tieni"
DELETED = "{name} è eliminato; {size} sono di nuovo liberi."
CHOOSE_DELETE = "Scegliere prima che cosa eliminare."

# Data: adding
ADD = "## Aggiungere pezzi"
OWN, ARCHIVE = "I miei pezzi", "Archivio o cartella"
OWN_NOTE = (
    "Fotografare **solo pezzi buoni**: almeno 5, meglio 20 o più. Stesso posto della telecamera, stessa luce, un pezzo in ogni "
    "immagine, come sarà quando si cercano i difetti. Va bene qualsiasi soggetto, purché tutte le immagini mostrino che cosa è normale."
)
NAME, NAME_INFO = "1 · Nome", "Come si chiamano questi pezzi, per esempio: tappo blu"
GOOD = "2 · Immagini di pezzi buoni"
GOOD_INFO = (
    f"Trascinarle qui o fare clic per scegliere. {KINDS.replace(' or ', ' o ')}, fino a {{mb}} MB ciascuna."
)
MORE = "Immagini con difetti, se ce ne sono (facoltativo)"
MORE_NOTE = "Non si usano mai per addestrare, solo per misurare quanto bene si trovano i difetti."
DEFECTS, MASKS = "Immagini con un difetto", "Maschere"
DEFECTS_INFO = "Lo stesso tipo di pezzo, con qualcosa che non va."
MASKS_INFO = "Immagini nere con il difetto in bianco, ciascuna con il nome di file della sua immagine."
CHECKED = "3 · Le immagini, controllate"
UNCHECKED = "Trascinare sopra immagini di pezzi buoni: vengono controllate subito."
PRIVACY = "Restano sul computer su cui gira questa applicazione, lunghe al massimo {side} pixel, senza i dati della fotocamera. Chiunque possa aprire questa pagina le può vedere."
UNIT = "immagini"
SAVE = "Salva questi pezzi"
LEVELS = {"stop": ("✕", "Non ancora"), "warn": ("⚠", "Da guardare"), "fine": ("✓", "Bene")}
LEFT_OUT = "tralasciata: {note}"
GOOD_PART, DEFECT_PART = "pezzo buono", "difetto"
MASKED = "con maschera"
MVTEC_NOTE = "Quindici tipi di pezzi e materiali, fotografati per la ricerca: buoni da cui imparare, buoni e difettosi per provare."
CATEGORY, CATEGORY_INFO = "Quale", "Con la dimensione dello scaricamento"
IS_HERE, IS_STARTED = "è qui", "{size} scaricati finora"
TERMS_LINKS = "[Licenza completa]({licence}) · [Su MVTec AD]({home})"
ACCEPT, ACCEPT_INFO = "Lo uso solo per scopi non commerciali", "Necessario prima dello scaricamento"
ACCEPT_FIRST = "Leggere prima le condizioni e spuntare la casella sotto di esse."
GET = "Scarica"
ARCHIVE_NOTE = (
    "Un archivio ZIP o TAR (anche .tar.xz, .tar.gz, .tar.bz2), o una cartella: con dentro `train/good`, `test/…` e `ground_truth/…`, "
    "con cartelle OK e NG, come arriva un insieme di dati pubblicato, con una tabella o difetti disegnati, o semplicemente pieno di pezzi buoni. "
    "Viene copiato; l'originale resta com'è."
)
FILE, FILE_INFO = "Archivio", "Fino a {mb} MB; per uno più grande indicare sotto il suo posto."
PATH = "Oppure il suo posto su questo computer"
PATH_INFO = "Percorso di una cartella o di un archivio, per esempio: /home/me/parts. Funziona solo sul computer su cui gira l'applicazione"
ARCHIVE_NAME, ARCHIVE_NAME_INFO = "Nome", "Lasciare vuoto per prendere quello dell'archivio o della cartella"
ADD_IT = "Aggiungi"
LOOK = "Guarda come viene inteso"
PLAN = "Inteso come: {layout}. Da aggiungere: {names}."
PLAN_ASKS = "Non è chiaro che cosa mostrino {pictures}. Sceglierlo sotto, poi premere Aggiungi."
EXAMPLES = "Un'immagine di ciascuno"
ROW = "{pattern} · {pictures}"
ALL_FILES, OTHER_FILES = "Tutti i file", "Altri file"
MORE_ROWS = "… e altre {count}."
CHOOSE_ROLES = (
    "Premere “Guarda come viene inteso”, scegliere che cosa è ogni riga, e premere di nuovo Aggiungi."
)
ROLES = {
    "good": "Pezzi buoni", "train": "Pezzi buoni per addestrare", "test": "Pezzi buoni per provare", "defect": "Difetto",
    "by-mask": "Buono o difetto: lo dicono le maschere", "mask": "Maschere", "skip": "Tralascia", "ask": "Scegliere …",
}  # fmt: skip
CHOOSE_SOURCE = "Scegliere un archivio, o indicare prima una cartella."
ONE_SOURCE = "È scelto un archivio ed è indicato un posto; tenere uno dei due."
LOCAL_ONLY = (
    "Un posto sul disco si può indicare solo sul computer su cui gira l'applicazione, e non dietro un proxy; "
    "caricare invece un archivio."
)
CANCEL = "Ferma"
PROGRESS = "Avanzamento dell'aggiunta"
STARTING = "{title}: si avvia …"
STAGES = {
    "fetching": "{title}: si scarica, {done} di {total}",
    "unpacking": "{title}: si estrae, {percent} %",
    "checking": "{title}: si controlla, {percent} %",
    "writing": "{title}: si salva, immagine {count} di {all}",
}
READY = "✓ {title} è qui: {counts}"
TRAIN = "Addestra su {title}"
TRAIN_ANY = "Addestra su questi pezzi"
TRAIN_LATER = "Aprire la scheda Addestra per addestrare su uno di questi."
ODD_NEXT = "Si possono tralasciare nella scheda Addestra: cercare anche lì le immagini strane."
