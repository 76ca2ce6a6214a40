"""Ways to carry codes and messages out of the site: mail, short messages, and in a demonstration the page itself."""
