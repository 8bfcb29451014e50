/* No branch and no address of the key derivation depends on a password.

   Runs under valgrind, which is told that the passwords are undefined bytes: it follows
   what is computed from them and reports each branch and each address that they decide.
   `constant_time.supp` has the one exception. With the argument `branch` or `index` the
   program does what is forbidden, and valgrind must say so. */
#include <valgrind/memcheck.h>

#include "support.h"

enum { ROWS = 17, LONGEST = 200, LENGTH_MAX = 100 };

static const size_t SIZES[] = {1, 31, 64, 65, LONGEST};
static const size_t LENGTHS[] = {16, 32, LENGTH_MAX};
static const uint32_t ITERATIONS[] = {1, 2, 50};
#define COUNT(array) (sizeof(array) / sizeof *(array))

static uint8_t passwords[ROWS][LONGEST];
static uint8_t out[ROWS * LENGTH_MAX];

/* Passwords that valgrind takes for undefined. Rows 3 and 4 have the same one. */
static void make_secrets(void) {
    for (size_t row = 0; row < ROWS; row++)
        for (size_t at = 0; at < LONGEST; at++)
            passwords[row][at] = (uint8_t)(1 + (row - (row == 4)) * 31 + at * 7);
    (void)VALGRIND_MAKE_MEM_UNDEFINED(passwords, sizeof passwords);
}

/* That each byte of the output comes from a password, for else nothing was followed.
   The output is public afterwards. */
static int came_from_secrets(size_t size) {
    static uint8_t undefined[sizeof out];
    EXPECT(VALGRIND_GET_VBITS(out, undefined, size) == 1);
    for (size_t at = 0; at < size; at++)
        EXPECT(undefined[at] != 0);
    (void)VALGRIND_MAKE_MEM_DEFINED(out, sizeof out);
    return 0;
}

static int derive(const SmspohRun *run, size_t size, size_t length, uint32_t iterations) {
    static const uint8_t salts[ROWS][5] = {"salt", "s", "as s"};
    const uint8_t *each[ROWS], *salt[ROWS];
    size_t sizes[ROWS], salt_sizes[ROWS];
    for (size_t row = 0; row < ROWS; row++) {
        each[row] = passwords[row];
        sizes[row] = size;
        salt[row] = salts[row % 3];
        salt_sizes[row] = 4;
    }
    EXPECT(smspoh_derive_key(passwords[0], size, salts[0], 4, iterations, run, out, length) ==
           SMSPOH_STATUS_OK);
    if (came_from_secrets(length))
        return 1;
    /* One password for all rows, a password a row, and the latter with one salt for all. */
    static const size_t counts[][2] = {{1, ROWS}, {ROWS, ROWS}, {ROWS, 1}};
    for (size_t shape = 0; shape < COUNT(counts); shape++) {
        EXPECT(smspoh_derive_key_batch(each, sizes, counts[shape][0], salt, salt_sizes,
                                       counts[shape][1], ROWS, iterations, length, run, out,
                                       ROWS * length) == SMSPOH_STATUS_OK);
        if (came_from_secrets(ROWS * length))
            return 1;
    }
    return 0;
}

static int with_backend(const SmspohRun *run, const char *name) {
    printf("constant_time: following passwords through %s\n", name);
    for (size_t size = 0; size < COUNT(SIZES); size++)
        for (size_t length = 0; length < COUNT(LENGTHS); length++)
            for (size_t count = 0; count < COUNT(ITERATIONS); count++)
                if (derive(run, SIZES[size], LENGTHS[length], ITERATIONS[count]))
                    return 1;
    return 0;
}

static volatile uint8_t table[256], sink;

static int branch(void) {
    if (passwords[0][0] & 1)
        sink = 1;
    return 0;
}

static int index_(void) {
    sink = table[passwords[0][0]];
    return 0;
}

int main(int count, char **arguments) {
    if (!RUNNING_ON_VALGRIND) {
        fputs("constant_time: run me under valgrind, which is what looks\n", stderr);
        return 1;
    }
    make_secrets();
    if (count > 1 && strcmp(arguments[1], "branch") == 0)
        return branch();
    if (count > 1 && strcmp(arguments[1], "index") == 0)
        return index_();
    return with_each_backend(with_backend);
}
