"""What people look at: words in two languages, curves, marked texts, templates."""
