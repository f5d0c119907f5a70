"""German. Glossary: limit = Grenze, picture = Bild, part = Teil, good part = Gutteil, defect = Fehler, error = Abweichung, verdict = Urteil."""
