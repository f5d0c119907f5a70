"""Texts of the Compare tab."""

INTRO = "Scegliere i modelli e un'immagine; ogni modello la giudica a turno, uno accanto all'altro."
MODELS = "Modelli"
MODELS_INFO = "Da {fewest} a {most} di questo tipo di pezzo, uno accanto all'altro"
TOO_FEW = "Scegliere da {fewest} a {most} modelli. Fino ad allora le colonne sotto restano come sono."
TOO_MANY = "Sono scelti {count} modelli, e ne stanno {most} uno accanto all'altro: toglierne alcuni. Fino ad allora le colonne sotto restano come sono."
MISSING = "Il link nomina un modello che qui non c'è: {names}."
MISSING_MANY = "Il link nomina modelli che qui non ci sono: {names}."
ONLY_MODEL = "C'è un solo modello di questo tipo di pezzo. Addestrarne un altro per confrontare i due."
TRAIN = "Addestra un altro modello"
NO_MODELS = "Non c'è ancora nessun modello di questo tipo di pezzo. Addestrarne due per confrontarli, o scegliere un altro tipo di pezzo."
ALL_INFO = "I modelli scelti su tutte le {count} immagini di prova (buone: {good}, con un difetto: {defect}), con il tasso di falsi allarmi scelto sopra."
SCALE = (
    "Ogni mappa degli errori è disegnata sulla scala del proprio modello: la metà della barra dei colori è il limite di quel modello. "
    "Così i colori, e i punteggi come multipli del limite, si possono confrontare tra i modelli."
)
PICTURE = "Immagine"
PANE = "{title}: {pane}"
PANES = {"result": "Risultato", "rebuilt": "Ricostruita", "errors": "Errori"}
FACTS = "AUROC per pixel {pixel} · AUROC per immagine {image}"
WAIT = "Un momento: questo modello sta guardando …"
TOOK = "Tempo: {milliseconds:.0f} ms."
ALL = "Tutte le immagini di prova"
NO_TESTS = "Qui non ci sono immagini di prova di questo tipo di pezzo, quindi non si può misurare nulla."
MEASURE = "Misura {models} su tutte le {count} immagini di prova{time}"
MEASURE_TIME = " (circa {duration})"
MEASURE_ALL = "tutti i modelli"
MEASURING = "Misurazione dei modelli"
STEP = "{category}: si misura {title} (modello {place} di {models}), {done} immagini su {count}"
LAST_STEP = "{category}: si misura {title} (modello {place} di {models}), si calcolano i suoi valori …"
MEASURING_STOPPED = "Fermata. Ciò che era già misurato è conservato; il modello in corso non è stato finito."
FAILED = "{title} non si è potuto misurare. {reason}"
COUNTS = (
    "{found} difetti trovati su {defects}, {missed} mancati; falsi allarmi: {alarms} su {goods} pezzi buoni."
)
ROC = {"image_roc": "Per immagine", "pixel_roc": "Per pixel"}
ROC_INFO = (
    "Curve ROC: quanti difetti si trovano (in alto) con quanti falsi allarmi (a destra). Più sono vicine all'angolo in alto a sinistra, "
    "meglio è; la diagonale sottile è tirare a caso. Gli anelli segnano dove stanno i modelli con il tasso di falsi allarmi scelto sopra."
)
ROC_ALT = "Curve ROC {kind}: {areas}."
NO_ROC = "{kind}: non c'è nessuna curva. {reason}"
FIGURES_CAPTION = "Valori su tutte le immagini di prova: 1 è perfetto. In grassetto: il migliore dei modelli."
FIGURE = "Valore"
FIGURES = {
    "pixel_auroc": ("AUROC per pixel", "indica il punto giusto; 0.5 è tirare a caso"),
    "image_auroc": ("AUROC per immagine", "distingue immagini buone e difettose; 0.5 è tirare a caso"),
    "aupro": ("AUPRO", "copre ogni difetto, piccolo o grande"),
    "pixel_ap": ("AP per pixel", "segna poco altro; i difetti piccoli lo rendono difficile"),
    "f1_max": (
        "F1 massimo",
        "migliore equilibrio tra difetti trovati e falsi allarmi; usa le etichette di prova, quindi è un massimo, non un'impostazione",
    ),
}
COSTS = {
    "seconds": ("Addestramento", "secondi, sul computer dove è stato addestrato"),
    "milliseconds": ("Un'immagine", "millisecondi, a gruppi con PyTorch, su quel computer"),
    "megabytes": ("File", "megabyte"),
}
UNKNOWN = "–"
REASON = "– {figure}: {reason}"
DISAGREE = "Dove non sono d'accordo"
DISAGREE_INFO = "{count} immagini su {all} in cui gli esiti sono diversi. Fare clic su una per vederla nelle colonne sopra."
AGREE = "Con questo tasso di falsi allarmi i modelli danno lo stesso esito su tutte le {all} immagini."
ONE_MODEL = "Per vedere dove i modelli non sono d'accordo, bisogna misurarne almeno due."
CAPTIONS = {
    True: "{name}: trovato da {alarm}, mancato da {quiet}",
    False: "{name}: falso allarme di {alarm}, esito corretto di {quiet}",
}
