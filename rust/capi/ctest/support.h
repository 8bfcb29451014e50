/* What the tests of the library in C share. */
#ifndef SMSPOH_CTEST_SUPPORT_H
#define SMSPOH_CTEST_SUPPORT_H

#include <stdio.h>
#include <string.h>

#include "smspoh.h"

#define EXPECT(condition)                                                     \
    do {                                                                      \
        if (!(condition)) {                                                   \
            fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition);   \
            return 1;                                                         \
        }                                                                     \
    } while (0)

/* Run `test` with each backend that this CPU can run, on one thread; `name` is its name. */
static inline int with_each_backend(int (*test)(const SmspohRun *run, const char *name)) {
    char names[200], name[40];
    size_t size = 0;
    EXPECT(smspoh_backends((uint8_t *)names, sizeof names - 1, &size) == SMSPOH_STATUS_OK);
    EXPECT(size > 0);
    names[size] = '\0';
    for (const char *rest = names; *rest;) {
        size_t length = strcspn(rest, "\n");
        EXPECT(length < sizeof name);
        memcpy(name, rest, length);
        name[length] = '\0';
        SmspohRun run = {
            .threads = 1, .backend = (const uint8_t *)name, .backend_size = length};
        if (test(&run, name)) {
            fprintf(stderr, "with the backend %s\n", name);
            return 1;
        }
        rest += length + (rest[length] == '\n');
    }
    return 0;
}

#endif
