"""Texts of the Compare tab."""

INTRO = "Modelle und ein Bild wählen; jedes Modell beurteilt es der Reihe nach, nebeneinander."
MODELS = "Modelle"
MODELS_INFO = "{fewest} bis {most} für diese Teileart, nebeneinander"
TOO_FEW = "Bitte {fewest} bis {most} Modelle wählen. Bis dahin bleiben die Spalten unten, wie sie sind."
TOO_MANY = "{count} Modelle sind gewählt, und {most} passen nebeneinander: Bitte einige herausnehmen. Bis dahin bleiben die Spalten unten, wie sie sind."
MISSING = "Der Link nennt ein Modell, das es hier nicht gibt: {names}."
MISSING_MANY = "Der Link nennt Modelle, die es hier nicht gibt: {names}."
ONLY_MODEL = (
    "Es gibt nur ein Modell für diese Teileart. Ein weiteres trainieren, um die beiden zu vergleichen."
)
TRAIN = "Ein weiteres Modell trainieren"
NO_MODELS = "Es gibt noch kein Modell für diese Teileart. Zwei trainieren, um sie zu vergleichen, oder eine andere Teileart wählen."
ALL_INFO = "Die gewählten Modelle auf allen {count} Testbildern ({good} gut, {defect} mit Fehler), bei der oben gewählten Fehlalarmrate."
SCALE = (
    "Jede Abweichungskarte ist auf der Skala ihres eigenen Modells gezeichnet: Die Mitte des Farbbalkens ist die Grenze dieses Modells. "
    "So lassen sich Farben, und Werte als Vielfache der Grenze, zwischen den Modellen vergleichen."
)
PICTURE = "Bild"
PANE = "{title}: {pane}"
PANES = {"result": "Ergebnis", "rebuilt": "Nachgebildet", "errors": "Abweichung"}
FACTS = "Pixel-AUROC {pixel} · Bild-AUROC {image}"
WAIT = "Einen Moment: Dieses Modell sieht gerade hin …"
TOOK = "Dauer: {milliseconds:.0f} ms."
ALL = "Alle Testbilder"
NO_TESTS = "Hier gibt es keine Testbilder dieser Teileart, also lässt sich nichts messen."
MEASURE = "{models} auf allen {count} Testbildern messen{time}"
MEASURE_TIME = " (etwa {duration})"
MEASURE_ALL = "Alle Modelle"
MEASURING = "Messen der Modelle"
STEP = "{category}: {title} wird gemessen (Modell {place} von {models}), {done} von {count} Bildern"
LAST_STEP = (
    "{category}: {title} wird gemessen (Modell {place} von {models}), seine Kennzahlen werden berechnet …"
)
MEASURING_STOPPED = (
    "Angehalten. Was bis dahin gemessen war, bleibt erhalten; das Modell in Arbeit wurde nicht fertig."
)
FAILED = "{title} konnte nicht gemessen werden. {reason}"
COUNTS = (
    "{found} von {defects} Fehlern gefunden, {missed} übersehen; Fehlalarme: {alarms} von {goods} Gutteilen."
)
ROC = {"image_roc": "Je Bild", "pixel_roc": "Je Pixel"}
ROC_INFO = (
    "ROC-Kurven: wie viele Fehler gefunden werden (nach oben) bei wie vielen Fehlalarmen (nach rechts). Je näher an der Ecke oben links, "
    "desto besser; die dünne Diagonale ist geraten. Ringe zeigen, wo die Modelle bei der oben gewählten Fehlalarmrate stehen."
)
ROC_ALT = "ROC-Kurven {kind}: {areas}."
NO_ROC = "{kind}: Es gibt keine Kurve. {reason}"
FIGURES_CAPTION = "Kennzahlen auf allen Testbildern: 1 ist perfekt. Fett: das beste der Modelle."
FIGURE = "Kennzahl"
FIGURES = {
    "pixel_auroc": ("Pixel-AUROC", "zeigt auf die richtige Stelle; 0.5 ist geraten"),
    "image_auroc": ("Bild-AUROC", "trennt gute und fehlerhafte Bilder; 0.5 ist geraten"),
    "aupro": ("AUPRO", "deckt jeden Fehler ab, klein oder groß"),
    "pixel_ap": ("Pixel-AP", "markiert wenig anderes; kleine Fehler machen es schwer"),
    "f1_max": (
        "Bestes F1",
        "bestes Verhältnis von Funden und Fehlalarmen; nutzt die Testangaben, ist also eine Schranke, keine Einstellung",
    ),
}
COSTS = {
    "seconds": ("Training", "Sekunden, auf dem Computer, auf dem trainiert wurde"),
    "milliseconds": ("Ein Bild", "Millisekunden, in Gruppen mit PyTorch, auf jenem Computer"),
    "megabytes": ("Datei", "Megabyte"),
}
UNKNOWN = "–"
REASON = "– {figure}: {reason}"
DISAGREE = "Wo sie sich uneinig sind"
DISAGREE_INFO = "{count} von {all} Bildern, bei denen die Urteile verschieden sind. Ein Klick auf eines zeigt es in den Spalten oben."
AGREE = "Bei dieser Fehlalarmrate geben die Modelle auf allen {all} Bildern dasselbe Urteil."
ONE_MODEL = "Um zu sehen, wo Modelle sich uneinig sind, müssen mindestens zwei davon gemessen sein."
CAPTIONS = {
    True: "{name}: gefunden von {alarm}, übersehen von {quiet}",
    False: "{name}: Fehlalarm von {alarm}, richtiges Urteil von {quiet}",
}
