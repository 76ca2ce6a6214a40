"""The pool of cryptographic resources (密码资源池): suites, keys and their life, field encryption, certificates.

Owns the words suite, key, key state, quota, rotation, certificate, assessment. Doors: contracts, queries, commands,
registry (hardware modules), engine (suites, signers, certificates; usable without the rest). Neighbours: fills
`kernel.cipher`, so that fields are encrypted under pool keys; ledger, seals and licences sign with them.
"""
