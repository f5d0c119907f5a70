"""Texts of visitors' feedback on verdicts, and of the recalibration that uses it."""

WAS = {"good": "✓ Das war gut", "defect": "✗ Das war ein Fehler"}
VISITOR = "Besucher"
NOTHING_SHOWN = "Bitte zuerst ein Bild wählen; dann als gut oder als Fehler markieren."
NOT_HERE = (
    "Rückmeldungen werden auf diesem Server nicht gespeichert, damit kein Besucher ändert, was andere sehen. "
    "Die Anwendung auf dem eigenen Computer starten, um Bilder zu markieren und ein Modell nach einem Wechsel von Licht oder Kamera neu zu kalibrieren."
)
GONE = "Dieses Bild ist nicht mehr hier. Bitte in Prüfen öffnen, um es zu markieren."
SAID = {
    "good": "Zu den Gutteilen hinzugefügt: {name}.",
    "defect": "Zu den Testbildern hinzugefügt, als Fehler: {name}. Es verschiebt die Grenze nicht.",
}
MARKED = {"good": "Als gut markiert.", "defect": "Als Fehler markiert."}
TAKEN_BACK = "Markierung zurückgenommen: {name}."
COUNTS = "Markiert: {good} gut, {defect} mit Fehler."
HINT = " Damit neu kalibrieren unter „Rückmeldung und Kalibrierung“ in Prüfen."

TITLE = "Rückmeldung und Kalibrierung"
INTRO = (
    "Als gut markierte Bilder kommen zu den Gutteilen. Mit {fewest} davon, besser 20, wird das Modell in Sekunden **neu kalibriert**: Grenze, Gedächtnis und "
    "Gewichte der Abweichungen folgen einem neuen Licht oder einer neuen Kamera; das Netz wird nicht neu trainiert. Das Ergebnis ist eine neue Version des Modells, "
    "die sich rückgängig machen lässt. Als Fehler markierte Bilder werden Testbilder und verschieben die Grenze nie."
)
RECALIBRATE = "Mit {count} guten Bildern neu kalibrieren"
MORE_NEEDED = "Neu kalibrieren (noch nötige gute Bilder: {missing})"
BACK = "Letzte Markierung zurücknehmen"
UNDO = "Version {number} rückgängig machen"
WORKING = "Neue Kalibrierung mit {count} Bildern …"
READY = "Version {number} ist nach {seconds:.1f} s fertig. Jetzt wird vorher und nachher gemessen: {done} von {total} Bildern."
PROGRESS = "Fortschritt der Kalibrierung"
UNDONE = "Version {number} gelöscht; die vorige Version ist gewählt."
MADE = "Version {number}: neu kalibriert mit {pictures} guten Bildern in {seconds:.1f} s."
CAPTION = "Urteil „Fehler“ bei einer Fehlalarmrate von 5 %"
HEADS = ("Bilder", "Vorher", "Nachher")
GROUPS = {
    "marked_good": "Als gut markiert: Fehlalarme",
    "marked_defects": "Als Fehler markiert: gefunden",
    "good": "Gute Testbilder: Fehlalarme",
    "defects": "Testbilder mit Fehler: gefunden",
}
OF = "{called} von {pictures}"
UNJUDGED = ", {unjudged} nicht beurteilt"
CROSSED = "Nachher: Jedes als gut markierte Bild wird von einem Modell geprüft, das ohne dieses Bild kalibriert ist (Kreuzvalidierung)."
LOG = "Protokoll"
LOG_EMPTY = "Noch ist kein Bild dieser Teileart markiert."
LOG_LINE = "{time} (UTC), {who}: {said}"
LOG_SAID = {"good": "{name} ist gut", "defect": "{name} ist ein Fehler", "taken back": "Markierung von {name} zurückgenommen"}  # fmt: skip
MODEL_SAID = ". Modell: {verdict}, {multiple}"
NEED = (
    "{missed} von {count} als Fehler markierten Bildern liegen unter dieser Grenze. Um alle zu finden, müsste die Grenze {limit} × die empfohlene sein: "
    "{above} von {good} guten Bildern liegen darüber."
)
ALL_FOUND = "Alle {count} als Fehler markierten Bilder liegen über dieser Grenze."
