"""What is held on a person: shown (`vigie subject`) and erased (`vigie erase`)."""
