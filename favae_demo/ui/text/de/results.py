"""Texts of the Results tab."""

from favae_demo.ui.text.en.results import STAR as STAR
from favae_demo.ui.text.en.results import UNKNOWN as UNKNOWN
from favae_demo.ui.text.en.results import N as N

INTRO = "Wie gut ist ein Modell? Gemessen an allen Testbildern einer Teileart, neben dem Projektbericht und veröffentlichten Verfahren."
CATEGORY_INFO = "An ihren Testbildern werden die Modelle gemessen"
MODEL_INFO = "Die Kurven und Zahlen unten gehören zu diesem Modell"
ABOUT = "**{count} Testbilder**: {good} gut, {defect} mit Fehler. {notes}"
NO_TESTS = "Hier gibt es keine Testbilder dieser Teileart, also lässt sich nichts messen. Im Reiter Daten lassen sich welche hinzufügen."
NO_MODEL = "Für diese Teileart ist noch kein Modell trainiert, also gibt es nichts zu messen. Im Reiter Trainieren entsteht eines."
NO_MASKS = "Kein Testbild hat eine Maske, die sagt, wo sein Fehler ist; daher gibt es keine Kennzahlen und Kurven je Pixel."
SOME_MASKS = "Kennzahlen je Pixel lassen {pictures} mit Fehler, aber ohne Maske dafür, aus."
FEW_GOOD = "Zu wenige gute Testbilder ({good}) für Kennzahlen und Kurven je Bild; sie sind ausgelassen."
NO_DEFECTS = (
    "Es gibt keine Testbilder mit Fehler, also lässt sich nicht sagen, was gefunden wird: nur Fehlalarme."
)
MEASURE = "{models} auf allen {count} Testbildern messen"
MODELS = "{count} Modelle"
STOP = "Messung anhalten"
STOPPING = "Wird angehalten …"

FIGURES = "Kennzahlen"
FIGURES_CAPTION = (
    "Pixel-AUROC wie in Tabelle 6.1 des Berichts, und was hier sonst gemessen wird; 1 ist perfekt."
)
FIGURES_PLAIN = "Was hier gemessen wird; 1 ist perfekt. Veröffentlichte Werte gibt es nur für MVTec AD."
HEADS = {
    "pixel_auroc": ("Pixel-AUROC", "zeigt auf die richtige Stelle"),
    "report": ("im Bericht", "Pixel-AUROC, zitiert"),
    "image_auroc": ("Bild-AUROC", "trennt gut von Fehler"),
    "aupro": ("AUPRO", "deckt jeden Fehler ab"),
    "pixel_ap": ("Pixel-AP", "markiert wenig anderes"),
    "f1_max": ("Bestes F1", "nutzt die Testangaben"),
    "rank": ("Rang", "nach Bild-AUROC"),
    "seconds": ("Training", "Sekunden"),
    "milliseconds": ("Ein Bild", "Millisekunden"),
    "megabytes": ("Datei", "MB"),
    "n": ("Bilder", "gut / Fehler"),
}
MODEL_HEAD = "Modell"
TOLD = "* Wie bei der Entstehung des Modells gemessen. Seine Kurven, Zahlen und Bilder gibt es, sobald es hier gemessen ist."
NOT_MEASURED = "noch nicht gemessen"
NO_SUCH_MODEL = "kein Modell hier"
PARTIAL = "Nur ein Teil der Bilder dieser Kategorie ist hier, also beruhen die Kennzahlen hier und die veröffentlichten nicht auf denselben Bildern."
PEERS = "Veröffentlichte Verfahren für diese Kategorie"
PEERS_CAPTION = "Zitiert, nicht hier gemessen, und nicht unter gleichen Bedingungen: Diese Verfahren sehen größere Bilder (unsere: {size}×{size})."
PEER_HEADS = ("Verfahren", "Pixel-AUROC", "Bild-AUROC", "AUPRO", "Bildgröße", "Quelle")
SIZE_UNKNOWN = "nicht angegeben"

OVER_ALL = "Alle Teilearten zusammen"
OVER_ALL_CAPTION = (
    "Mittlere Ränge des neuesten Modells jeder Art, wie bei seiner Entstehung gemessen, über die {count} Teilearten, die alle diese haben. Modelle für nur "
    "eine Teileart sind ausgelassen."
)
OVER_ALL_HEADS = (
    "Modell",
    ("Bild-AUROC", "mittlerer Rang"),
    ("Bild-AUROC", "Mittel"),
    ("Pixel-AUROC", "mittlerer Rang"),
    ("Pixel-AUROC", "Mittel"),
)

LIMIT = "Wo liegt die Grenze?"
RATE = "Empfindlichkeit: Fehlalarmrate in %"
RATE_INFO = "Erlaubte Fehlalarme unter 100 Gutteilen. Legt die Grenze aus den Werten guter Bilder fest. ▲ empfohlen: 5"
BY_HAND = "Oder die Grenze selbst setzen"
BY_HAND_INFO = (
    "Als Vielfaches der empfohlenen Grenze. Ein Bild, dessen Wert darüber liegt, wird Fehler genannt"
)
ABOUT_CURVES = (
    "Je näher eine ROC-Kurve der Ecke oben links kommt, und die andere der Ecke oben rechts, desto besser."
)
BACK = "Grenze der Fehlalarmrate"
BEST_F1 = "Grenze des besten F1 (nutzt die Testangaben)"
OF_RATE = (
    "<b>Grenze: {limit} × die empfohlene</b>, aus {count} guten Bildern bei einer Fehlalarmrate von {rate} %."
)
OF_HAND = "<b>Grenze: {limit} × die empfohlene</b>, von Hand gesetzt: {above} von {count} guten Bildern liegen darüber ({share})."
OF_F1 = "<b>Grenze: {limit} × die empfohlene</b>, bei der F1 auf genau diesen Testbildern am besten ist: Sie nutzt die Testangaben, ist also eine Schranke, keine Einstellung."
TOO_FEW = " Das sind zu wenige für diese Rate, daher ist es ihr höchster Wert mit einem Zuschlag; mindestens {missing} weitere sind nötig."
OUTCOME = "{found} von {defects} Fehlern gefunden; Fehlalarme: {alarms} von {goods} Gutteilen."
NOT_JUDGED = " Nicht beurteilt: {count}, weil sie als Ganzes anders als die Gutteile sind."
CELLS = {
    "found": "✓ {n} gefunden\nFehler, Fehler genannt",
    "missed": "✗ {n} übersehen\nFehler, gut genannt",
    "alarms": "✗ {n} Fehlalarme\ngut, Fehler genannt",
    "passed": "✓ {n} bestanden\ngut, gut genannt",
}
MATRIX = "Richtige und falsche Urteile: Eines drücken, um seine Bilder zu sehen"
KINDS = "Nach Fehlerart, bei dieser Grenze"
GOOD_PARTS = "Gutteile"
KIND_HEADS = (
    "Art",
    "Bilder",
    "Fehler genannt",
    "Gut genannt",
    "Nicht beurteilt",
    "Mittel, × Grenze",
    "Niedrigster – höchster, × Grenze",
)

CHARTS = "Kurven"
CHART_TITLES = {
    "histogram": "Werte guter und fehlerhafter Bilder",
    "image_roc": "ROC je Bild",
    "pixel_roc": "ROC je Pixel",
    "image_pr": "Genauigkeit und Trefferquote je Bild",
    "pixel_pr": "Genauigkeit und Trefferquote je Pixel",
}
CHART_WORDS = {
    "false_alarms": "Fehlalarme (Anteil der guten)",
    "found": "Gefunden (Anteil der Fehler)",
    "recall": "Gefunden (Trefferquote)",
    "precision": "Richtige Alarme (Genauigkeit)",
    "good": "Gut",
    "defect": "Fehler",
    "score": "Wert, × empfohlene Grenze",
    "pictures": "Bilder",
    "limit": "Grenze",
    "in_use": "Geltende Grenze",
    "limits_in_use": "Geltende Grenzen",
    "empty": "Noch keine Werte",
}
CHART_NOTES = {
    "histogram": "Gestrichelte Linie: die Grenze.",
    "image_roc": "Ring: die Grenze. {x} Fehlalarme, {y} der Fehler gefunden.",
    "pixel_roc": "Ring: die Grenze für Stellen bei einer Fehlalarmrate von {rate} %. {x} der guten Pixel markiert, {y} der Fehlerpixel.",
    "image_pr": "Ring: die Grenze. {x} der Fehler gefunden, {y} der Alarme richtig.",
    "pixel_pr": "",
}
CHART_ALT = {
    "histogram": "Histogramm der Werte von {good} guten und {defect} fehlerhaften Bildern.",
    "curve": "{title}: Fläche unter der Kurve {area:.3f}.",
}
NO_CHART = "{title}: Es gibt keine Kurve. {reason}"
SAVE = {"png": "PNG speichern", "svg": "SVG speichern", "copy": "Kopieren"}
SAVE_ALL = "Alle Diagramme speichern (ZIP: SVG, PNG und ihre Daten als CSV)"
NOT_MEASURED_YET = "Dieses Modell ist noch nicht gemessen, also gibt es keine Diagramme. Bitte oben den Knopf drücken, der es misst."

PICTURES = "Bilder"
SHOWN = {
    "found": "Gefundene Fehler",
    "missed": "Übersehene Fehler",
    "alarms": "Fehlalarme",
    "passed": "Gutteile, die bestehen",
}
SHOWN_COUNT = "**{title}**: {count}. Ein Klick auf eines öffnet es in Prüfen."
SHOWN_NONE = "**{title}**: keine bei dieser Grenze."
BEST, WORST = "Klarste richtige Urteile", "Schlimmste Irrtümer"
BEST_INFO = "Am weitesten von der Grenze, auf der richtigen Seite"
WORST_INFO = "Am weitesten von der Grenze, auf der falschen Seite"
NO_WORST = "Bei dieser Grenze ist jedes Urteil richtig."
PICTURE = "{name}: {score}"
