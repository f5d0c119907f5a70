"""Trainings as processes of their own: started, watched, stopped and resumed through a run folder."""
