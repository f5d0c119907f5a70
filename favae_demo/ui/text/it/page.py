"""Texts of the page as a whole, of the lists of models and images, and of the Detect tab."""

from favae_demo.data.io.formats import KINDS
from favae_demo.ui.text.en.page import OPTIONAL_VARIANTS as OPTIONAL_VARIANTS
from favae_demo.ui.text.en.page import TITLE as TITLE
from favae_demo.ui.text.en.page import VARIANTS as VARIANTS

# The page
INTRO = "Mostra dove un pezzo è diverso, dopo aver imparato da immagini di **soli pezzi buoni**."

HOW_STEPS = {
    "whole": "Un'immagine viene ricostruita come pezzo buono; l'immagine e la sua ricostruzione vengono confrontate, nei pixel e nelle caratteristiche; le differenze formano la mappa degli errori; sopra il limite sono un difetto.",
    "picture": "1 · l'immagine",
    "code": "2 · un codice breve, e ritorno (VAE)",
    "rebuilt": "3 · ricostruita come buona",
    "differ": "4 · dove differiscono",
    "features": "nei pixel e nelle caratteristiche",
    "limit": "limite",
    "verdict": "5 · l'esito",
}
HOW_TITLE = "Come funziona"
HOW = """
1. Una piccola rete, l'**autoencoder** (VAE), si esercita a ricostruire le immagini di pezzi buoni da un codice breve.
2. Una seconda rete già pronta (come **EfficientNet** o **VGG16**, addestrata su foto di tutti i giorni) descrive ogni immagine con forme
   e superfici; la prima rete impara a ricostruire anche questa descrizione.
3. Un'immagine nuova viene ricostruita allo stesso modo. Dove l'immagine o la descrizione ricostruita è diversa, la **mappa degli errori** si accende.
4. Le immagini di pezzi buoni, soprattutto quelle tenute da parte durante l'addestramento, dicono quanto errore è normale: questo fissa il **limite**.
5. Un punteggio sopra il limite significa **difetto**; si sceglie quanti falsi allarmi sono accettabili.

Di un tipo di pezzo si mostra per primo il modello più esatto, consigliato anche in *Addestra*: **VAE + EfficientNet-Lite0 (estesa)**. Ricorda anche
parti di pezzi buoni e confronta con le più simili.
"""
LANGUAGE = "Lingua"
FAILED = "Non ha funzionato"
NOT_UNDERSTOOD = 'Quanto inviato non è adatto. Ricarica la pagina; i programmi trovano in fondo, dietro "Uso via API", che cosa accetta una chiamata.'
NO_CHOICE = "Ciò che è stato scelto non è disponibile, o non lo è più. Scegli di nuovo; se non è nell'elenco, ricarica la pagina."
FAULT = (
    "È un errore del programma: il registro del server dice che cosa è successo. Riprova o segnala l'errore."
)
TABS = {
    "detect": "Rileva",
    "train": "Addestra",
    "compare": "Confronta",
    "results": "Risultati",
    "batch": "Serie",
    "live": "Dal vivo",
    "history": "Storico",
    "draw": "Disegna un difetto",
    "data": "Dati",
}
NOT_HERE = {
    "category": "Qui non c'è nessun tipo di pezzo chiamato '{name}'; ne viene mostrato un altro.",
    "model": "Di questo tipo di pezzo qui non c'è nessun modello chiamato '{name}'; ne viene mostrato un altro.",
    "image": "Di questo tipo di pezzo qui non c'è nessuna immagine chiamata '{name}'; ne viene mostrata un'altra.",
}
LICENCES_TITLE = "Licenze e riconoscimenti"
LICENCES = """
- **Questa applicazione**: Apache-2.0. **Pezzi di esempio generati**: CC0, liberi per ogni uso.
- **MVTec AD** (Bergmann, Fauser, Sattlegger, Steger: CVPR 2019), © MVTec Software GmbH: CC BY-NC-SA 4.0. Le immagini, e i modelli
  addestrati con esse, sono **solo per uso non commerciale**.
- **Pesi di VGG16 e VGG19**: K. Simonyan e A. Zisserman, Visual Geometry Group, Università di Oxford, CC BY 4.0.
- **Pesi di EfficientNet-Lite0**: Google (modelli TensorFlow TPU) e R. Wightman, Apache-2.0.
- **Pesi di ResNet-18, Wide ResNet-50-2 ed EfficientNet-B0**: torchvision, BSD-3-Clause; EfficientNet-B0 in origine di R. Wightman (timm, Apache-2.0).
- **Metodo**: D. Dehaene e P. Eline, arXiv 2008.05369 (2020), come nella relazione di progetto *Feature Augmented VAE for Anomaly Detection and
  Localization on MVTec* (Verona 2024).
- **Librerie**: PyTorch e torchvision (BSD-3-Clause), Gradio (Apache-2.0), NumPy, scikit-learn, h5py e Jinja (BSD-3-Clause), Pillow (MIT-CMU),
  OpenCV (Apache-2.0), Matplotlib (licenza Matplotlib), safetensors (Apache-2.0), platformdirs e filelock (MIT), tqdm (MPL-2.0 e MIT).
"""
PRESENT = "Vista di presentazione"
COPY_LINK = "Copia il link"
COPY_PICTURE = "Copia il risultato"
SAID = {  # of something that is copied
    "link": "Copiato: l'indirizzo di ciò che è mostrato qui.",
    "no_link": "Questo browser non permette alle pagine di copiare. Copiare l'indirizzo dalla barra degli indirizzi: indica ciò che è mostrato.",
    "picture": "Copiato: l'immagine, da incollare in un messaggio o in un documento.",
    "no_picture": "Questo browser non permette a questa pagina di copiare immagini: serve https, oppure l'applicazione su questo computer. Salvare invece l'immagine.",
    "nothing": "Non c'è ancora nessuna immagine da copiare.",
    "remove": "Togli {model}",
    "more_files": "Scegli altri file",
}
LEAVE_PRESENT = "Esci dalla presentazione (Esc)"
STATUS = "{device} · {model} · ultima immagine {milliseconds:.0f} ms"

# Models and pictures
PRESETS = {
    "instant": "Istantanea (una prima risposta in pochi secondi)",
    "quick": "Rapida (pochi minuti)",
    "extended": "Estesa (consigliata: la più precisa; un minuto o due)",
    "paper": "Come nella relazione (da ore a giorni senza scheda grafica)",
    "ae": "Autoencoder, per confronto (minuti)",
    "ae-ssim": "Autoencoder con SSIM, per confronto (minuti)",
    "deep-svdd": "Deep SVDD, per confronto (minuti)",
    "anogan": "f-AnoGAN, per confronto (minuti)",
    "dagmm": "DAGMM, per confronto (minuti)",
    "padim": "PaDiM, per confronto (mezzo minuto)",
    "patchcore": "PatchCore, per confronto (un minuto)",
}
PRESET_NAMES = {  # in names of models and trainings
    "instant": "istantanea",
    "quick": "rapida",
    "extended": "estesa",
    "paper": "come nella relazione",
    "custom": "impostazioni proprie",
}
MAPS = {
    "combined": "Tutto insieme",
    "pixels": "Pixel",
    "layer1": "Caratteristiche fini",
    "layer2": "Caratteristiche medie",
    "layer3": "Caratteristiche grandi",
    "memory": "Diverso da ogni zona buona",
    "places": "Diverso dai pezzi buoni in questo punto",
    "ssim": "Struttura",
    "sphere": "Lontano da ciò che è buono",
    "critic": "Caratteristiche del discriminatore",
    "rebuilt": "Caratteristiche",
    "energy": "Raro tra le zone buone",
}
NO_DATA = (
    "**Ancora nessuna immagine.** Mettere le categorie in formato MVTec in `{folder}`, oppure impostare `FAVAE_DATA_DIR`, e ricaricare questa pagina. "
    "Si può comunque caricare un'immagine appena c'è un modello."
)
MODEL_ONLY = "**{title}** · qui c'è un modello, ma nessuna immagine in {folder}."
VERSION = "versione {number}"
STOPPED_AFTER = "fermato dopo {steps} passi"
FIGURES = {"pixel_auroc": "pixel", "image_auroc": "immagine"}
NO_MODEL = "Qui non c'è ancora nessun modello addestrato. Aprire la scheda Addestra per crearne uno."
CHOOSE_PICTURE = "Scegliere prima un'immagine dalla galleria, o caricarne una."
NO_PICTURES_HERE = "Qui non ci sono immagini di prova di questa categoria; caricare una propria immagine."
VERDICTS = {"defect": ("Difetto", "⚠"), "good": ("Pezzo buono", "✓"), "not judged": ("Non giudicato", "?")}
OUTCOMES = {  # (has a defect, verdict): sign, word
    (True, "defect"): ("✓", "corretto"),
    (False, "good"): ("✓", "corretto"),
    (True, "good"): ("✗", "difetto mancato"),
    (False, "defect"): ("✗", "falso allarme"),
}
GAUGE_LIMIT = "limite"
NO_TRUTH = "Immagine propria: il risultato vero non è noto."
NO_TRUTH_OF_MANY = "Immagine propria {number} di {count}: il risultato vero non è noto."
UNSUPPORTED = "limite non garantito"
UNSUPPORTED_INFO = "Troppo poche immagini buone fissano questo limite per il tasso di falsi allarmi scelto: non si sa quanti pezzi buoni chiami difetto."

# Teacher weights
FETCH_LABEL = "Scaricamento dei pesi"
FETCH_CANCEL, FETCH_RETRY = "Interrompi", "Riprova"
FETCH_MEANWHILE = "Nel frattempo, ecco che cosa vede {model}."

# Choosing a picture
TEST_PICTURES, OWN_PICTURE = "Immagini di prova", "Proprie"
KIND_LABEL, KIND_INFO = "Mostra", "Pezzi buoni, o un tipo di difetto"
HELD_OUT_INFO = "Nessuna immagine di prova: questi pezzi buoni sono stati tenuti da parte"
OWN_PICTURE_LABEL, CAPTURE = "Carica", "Fotografa o incolla"
OWN_PICTURE_INFO = f"{KINDS.replace(' or ', ' o ')}. Lo stesso tipo di pezzo, visto nello stesso modo delle immagini da cui il modello ha imparato. Se sono più di una, Precedente e Successiva le mostrano una dopo l'altra."

# Detect
LOADING = "Un momento: si sta giudicando la prima immagine …"
JUDGING = "Un momento: si sta giudicando questa immagine grande …"
DRAWING = "Preparazione dei pezzi di esempio (solo al primo avvio): {done} di {count} …"
CATEGORY, CATEGORY_INFO = "Tipo di pezzo", "Con la provenienza delle immagini"
MODEL = "Modello"
MODEL_INFO = "Con la sua AUROC per pixel e per immagine, misurata sulle immagini di prova: 1 è perfetto, 0.5 è tirare a caso"
PANES = {"picture": "Immagine", "result": "Risultato", "rebuilt": "Ricostruita come buona", "errors": "Mappa degli errori"}  # fmt: skip
NOT_REBUILT = "{model} non ricostruisce immagini: misura quanto ogni punto è lontano dai pezzi buoni."
ZOOM, ZOOM_IN, ZOOM_OUT, ZOOM_WHOLE = "Zoom delle immagini", "Ingrandisci", "Riduci", "Immagine intera"
ZOOM_HINT = "Doppio clic, due dita o Ctrl + rotella. Tasti: + − 0 e frecce."
PREVIOUS, NEXT, SAVE = "◀ Precedente", "Successiva ▶", "Salva il risultato"
SLIDER = "Trascinare la linea: immagine | mappa di calore"
RATE = "Sensibilità in %"
RATE_INFO = "Falsi allarmi accettati su 100 pezzi buoni. ▲\u00a0consigliato: 5"
OPACITY, OPACITY_INFO = "Intensità in %", "Della mappa di calore; 0 mostra solo l'immagine"
MAP, MAP_INFO = "Mappa degli errori di", "Tutti gli errori insieme, o un solo tipo"
COLOURS, COLOURS_INFO = "Colori", "Scuro = normale"
MASK, MASK_INFO = "Ignora lo sfondo", "Non contare le differenze fuori dal pezzo"
MASKS = {"trained": "Come nell'addestramento", "yes": "Sì", "no": "No"}
SIMILAR = "Mostra il pezzo buono più simile"
SIMILAR_TITLE = "Il pezzo buono più simile"
SIMILAR_NOTE = "Tra quelli da cui il modello ha imparato, nel complesso. Confrontare che cosa è diverso."
NO_SIMILAR = "Le immagini buone da cui questo modello ha imparato non sono qui."
REGIONS = "Punti sopra il limite"
REGION = "{area} dell'immagine; {x} da sinistra, {y} dall'alto"
REGIONS_INFO = "I punti hanno un limite proprio, più basso o più alto di quello dell'intera immagine."
NO_REGIONS = "Nessun punto è sopra il limite."
LEGEND_FOUND, LEGEND_TRUTH = "trovato dal modello", "difetto noto (verità)"
LEGEND_CALM, LEGEND_LIMIT, LEGEND_HIGH = "normale", "limite", "due volte il limite o più"
TRAINING_OFF = "L'addestramento è disattivato su questo server. Per addestrare, avviare l'applicazione sul proprio computer."
