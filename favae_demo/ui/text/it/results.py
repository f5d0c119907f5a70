"""Texts of the Results tab."""

from favae_demo.ui.text.en.results import STAR as STAR
from favae_demo.ui.text.en.results import UNKNOWN as UNKNOWN
from favae_demo.ui.text.en.results import N as N

INTRO = "Quanto è buono un modello? Misurato su tutte le immagini di prova di un tipo di pezzo, accanto alla relazione di progetto e ai metodi pubblicati."
CATEGORY_INFO = "I modelli sono misurati sulle sue immagini di prova"
MODEL_INFO = "Le curve e i conteggi sotto sono di questo modello"
ABOUT = "**{count} immagini di prova**: buone {good}, con un difetto {defect}. {notes}"
NO_TESTS = "Qui non ci sono immagini di prova di questo tipo di pezzo, quindi non si può misurare nulla. Aggiungerne nella scheda Dati."
NO_MODEL = "Nessun modello di questo tipo di pezzo è ancora stato addestrato, quindi non c'è nulla da misurare. Aprire la scheda Addestra per crearne uno."
NO_MASKS = "Nessuna immagine di prova ha una maschera che dica dove è il difetto, quindi non ci sono valori né curve per pixel."
SOME_MASKS = "I valori per pixel tralasciano {pictures} con un difetto ma senza una maschera che dica dove è."
FEW_GOOD = (
    "Troppo poche immagini di prova buone ({good}) per valori e curve sulle immagini; sono tralasciati."
)
NO_DEFECTS = "Non ci sono immagini di prova con un difetto, quindi non si può dire che cosa viene trovato: solo i falsi allarmi."
MEASURE = "Misura {models} su tutte le {count} immagini di prova"
MODELS = "{count} modelli"
STOP = "Ferma la misurazione"
STOPPING = "Si ferma …"

FIGURES = "Valori"
FIGURES_CAPTION = (
    "AUROC per pixel come nella tabella 6.1 della relazione, e che cos'altro si misura qui; 1 è perfetto."
)
FIGURES_PLAIN = "Che cosa si misura qui; 1 è perfetto. Valori pubblicati esistono solo per MVTec AD."
HEADS = {
    "pixel_auroc": ("AUROC per pixel", "indica il punto giusto"),
    "report": ("nella relazione", "AUROC per pixel, citata"),
    "image_auroc": ("AUROC per immagine", "distingue buono e difetto"),
    "aupro": ("AUPRO", "copre ogni difetto"),
    "pixel_ap": ("AP per pixel", "segna poco altro"),
    "f1_max": ("F1 massimo", "usa le etichette di prova"),
    "rank": ("Posto", "per AUROC per immagine"),
    "seconds": ("Addestramento", "secondi"),
    "milliseconds": ("Un'immagine", "millisecondi"),
    "megabytes": ("File", "MB"),
    "n": ("Immagini", "buone / difetto"),
}
MODEL_HEAD = "Modello"
TOLD = "* Come misurato quando il modello è stato creato. Le sue curve, i conteggi e le immagini ci sono quando viene misurato qui."
NOT_MEASURED = "non ancora misurato"
NO_SUCH_MODEL = "nessun modello qui"
PARTIAL = "Qui c'è solo una parte delle immagini di questa categoria, quindi i valori qui e quelli pubblicati non sono sulle stesse immagini."
PEERS = "Metodi pubblicati su questa categoria"
PEERS_CAPTION = "Citati, non misurati qui, e non a pari condizioni: quei metodi vedono immagini più grandi (le nostre: {size}×{size})."
PEER_HEADS = ("Metodo", "AUROC per pixel", "AUROC per immagine", "AUPRO", "Dimensione", "Fonte")
SIZE_UNKNOWN = "non indicata"

OVER_ALL = "Tutti i tipi di pezzo insieme"
OVER_ALL_CAPTION = (
    "Posti medi del modello più recente di ogni tipo, come misurati quando è stato creato, sui {count} tipi di pezzo che tutti questi hanno. I modelli di "
    "un solo tipo di pezzo sono tralasciati."
)
OVER_ALL_HEADS = (
    "Modello",
    ("AUROC per immagine", "posto medio"),
    ("AUROC per immagine", "media"),
    ("AUROC per pixel", "posto medio"),
    ("AUROC per pixel", "media"),
)

LIMIT = "Dov'è il limite?"
RATE = "Sensibilità: tasso di falsi allarmi in %"
RATE_INFO = "Falsi allarmi accettati su 100 pezzi buoni. Fissa il limite dai punteggi delle immagini buone. ▲ consigliato: 5"
BY_HAND = "Oppure fissare il limite stesso"
BY_HAND_INFO = (
    "Come multiplo del limite consigliato. Un'immagine con un punteggio più alto è chiamata difetto"
)
ABOUT_CURVES = "Più una curva ROC si avvicina all'angolo in alto a sinistra, e l'altra a quello in alto a destra, meglio è."
BACK = "Limite del tasso di falsi allarmi"
BEST_F1 = "Limite del miglior F1 (usa le etichette di prova)"
OF_RATE = "<b>Limite: {limit} × quello consigliato</b>, da {count} immagini buone con un tasso di falsi allarmi del {rate} %."
OF_HAND = "<b>Limite: {limit} × quello consigliato</b>, fissato a mano: {above} immagini buone su {count} sono sopra ({share})."
OF_F1 = "<b>Limite: {limit} × quello consigliato</b>, dove F1 è migliore proprio su queste immagini di prova: usa le etichette di prova, quindi è un massimo, non un'impostazione."
TOO_FEW = " Sono troppo poche per questo tasso, quindi è il loro punteggio più alto più un margine; ne servono almeno altre {missing}."
OUTCOME = "{found} difetti trovati su {defects}; falsi allarmi: {alarms} su {goods} pezzi buoni."
NOT_JUDGED = " Non giudicate: {count}, perché nel complesso sono diverse dai pezzi buoni."
CELLS = {
    "found": "✓ {n} trovati\ndifetto, chiamato difetto",
    "missed": "✗ {n} mancati\ndifetto, chiamato buono",
    "alarms": "✗ {n} falsi allarmi\nbuono, chiamato difetto",
    "passed": "✓ {n} passati\nbuono, chiamato buono",
}
MATRIX = "Esiti giusti e sbagliati: premerne uno per vedere le sue immagini"
KINDS = "Per tipo di difetto, con questo limite"
GOOD_PARTS = "pezzi buoni"
KIND_HEADS = (
    "Tipo",
    "Immagini",
    "Chiamate difetto",
    "Chiamate buone",
    "Non giudicate",
    "Media, × limite",
    "Minimo – massimo, × limite",
)

CHARTS = "Curve"
CHART_TITLES = {
    "histogram": "Punteggi di immagini buone e difettose",
    "image_roc": "ROC sulle immagini",
    "pixel_roc": "ROC sui pixel",
    "image_pr": "Precisione e richiamo sulle immagini",
    "pixel_pr": "Precisione e richiamo sui pixel",
}
CHART_WORDS = {
    "false_alarms": "Falsi allarmi (quota dei buoni)",
    "found": "Trovati (quota dei difetti)",
    "recall": "Trovati (richiamo)",
    "precision": "Allarmi giusti (precisione)",
    "good": "Buone",
    "defect": "Difetto",
    "score": "Punteggio, × limite consigliato",
    "pictures": "Immagini",
    "limit": "Limite",
    "in_use": "Limite in uso",
    "limits_in_use": "Limiti in uso",
    "empty": "Ancora nessun valore",
}
CHART_NOTES = {
    "histogram": "Linea tratteggiata: il limite.",
    "image_roc": "Anello: il limite. {x} di falsi allarmi, {y} dei difetti trovati.",
    "pixel_roc": "Anello: il limite per i punti con un tasso di falsi allarmi del {rate} %. {x} dei pixel buoni segnati, {y} dei pixel con difetto.",
    "image_pr": "Anello: il limite. {x} dei difetti trovati, {y} degli allarmi giusti.",
    "pixel_pr": "",
}
CHART_ALT = {
    "histogram": "Istogramma dei punteggi di {good} immagini buone e {defect} difettose.",
    "curve": "{title}: area sotto la curva {area:.3f}.",
}
NO_CHART = "{title}: non c'è nessuna curva. {reason}"
SAVE = {"png": "Salva PNG", "svg": "Salva SVG", "copy": "Copia"}
SAVE_ALL = "Salva tutti i grafici (ZIP: SVG, PNG, e i loro dati in CSV)"
NOT_MEASURED_YET = "Questo modello non è ancora misurato, quindi non ci sono grafici. Premere sopra il pulsante che lo misura."

PICTURES = "Immagini"
SHOWN = {
    "found": "Difetti trovati",
    "missed": "Difetti mancati",
    "alarms": "Falsi allarmi",
    "passed": "Pezzi buoni che passano",
}
SHOWN_COUNT = "**{title}**: {count}. Fare clic su una per aprirla in Rileva."
SHOWN_NONE = "**{title}**: nessuno con questo limite."
BEST, WORST = "Esiti corretti più chiari", "Errori peggiori"
BEST_INFO = "I più lontani dal limite, dalla parte giusta"
WORST_INFO = "I più lontani dal limite, dalla parte sbagliata"
NO_WORST = "Con questo limite ogni esito è giusto."
PICTURE = "{name}: {score}"
