/* A cipher machine for tests: the calls of GM/T 0018 that sign, over the system's OpenSSL. Key 1 is the published key of
   GB/T 32918.5, A.2; password "sample". Key 2 answers with numbers at the wrong end, key 3 has 384 bits. */
#include <stdlib.h>
#include <string.h>

typedef struct { unsigned int bits; unsigned char x[64]; unsigned char y[64]; } ECCrefPublicKey;
typedef struct { unsigned char r[64]; unsigned char s[64]; } ECCSignature;

void *d2i_AutoPrivateKey(void **, const unsigned char **, long);
void *EVP_PKEY_CTX_new_from_pkey(void *, void *, const char *);
int EVP_PKEY_sign_init(void *);
int EVP_PKEY_sign(void *, unsigned char *, size_t *, const unsigned char *, size_t);
int RAND_bytes(unsigned char *, int);

static const unsigned char KEY[] = {
    0x30, 0x41, 0x02, 0x01, 0x00, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a, 0x81, 0x1c, 0xcf,
    0x55, 0x01, 0x82, 0x2d, 0x04, 0x27, 0x30, 0x25, 0x02, 0x01, 0x01, 0x04, 0x20, 0x39, 0x45, 0x20, 0x8f, 0x7b, 0x21, 0x44, 0xb1, 0x3f,
    0x36, 0xe3, 0x8a, 0xc6, 0xd3, 0x9f, 0x95, 0x88, 0x93, 0x93, 0x69, 0x28, 0x60, 0xb5, 0x1a, 0x42, 0xfb, 0x81, 0xef, 0x4d, 0xf7, 0xc5,
    0xb8};
static const unsigned char POINT[64] = {
    0x09, 0xf9, 0xdf, 0x31, 0x1e, 0x54, 0x21, 0xa1, 0x50, 0xdd, 0x7d, 0x16, 0x1e, 0x4b, 0xc5, 0xc6, 0x72, 0x17, 0x9f, 0xad, 0x18, 0x33,
    0xfc, 0x07, 0x6b, 0xb0, 0x8f, 0xf3, 0x56, 0xf3, 0x50, 0x20, 0xcc, 0xea, 0x49, 0x0c, 0xe2, 0x67, 0x75, 0xa5, 0x2d, 0xc6, 0xea, 0x71,
    0x8c, 0xc1, 0xaa, 0x60, 0x0a, 0xed, 0x05, 0xfb, 0xf3, 0x5e, 0x08, 0x4a, 0x66, 0x32, 0xf6, 0x07, 0x2d, 0xa9, 0xad, 0x13};
static int allowed;

int SDF_OpenDevice(void **device) { *device = malloc(1); return getenv("FAKE_SDF_OFF") ? 0x01000003 : 0; }
int SDF_CloseDevice(void *device) { free(device); return 0; }
int SDF_OpenSession(void *device, void **session) { *session = malloc(1); return device ? 0 : 0x01000006; }
int SDF_CloseSession(void *session) { free(session); return 0; }
int SDF_GenerateRandom(void *session, unsigned int size, unsigned char *out) { (void)session; return RAND_bytes(out, (int)size) == 1 ? 0 : 0x01000001; }

int SDF_GetPrivateKeyAccessRight(void *session, unsigned int index, unsigned char *password, unsigned int size) {
    (void)session;
    if (index < 1 || index > 3) return 0x01000008;
    if (size != 6 || memcmp(password, "sample", 6)) return 0x01000007;
    allowed = 1;
    return 0;
}
int SDF_ReleasePrivateKeyAccessRight(void *session, unsigned int index) { (void)session; (void)index; allowed = 0; return 0; }

int SDF_ExportSignPublicKey_ECC(void *session, unsigned int index, ECCrefPublicKey *key) {
    (void)session;
    memset(key, 0, sizeof *key);
    key->bits = index == 3 ? 384 : 256;
    memcpy(key->x + 32, POINT, 32);
    memcpy(key->y + 32, POINT + 32, 32);
    return 0;
}

static const unsigned char *number(const unsigned char *at, unsigned char *into) {
    size_t size = at[1], skip = size > 32 ? size - 32 : 0;
    memcpy(into + 32 - (size - skip), at + 2 + skip, size - skip);
    return at + 2 + size;
}

int SDF_InternalSign_ECC(void *session, unsigned int index, unsigned char *digest, unsigned int size, ECCSignature *signature) {
    const unsigned char *at = KEY;
    unsigned char out[80];
    size_t length = sizeof out;
    void *context;
    (void)session;
    if (!allowed) return 0x01000007;
    context = EVP_PKEY_CTX_new_from_pkey(NULL, d2i_AutoPrivateKey(NULL, &at, sizeof KEY), NULL);
    if (size != 32 || EVP_PKEY_sign_init(context) != 1 || EVP_PKEY_sign(context, out, &length, digest, size) != 1) return 0x0100000d;
    memset(signature, 0, sizeof *signature);
    at = number(out + 2, signature->r + (index == 2 ? 0 : 32));
    number(at, signature->s + (index == 2 ? 0 : 32));
    return 0;
}
