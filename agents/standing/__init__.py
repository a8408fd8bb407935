"""From panes to what is published: a company's standing, its evidence, its dips."""
