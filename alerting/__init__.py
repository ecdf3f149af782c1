"""What is told, to whom and when: the decision, the rendering, the timetables and the channels; no database."""
