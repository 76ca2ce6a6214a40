"""What stands at a counter beside the clerk: the scanner's folder."""
