/* Secrets to look for in memory: each as pairs of words, in whatever order they lie.

   A needle is two neighbouring words of 32 bits. Of a secret of eight words, every two
   words are a needle, in both orders of bytes: so a part of it is found that was spilled
   from a register, shuffled for an instruction, or repeated in each lane of a vector. */
#ifndef SMSPOH_CTEST_NEEDLES_H
#define SMSPOH_CTEST_NEEDLES_H

#include <stdio.h>
#include <stdlib.h>

#include "sha256.h"

enum { SLOTS = 1 << 17 };

static struct {
    uint64_t pair;
    const char *name;
} needles[SLOTS];
static size_t needle_count;

static inline size_t slot_of(uint64_t pair) {
    size_t slot = (size_t)((pair * 0x9e3779b97f4a7c15) >> 47);
    while (needles[slot].name && needles[slot].pair != pair)
        slot = (slot + 1) % SLOTS;
    return slot;
}

static inline void add_pair(const char *name, uint32_t first, uint32_t second) {
    uint32_t words[2] = {first, second};
    uint64_t pair;
    memcpy(&pair, words, sizeof pair);
    size_t slot = slot_of(pair);
    if (needles[slot].name)
        return;
    if (++needle_count > SLOTS / 2)
        abort();
    needles[slot].pair = pair;
    needles[slot].name = name;
}

static inline uint32_t swapped(uint32_t word) {
    return word >> 24 | (word >> 8 & 0xff00) | (word << 8 & 0xff0000) | word << 24;
}

static inline void add_words(const char *name, Words words) {
    for (int i = 0; i < 8; i++)
        for (int j = 0; j < 8; j++) {
            add_pair(name, words.word[i], words.word[j]);
            add_pair(name, swapped(words.word[i]), swapped(words.word[j]));
        }
}

static inline void add_bytes(const char *name, const uint8_t *bytes) {
    Words words;
    memcpy(words.word, bytes, sizeof words.word);
    add_words(name, words);
}

/* The same word of two neighbouring lanes of a vector. */
static inline void add_neighbours(const char *name, Words lane, Words next) {
    for (int i = 0; i < 8; i++) {
        add_pair(name, lane.word[i], next.word[i]);
        add_pair(name, swapped(lane.word[i]), swapped(next.word[i]));
    }
}

static inline void forget_needles(void) {
    memset(needles, 0, sizeof needles);
    needle_count = 0;
}

/* How many needles lie in memory; says of the first few where, counted from `end`. */
static inline size_t search(const char *where, const uint8_t *begin, const uint8_t *end) {
    size_t found = 0, said = 0;
    const char *last = NULL;
    uint64_t pair;
    for (const uint8_t *at = begin; at + sizeof pair <= end; at++) {
        memcpy(&pair, at, sizeof pair);
        const char *name = needles[slot_of(pair)].name;
        found += name != NULL;
        if (name && name != last && ++said <= 8)
            printf("wiped: %s, %td bytes from its end: %s\n", where, end - at, name);
        last = name ? name : last;
    }
    return found;
}

#endif
