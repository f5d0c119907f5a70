"""Messages for requests that are rejected before they reach the page."""

FOREIGN = "Questa richiesta viene da un'altra pagina web ed è rifiutata."
OTHER_HOST = (
    "Questo server non è conosciuto con questo nome. Chi lo gestisce può aggiungere il nome a FAVAE_HOSTS; "
    "sullo stesso computer, aprire http://127.0.0.1 con la porta di questo indirizzo."
)
SIGN_IN = "Si prega di accedere."
UNUSED = "Qui non c'è nulla."
NO_FILE = "Questo file non viene distribuito."
NO_LENGTH = "La dimensione di un caricamento deve essere nota prima che cominci."
YOUR_TURNS = "{count} delle tue chiamate sono già in attesa; riprovare tra circa {seconds} s."
NO_SHARE = "Hai caricato quanto un visitatore può caricare in una volta. Riprovare tra circa {minutes} min, o con meno immagini."
NO_ROOM = "Su questo server non c'è abbastanza spazio per ciò che si vuole caricare. Riprovare più tardi, o con meno immagini."
