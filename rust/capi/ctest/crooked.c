/* Planted functions for tools/straight_line.py: `straight` is as the loops of the library
   are, and each other one lets a secret decide what it must not. For x86 alone. */
#include <emmintrin.h>
#include <stdint.h>

static __m128i mixed(__m128i state) { return _mm_add_epi32(state, _mm_srli_epi32(state, 7)); }

void straight(__m128i *secret, uint32_t count) {
    __m128i state = *secret;
    do
        state = mixed(state);
    while (--count);
    *secret = state;
}

/* A branch on a bit of the secret. */
void crooked_branch(__m128i *secret, uint32_t count) {
    __m128i state = *secret;
    do {
        state = mixed(state);
        if (_mm_cvtsi128_si32(state) & 1)
            __asm__ volatile("" : "+x"(state));
        else
            state = mixed(mixed(state));
    } while (--count);
    *secret = state;
}

/* The number of rounds depends on the secret. */
void crooked_flags(__m128i *secret) {
    __m128i state = *secret;
    do
        state = mixed(state);
    while (_mm_movemask_epi8(state));
    *secret = state;
}

/* A table that is read at a place which the secret decides. */
void crooked_index(__m128i *secret, uint32_t count, const __m128i *table) {
    __m128i state = *secret;
    do
        state = _mm_xor_si128(mixed(state), table[_mm_cvtsi128_si32(state) & 255]);
    while (--count);
    *secret = state;
}

/* The same, of a secret that went to a general register before the loop. */
void crooked_load(__m128i *secret, uint32_t count, const __m128i *table) {
    __m128i state = *secret;
    uint64_t place = *(const uint8_t *)secret;
    do {
        state = _mm_xor_si128(mixed(state), _mm_loadu_si128(table + place));
        __asm__ volatile("" : "+x"(state) : : "memory");
    } while (--count);
    *secret = state;
}
