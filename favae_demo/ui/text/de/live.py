"""Texts of the Live tab."""

SOURCE, SOURCE_INFO = "Quelle", "Videos und Ordner beginnen am Ende wieder von vorn"
SOURCES = {
    "test": "Testbilder dieser Teileart",
    "video": "Ein Video",
    "folder": "Ein Ordner mit Bildern",
    "camera": "Kamera",
}
MODEL_INFO = "Der einfache VAE ist am schnellsten"
VIDEO = "Videodatei (MP4, WebM, AVI)"
FOLDER = "Ordner mit Bildern"
PACE, PACE_INFO = "Bilder je Sekunde", "Für Testbilder und Ordner; Videos und Kameras haben ihr eigenes Tempo"
HOLD, HOLD_INFO = (
    "Bei Fehler anhalten",
    "Hält beim ersten Bild mit einem Fehler, oder das sich nicht beurteilen lässt, bis Sie fortfahren",
)
START, STOP, SAVE = "Starten", "Anhalten", "Dieses Bild speichern"
RELEASE = "Fortfahren"
STOP_FIRST = "Die Bilder laufen zu schnell durch, um zu wissen, welches gemeint ist: „Anhalten“ drücken, oder „Bei Fehler anhalten“ nutzen, dann das Bild markieren."
IDLE = "„Starten“ drücken: Bilder kommen nacheinander, wie an einer Fertigungslinie, und was falsch aussieht, wird markiert."
STARTING = "Einen Moment: Das erste Bild wird beurteilt …"
STOPPED = "Angehalten. „Starten“ drücken, um wieder abzuspielen."
HELD = {
    "defect": "Bei einem Fehler angehalten. „Fortfahren“ drücken, wenn Sie ihn gesehen haben.",
    "not judged": "Bei einem Bild angehalten, das sich nicht beurteilen lässt. „Fortfahren“ drücken, wenn Sie es gesehen haben.",
}
FORGOTTEN = "Die Wiedergabe ist beendet, weil eine Weile niemand zugesehen hat. „Starten“ drücken, um wieder abzuspielen."
LOST = "Die Verbindung zum Server ist weg; es wird weiter versucht …"
LIVE_PICTURE = "Live-Bild mit dem, was gefunden wurde"
FACTS = "{name} · Bild {number} · Fehler bisher: {defects} · {milliseconds:.0f} ms je Bild"
SCREEN_RATE = "{rate} Bilder je Sekunde auf dem Bildschirm"
UNREADABLE = "Übergangen, weil nicht lesbar: {names}."
FACT_NOT_JUDGED = " · nicht beurteilt: {count}"
STRIP = "Wert der letzten {seconds:.0f} Sekunden; jetzt {now}; {defects} von {count} Bildern über der Grenze."
STRIP_TOP, STRIP_LIMIT, STRIP_LOW = "10 × die Grenze", "Grenze", "0.1"
STRIP_OLD, STRIP_NOW = "vor {seconds:.0f} s", "jetzt"
NO_VIDEO = "Bitte zuerst ein Video wählen."
NO_FOLDER = "Bitte zuerst einen Ordner mit Bildern wählen."
NO_TESTS = "Hier gibt es keine Testbilder dieser Teileart. Bitte eine andere Quelle wählen."
NOTHING_TO_SAVE = "Noch ist kein Bild da. Bitte zuerst „Starten“ drücken."
TOO_MANY = "Auf diesem Server laufen schon {count} Wiedergaben. Eine davon anhalten, oder in zwei Minuten noch einmal versuchen."
BAD_FRAME = "Die Kamera hat etwas gesendet, das kein Bild ist."
NO_CAMERA = "Es wurde keine Kamera gefunden. Eine anschließen, oder eine andere Quelle wählen."
CAMERA_DENIED = "Der Browser darf die Kamera nicht nutzen. Bitte neben der Adresse dieser Seite erlauben, und noch einmal „Starten“ drücken."
CAMERA_INSECURE = "Browser geben die Kamera nur Seiten auf diesem Computer (localhost) oder über https. Bitte eine andere Quelle wählen."
CAMERA_BUSY = "Die Kamera lässt sich gerade nicht nutzen; vielleicht nutzt sie ein anderes Programm. Dieses schließen, und noch einmal „Starten“ drücken."
