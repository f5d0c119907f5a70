"""Texts of the Train tab."""

from favae_demo.ui.text.en.train import CUSTOM as CUSTOM

# Train: the steps
WHAT, WHICH, HOW_LONG = (
    "## 1 · Su che cosa addestrare",
    "## 2 · Quale tipo di modello",
    "## 3 · Per quanto tempo",
)
CATEGORY_INFO = "Per l'addestramento si usano solo immagini dei suoi pezzi buoni"
VARIANT, VARIANT_INFO = (
    "Tipo di modello",
    "Con una rete di supporto impara anche forme e superfici, e trova molto di più",
)
VARIANTS = {
    "none": "VAE: solo pixel, il più veloce",
    "vgg16": "VAE + VGG16: come nella relazione",
    "vgg19": "VAE + VGG19: una rete di supporto più profonda, un po' più lenta",
    "efficientnet-lite0": "VAE + EfficientNet-Lite0: consigliato; una rete di supporto leggera, nulla da scaricare",
    "efficientnet-b0": "VAE + EfficientNet-B0: anch'essa leggera, ma scarica i suoi pesi (21 MB)",
    "resnet18": "VAE + ResNet-18: una rete di supporto molto diffusa, più veloce di VGG (scarica 47 MB)",
    "wide-resnet50-2": "VAE + Wide ResNet-50-2: la rete di supporto più grande, più lenta di VGG (scarica 138 MB)",
}
PRESET = "Ricetta"
PRESET_INFO = (
    "Istantanea dà una prima risposta in pochi secondi. Estesa trova di più; entrambe sono fatte per EfficientNet-Lite0. Rapida va bene per gli altri tipi. Ogni "
    "addestramento più lungo comincia con un modello istantaneo, così intanto Rileva funziona"
)
CUSTOM_TITLE = "Personale: le mie impostazioni, sotto"
SEED, SEED_INFO = (
    "Seme",
    "Punto di partenza di tutti i numeri casuali: lo stesso seme dà lo stesso modello",
)
SETTINGS = "Tutte le impostazioni"
SETTINGS_NOTE = "Che cosa fa la ricetta scelta. Cambiando qualcosa la ricetta diventa *Personale*; scegliere un'altra ricetta per tornare indietro."
SETTINGS_LOCKED = "Che cosa fa la ricetta scelta. Su questo server le impostazioni non si possono cambiare."
START = "Avvia l'addestramento"
LIMITED = "Questo server permette solo la ricetta rapida. Per le altre, avviare l'applicazione sul proprio computer."
NO_CATEGORY = "Scegliere prima su che cosa addestrare."
NO_PICTURES = "Qui non ci sono immagini su cui addestrare."
FEW = "Solo {count} pezzi buoni: i risultati saranno poco affidabili. Usarne 20 o più."

# Train: what the model will see
TAB_PREVIEW, TAB_RUN = "Da che cosa impara", "L'addestramento"
SAMPLES = "Pezzi buoni da cui impara"
SAMPLE = "pezzo buono {number}"
LOOKED_AT = "La rete guarda {width}×{height} pixel{how}{time}."
UPRIGHT, TEXTURE = ", con i pezzi raddrizzati", ", come una superficie uniforme"
LOOKS_LONG = ": circa {milliseconds} ms per immagine su due core"
VIEWS = "Come varia ogni immagine"
VIEWS_NOTE = (
    "I pezzi stanno ogni volta un po' diversi. Perché questo non sia chiamato difetto, il modello si esercita su "
    "copie leggermente variate (augmentation)."
)
VIEWS_NONE = "Con queste impostazioni ogni immagine si usa com'è, senza cambiarla."
VIEW_ORIGINAL, VIEW = "come la vede il modello", "copia variata {number}"
KINDS_TITLE = "Ogni tipo di variazione da solo"
KINDS_NOTE = "Al massimo della sua forza. Le copie sopra le mescolano."
KINDS = {
    "rotation": "ruotata",
    "crop": "ritagliata",
    "hflip": "specchiata da sinistra a destra",
    "vflip": "specchiata dall'alto in basso",
    "elastic": "deformazione",
    "colour": "colore",
    "noise": "rumore",
}
CHANGES_TITLE = "Cambi che non sono difetti"
CHANGES_NOTE = "Al massimo della loro forza. Luce e telecamera possono cambiare tanto; il modello impara come variano con esse i suoi errori."
CHANGES = {
    "light": "luce",
    "white_balance": "bilanciamento del bianco",
    "blur": "sfocatura",
    "noise": "rumore",
    "compression": "compressione JPEG",
}
KIND_SHARE = "{share} delle copie"
KINDS_HELD = "Attenzione: una ricetta fatta per questa categoria tralascerebbe '{kinds}', perché il modello non impari a ignorare un difetto."
MASK = "Che cosa conta come sfondo"
MASK_NOTE = "A righe: visto come sfondo (maschera dello sfondo)."
MASK_KIND_NONE = "Questa ricetta non cerca uno sfondo: conta tutta l'immagine."
MASK_USES = {
    (False, False): "Mostrato per informazione: questa ricetta conta tutta l'immagine, sfondo compreso.",
    (True, False): "L'addestramento ignora la zona a righe; l'esito la conta.",
    (False, True): "L'esito ignora la zona a righe; l'addestramento la conta.",
    (True, True): "Addestramento ed esito ignorano la zona a righe.",
}
MASK_SHARE = "{share} di sfondo"

# Train: while it runs
STATES = {
    "running": ("▶", "in corso"),
    "stopping": ("■", "si ferma"),
    "stopped": ("■", "fermato"),
    "finished": ("✓", "finito"),
    "failed": ("✕", "fallito"),
    "interrupted": ("❙❙", "interrotto"),
}
SEARCH, SEARCH_EXAMPLE = "Cerca nelle impostazioni", "per esempio: rotazione"
NOTHING_FOUND = "Nessuna impostazione contiene queste parole."
RUNS, RUNS_INFO = "Addestramenti", "Sceglierne uno per mostrarlo; prima il più recente"
NAME, NAME_INFO, RENAME = (
    "Nome",
    "Come si chiama questo addestramento nella lista, per esempio: lampada nuova, 2º tentativo",
    "Salva il nome",
)
PROGRESS = "Avanzamento dell'addestramento"
SPOKEN = "Addestramento {state}, {percent} % fatto."
STOP, RESUME, DELETE = "Ferma e tieni il modello migliore", "Riprendi l'addestramento", "Elimina"
COMPARED, COMPARED_INFO = (
    "Metodi con cui confrontare",
    "Anche PaDiM, PatchCore, autoencoder, Deep SVDD, f-AnoGAN e DAGMM sono ricette",
)
BUSY = "È in corso un altro addestramento: {name}. Fermarlo, o aspettare che finisca; poi riprendere questo."
ENDING = (
    "Questo addestramento sta ancora finendo: si misura il suo modello migliore. Riprenderlo tra un momento."
)
ALREADY = "Un addestramento è già in corso; è mostrato qui. Fermarlo prima di avviarne un altro."
ELSEWHERE = (
    "È in corso un altro addestramento: {name}. Sceglierlo nella lista degli addestramenti per guardarlo."
)
NOT_YOURS = "Un altro visitatore ha avviato questo addestramento; su questo server solo chi lo ha avviato può fermarlo o riprenderlo."
KEPT = "Su questo server gli addestramenti non si possono eliminare."
STOPPED = "L'addestramento finisce dopo questo passo; il modello migliore finora è conservato."
ASK_DELETE = "Eliminare **{name}** con il suo modello? Non si può annullare."
DELETE_YES, DELETE_NO = "Sì, elimina", "No, tieni"
FACTS = {
    "round": "Passaggio",
    "best": "Errore di controllo più basso",
    "pictures": "Immagini",
    "time": "Tempo finora",
    "first": "Primo modello",
}
FACT_ROUND = "{epoch} ({step} passi su {total})"
FACT_BEST = "{value} (passaggio {epoch})"
FACT_FIRST = "pronto dopo {seconds}; serve in Rileva finché questo addestramento non è finito"
FACT_PICTURES = "{train} da cui imparare, {held_out} tenute da parte"
PLOTS = {
    "total": "Errore in tutto",
    "terms": "Per tipo, addestramento",
    "held_out": "Per tipo, tenute da parte",
}
PLOT_NOTE = (
    "Puntare su un grafico per leggere i valori. Curve che scendono significano che impara. Se la curva delle immagini *tenute da parte* sale mentre quella di *addestramento* scende, "
    "impara solo a memoria (overfitting); si tiene il modello con il più basso errore di controllo. Tipi di errore: *pixel*; caratteristiche *fini*, *medie* "
    "e *grandi* della rete di supporto; *codice*, quanto è ordinato il codice breve (KL)."
)
PLOT_ALT = "{title}. Ultimi valori: {last}."
PLOT_SAVE = {"png": "Salva PNG", "svg": "Salva SVG", "copy": "Copia", "csv": "Salva CSV"}
STEP, ERROR = "passo", "errore per immagine"
SMOOTHING, SMOOTHING_INFO = "Smussatura", "Delle linee spesse; quelle sottili sono i valori"
SMOOTHINGS = {"none": "Nessuna", "light": "Leggera", "strong": "Forte"}
LOG, LOG_INFO = (
    "Scala logaritmica",
    "Errori grandi e piccoli stanno in un grafico: ogni linea in su è un multiplo",
)
SERIES = {
    "training": "addestramento",
    "held_out": "pezzi buoni tenuti da parte",
    "other_training": "altro, addestramento",
    "other_held_out": "altro, tenuti da parte",
    "pixels": "pixel",
    "layer1": "fini",
    "layer2": "medie",
    "layer3": "grandi",
    "sphere": "distanza",
    "rebuilt": "caratteristiche",
    "critic": "caratteristiche del discriminatore",
    "kl": "codice",
}
BESIDE, BESIDE_INFO = (
    "Confronta con un altro addestramento",
    "Le sue curve si disegnano in un grafico con queste, e i valori di entrambi stanno in una tabella",
)
ALONE = "Nessuno"
BOTH, BOTH_FIGURES = "Errore in tutto, di entrambi gli addestramenti", "Entrambi gli addestramenti"
REBUILT = "Quanto bene ricostruisce: {kind}"
REBUILT_NOTE = "Riga in alto: le fotografie. Sotto: che cosa ne fa il modello, passaggio dopo passaggio."
REBUILT_ORIGINAL, REBUILT_ROUND = "fotografie", "dopo il passaggio {epoch}"

# Train: when it is done
FIGURES = "Quanto è buono"
FIGURES_ON = "Misurato su {n_good} pezzi buoni e {n_defect} pezzi con un difetto che non ha mai visto."
NO_FIGURES = "Non ci sono immagini di prova su cui misurarlo."
NOT_MEASURED = "Il modello non è stato misurato sulle immagini di prova: l'addestramento è stato avviato senza misura. La scheda Risultati può farlo ora."
METRICS = {
    "image_auroc": (
        "Distingue pezzi buoni e difettosi",
        "AUROC per immagine: 1 è perfetto, 0.5 è tirare a caso",
    ),
    "pixel_auroc": ("Indica il punto giusto", "AUROC per pixel: 1 è perfetto, 0.5 è tirare a caso"),
    "aupro": ("Copre ogni difetto per intero", "AUPRO: 1 è perfetto"),
    "pixel_ap": ("Segna poco altro", "AP per pixel: 1 è perfetto; i difetti piccoli lo rendono difficile"),
    "f1_max": (
        "Migliore equilibrio tra difetti trovati e falsi allarmi",
        "F1 massimo: 1 è perfetto; il suo limite è stato scelto con le etichette di prova",
    ),
}
UNKNOWN = "non noto"
EXAMPLES = "Esiti di esempio"
EXAMPLES_NOTE = "Su immagini di prova, con un tasso di falsi allarmi del {rate}. Linea continua: trovato; linea tratteggiata: difetto noto."
VERDICTS = {"good": "✓ Pezzo buono", "defect": "⚠ Difetto", "not judged": "? Non giudicato"}
RIGHT, WRONG = "giusto: è {kind}", "sbagliato: è {kind}"
KIND_GOOD, KIND_DEFECT = "un pezzo buono", "un difetto ({kind})"
OPEN, DOWNLOAD = "Apri in Rileva", "Scarica il modello"
OPEN_FIRST = "Apri il primo modello in Rileva"

# Train: suspicious good pictures
LOOK = "Cerca immagini strane tra quelle buone"
LOOK_NOTHING = "Sono state guardate {count} immagini buone: nessuna spicca."
SUSPECTS = "Guardare queste ({count}): sono buone?"
SUSPECTS_NOTE = "Spiccano tra le immagini buone. Un pezzo con un difetto imparato come buono insegna al modello a ignorare difetti simili."
SUSPECTS_ASIDE = "{count} di queste sono così lontane che non contano per il limite."
NOT_COUNTED = "non conta per il limite"
LEAVE_OUT, LEAVE_OUT_INFO = "Tralascia queste", "L'addestramento non le vede; i loro file restano"
AGAIN = "Tralasciale e addestra di nuovo"
NOTHING_CHOSEN = "Scegliere prima le immagini da tralasciare."
