"""OFD documents (GB/T 33190-2016): pages written, signatures added and read, pages painted for the eye."""
