"""Texts of the tab in which a visitor draws a defect."""

INTRO = "Etwas auf ein Gutteil malen und sehen, ob das Modell es bemerkt: mit dem Pinsel, oder mit einem fertigen Kratzer oder Fleck."
CATEGORY_INFO = "Auf ihre guten Bilder wird gemalt"
EDITOR = "Hier malen"
SCRATCH, BLOB = "Kratzer hinzufügen", "Fleck hinzufügen"
UNDO, CLEAR, ANOTHER = "Rückgängig", "Leeren", "Anderes Bild"
RESULT = "Was das Modell sieht"
NO_GOOD = "Hier gibt es keine Bilder von Gutteilen dieser Art. Bitte eine andere Teileart wählen, oder im Reiter Daten welche hinzufügen."
UNTOUCHED = "Noch ist nichts gemalt: Das ist die Antwort für das Gutteil. Auf das Bild malen, oder einen Kratzer oder Fleck hinzufügen."
NOTHING_FOUND = "Gefunden, wo gemalt wurde: nein. Nichts liegt über der Grenze."
FOUND = {
    "all": "Gefunden, wo gemalt wurde: ja.",
    "some": "Gefunden, wo gemalt wurde: teilweise, {found} von {count} Stellen.",
    "none": "Gefunden, wo gemalt wurde: nein.",
}
ELSEWHERE = {
    1: "Auch eine Stelle, die nicht gemalt ist, ist markiert.",
    2: "Auch {count} Stellen, die nicht gemalt sind, sind markiert.",
}
TABLE = "Vor und nach dem Malen"
HEADERS = ("", "Wert", "Urteil")
BEFORE, AFTER = "Vorher", "Nachher"
LEGEND = "was gemalt wurde"
