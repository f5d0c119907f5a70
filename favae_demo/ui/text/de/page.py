"""Texts of the page as a whole, of the lists of models and images, and of the Detect tab."""

from favae_demo.data.io.formats import KINDS
from favae_demo.ui.text.en.page import OPTIONAL_VARIANTS as OPTIONAL_VARIANTS
from favae_demo.ui.text.en.page import TITLE as TITLE
from favae_demo.ui.text.en.page import VARIANTS as VARIANTS

# The page
INTRO = "Zeigt, wo ein Teil anders aussieht als Gutteile, nachdem es nur aus Bildern von **Gutteilen** gelernt hat."
HOW_STEPS = {
    "whole": "Ein Bild wird als Gutteil nachgebildet; Bild und nachgebildetes Bild werden verglichen, in Pixeln und in Merkmalen; die Unterschiede bilden die Abweichungskarte; über der Grenze sind sie ein Fehler.",
    "picture": "1 · das Bild",
    "code": "2 · kurzer Code, und zurück (VAE)",
    "rebuilt": "3 · als gut nachgebildet",
    "differ": "4 · wo sie abweichen",
    "features": "in Pixeln und in Merkmalen",
    "limit": "Grenze",
    "verdict": "5 · das Urteil",
}
HOW_TITLE = "So funktioniert es"
HOW = """
1. Ein kleines Netz, der **Autoencoder** (VAE), übt, Bilder von Gutteilen aus einem kurzen Code nachzubilden.
2. Ein zweites, fertiges Netz (etwa **EfficientNet** oder **VGG16**, mit Alltagsfotos trainiert) beschreibt jedes Bild durch seine Formen
   und Oberflächen; das erste Netz lernt, auch diese Beschreibung nachzubilden.
3. Ein neues Bild wird genauso nachgebildet. Wo das nachgebildete Bild oder seine Beschreibung abweicht, leuchtet die **Abweichungskarte** auf.
4. Bilder von Gutteilen, vor allem solche, die beim Training zurückgelegt wurden, sagen, wie viel Abweichung normal ist: Das legt die **Grenze** fest.
5. Ein Wert über der Grenze bedeutet **Fehler**; wie viele Fehlalarme annehmbar sind, lässt sich wählen.

Zu einer Art von Teil wird das genaueste Modell zuerst gezeigt, und unter *Trainieren* empfohlen: **VAE + EfficientNet-Lite0 (erweitert)**. Es merkt sich
auch Ausschnitte von Gutteilen und vergleicht mit den ähnlichsten.
"""
LANGUAGE = "Sprache"
FAILED = "Das hat nicht geklappt"
NOT_UNDERSTOOD = "Was gesandt wurde, passt nicht. Bitte die Seite neu laden; Programme finden am Fuß hinter „Über API verwenden“, was ein Aufruf annimmt."
NO_CHOICE = "Was gewählt wurde, steht nicht oder nicht mehr zur Wahl. Bitte neu wählen; fehlt es in der Liste, die Seite neu laden."
FAULT = "Das ist ein Fehler des Programms: Was geschah, steht im Protokoll des Servers. Bitte noch einmal versuchen oder den Fehler melden."
TABS = {
    "detect": "Prüfen",
    "train": "Trainieren",
    "compare": "Vergleichen",
    "results": "Ergebnisse",
    "batch": "Stapel",
    "live": "Live",
    "history": "Verlauf",
    "draw": "Fehler malen",
    "data": "Daten",
}
NOT_HERE = {
    "category": "Eine Teileart namens '{name}' gibt es hier nicht; eine andere wird gezeigt.",
    "model": "Ein Modell namens '{name}' gibt es hier für diese Teileart nicht; ein anderes wird gezeigt.",
    "image": "Ein Bild namens '{name}' gibt es hier für diese Teileart nicht; ein anderes wird gezeigt.",
}
LICENCES_TITLE = "Lizenzen und Danksagungen"
LICENCES = """
- **Diese Anwendung**: Apache-2.0. **Erzeugte Beispielteile**: CC0, frei für jede Verwendung.
- **MVTec AD** (Bergmann, Fauser, Sattlegger, Steger: CVPR 2019), © MVTec Software GmbH: CC BY-NC-SA 4.0. Die Bilder, und die damit
  trainierten Modelle, sind **nur für nichtkommerzielle Zwecke**.
- **Gewichte von VGG16 und VGG19**: K. Simonyan und A. Zisserman, Visual Geometry Group, Universität Oxford, CC BY 4.0.
- **Gewichte von EfficientNet-Lite0**: Google (TensorFlow-TPU-Modelle) und R. Wightman, Apache-2.0.
- **Gewichte von ResNet-18, Wide ResNet-50-2 und EfficientNet-B0**: torchvision, BSD-3-Clause; EfficientNet-B0 ursprünglich von R. Wightman (timm, Apache-2.0).
- **Verfahren**: D. Dehaene und P. Eline, arXiv 2008.05369 (2020), wie im Projektbericht *Feature Augmented VAE for Anomaly Detection and
  Localization on MVTec* (Verona 2024).
- **Bibliotheken**: PyTorch und torchvision (BSD-3-Clause), Gradio (Apache-2.0), NumPy, scikit-learn, h5py und Jinja (BSD-3-Clause), Pillow (MIT-CMU),
  OpenCV (Apache-2.0), Matplotlib (Matplotlib-Lizenz), safetensors (Apache-2.0), platformdirs und filelock (MIT), tqdm (MPL-2.0 und MIT).
"""
PRESENT = "Präsentation"
COPY_LINK = "Link kopieren"
COPY_PICTURE = "Ergebnis kopieren"
SAID = {  # of something that is copied
    "link": "Kopiert: die Adresse dessen, was hier gezeigt wird.",
    "no_link": "Dieser Browser lässt Seiten nicht kopieren. Bitte die Adresse aus der Adresszeile kopieren: Sie nennt, was gezeigt wird.",
    "picture": "Kopiert: das Bild, zum Einfügen in eine Nachricht oder ein Dokument.",
    "no_picture": "Dieser Browser lässt diese Seite keine Bilder kopieren: Dazu braucht es https, oder die Anwendung auf diesem Computer. Bitte das Bild stattdessen speichern.",
    "nothing": "Noch ist kein Bild zum Kopieren da.",
    "remove": "{model} herausnehmen",
    "more_files": "Weitere Dateien wählen",
}
LEAVE_PRESENT = "Präsentation verlassen (Esc)"
STATUS = "{device} · {model} · letztes Bild {milliseconds:.0f} ms"

# Models and pictures
PRESETS = {
    "instant": "Sofort (eine erste Antwort in Sekunden)",
    "quick": "Schnell (wenige Minuten)",
    "extended": "Erweitert (empfohlen: am genauesten; ein, zwei Minuten)",
    "paper": "Wie im Bericht (Stunden bis Tage ohne Grafikkarte)",
    "ae": "Autoencoder, zum Vergleich (Minuten)",
    "ae-ssim": "Autoencoder mit SSIM, zum Vergleich (Minuten)",
    "deep-svdd": "Deep SVDD, zum Vergleich (Minuten)",
    "anogan": "f-AnoGAN, zum Vergleich (Minuten)",
    "dagmm": "DAGMM, zum Vergleich (Minuten)",
    "padim": "PaDiM, zum Vergleich (eine halbe Minute)",
    "patchcore": "PatchCore, zum Vergleich (eine Minute)",
}
PRESET_NAMES = {  # in names of models and trainings
    "instant": "sofort",
    "quick": "schnell",
    "extended": "erweitert",
    "paper": "wie im Bericht",
    "custom": "eigene Einstellungen",
}
MAPS = {
    "combined": "Alle zusammen",
    "pixels": "Pixel",
    "layer1": "Feine Merkmale",
    "layer2": "Mittlere Merkmale",
    "layer3": "Grobe Merkmale",
    "memory": "Anders als jede gute Stelle",
    "places": "Anders als Gutteile an dieser Stelle",
    "ssim": "Struktur",
    "sphere": "Weit weg von dem, was gut ist",
    "critic": "Merkmale des Diskriminators",
    "rebuilt": "Merkmale",
    "energy": "Selten unter guten Stellen",
}
NO_DATA = (
    "**Noch keine Bilder.** Kategorien im MVTec-Aufbau in `{folder}` ablegen, oder `FAVAE_DATA_DIR` setzen, und diese Seite neu laden. "
    "Ein Bild lässt sich trotzdem hochladen, sobald ein Modell da ist."
)
MODEL_ONLY = "**{title}** · ein Modell ist da, aber keine Bilder in {folder}."
VERSION = "Version {number}"
STOPPED_AFTER = "nach {steps} Schritten angehalten"
FIGURES = {"pixel_auroc": "Pixel", "image_auroc": "Bild"}
NO_MODEL = "Hier gibt es noch kein trainiertes Modell. Im Reiter Trainieren entsteht eines."
CHOOSE_PICTURE = "Bitte zuerst ein Bild aus der Galerie wählen oder eines hochladen."
NO_PICTURES_HERE = "Hier gibt es keine Testbilder dieser Kategorie; bitte ein eigenes Bild hochladen."
VERDICTS = {"defect": ("Fehler", "⚠"), "good": ("Gutteil", "✓"), "not judged": ("Nicht beurteilt", "?")}
OUTCOMES = {  # (has a defect, verdict): sign, word
    (True, "defect"): ("✓", "richtig"),
    (False, "good"): ("✓", "richtig"),
    (True, "good"): ("✗", "Fehler übersehen"),
    (False, "defect"): ("✗", "Fehlalarm"),
}
GAUGE_LIMIT = "Grenze"
NO_TRUTH = "Eigenes Bild: Das wahre Ergebnis ist nicht bekannt."
NO_TRUTH_OF_MANY = "Eigenes Bild {number} von {count}: Das wahre Ergebnis ist nicht bekannt."
UNSUPPORTED = "Grenze nicht gesichert"
UNSUPPORTED_INFO = "Zu wenige gute Bilder legen diese Grenze für die gewählte Fehlalarmrate fest: Wie viele Gutteile sie Fehler nennt, ist nicht bekannt."

# Teacher weights
FETCH_LABEL = "Laden der Gewichte"
FETCH_CANCEL, FETCH_RETRY = "Laden abbrechen", "Noch einmal versuchen"
FETCH_MEANWHILE = "Inzwischen zeigt {model}, was es sieht."

# Choosing a picture
TEST_PICTURES, OWN_PICTURE = "Testbilder", "Eigene Bilder"
KIND_LABEL, KIND_INFO = "Anzeigen", "Gutteile, oder eine Fehlerart"
HELD_OUT_INFO = "Noch keine Testbilder: Diese Gutteile wurden beim Lernen zurückgelegt"
OWN_PICTURE_LABEL, CAPTURE = "Hochladen", "Aufnehmen oder einfügen"
OWN_PICTURE_INFO = f"{KINDS.replace(' or ', ' oder ')}. Dieselbe Teileart, so gesehen wie die Bilder, aus denen das Modell gelernt hat. Von mehreren zeigen Voriges und Nächstes eines nach dem anderen."

# Detect
LOADING = "Einen Moment: Das erste Bild wird beurteilt …"
JUDGING = "Einen Moment: Dieses große Bild wird beurteilt …"
DRAWING = "Beispielteile werden vorbereitet (nur beim ersten Start): {done} von {count} …"
CATEGORY, CATEGORY_INFO = "Teileart", "Mit der Herkunft der Bilder"
MODEL = "Modell"
MODEL_INFO = (
    "Mit seiner AUROC je Pixel und je Bild, gemessen an den Testbildern: 1 ist perfekt, 0.5 ist geraten"
)
PANES = {"picture": "Bild", "result": "Ergebnis", "rebuilt": "Als gut nachgebildet", "errors": "Abweichungskarte"}  # fmt: skip
NOT_REBUILT = "{model} bildet keine Bilder nach: Es misst, wie weit jede Stelle von Gutteilen entfernt ist."
ZOOM, ZOOM_IN, ZOOM_OUT, ZOOM_WHOLE = "Zoom der Bilder", "Vergrößern", "Verkleinern", "Ganzes Bild"
ZOOM_HINT = "Doppelklick, zwei Finger oder Strg + Mausrad. Tasten: + − 0 und Pfeile."
PREVIOUS, NEXT, SAVE = "◀ Voriges", "Nächstes ▶", "Ergebnis speichern"
SLIDER = "Linie ziehen: Bild | Wärmekarte"
RATE = "Empfindlichkeit in\u00a0%"
RATE_INFO = "Erlaubte Fehlalarme unter 100 Gutteilen. ▲\u00a0empfohlen: 5"
OPACITY, OPACITY_INFO = "Stärke in\u00a0%", "Der Wärmekarte; 0 zeigt nur das Bild"
MAP, MAP_INFO = "Abweichungskarte für", "Alle Abweichungen zusammen, oder eine Art"
COLOURS, COLOURS_INFO = "Farben", "Dunkel = normal"
MASK, MASK_INFO = "Hintergrund ignorieren", "Unterschiede außerhalb des Teils zählen nicht"
MASKS = {"trained": "Wie beim Training", "yes": "Ja", "no": "Nein"}
SIMILAR = "Das ähnlichste Gutteil zeigen"
SIMILAR_TITLE = "Das ähnlichste Gutteil"
SIMILAR_NOTE = "Von denen, aus denen das Modell gelernt hat, als Ganzes. Bitte vergleichen, was anders ist."
NO_SIMILAR = "Die guten Bilder, aus denen dieses Modell gelernt hat, sind nicht hier."
REGIONS = "Stellen über der Grenze"
REGION = "{area} des Bildes; {x} von links, {y} von oben"
REGIONS_INFO = "Stellen haben eine eigene Grenze, niedriger oder höher als die des ganzen Bildes."
NO_REGIONS = "Keine Stelle liegt über der Grenze."
LEGEND_FOUND, LEGEND_TRUTH = "vom Modell gefunden", "bekannter Fehler (Wahrheit)"
LEGEND_CALM, LEGEND_LIMIT, LEGEND_HIGH = "normal", "Grenze", "doppelte Grenze oder mehr"
TRAINING_OFF = "Das Training ist auf diesem Server abgeschaltet. Zum Trainieren bitte die Anwendung auf dem eigenen Computer starten."
