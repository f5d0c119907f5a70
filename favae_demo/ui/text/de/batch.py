"""Texts of the Batch tab."""

from favae_demo.data.io.formats import KINDS

INTRO = (
    "Beurteilt viele Bilder mit einem Modell: Bilder oder ein Archiv ablegen, zusehen, wie sich die Tabelle füllt, die Ergebnisse als CSV oder ZIP behalten. "
    "Es läuft weiter, wenn diese Seite geschlossen wird; mit demselben Browser findet man es innerhalb eines Tages wieder."
)
CATEGORY_INFO = "Alle Bilder sollten diese Teileart zeigen"
MODEL_INFO = "Das Modell, das sie prüft"
FILES = "Bilder, oder ein Archiv mit Bildern"
FILES_INFO = f"{KINDS.replace(' or ', ' oder ')}, und ZIP- und TAR-Archive davon, je bis {{mb}} MB. Was sonst darin ist, wird genannt und ausgelassen."
PATH = "Oder ein Ordner oder Archiv auf diesem Computer"
PATH_INFO = "Zum Beispiel: /home/me/pictures. Geht nur auf dem Computer, auf dem die Anwendung läuft"
START, STOP = "Diese Bilder prüfen", "Anhalten und Ergebnisse behalten"
CHOOSE = "Bitte zuerst Bilder oder ein Archiv wählen, oder einen Ordner nennen."
NO_PLACE = "Es gibt keine Datei und keinen Ordner {path!r}."
GONE = "Dieser Stapel wird nicht mehr aufbewahrt; bitte die Bilder noch einmal beurteilen lassen."
NOTHING = "Kein Bild dieses Stapels wurde beurteilt, also gibt es nichts zu behalten."

PROGRESS = "Fortschritt des Stapels"
LOADING = "{title}: Das Modell wird geladen …"
RUNNING = "{title}: {percent} %, {count} Dateien fertig{speed}"
SPEED = ", {speed} Bilder/s, noch etwa {left}"
DONE = "{title}: fertig. {count} Dateien in {duration}{speed}."
DONE_SPEED = ", {speed} Bilder/s"
STOPPED = "{title}: angehalten. {count} Dateien waren fertig und bleiben erhalten."

SHOW = "Anzeigen"
SHOWS = {
    "all": "Alle",
    "defect": "Fehler",
    "good": "Gutteile",
    "not judged": "Nicht beurteilt: anders als die Gutteile, oder nicht lesbar",
}
ORDER = "Sortieren nach"
ORDERS = {
    "given": "Reihenfolge der Eingabe",
    "high": "Wert, höchster zuerst",
    "low": "Wert, niedrigster zuerst",
    "area": "Größte Stelle zuerst",
    "name": "Dateiname",
    "slow": "Zeit, langsamste zuerst",
}
COUNTS = "Fehler: {defect} · Gutteile: {good} · nicht beurteilt: {other}"
LIMIT = "Werte sind Vielfache der Grenze: Über 1.0 bedeutet Fehler."
HEADERS = ("", "Bild", "Urteil", "× Grenze", "Größte Stelle", "Zeit")
CAPTION = "Zeilen {first} bis {last} von {count}. Ein Klick auf einen Namen zeigt, wo."
MORE_DRIFTS = "Die Bilder haben sich noch {count}-mal verändert."
EMPTY = "Hier gibt es keine Zeilen."
VERDICTS = {"defect": ("⚠", "Fehler"), "good": ("✓", "Gut"), "not judged": ("–", "Nicht beurteilt")}
UNKNOWN = "–"
MILLISECONDS = "{value:.0f} ms"
PREVIOUS, NEXT = "◀ Vorige Zeilen", "Nächste Zeilen ▶"

HINT = "Ein Klick auf einen Namen in der Tabelle zeigt das Bild und wo es abweicht."
PICTURE = "Bild mit dem, was gefunden wurde"
LARGEST = "{name}. Größte Stelle über der Grenze, als Anteil des Bildes: {area}."
NOT_JUDGED = "{name} wurde nicht beurteilt: {reason}"

CSV, ZIP = "Tabelle speichern (CSV)", "Markierte Bilder speichern (ZIP)"
ZIPPING = "Die markierten Bilder werden gezeichnet: {done} von {count}"
ZIP_PROGRESS = "Fortschritt beim Zeichnen"
ZIPPED = "Das ZIP mit {count} markierten Bildern ist fertig; der Browser speichert es jetzt."
