"""Texts of visitors' feedback on verdicts, and of the recalibration that uses it."""

WAS = {"good": "✓ Era buono", "defect": "✗ Era un difetto"}
VISITOR = "visitatore"
NOTHING_SHOWN = "Scegliere prima un'immagine; poi segnarla come buona o come difetto."
NOT_HERE = (
    "Su questo server le segnalazioni non vengono conservate, così nessun visitatore cambia ciò che vedono gli altri. "
    "Avviare l'applicazione sul proprio computer per segnare immagini e ricalibrare un modello dopo un cambio di luce o di telecamera."
)
GONE = "Questa immagine non è più qui. Aprirla in Rileva per segnarla."
SAID = {
    "good": "Aggiunta ai pezzi buoni: {name}.",
    "defect": "Aggiunta alle immagini di prova, come difetto: {name}. Non sposta il limite.",
}
MARKED = {"good": "Segnata come buona.", "defect": "Segnata come difetto."}
TAKEN_BACK = "Segno annullato: {name}."
COUNTS = "Segnate come buone: {good}; come difetto: {defect}."
HINT = " Ricalibrare con queste sotto “Segnalazioni e ricalibrazione” in Rileva."

TITLE = "Segnalazioni e ricalibrazione"
INTRO = (
    "Le immagini segnate come buone si aggiungono ai pezzi buoni. Con {fewest} di queste, meglio 20, il modello viene **ricalibrato** in pochi secondi: limite, "
    "memoria e pesi degli errori seguono una nuova luce o telecamera; la rete non viene addestrata di nuovo. Il risultato è una nuova versione del modello, che si "
    "può annullare. Le immagini segnate come difetto diventano immagini di prova e non spostano mai il limite."
)
RECALIBRATE = "Ricalibra con {count} immagini buone"
MORE_NEEDED = "Ricalibra (immagini buone ancora necessarie: {missing})"
BACK = "Annulla l'ultimo segno"
UNDO = "Annulla la versione {number}"
WORKING = "Ricalibrazione con {count} immagini …"
READY = "La versione {number} è pronta dopo {seconds:.1f} s. Ora si misura prima e dopo: {done} immagini su {total}."
PROGRESS = "Avanzamento della ricalibrazione"
UNDONE = "Versione {number} eliminata; è scelta la versione precedente."
MADE = "Versione {number}: ricalibrata con {pictures} immagini buone in {seconds:.1f} s."
CAPTION = "Esito “difetto” con un tasso di falsi allarmi del 5 %"
HEADS = ("Immagini", "Prima", "Dopo")
GROUPS = {
    "marked_good": "Segnate come buone: falsi allarmi",
    "marked_defects": "Segnate come difetto: trovate",
    "good": "Immagini di prova buone: falsi allarmi",
    "defects": "Immagini di prova con un difetto: trovate",
}
OF = "{called} su {pictures}"
UNJUDGED = ", {unjudged} non giudicate"
CROSSED = "Dopo: ogni immagine segnata come buona è controllata da un modello ricalibrato senza di essa (validazione incrociata)."
LOG = "Registro"
LOG_EMPTY = "Nessuna immagine di questo tipo di pezzo è ancora segnata."
LOG_LINE = "{time} (UTC), {who}: {said}"
LOG_SAID = {
    "good": "{name} è buono",
    "defect": "{name} è un difetto",
    "taken back": "segno su {name} annullato",
}
MODEL_SAID = ". Modello: {verdict}, {multiple}"
NEED = (
    "{missed} immagini su {count} segnate come difetto sono sotto questo limite. Per trovarle tutte, il limite dovrebbe essere {limit} × quello consigliato: "
    "{above} immagini buone su {good} sono sopra quello."
)
ALL_FOUND = "Tutte le {count} immagini segnate come difetto sono sopra questo limite."
