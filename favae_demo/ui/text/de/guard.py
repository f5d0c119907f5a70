"""Messages for requests that are rejected before they reach the page."""

FOREIGN = "Diese Anfrage kommt von einer anderen Webseite und wird abgelehnt."
OTHER_HOST = (
    "Dieser Server ist unter diesem Namen nicht bekannt. Wer ihn betreibt, kann den Namen in FAVAE_HOSTS eintragen; "
    "auf demselben Computer bitte http://127.0.0.1 mit dem Port dieser Adresse öffnen."
)
SIGN_IN = "Bitte anmelden."
UNUSED = "Hier ist nichts."
NO_FILE = "Diese Datei wird nicht ausgeliefert."
NO_LENGTH = "Die Größe eines Uploads muss bekannt sein, bevor er beginnt."
YOUR_TURNS = "{count} Ihrer Aufrufe warten schon; bitte in etwa {seconds} s noch einmal versuchen."
NO_SHARE = "Sie haben so viel hochgeladen, wie ein Besucher auf einmal darf. Bitte in etwa {minutes} min noch einmal versuchen, oder mit weniger Bildern."
NO_ROOM = "Auf diesem Server ist nicht genug Platz für das, was Sie hochladen. Bitte später noch einmal versuchen, oder mit weniger Bildern."
