"""Keys that never leave a device: signers over PKCS#11 tokens and over cipher machines that speak SDF (GM/T 0018)."""
