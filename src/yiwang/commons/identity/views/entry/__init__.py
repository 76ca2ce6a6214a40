"""Pages of logging in: passwords, codes, passkeys, registration, recovery, factors, devices."""
