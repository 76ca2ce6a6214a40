"""Electronic seals and signatures (电子印章、电子签名): made, kept, used, verified.

Owns the words seal, seal use, signature, co-signature. Doors: contracts, queries, commands, registry, engine (GB/T 38540
seals, OFD and PDF containers, verdicts; usable without the rest). Neighbours: keys and certificates of crypto, files.
"""
