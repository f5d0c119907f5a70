"""Texts of the report's controls in the Results tab."""

TITLE = "Bericht"
INTRO = (
    "Alles hier oben als Dokument zum Weitergeben, das sich ohne diese Anwendung öffnet: eine Zusammenfassung auf zwei A4-Seiten, der ganze Bericht als Seite, "
    "oder ein ZIP mit beidem, den Werten als CSV, Diagrammen, Beispielbildern und der Karte des Modells. Es gilt die oben gewählte Fehlalarmrate, nicht eine von "
    "Hand gesetzte Grenze. Der Bericht ist auf Englisch."
)
MAKE = "Bericht erstellen"
PRINT = "Zusammenfassung drucken oder als PDF speichern (der Browser fragt, wohin)"
PROGRESS = "Fortschritt des Berichts"
SAVE = {
    "summary": "Zusammenfassung speichern (HTML, zwei Seiten)",
    "page": "Bericht als Seite speichern (HTML)",
    "archive": "Bericht mit allen Dateien speichern (ZIP)",
}
DONE = "Der Bericht zu {category}, {title}, bei einer Fehlalarmrate von {rate} ist fertig, in {seconds:.0f} s. Er bleibt hier einen Tag lang. {answer}"
CHOOSE = "Bitte zuerst eine Teileart und ein Modell wählen."
