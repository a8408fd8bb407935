"""What a post reveals of the inside of an organisation, and who speaks."""
