"""Texts of the tab in which a visitor draws a defect."""

INTRO = "Dipingere qualcosa su un pezzo buono e vedere se il modello se ne accorge: con il pennello, o con un graffio o una macchia già pronti."
CATEGORY_INFO = "Si dipinge sulle sue immagini buone"
EDITOR = "Dipingere qui"
SCRATCH, BLOB = "Aggiungi un graffio", "Aggiungi una macchia"
UNDO, CLEAR, ANOTHER = "Annulla", "Cancella", "Altra immagine"
RESULT = "Che cosa vede il modello"
NO_GOOD = "Qui non ci sono immagini di pezzi buoni di questo tipo. Scegliere un altro tipo di pezzo, o aggiungerne nella scheda Dati."
UNTOUCHED = "Non è ancora dipinto nulla: questa è la risposta per il pezzo buono. Dipingere sull'immagine, o aggiungere un graffio o una macchia."
NOTHING_FOUND = "Trovato dove si è dipinto: no. Nulla è sopra il limite."
FOUND = {
    "all": "Trovato dove si è dipinto: sì.",
    "some": "Trovato dove si è dipinto: in parte, {found} punti su {count}.",
    "none": "Trovato dove si è dipinto: no.",
}
ELSEWHERE = {
    1: "È segnato anche un punto che non è stato dipinto.",
    2: "Sono segnati anche {count} punti che non sono stati dipinti.",
}
TABLE = "Prima e dopo aver dipinto"
HEADERS = ("", "Punteggio", "Esito")
BEFORE, AFTER = "Prima", "Dopo"
LEGEND = "ciò che si è dipinto"
