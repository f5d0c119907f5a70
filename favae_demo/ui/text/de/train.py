"""Texts of the Train tab."""

from favae_demo.ui.text.en.train import CUSTOM as CUSTOM

# Train: the steps
WHAT, WHICH, HOW_LONG = (
    "## 1 · Worauf trainieren",
    "## 2 · Welche Art von Modell",
    "## 3 · Wie lange",
)
CATEGORY_INFO = "Nur Bilder ihrer Gutteile werden zum Trainieren verwendet"
VARIANT, VARIANT_INFO = (
    "Art des Modells",
    "Mit einem Hilfsnetz lernt es auch Formen und Oberflächen, und findet weit mehr",
)
VARIANTS = {
    "none": "VAE: nur Pixel, am schnellsten",
    "vgg16": "VAE + VGG16: wie im Bericht",
    "vgg19": "VAE + VGG19: ein tieferes Hilfsnetz, etwas langsamer",
    "efficientnet-lite0": "VAE + EfficientNet-Lite0: empfohlen; ein leichtes Hilfsnetz, nichts herunterzuladen",
    "efficientnet-b0": "VAE + EfficientNet-B0: auch leicht, lädt aber seine Gewichte herunter (21 MB)",
    "resnet18": "VAE + ResNet-18: ein weit verbreitetes Hilfsnetz, schneller als VGG (lädt 47 MB)",
    "wide-resnet50-2": "VAE + Wide ResNet-50-2: das größte Hilfsnetz, langsamer als VGG (lädt 138 MB)",
}
PRESET = "Rezept"
PRESET_INFO = (
    "Sofort gibt in Sekunden eine erste Antwort. Erweitert findet am meisten; beide sind für EfficientNet-Lite0 gemacht. Schnell passt zu den anderen Arten. Jedes "
    "längere Training beginnt mit einem Sofort-Modell, damit Prüfen inzwischen arbeitet"
)
CUSTOM_TITLE = "Eigenes: meine Einstellungen, unten"
SEED, SEED_INFO = (
    "Startwert",
    "Anfang aller Zufallszahlen: Derselbe Startwert ergibt dasselbe Modell",
)
SETTINGS = "Alle Einstellungen"
SETTINGS_NOTE = "Was das gewählte Rezept tut. Sobald sich etwas ändert, wird das Rezept *Eigenes*; ein anderes Rezept führt zurück."
SETTINGS_LOCKED = "Was das gewählte Rezept tut. Auf diesem Server lassen sich die Einstellungen nicht ändern."
START = "Training starten"
LIMITED = "Dieser Server erlaubt nur das schnelle Rezept. Für die anderen bitte die Anwendung auf dem eigenen Computer starten."
NO_CATEGORY = "Bitte zuerst wählen, worauf trainiert werden soll."
NO_PICTURES = "Hier gibt es keine Bilder, auf denen sich trainieren lässt."
FEW = "Nur {count} Gutteile: Die Ergebnisse werden unzuverlässig. Bitte 20 oder mehr verwenden."

# Train: what the model will see
TAB_PREVIEW, TAB_RUN = "Woraus es lernt", "Das Training"
SAMPLES = "Gutteile, aus denen es lernt"
SAMPLE = "Gutteil {number}"
LOOKED_AT = "Das Netz sieht {width}×{height} Pixel an{how}{time}."
UPRIGHT, TEXTURE = ", mit aufgerichteten Teilen", ", als gleichmäßige Oberfläche"
LOOKS_LONG = ": etwa {milliseconds} ms je Bild auf zwei Kernen"
VIEWS = "Wie jedes Bild variiert wird"
VIEWS_NOTE = (
    "Teile liegen jedes Mal ein wenig anders. Damit das nicht Fehler genannt wird, übt das Modell an "
    "leicht veränderten Kopien (Augmentation)."
)
VIEWS_NONE = "Mit diesen Einstellungen wird jedes Bild verwendet, wie es ist, unverändert."
VIEW_ORIGINAL, VIEW = "wie das Modell es sieht", "variierte Kopie {number}"
KINDS_TITLE = "Jede Art der Variation für sich"
KINDS_NOTE = "In größter Stärke. Die Kopien oben mischen sie."
KINDS = {
    "rotation": "gedreht",
    "crop": "beschnitten",
    "hflip": "links und rechts gespiegelt",
    "vflip": "oben und unten gespiegelt",
    "elastic": "Verbiegung",
    "colour": "Farbe",
    "noise": "Rauschen",
}
CHANGES_TITLE = "Änderungen, die kein Fehler sind"
CHANGES_NOTE = "In größter Stärke. So viel dürfen sich Licht und Kamera ändern; das Modell lernt, wie seine Abweichungen damit schwanken."
CHANGES = {
    "light": "Licht",
    "white_balance": "Weißabgleich",
    "blur": "Unschärfe",
    "noise": "Rauschen",
    "compression": "JPEG-Kompression",
}
KIND_SHARE = "{share} der Kopien"
KINDS_HELD = "Achtung: Ein Rezept für diese Kategorie würde '{kinds}' auslassen, damit das Modell nicht lernt, einen Fehler zu übersehen."
MASK = "Was als Hintergrund zählt"
MASK_NOTE = "Gestreift: als Hintergrund gesehen (Hintergrundmaske)."
MASK_KIND_NONE = "Dieses Rezept sucht keinen Hintergrund: Das ganze Bild zählt."
MASK_USES = {
    (False, False): "Nur zur Kenntnis: Dieses Rezept zählt das ganze Bild, den Hintergrund eingeschlossen.",
    (True, False): "Das Training ignoriert die gestreifte Fläche; das Urteil zählt sie.",
    (False, True): "Das Urteil ignoriert die gestreifte Fläche; das Training zählt sie.",
    (True, True): "Training und Urteil ignorieren die gestreifte Fläche.",
}
MASK_SHARE = "{share} Hintergrund"

# Train: while it runs
STATES = {
    "running": ("▶", "läuft"),
    "stopping": ("■", "hält an"),
    "stopped": ("■", "angehalten"),
    "finished": ("✓", "fertig"),
    "failed": ("✕", "fehlgeschlagen"),
    "interrupted": ("❙❙", "unterbrochen"),
}
SEARCH, SEARCH_EXAMPLE = "Einstellungen durchsuchen", "zum Beispiel: Drehung"
NOTHING_FOUND = "Keine Einstellung enthält diese Wörter."
RUNS, RUNS_INFO = "Trainings", "Eines wählen, um es zu zeigen; das neueste steht oben"
NAME, NAME_INFO, RENAME = (
    "Bezeichnung",
    "Wie dieses Training in der Liste heißt, etwa: neue Lampe, 2. Versuch",
    "Bezeichnung speichern",
)
PROGRESS = "Fortschritt des Trainings"
SPOKEN = "Training {state}, {percent} % fertig."
STOP, RESUME, DELETE = "Anhalten und bestes Modell behalten", "Training fortsetzen", "Löschen"
COMPARED, COMPARED_INFO = (
    "Verfahren zum Vergleichen",
    "Auch PaDiM, PatchCore, Autoencoder, Deep SVDD, f-AnoGAN und DAGMM sind Rezepte",
)
BUSY = "Ein anderes Training läuft: {name}. Bitte anhalten, oder warten, bis es fertig ist; dann dieses fortsetzen."
ENDING = "Dieses Training endet gerade noch: Sein bestes Modell wird gemessen. Bitte gleich noch einmal fortsetzen."
ALREADY = "Ein Training läuft schon; es wird hier gezeigt. Bitte zuerst anhalten, um ein anderes zu starten."
ELSEWHERE = "Ein anderes Training läuft: {name}. In der Liste der Trainings wählen, um ihm zuzusehen."
NOT_YOURS = "Ein anderer Besucher hat dieses Training gestartet; auf diesem Server kann nur er es anhalten oder fortsetzen."
KEPT = "Auf diesem Server lassen sich Trainings nicht löschen."
STOPPED = "Das Training endet nach diesem Schritt; das bisher beste Modell bleibt erhalten."
ASK_DELETE = "**{name}** mit seinem Modell löschen? Das lässt sich nicht rückgängig machen."
DELETE_YES, DELETE_NO = "Ja, löschen", "Nein, behalten"
FACTS = {
    "round": "Durchgang",
    "best": "Niedrigste Prüfabweichung",
    "pictures": "Bilder",
    "time": "Zeit bisher",
    "first": "Erstes Modell",
}
FACT_ROUND = "{epoch} ({step} von {total} Schritten)"
FACT_BEST = "{value} (Durchgang {epoch})"
FACT_FIRST = "fertig nach {seconds}; es dient in Prüfen, bis dieses Training fertig ist"
FACT_PICTURES = "{train} zum Lernen, {held_out} zurückgelegt"
PLOTS = {
    "total": "Abweichung insgesamt",
    "terms": "Nach Art, Training",
    "held_out": "Nach Art, zurückgelegt",
}
PLOT_NOTE = (
    "Auf ein Diagramm zeigen, um seine Werte zu lesen. Fallende Kurven heißen, dass es lernt. Steigt die Kurve der *zurückgelegten* Bilder, während die des *Trainings* fällt, lernt es nur "
    "auswendig (Overfitting); behalten wird das Modell mit der niedrigsten Prüfabweichung. Arten der Abweichung: *Pixel*; *feine*, *mittlere* "
    "und *grobe* Merkmale des Hilfsnetzes; *Code*, wie geordnet der kurze Code ist (KL)."
)
PLOT_ALT = "{title}. Letzte Werte: {last}."
PLOT_SAVE = {"png": "PNG speichern", "svg": "SVG speichern", "copy": "Kopieren", "csv": "CSV speichern"}
STEP, ERROR = "Schritt", "Abweichung je Bild"
SMOOTHING, SMOOTHING_INFO = "Glättung", "Der dicken Linien; die dünnen sind die Werte"
SMOOTHINGS = {"none": "Keine", "light": "Leicht", "strong": "Stark"}
LOG, LOG_INFO = (
    "Logarithmische Skala",
    "Große und kleine Abweichungen passen in ein Diagramm: Jede Linie höher ist ein Vielfaches",
)
SERIES = {
    "training": "Training",
    "held_out": "zurückgelegte Gutteile",
    "other_training": "anderes, Training",
    "other_held_out": "anderes, zurückgelegt",
    "pixels": "Pixel",
    "layer1": "fein",
    "layer2": "mittel",
    "layer3": "grob",
    "sphere": "Abstand",
    "rebuilt": "Merkmale",
    "critic": "Merkmale des Diskriminators",
    "kl": "Code",
}
BESIDE, BESIDE_INFO = (
    "Mit einem anderen Training vergleichen",
    "Seine Kurven werden mit diesen in ein Diagramm gezeichnet, und die Kennzahlen beider stehen in einer Tabelle",
)
ALONE = "Keines"
BOTH, BOTH_FIGURES = "Abweichung insgesamt, beider Trainings", "Beide Trainings"
REBUILT = "Wie gut es nachbildet: {kind}"
REBUILT_NOTE = "Obere Reihe: die Fotos. Darunter: was das Modell daraus macht, Durchgang für Durchgang."
REBUILT_ORIGINAL, REBUILT_ROUND = "Fotos", "nach Durchgang {epoch}"

# Train: when it is done
FIGURES = "Wie gut es ist"
FIGURES_ON = "Gemessen an {n_good} Gutteilen und {n_defect} Teilen mit Fehler, die es nie gesehen hat."
NO_FIGURES = "Es gibt keine Testbilder, an denen sich messen ließe."
NOT_MEASURED = "Das Modell wurde nicht an den Testbildern gemessen: Das Training wurde ohne Messung gestartet. Im Reiter Ergebnisse lässt sie sich nachholen."
METRICS = {
    "image_auroc": ("Trennt Gutteile von fehlerhaften", "Bild-AUROC: 1 ist perfekt, 0.5 ist geraten"),
    "pixel_auroc": ("Zeigt auf die richtige Stelle", "Pixel-AUROC: 1 ist perfekt, 0.5 ist geraten"),
    "aupro": ("Deckt jeden Fehler ganz ab", "AUPRO: 1 ist perfekt"),
    "pixel_ap": ("Markiert wenig anderes", "Pixel-AP: 1 ist perfekt; kleine Fehler machen es schwer"),
    "f1_max": (
        "Bestes Verhältnis von Funden und Fehlalarmen",
        "Bestes F1: 1 ist perfekt; seine Grenze wurde mit den Testangaben gewählt",
    ),
}
UNKNOWN = "nicht bekannt"
EXAMPLES = "Beispielurteile"
EXAMPLES_NOTE = "Auf Testbildern, bei einer Fehlalarmrate von {rate}. Durchgezogene Linie: gefunden; gestrichelte Linie: bekannter Fehler."
VERDICTS = {"good": "✓ Gutteil", "defect": "⚠ Fehler", "not judged": "? Nicht beurteilt"}
RIGHT, WRONG = "richtig: Es ist {kind}", "falsch: Es ist {kind}"
KIND_GOOD, KIND_DEFECT = "ein Gutteil", "ein Fehler ({kind})"
OPEN, DOWNLOAD = "In Prüfen öffnen", "Modell herunterladen"
OPEN_FIRST = "Das erste Modell in Prüfen öffnen"

# Train: suspicious good pictures
LOOK = "Unter den guten Bildern nach auffälligen suchen"
LOOK_NOTHING = "{count} gute Bilder wurden angesehen: Keines fällt auf."
SUSPECTS = "Bitte ansehen ({count}): Sind sie gut?"
SUSPECTS_NOTE = "Sie fallen unter den guten Bildern auf. Ein Teil mit einem Fehler, das als gut gelernt wird, lehrt das Modell, solche Fehler zu übersehen."
SUSPECTS_ASIDE = "{count} davon stehen so weit heraus, dass sie für die Grenze nicht zählen."
NOT_COUNTED = "zählt nicht für die Grenze"
LEAVE_OUT, LEAVE_OUT_INFO = "Diese auslassen", "Das Training sieht sie nicht; ihre Dateien bleiben"
AGAIN = "Auslassen und neu trainieren"
NOTHING_CHOSEN = "Bitte zuerst die Bilder wählen, die ausgelassen werden sollen."
