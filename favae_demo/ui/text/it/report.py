"""Texts of the report's controls in the Results tab."""

TITLE = "Relazione"
INTRO = (
    "Tutto ciò che sta sopra come documento da consegnare, che si apre senza questa applicazione: un riassunto su due pagine A4, la relazione intera come "
    "pagina, o uno ZIP con entrambi, i punteggi in CSV, i grafici, immagini di esempio e la scheda del modello. Usa il tasso di falsi allarmi scelto sopra, "
    "non un limite fissato a mano. La relazione è in inglese."
)
MAKE = "Crea una relazione"
PRINT = "Stampa il riassunto, o salvalo come PDF (il browser chiede dove)"
PROGRESS = "Avanzamento della relazione"
SAVE = {
    "summary": "Salva il riassunto (HTML, due pagine)",
    "page": "Salva la relazione come pagina (HTML)",
    "archive": "Salva la relazione con tutti i file (ZIP)",
}
DONE = "La relazione su {category}, {title}, con un tasso di falsi allarmi di {rate}, è pronta, in {seconds:.0f} s. Resta qui per un giorno. {answer}"
CHOOSE = "Scegliere prima un tipo di pezzo e un modello."
