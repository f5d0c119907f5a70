"""Texts of the Data tab."""

from favae_demo.data.io.formats import KINDS
from favae_demo.ui.text.en.data import MVTEC as MVTEC

# Data: what is there
HERE = "## Was hier ist"
NONE = "Noch nichts."
NOT_MADE = "Entsteht bei der ersten Verwendung, in Sekunden: {train} Gutteile zum Trainieren; {test} Testbilder mit {defects} Fehlerarten."
SIZE, ADDED, LICENCE = "{size} auf der Platte", "hinzugefügt am {date}", "Lizenz: {licence}"
REMARKS = "Was die Prüfung gefunden hat"
LOCKED = "Daten lassen sich auf diesem Server nicht ändern. Bitte die Anwendung auf dem eigenen Computer starten, um eigene Teile hinzuzufügen."
LEVELS_TITLE = "Schwarz- und Weißwert"
LEVELS_NOTE = (
    "Bilder mit mehr als 8 Bit sagen nicht, welcher Wert weiß ist. Ein Wertebereich gilt für alle Bilder einer Kategorie; "
    "vorhandene Modelle behalten den, mit dem sie trainiert wurden."
)
LEVELS_CATEGORY, LEVELS_WHICH = "Kategorie", "Solche, deren Bilder mehr als 8 Bit haben"
BLACK, WHITE = "Wert, der schwarz wird", "Wert, der weiß wird"
SET_LEVELS, AUTO_LEVELS = "Setzen", "Aus den Bildern bestimmen"
LEVELS_SET = "{name}: Ab jetzt werden {levels} als schwarz bis weiß gezeigt. Für ein Modell, das sie nutzt, bitte neu trainieren."
LEVELS_MISSING = "Bitte eine Kategorie wählen, und beide Werte angeben."
DELETE, DELETE_INFO = "Löschen", "Nur was auf dieser Seite hinzugefügt wurde, lässt sich hier löschen"
DELETE_NONE = "Auf dieser Seite wurde noch nichts hinzugefügt"
PART = "der begonnene Download von {title}"
ASK_DELETE = "**{name}** löschen und {size} freigeben? Die Bilder sind dann weg; damit trainierte Modelle bleiben. Das lässt sich nicht rückgängig machen."
DELETE_YES, DELETE_NO = "Ja, löschen", "Nein, behalten"
DELETED = "{name} ist gelöscht; {size} sind wieder frei."
CHOOSE_DELETE = "Bitte zuerst wählen, was gelöscht werden soll."

# Data: adding
ADD = "## Teile hinzufügen"
OWN, ARCHIVE = "Meine Teile", "Archiv oder Ordner"
OWN_NOTE = (
    "**Nur Gutteile** fotografieren: mindestens 5, besser 20 oder mehr. Gleicher Platz der Kamera, gleiches Licht, ein Teil in jedem "
    "Bild, so wie später bei der Suche nach Fehlern. Jedes Motiv geht, solange alle Bilder zeigen, was normal ist."
)
NAME, NAME_INFO = "1 · Name der Teile", "Wie diese Teile heißen sollen, zum Beispiel: blaue Kappe"
GOOD = "2 · Bilder von Gutteilen"
GOOD_INFO = f"Hier ablegen oder klicken, um auszuwählen. {KINDS.replace(' or ', ' oder ')}, je bis {{mb}} MB."
MORE = "Bilder mit Fehlern, falls vorhanden (freiwillig)"
MORE_NOTE = "Sie werden nie zum Trainieren verwendet, nur um zu messen, wie gut Fehler gefunden werden."
DEFECTS, MASKS = "Bilder mit einem Fehler", "Masken"
DEFECTS_INFO = "Dieselbe Teileart, an der etwas nicht stimmt."
MASKS_INFO = "Schwarze Bilder mit dem Fehler in Weiß, jedes mit dem Dateinamen seines Bildes."
CHECKED = "3 · Ihre Bilder, geprüft"
UNCHECKED = "Bitte oben Bilder von Gutteilen ablegen: Sie werden sofort geprüft."
PRIVACY = "Sie bleiben auf dem Computer, auf dem diese Anwendung läuft, höchstens {side} Pixel lang und ohne Kameradaten. Wer diese Seite öffnen kann, kann sie sehen."
UNIT = "Bilder"
SAVE = "Diese Teile speichern"
LEVELS = {"stop": ("✕", "Noch nicht"), "warn": ("⚠", "Bitte ansehen"), "fine": ("✓", "Gut")}
LEFT_OUT = "ausgelassen: {note}"
GOOD_PART, DEFECT_PART = "Gutteil", "Fehler"
MASKED = "mit Maske"
MVTEC_NOTE = "Fünfzehn Arten von Teilen und Materialien, für die Forschung fotografiert: gute zum Lernen, gute und fehlerhafte zum Testen."
CATEGORY, CATEGORY_INFO = "Welche", "Mit der Größe ihres Downloads"
IS_HERE, IS_STARTED = "ist hier", "{size} bisher geladen"
TERMS_LINKS = "[Ganze Lizenz]({licence}) · [Über MVTec AD]({home})"
ACCEPT, ACCEPT_INFO = "Ich nutze es nur für nichtkommerzielle Zwecke", "Vor dem Download nötig"
ACCEPT_FIRST = "Bitte zuerst die Bedingungen lesen und das Kästchen darunter ankreuzen."
GET = "Herunterladen"
ARCHIVE_NOTE = (
    "Ein ZIP- oder TAR-Archiv (auch .tar.xz, .tar.gz, .tar.bz2), oder ein Ordner: mit `train/good`, `test/…` und `ground_truth/…` darin, "
    "mit Ordnern OK und NG, so wie ein veröffentlichter Datensatz kommt, mit einer Tabelle oder gezeichneten Fehlern, oder einfach voller Gutteile. "
    "Es wird kopiert; das Original bleibt, wie es ist."
)
FILE, FILE_INFO = "Archiv", "Bis {mb} MB; für ein größeres bitte unten seinen Ort nennen."
PATH = "Oder sein Ort auf diesem Computer"
PATH_INFO = "Pfad eines Ordners oder Archivs, zum Beispiel: /home/me/parts. Geht nur auf dem Computer, auf dem die Anwendung läuft"
ARCHIVE_NAME, ARCHIVE_NAME_INFO = "Name der Teile", "Leer lassen, um den des Archivs oder Ordners zu nehmen"
ADD_IT = "Hinzufügen"
LOOK = "Ansehen, wie es verstanden wird"
PLAN = "Verstanden als: {layout}. Hinzuzufügen: {names}."
PLAN_ASKS = "Nicht klar: was {pictures} zeigen. Bitte unten wählen, dann Hinzufügen drücken."
EXAMPLES = "Ein Bild von jedem"
ROW = "{pattern} · {pictures}"
ALL_FILES, OTHER_FILES = "Alle Dateien", "Andere Dateien"
MORE_ROWS = "… und {count} weitere."
CHOOSE_ROLES = "„Ansehen, wie es verstanden wird“ drücken, wählen, was jede Zeile ist, und noch einmal Hinzufügen drücken."
ROLES = {
    "good": "Gutteile", "train": "Gutteile zum Trainieren", "test": "Gutteile zum Testen", "defect": "Fehler",
    "by-mask": "Gut oder Fehler: Ihre Masken sagen es", "mask": "Masken", "skip": "Auslassen", "ask": "Wählen …",
}  # fmt: skip
CHOOSE_SOURCE = "Bitte zuerst ein Archiv wählen, oder einen Ordner nennen."
ONE_SOURCE = "Ein Archiv ist gewählt und ein Ort genannt; bitte eines von beiden behalten."
LOCAL_ONLY = (
    "Ein Ort auf der Platte lässt sich nur auf dem Computer nennen, auf dem die Anwendung läuft, und nicht hinter einem Proxy; "
    "bitte stattdessen ein Archiv hochladen."
)
CANCEL = "Anhalten"
PROGRESS = "Fortschritt beim Hinzufügen"
STARTING = "{title}: wird begonnen …"
STAGES = {
    "fetching": "{title}: wird geladen, {done} von {total}",
    "unpacking": "{title}: wird ausgepackt, {percent} %",
    "checking": "{title}: wird geprüft, {percent} %",
    "writing": "{title}: wird gespeichert, Bild {count} von {all}",
}
READY = "✓ {title} ist hier: {counts}"
TRAIN = "Auf {title} trainieren"
TRAIN_ANY = "Auf diesen Teilen trainieren"
TRAIN_LATER = "Im Reiter Trainieren lässt sich auf einer davon trainieren."
ODD_NEXT = "Im Reiter Trainieren lassen sie sich auslassen: auch dort nach auffälligen suchen."
