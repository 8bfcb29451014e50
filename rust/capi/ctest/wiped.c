/* Nothing secret is left on the stack or in the heap once a call has returned.

   The call is made on a stack that is memory of ours, where nothing runs after it; every block of the heap is fresh
   memory that is never given again, so that what was freed stays to be seen. Afterwards
   both are searched for passwords, keys and all that lies between them. With an argument
   that names a planted offence the search must succeed, and the program exits with 3. */
#define _GNU_SOURCE /* contexts, and a heap of ours */
#include <stdatomic.h>
#include <ucontext.h>

#include "needles.h"
#include "support.h"

enum { FOUND = 3, ROWS = 17, SHORT = 32, LONG = 96, STACK = 1 << 20, HEAP = 64 << 20 };
enum { TEXTS = 3, KEY = 32, TEXT = 32, MAC = 64, IV = 16, TOKEN = 240 };

/* The heap: it only grows. */
static _Alignas(64) uint8_t heap[HEAP];
static atomic_size_t heap_used;

void *aligned_alloc(size_t alignment, size_t size) {
    size_t head = alignment < 16 ? 16 : alignment; /* holds the size, for realloc */
    size_t from = atomic_fetch_add(&heap_used, head + alignment + size + 16);
    if (from + head + alignment + size + 16 > HEAP)
        abort();
    uintptr_t block = ((uintptr_t)heap + from + head + alignment - 1) / alignment * alignment;
    memcpy((void *)(block - sizeof size), &size, sizeof size);
    return (void *)block;
}

void *malloc(size_t size) { return aligned_alloc(16, size); }

void free(void *block) { (void)block; }

void *calloc(size_t count, size_t size) {
    return size && count > HEAP / size ? NULL : malloc(count * size); /* never used before */
}

void *realloc(void *block, size_t size) {
    void *moved = malloc(size);
    size_t before = 0;
    if (block)
        memcpy(&before, (uint8_t *)block - sizeof before, sizeof before);
    return block ? memcpy(moved, block, before < size ? before : size) : moved;
}

int posix_memalign(void **block, size_t alignment, size_t size) {
    *block = aligned_alloc(alignment, size);
    return 0;
}

/* The inputs and outputs of all calls, in memory that is not searched. */
static uint8_t passwords[ROWS][LONG], salts[ROWS][8], texts[TEXTS][TEXT];
static uint8_t out[ROWS * KEY], tokens[TEXTS * TOKEN], opened[TEXTS * TOKEN], verdicts[TEXTS];
static int64_t offsets[TEXTS + 1];
static const uint8_t *password_at[ROWS], *salt_at[ROWS], *text_at[TEXTS], *token_at[TEXTS];
static size_t password_sizes[ROWS], salt_sizes[ROWS], text_sizes[TEXTS], token_sizes[TEXTS];
static size_t passwords_count, tokens_size;
static uint32_t iterations;
static SmspohRun run;
static const SmspohSalt FRESH = {.mode = SMSPOH_SALT_FRESH};
static SmspohProfile profile = {
    .info = (const uint8_t *)"AuthorizationKey", .info_size = 16, .key_size = KEY};
static SmspohStatus status;

static void fill(uint8_t *bytes, size_t size) {
    static uint64_t state = 1;
    for (size_t at = 0; at < size; at++) {
        state = state * 6364136223846793005 + 1442695040888963407; /* Knuth's MMIX */
        bytes[at] = (uint8_t)(state >> 56) | 1;
    }
}

static void make_inputs(void) {
    fill(passwords[0], sizeof passwords);
    fill(salts[0], sizeof salts);
    fill(texts[0], sizeof texts);
    for (size_t row = 0; row < ROWS; row++) {
        password_at[row] = passwords[row];
        salt_at[row] = salts[row];
        salt_sizes[row] = sizeof salts[row];
    }
    for (size_t row = 0; row < TEXTS; row++) {
        text_at[row] = texts[row];
        text_sizes[row] = TEXT;
    }
}

static ucontext_t here, there;
static void (*wanted_work)(void);

static void work_and_leave(void) {
    wanted_work();
    swapcontext(&there, &here); /* which pushes nothing but its return address */
}

/* Call `work` on a stack of ours; how many needles are left there and in the heap. */
static int call_and_search(const char *name, const char *backend, void (*work)(void),
                           int (*prepare)(void)) {
    static _Alignas(64) uint8_t stack[STACK];
    char where[100];
    memset(stack, 0xa5, STACK);
    size_t before = heap_used;
    EXPECT(getcontext(&there) == 0);
    there.uc_stack.ss_sp = stack;
    there.uc_stack.ss_size = STACK;
    wanted_work = work;
    makecontext(&there, work_and_leave, 0);
    EXPECT(swapcontext(&here, &there) == 0);
    forget_needles();
    if (prepare())
        return 1;
    EXPECT(needle_count > 500);
    snprintf(where, sizeof where, "%s, %s, stack", backend, name);
    size_t found = search(where, stack, stack + STACK);
    snprintf(where, sizeof where, "%s, %s, heap", backend, name);
    found += search(where, heap + before, heap + heap_used);
    return found ? FOUND : 0;
}

/* The needles of one key derivation, and its result; `lane` is what the row before held. */
typedef struct {
    Words first, second, sum;
    Hmac hmac;
} Lane;

static void add_hmac(const Hmac *hmac) {
    add_bytes("the key of an HMAC", hmac->key);
    add_bytes("the key under the inner pad", hmac->inner_block);
    add_bytes("the key under the outer pad", hmac->outer_block);
    add_words("the inner midstate", hmac->inner);
    add_words("the outer midstate", hmac->outer);
}

static Lane add_derivation(const uint8_t *password, size_t size, const uint8_t *salt,
                           size_t salt_size) {
    Lane lane = {.hmac = hmac_key(password, size)};
    uint8_t message[64];
    Words u[2];
    for (size_t at = 0; at + 32 <= size; at += 32)
        add_bytes("the password", password + at);
    add_hmac(&lane.hmac);
    memcpy(message, salt, salt_size);
    memcpy(message + salt_size, "\0\0\0\1", 4);
    hmac_sha256(&lane.hmac, message, salt_size + 4, u);
    add_words("the inner hash of U_1", u[0]);
    add_words("U_1", lane.first = u[1]);
    store(u[1], message);
    hmac_sha256(&lane.hmac, message, 32, u);
    add_words("the inner hash of U_2", u[0]);
    add_words("U_2", lane.second = u[1]);
    for (int i = 0; i < 8; i++)
        lane.sum.word[i] = lane.first.word[i] ^ lane.second.word[i];
    add_words("the derived key", lane.sum);
    return lane;
}

/* Needles of every row of a batch of keys; and that they are those of its results. */
static int prepare_keys(size_t rows) {
    static Lane lanes[ROWS];
    uint8_t expected[KEY];
    for (size_t row = 0; row < rows; row++) {
        size_t from = passwords_count == 1 ? 0 : row;
        lanes[row] = add_derivation(passwords[from], password_sizes[from], salts[row], 8);
        store(lanes[row].sum, expected);
        if (status == SMSPOH_STATUS_OK)
            EXPECT(memcmp(out + KEY * row, expected, KEY) == 0);
        if (row == 0)
            continue;
        const Lane *lane = &lanes[row - 1], *next = &lanes[row];
        add_neighbours("two lanes of the inner midstate", lane->hmac.inner, next->hmac.inner);
        add_neighbours("two lanes of the outer midstate", lane->hmac.outer, next->hmac.outer);
        add_neighbours("two lanes of U_1", lane->first, next->first);
        add_neighbours("two lanes of U_2", lane->second, next->second);
        add_neighbours("two lanes of the derived key", lane->sum, next->sum);
    }
    EXPECT(status == SMSPOH_STATUS_OK || (run.progress && status == SMSPOH_STATUS_CANCELLED));
    return 0;
}

static int prepare_one(void) { return prepare_keys(1); }
static int prepare_batch(void) { return prepare_keys(ROWS); }

static void derive_one(void) {
    status = smspoh_derive_key(passwords[0], password_sizes[0], salts[0], 8, iterations, &run, out,
                               KEY);
}

static void derive_batch(void) {
    status = smspoh_derive_key_batch(password_at, password_sizes, passwords_count, salt_at,
                                     salt_sizes, ROWS, ROWS, iterations, KEY, &run, out,
                                     sizeof out);
}

static void encrypt(void) {
    status = smspoh_encrypt_batch(text_at, text_sizes, TEXTS, password_at, password_sizes,
                                  passwords_count, &profile, &FRESH, &run, tokens, tokens_size);
}

static void decrypt(void) {
    status = smspoh_decrypt_batch(token_at, token_sizes, TEXTS, password_at, password_sizes,
                                  passwords_count, &profile, 0, &run, opened, sizeof opened,
                                  offsets, verdicts);
}

/* Source: RFC 4648, 4. */
static void base64(const uint8_t *token, size_t size, uint8_t *raw) {
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    uint32_t bits = 0;
    for (size_t at = 0; at < size; at++) {
        const char *digit = token[at] == '=' ? digits : strchr(digits, token[at]);
        bits = bits << 6 | (uint32_t)(digit - digits);
        if (at % 4 == 3)
            for (int byte = 0; byte < 3; byte++)
                *raw++ = (uint8_t)(bits >> (16 - 8 * byte));
    }
}

/* Needles of every message in `tokens`: docs/spec/envelope.md says what it is made of. */
static int prepare_messages(void) {
    EXPECT(status == SMSPOH_STATUS_OK);
    const uint8_t none[32] = {0}, *token = tokens;
    for (size_t row = 0; row < TEXTS; row++) {
        uint8_t raw[TOKEN], derived[KEY], info[17] = "AuthorizationKey\1", auth[KEY], mac[32];
        char hex[MAC + 1];
        size_t from = passwords_count == 1 ? 0 : row;
        token_at[row] = token;
        token_sizes[row] = (size_t)((const uint8_t *)memchr(token, '\n', TOKEN + 1) - token);
        EXPECT(token_sizes[row] < TOKEN);
        base64(token, token_sizes[row], raw);
        token += token_sizes[row] + 1;
        add_bytes("the text", texts[row]);
        Lane lane = add_derivation(passwords[from], password_sizes[from], raw, KEY);
        store(lane.sum, derived);
        /* HKDF: RFC 5869, 2. */
        Hmac extract = hmac_key(none, sizeof none), expand, sealing;
        Words words[2];
        hmac_sha256(&extract, derived, KEY, words);
        store(words[1], mac);
        add_words("HKDF's key", words[1]);
        expand = hmac_key(mac, 32);
        add_hmac(&expand);
        hmac_sha256(&expand, info, sizeof info, words);
        store(words[1], auth);
        sealing = hmac_key(auth, KEY);
        add_hmac(&sealing);
        hmac_sha256(&sealing, raw + KEY + MAC, IV + TEXT + 16, words);
        store(words[1], mac);
        for (int i = 0; i < 32; i++)
            snprintf(hex + 2 * i, 3, "%02x", mac[i]);
        EXPECT(memcmp(raw + KEY, hex, MAC) == 0);
    }
    return 0;
}

static int prepare_opened(void) {
    EXPECT(offsets[TEXTS] == sizeof texts && memcmp(opened, texts, sizeof texts) == 0);
    return prepare_messages();
}

static uint8_t stop(void *context, uint64_t done, uint64_t total) {
    (void)context, (void)done, (void)total;
    return 0;
}

static int with_passwords(const char *backend, size_t size) {
    static char names[5][60];
    static const char *const what[] = {"a key", "a batch of keys", "a batch that is stopped",
                                       "messages encrypted", "messages decrypted"};
    int found = 0;
    for (size_t i = 0; i < 5; i++)
        snprintf(names[i], sizeof names[i], "%s of %zu passwords of %zu bytes", what[i],
                 i == 0 ? 1 : passwords_count, size);
    for (size_t row = 0; row < ROWS; row++)
        password_sizes[row] = size;
    iterations = profile.iterations = 2;
    EXPECT(smspoh_encrypted_size(KEY, text_sizes, TEXTS, &tokens_size) == SMSPOH_STATUS_OK);
    EXPECT(tokens_size <= sizeof tokens);
    found |= call_and_search(names[0], backend, derive_one, prepare_one);
    found |= call_and_search(names[1], backend, derive_batch, prepare_batch);
    size_t count = passwords_count;
    passwords_count = count == 1 ? 1 : TEXTS; /* of as many as there are texts */
    found |= call_and_search(names[3], backend, encrypt, prepare_messages);
    found |= call_and_search(names[4], backend, decrypt, prepare_opened);
    passwords_count = count;
    iterations = 4000000000;
    run.progress = stop;
    found |= call_and_search(names[2], backend, derive_batch, prepare_batch);
    return found;
}

static int found_anywhere;

static int with_backend(const SmspohRun *wanted, const char *name) {
    static const size_t sizes[] = {SHORT, LONG};
    int found = 0;
    for (size_t i = 0; i < 2; i++)
        for (passwords_count = 1; passwords_count <= ROWS; passwords_count += ROWS - 1) {
            run = *wanted;
            found |= with_passwords(name, sizes[i]);
        }
    printf("wiped: %s: %s\n", name, found ? "secrets are left" : "nothing secret is left");
    found_anywhere |= found;
    return found == 1; /* the test itself failed; what was found is no reason to end early */
}

/* What must be found: a copy of a password on the stack, and in memory that was freed. */
static void leave_on_stack(void) {
    volatile uint8_t copy[16];
    for (size_t at = 0; at < sizeof copy; at++)
        copy[at] = passwords[0][at];
}

static void leave_in_heap(void) {
    volatile uint8_t *copy = malloc(16);
    for (size_t at = 0; at < 16; at++)
        copy[at] = passwords[0][at];
    free((void *)copy);
}

/* Half of a register with a word of a midstate in each lane. */
static uint32_t midstate_word;
static void leave_lanes(void) {
    volatile uint32_t lanes[4];
    lanes[0] = lanes[1] = lanes[2] = lanes[3] = midstate_word;
}

static int offend(const char *offence) {
    void (*work)(void) = strcmp(offence, "stack") == 0  ? leave_on_stack
                         : strcmp(offence, "heap") == 0 ? leave_in_heap
                                                        : leave_lanes;
    midstate_word = hmac_key(passwords[0], SHORT).outer.word[3];
    password_sizes[0] = SHORT;
    passwords_count = 1;
    status = SMSPOH_STATUS_CANCELLED;
    run.progress = stop;
    return call_and_search("planted", offence, work, prepare_one);
}

int main(int count, char **arguments) {
    make_inputs();
    if (count > 1)
        return offend(arguments[1]);
    return with_each_backend(with_backend) ? 1 : found_anywhere;
}
