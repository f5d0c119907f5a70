"""Texts of the History tab."""

INTRO = "Was eine Linie, die ohne Seite läuft, beurteilt hat: Werte über die Zeit, Anteile von Fehlern, wo sie liegen, und die aufbewahrten Bilder."
DATABASE, PLACE = "Eine andere Datenbank", "Datenbank einer Linie"
DATABASE_INFO = (
    "Zum Beispiel: /srv/line/verdicts.sqlite. Geht nur auf dem Computer, auf dem die Anwendung läuft"
)
OPEN, REFRESH = "Diese Datenbank öffnen", "Aktualisieren"
NO_DATABASE = "Noch hat keine Linie hier Urteile geschrieben. Eine mit diesem Befehl starten, mit eigenem Ordner und eigenem Modell, und wiederkommen:"
NONE_NAMED = (
    "Dieser Server zeigt keine Linie. Wer ihn betreibt, nennt die Datenbank einer Linie in FAVAE_LINE_DB."
)
EMPTY = "Die Datenbank {name} hat noch keine Urteile. Sie erscheinen hier, sobald die Linie ein Bild beurteilt hat; dann Aktualisieren drücken."
NOTHING = "Keine Urteile passen zu diesen Filtern. Eine längere Zeit oder eine andere Quelle wählen, oder den Text leeren."
GONE = "Dieses Urteil ist nicht mehr in der Datenbank; bitte Aktualisieren drücken."

SOURCE, ALL_SOURCES = "Quelle", "Alle Quellen"
SPAN, SPAN_INFO = "Zeit", "Zurückgezählt vom neuesten Urteil"
SPANS = {
    "hour": "Letzte Stunde",
    "8 hours": "Letzte 8 Stunden",
    "day": "Letzter Tag",
    "7 days": "Letzte 7 Tage",
    "30 days": "Letzte 30 Tage",
    "all": "Alles",
    "own": "Von … bis …",
}
FROM, TO = "Von", "Bis"
MOMENT_INFO = "Wie in 2026-03-01 06:00; dann Eingabetaste"
BAD_MOMENT = "{text!r} ist kein Datum mit Uhrzeit; bitte wie in 2026-03-01 06:00 schreiben."
BAD_SPAN = "Der Beginn muss vor dem Ende liegen."
SEARCH, SEARCH_INFO = "Suchtext", "Im Namen des Bildes oder in der Bemerkung; dann Eingabetaste"

ZONE = "Die Zeiten sind die von {zone}."
BROWSER_ZONE, SERVER_ZONE = "diesem Browser ({name})", "diesem Server ({name})"
SUMMARY = "{pictures} · Fehler: {defects} ({share}) · nicht beurteilt: {unlike} · nicht lesbar: {unreadable}"
PERIOD = "{first} bis {last}. {zone}"
DRIFTS_NOW = "{source} driftet seit {first}: {what}"
DRIFTED = "{source} driftete von {first} bis {last}: {what}"
BY_SCORE = "{change} als bei Gutteilen, nach den unten gezeigten Medianen."
NO_DRIFT = "Keine Drift in dieser Zeit."
MORE_DRIFTS = "Und {count} frühere."

CHART = "Wert als Vielfaches der Grenze"
CHART_ALT = "Werte über die Zeit. {lines}"
LINE_ALT = (
    "{title}: Median {first:.2f} am Anfang, {last:.2f} am Ende, dazwischen von {low:.2f} bis {high:.2f}."
)
MEDIAN_OF_PICTURES, MEDIAN_OF_STEP = "gleitender Median von 20 Bildern", "gleitender Median von {step}"
LEGEND_BAND = "Bereich von 90 % der Bilder"
LEGEND_DOT, LEGEND_DEFECT = "ein Bild", "ein Fehler"
LEGEND_LIMIT = "Grenze (1.0): Darüber bedeutet Fehler"
LEGEND_WARNING = "Warnlinien: Ein Median jenseits davon ist Drift"
LEGEND_DRIFT = "Drift"
LIMIT = "Grenze"
ABOVE_TOP = "2 +"
NO_WARNING_MANY = "Eine Quelle wählen, um den Bereich ihrer Werte und ihre Warnlinien zu sehen."
NO_WARNING_MODEL = "Keine Warnlinien: Das Modell {model} ist nicht auf diesem Computer."
NO_WARNING_FEW = "Keine Warnlinien: Das Modell {model} kennt dafür zu wenige gute Bilder."
HOVER = "{time}: {pictures} beurteilt, {defects} Fehler ({share})"
DEFECTS_CHART = "Anteil der Fehler je {step}, 0 bis {top}"
DEFECTS_ALT = "Anteil der Fehler über die Zeit: höchstens {top} je {step}."
STEP_UNITS = {"day": ("Tag", "Tage"), "hour": ("Stunde", "Stunden"), "minute": ("Minute", "Minuten"), "second": ("Sekunde", "Sekunden")}  # fmt: skip

BY_HOUR, BY_SHIFT, BY_SOURCE = "Fehler nach Tageszeit", "Fehler nach Schicht", "Fehler nach Quelle"
HOUR_HEAD, SHIFT_HEAD, SOURCE_HEAD = "Stunde", "Schicht", "Quelle"
SHARE_HEAD, COUNT_HEAD = "Anteil der Fehler", "Fehler von Beurteilten"
SHIFT = "{first}–{last}"
HOUR = "{hour:02}:00"
NONE_JUDGED = "–"
COUNT = "{defects} von {judged}"

PLACES = "Wo Fehler liegen: {source}"
PLACES_ALT = "Wärmekarte über einem Bild von {source}. {pictures} mit Fehler; die meisten Stellen: {words}."
PLACES_BELOW = "{pictures} mit Fehler. Die meisten Stellen: {words}."
PLACES_NEWEST = "Hier zählen nur die neuesten {most} Fehler."
PLACES_SCALE = "keine bis {most} Stellen in einem Feld"
NO_PLACES = "Keine Fehler in dieser Zeit, also gibt es keine Wärmekarte."

SHOW = "Anzeigen"
SHOWS = {
    "kept": "Aufbewahrte Bilder",
    "defect": "Fehler",
    "not judged": "Nicht beurteilt",
    "unreadable": "Nicht lesbar",
    "good": "Gutteile",
    "all": "Alle Urteile",
}
ORDER = "Sortieren nach"
ORDERS = {"new": "Neueste zuerst", "old": "Älteste zuerst", "high": "Wert, höchster zuerst"}
HEADERS = ("", "Bild", "Urteil", "× Grenze", "Stelle")
CAPTION = "{first} bis {last} von {count}. Ein Klick auf einen Namen zeigt das Bild."
NO_ROWS = "Hier gibt es keine Urteile. Bitte unter „Anzeigen“ eine andere Art wählen."
VERDICTS = {
    "defect": ("⚠", "Fehler"),
    "good": ("✓", "Gut"),
    "not judged": ("?", "Nicht beurteilt"),
    "unreadable": ("–", "Nicht lesbar"),
}
UNKNOWN = "–"
PREVIOUS, NEXT = "◀ Vorige", "Nächste ▶"
HINT = "Ein Klick auf einen Namen zeigt das Bild und wo es abweicht."
PICTURE = "Aufbewahrtes Bild mit dem, was gefunden wurde"
WHERE = "Am höchsten: {place}."
ABOUT = "{name}, {source}, {time}. Modell: {model}."
NOT_KEPT = "Das Bild selbst wurde nicht aufbewahrt."
DELETED = "Das Bild wurde aufbewahrt, ist aber nicht mehr da: Bilder werden nach einiger Zeit gelöscht (`keep_days`)."

CSV = "Gezeigtes speichern (CSV)"
WRITING = "Die Tabelle wird geschrieben: {done} von {count} Urteilen"
PROGRESS = "Fortschritt der Tabelle"
WRITTEN = "{count} Urteile sind geschrieben; der Browser speichert sie jetzt. Zeiten in der Tabelle sind UTC."
