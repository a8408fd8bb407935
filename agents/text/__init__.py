"""What a text is made of: its words and their places, its folded and its canonical form."""
