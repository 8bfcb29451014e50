/* SHA-256 and PBKDF2 once more, slow and obvious, with what they hold on their way. */
#ifndef SMSPOH_CTEST_SHA256_H
#define SMSPOH_CTEST_SHA256_H

#include <stdint.h>
#include <string.h>

typedef struct {
    uint32_t word[8];
} Words;

/* Source: FIPS 180-4, 5.3.3 and 4.2.2. */
static const Words INITIAL = {{0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f,
                               0x9b05688c, 0x1f83d9ab, 0x5be0cd19}};
static const uint32_t ROUND[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

static inline uint32_t turned(uint32_t word, int by) { return word >> by | word << (32 - by); }

static inline uint32_t big_endian(const uint8_t *at) {
    return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

/* Source: FIPS 180-4, 6.2.2. */
static inline void compress(Words *state, const uint8_t *block) {
    uint32_t w[64];
    for (int t = 0; t < 16; t++)
        w[t] = big_endian(block + 4 * t);
    for (int t = 16; t < 64; t++)
        w[t] = (turned(w[t - 2], 17) ^ turned(w[t - 2], 19) ^ w[t - 2] >> 10) + w[t - 7] +
               (turned(w[t - 15], 7) ^ turned(w[t - 15], 18) ^ w[t - 15] >> 3) + w[t - 16];
    Words now = *state;
    uint32_t *v = now.word;
    for (int t = 0; t < 64; t++) {
        uint32_t one = v[7] + (turned(v[4], 6) ^ turned(v[4], 11) ^ turned(v[4], 25)) +
                       ((v[4] & v[5]) ^ (~v[4] & v[6])) + ROUND[t] + w[t];
        uint32_t two = (turned(v[0], 2) ^ turned(v[0], 13) ^ turned(v[0], 22)) +
                       ((v[0] & v[1]) ^ (v[0] & v[2]) ^ (v[1] & v[2]));
        memmove(v + 1, v, 7 * sizeof *v);
        v[4] += one;
        v[0] = one + two;
    }
    for (int i = 0; i < 8; i++)
        state->word[i] += v[i];
}

/* The digest of what `state` has seen, `seen` bytes in whole blocks, and `message`. */
static inline Words digest(Words state, size_t seen, const uint8_t *message, size_t size) {
    uint8_t end[128] = {0};
    size_t bits = (seen + size) * 8;
    for (; size >= 64; size -= 64, message += 64)
        compress(&state, message);
    memcpy(end, message, size);
    end[size] = 0x80;
    size_t blocks = size < 56 ? 1 : 2;
    for (size_t i = 0; i < 8; i++)
        end[64 * blocks - 1 - i] = (uint8_t)(bits >> 8 * i);
    for (size_t i = 0; i < blocks; i++)
        compress(&state, end + 64 * i);
    return state;
}

static inline void store(Words words, uint8_t *out) {
    for (int i = 0; i < 8; i++)
        for (int byte = 0; byte < 4; byte++)
            out[4 * i + byte] = (uint8_t)(words.word[i] >> (24 - 8 * byte));
}

/* A key of HMAC: its first 32 bytes under each pad, and the midstates. */
typedef struct {
    uint8_t key[32], inner_block[32], outer_block[32];
    Words inner, outer;
} Hmac;

static inline Hmac hmac_key(const uint8_t *key, size_t size) {
    Hmac hmac = {.inner = INITIAL, .outer = INITIAL};
    uint8_t short_key[64] = {0}, blocks[2][64];
    if (size > 64)
        store(digest(INITIAL, 0, key, size), short_key);
    else
        memcpy(short_key, key, size);
    for (int i = 0; i < 64; i++) {
        blocks[0][i] = short_key[i] ^ 0x36;
        blocks[1][i] = short_key[i] ^ 0x5c;
    }
    compress(&hmac.inner, blocks[0]);
    compress(&hmac.outer, blocks[1]);
    memcpy(hmac.key, short_key, 32);
    memcpy(hmac.inner_block, blocks[0], 32);
    memcpy(hmac.outer_block, blocks[1], 32);
    return hmac;
}

/* HMAC's digest in `[1]`, that of the inner hash in `[0]`. */
static inline void hmac_sha256(const Hmac *hmac, const uint8_t *message, size_t size, Words out[2]) {
    uint8_t inner[32];
    out[0] = digest(hmac->inner, 64, message, size);
    store(out[0], inner);
    out[1] = digest(hmac->outer, 64, inner, sizeof inner);
}

#endif
