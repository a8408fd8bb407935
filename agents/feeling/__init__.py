"""What a post feels, as a whole and toward each company that it names."""
