"""What generated types are made of. A package of them holds a copy of the file of its style, and needs nothing else of the kit."""
