/* A C caller of every function of the ABI. Exits 0, or says what was wrong. Runs under valgrind. */
#include "arrow.h"
#include "support.h"

static const uint8_t INFO[] = "AuthorizationKey";
static const SmspohProfile PROFILE = {
    .info = INFO, .info_size = sizeof INFO - 1, .key_size = 16, .iterations = 2};

static const uint8_t *bytes(const char *text) { return (const uint8_t *)text; }

static const SmspohRun ONE = {.threads = 1};
static const SmspohRun TWO = {.threads = 2};

static int version(void) {
    EXPECT(smspoh_abi_version() == SMSPOH_ABI_VERSION);
    return 0;
}

/* RFC 7914, section 11, the first vector. */
static int derive(void) {
    static const uint8_t expected[4] = {0x55, 0xac, 0x04, 0x6e};
    uint8_t key[64], same[64];
    EXPECT(smspoh_derive_key(bytes("passwd"), 6, bytes("salt"), 4, 1, NULL, key, sizeof key) ==
           SMSPOH_STATUS_OK);
    EXPECT(memcmp(key, expected, sizeof expected) == 0);

    const uint8_t *passwords[] = {bytes("passwd"), bytes("")};
    const size_t password_sizes[] = {6, 0};
    const uint8_t *salt[] = {bytes("salt")};
    const size_t salt_size[] = {4};
    EXPECT(smspoh_derive_key_batch(passwords, password_sizes, 2, salt, salt_size, 1, 2, 1, 32, &TWO,
                                   same, sizeof same) == SMSPOH_STATUS_OK);
    EXPECT(memcmp(key, same, 32) == 0);
    EXPECT(memcmp(same, same + 32, 32) != 0);
    return 0;
}

static int derive_refuses(void) {
    uint8_t key[32];
    EXPECT(smspoh_derive_key(NULL, 1, bytes("s"), 1, 1, NULL, key, 32) == SMSPOH_STATUS_ARGUMENT);
    EXPECT(smspoh_derive_key(bytes("p"), 1, bytes("s"), 1, 0, NULL, key, 32) == SMSPOH_STATUS_KDF);
    EXPECT(smspoh_derive_key(bytes("p"), 1, bytes("s"), 1, 1, NULL, NULL, 0) == SMSPOH_STATUS_KDF);
    const uint8_t *rows[] = {bytes("a"), bytes("b"), bytes("c")};
    const size_t sizes[] = {1, 1, 1};
    EXPECT(smspoh_derive_key_batch(rows, sizes, 2, rows, sizes, 3, 3, 1, 32, &ONE, key, 32) ==
           SMSPOH_STATUS_ARGUMENT);
    EXPECT(smspoh_derive_key_batch(rows, sizes, 3, rows, sizes, 3, 3, 1, 32, &ONE, key, 32) ==
           SMSPOH_STATUS_ARGUMENT);
    return 0;
}

static int derives_the_same(const SmspohRun *run, const char *name) {
    uint8_t key[32], same[32];
    (void)name;
    EXPECT(smspoh_derive_key(bytes("p"), 1, bytes("s"), 1, 9, NULL, key, 32) == SMSPOH_STATUS_OK);
    EXPECT(smspoh_derive_key(bytes("p"), 1, bytes("s"), 1, 9, run, same, 32) == SMSPOH_STATUS_OK);
    EXPECT(memcmp(key, same, 32) == 0);
    return 0;
}

/* Each backend by its name; a name that is none. */
static int derive_by_name(void) {
    uint8_t key[32];
    size_t size = 0;
    EXPECT(smspoh_backends(key, 0, &size) == SMSPOH_STATUS_ARGUMENT && size > 0);
    SmspohRun unknown = {.backend = bytes("none"), .backend_size = 4};
    EXPECT(smspoh_derive_key(bytes("p"), 1, bytes("s"), 1, 9, &unknown, key, 32) ==
           SMSPOH_STATUS_ARGUMENT);
    return with_each_backend(derives_the_same);
}

static uint8_t stop(void *context, uint64_t done, uint64_t total) {
    *(int *)context += done < total;
    return 0;
}

/* A call that would take minutes is stopped, and leaves nothing behind. */
static int stopped(void) {
    static const uint8_t nothing[64];
    uint8_t key[64] = {1};
    for (size_t threads = 1; threads <= 2; threads++) {
        int calls = 0;
        SmspohRun run = {.threads = threads, .progress = stop, .context = &calls};
        EXPECT(smspoh_derive_key(bytes("p"), 1, bytes("s"), 1, 4000000000, &run, key, 64) ==
               SMSPOH_STATUS_CANCELLED);
        EXPECT(calls == 1);
        EXPECT(memcmp(key, nothing, 64) == 0);
    }
    return 0;
}

static int encrypt_and_decrypt(const SmspohSalt *salt) {
    const uint8_t *texts[] = {bytes("Your OTP is 123456"), bytes("")};
    const size_t text_sizes[] = {18, 0};
    const uint8_t *key[] = {bytes("correct horse")};
    const size_t key_size[] = {13};
    uint8_t out[400];
    size_t size = 0;
    EXPECT(smspoh_encrypted_size(16, text_sizes, 2, &size) == SMSPOH_STATUS_OK);
    EXPECT(size <= sizeof out);
    EXPECT(smspoh_encrypt_batch(texts, text_sizes, 2, key, key_size, 1, &PROFILE, salt, &TWO, out,
                                size) == SMSPOH_STATUS_OK);
    const uint8_t *second = (const uint8_t *)memchr(out, '\n', size) + 1;
    EXPECT(out[size - 1] == '\n');

    const uint8_t *tokens[] = {out, second, bytes("junk")};
    const size_t token_sizes[] = {(size_t)(second - out - 1), (size_t)(out + size - second - 1), 4};
    size_t room = 0;
    EXPECT(smspoh_decrypted_size_max(16, token_sizes, 3, &room) == SMSPOH_STATUS_OK);
    uint8_t opened[100], verdicts[3];
    int64_t offsets[4];
    EXPECT(room <= sizeof opened);
    EXPECT(smspoh_decrypt_batch(tokens, token_sizes, 3, key, key_size, 1, &PROFILE, 0, NULL,
                                opened, room, offsets, verdicts) == SMSPOH_STATUS_OK);
    EXPECT(verdicts[0] == SMSPOH_OPENED && verdicts[1] == SMSPOH_OPENED);
    EXPECT(verdicts[2] == SMSPOH_MALFORMED);
    EXPECT(offsets[0] == 0 && offsets[1] == 18 && offsets[2] == 18 && offsets[3] == 18);
    EXPECT(memcmp(opened, "Your OTP is 123456", 18) == 0);

    out[0] ^= out[0] == 'A' ? 'A' ^ 'B' : out[0] ^ 'A';
    EXPECT(smspoh_decrypt_batch(tokens, token_sizes, 1, key, key_size, 1, &PROFILE, 1, &ONE,
                                opened, room, offsets, verdicts) == SMSPOH_STATUS_OK);
    EXPECT(verdicts[0] == SMSPOH_REFUSED && offsets[1] == 0);
    return 0;
}

static int envelope(void) {
    const uint8_t *contexts[] = {bytes("first"), bytes("second")};
    const size_t context_sizes[] = {5, 6};
    const SmspohSalt fresh = {.mode = SMSPOH_SALT_FRESH};
    const SmspohSalt shared = {.mode = SMSPOH_SALT_SHARED};
    const SmspohSalt derived = {.mode = SMSPOH_SALT_DERIVED,
                                .secret = bytes("secret"),
                                .secret_size = 6,
                                .contexts = contexts,
                                .context_sizes = context_sizes,
                                .contexts_count = 2};
    return encrypt_and_decrypt(&fresh) || encrypt_and_decrypt(&shared) ||
           encrypt_and_decrypt(&derived);
}

static int envelope_refuses(void) {
    const uint8_t *row[] = {bytes("text")};
    const size_t row_size[] = {4};
    const SmspohSalt fresh = {.mode = SMSPOH_SALT_FRESH};
    const SmspohSalt unknown = {.mode = 3};
    SmspohProfile wrong = PROFILE;
    uint8_t out[153];
    EXPECT(smspoh_encrypt_batch(row, row_size, 1, row, row_size, 1, NULL, &fresh, &ONE, out, 153) ==
           SMSPOH_STATUS_ARGUMENT);
    EXPECT(smspoh_encrypt_batch(row, row_size, 1, row, row_size, 1, &PROFILE, NULL, &ONE, out, 153) ==
           SMSPOH_STATUS_ARGUMENT);
    EXPECT(smspoh_encrypt_batch(row, row_size, 1, row, row_size, 1, &PROFILE, &unknown, &ONE, out,
                                153) == SMSPOH_STATUS_ARGUMENT);
    EXPECT(smspoh_encrypt_batch(row, row_size, 1, row, row_size, 1, &PROFILE, &fresh, &ONE, out,
                                152) == SMSPOH_STATUS_ARGUMENT);
    wrong.key_size = 17;
    EXPECT(smspoh_encrypt_batch(row, row_size, 1, row, row_size, 1, &wrong, &fresh, &ONE, out, 153) ==
           SMSPOH_STATUS_ARGUMENT);
    wrong = PROFILE;
    wrong.iterations = 0;
    EXPECT(smspoh_encrypt_batch(row, row_size, 1, row, row_size, 1, &wrong, &fresh, &ONE, out, 153) ==
           SMSPOH_STATUS_KDF);
    const uint8_t *ends_in_nul[] = {bytes("key\0")};
    EXPECT(smspoh_encrypt_batch(row, row_size, 1, ends_in_nul, row_size, 1, &PROFILE, &fresh, &ONE,
                                out, 153) == SMSPOH_STATUS_ARGUMENT);
    int64_t offsets[2];
    uint8_t verdict;
    EXPECT(smspoh_decrypt_batch(row, row_size, 1, row, row_size, 1, &PROFILE, 0, &ONE, NULL, 1,
                                offsets, &verdict) == SMSPOH_STATUS_ARGUMENT);
    EXPECT(smspoh_decrypt_batch(row, row_size, 1, row, row_size, 1, &PROFILE, 2, &ONE, out, 153,
                                offsets, &verdict) == SMSPOH_STATUS_ARGUMENT);
    return 0;
}

/* The entry for tests against published vectors: the same salt and vector, the same message. */
static int exact(void) {
    const uint8_t salt[16] = {1}, iv[16] = {2};
    uint8_t once[153], again[153];
    EXPECT(smspoh_testing_encrypt(bytes("text"), 4, bytes("key"), 3, &PROFILE, salt, iv, once,
                                  sizeof once) == SMSPOH_STATUS_OK);
    EXPECT(smspoh_testing_encrypt(bytes("text"), 4, bytes("key"), 3, &PROFILE, salt, iv, again,
                                  sizeof again) == SMSPOH_STATUS_OK);
    EXPECT(memcmp(once, again, sizeof once) == 0);
    return 0;
}

/* Two numbers and something else, by lines and by offsets: packed text and columns out. */
static int normalize(void) {
    static const uint8_t text[] = "09 421 234 567\njunk\n+66812345678";
    static const int64_t offsets[] = {0, 14, 19, 32};
    static const char expected[] = "+959421234567\n\n+66812345678\n";
    const SmspohPhoneOptions options = {.region = {'M', 'M'}, .strict = 1};
    for (int by_offsets = 0; by_offsets < 2; by_offsets++) {
        uint8_t e164[3 * SMSPOH_E164_SLOT], verdicts[3], operators[3], kinds[3], regions[6];
        uint16_t codes[3];
        size_t size = 0;
        EXPECT(smspoh_normalize_batch(text, sizeof text - 1, by_offsets ? offsets : NULL, 3,
                                      &options, 1, e164, sizeof e164, &size, verdicts, operators,
                                      kinds, regions, codes) == SMSPOH_STATUS_OK);
        EXPECT(size == sizeof expected - 1 && memcmp(e164, expected, size) == 0);
        EXPECT(verdicts[0] == SMSPOH_VERDICT_VALID && operators[0] == SMSPOH_OPERATOR_MPT);
        EXPECT(verdicts[1] == SMSPOH_VERDICT_NOT_A_NUMBER || verdicts[1] == SMSPOH_VERDICT_LETTERS);
        EXPECT(verdicts[2] == SMSPOH_VERDICT_VALID && codes[2] == 66);
        EXPECT(kinds[0] == SMSPOH_KIND_MOBILE && kinds[2] == SMSPOH_KIND_MOBILE);
        EXPECT(memcmp(regions, "MM\0\0TH", 6) == 0);
    }
    uint8_t verdict;
    EXPECT(smspoh_normalize_batch(text, sizeof text - 1, NULL, 1, &options, 1, NULL, 0, NULL,
                                  &verdict, NULL, NULL, NULL, NULL) == SMSPOH_STATUS_ARGUMENT);
    EXPECT(smspoh_normalize_batch(text, 4, NULL, 1, NULL, 1, NULL, 0, NULL, &verdict, NULL, NULL,
                                  NULL, NULL) == SMSPOH_STATUS_ARGUMENT);
    EXPECT(smspoh_phone_table_date() > 20240000);
    return 0;
}

/* A number of the world from another region, and what a refused row was read as. */
static int normalize_abroad(void) {
    static const uint8_t text[] = "081 234 5678\n02 123 4567\n0812";
    static const char taken[] = "+66812345678\n\n\n";
    static const char read[] = "+66812345678\n+6621234567\n+660812\n";
    SmspohPhoneOptions options = {.region = {'T', 'H'}, .strict = 1, .sms = 1};
    for (int with_refused = 0; with_refused < 2; with_refused++) {
        uint8_t e164[3 * SMSPOH_E164_SLOT], verdicts[3];
        size_t size = 0;
        options.with_refused = (uint8_t)with_refused;
        EXPECT(smspoh_normalize_batch(text, sizeof text - 1, NULL, 3, &options, 1, e164,
                                      sizeof e164, &size, verdicts, NULL, NULL, NULL,
                                      NULL) == SMSPOH_STATUS_OK);
        const char *expected = with_refused ? read : taken;
        EXPECT(size == strlen(expected) && memcmp(e164, expected, size) == 0);
        EXPECT(verdicts[0] == SMSPOH_VERDICT_VALID && verdicts[1] == SMSPOH_VERDICT_NOT_MOBILE);
        EXPECT(verdicts[2] == SMSPOH_VERDICT_TOO_SHORT);
    }
    SmspohNumber number;
    EXPECT(smspoh_normalize(text, 12, &options, &number) == SMSPOH_STATUS_OK);
    EXPECT(number.verdict == SMSPOH_VERDICT_VALID && number.kind == SMSPOH_KIND_MOBILE);
    EXPECT(number.calling_code == 66 && number.region[0] == 'T' && number.region[1] == 'H');
    EXPECT(number.e164_size == 12 && memcmp(number.e164, taken, 12) == 0 && !number.e164[12]);
    EXPECT(smspoh_normalize(NULL, 0, &options, &number) == SMSPOH_STATUS_OK);
    EXPECT(number.verdict == SMSPOH_VERDICT_NOT_A_NUMBER && number.e164_size == 0);
    EXPECT(smspoh_normalize(NULL, 1, &options, &number) == SMSPOH_STATUS_ARGUMENT);
    EXPECT(smspoh_normalize(NULL, 0, NULL, &number) == SMSPOH_STATUS_ARGUMENT);
    EXPECT(smspoh_normalize(NULL, 0, &options, NULL) == SMSPOH_STATUS_ARGUMENT);
    options.region[0] = options.region[1] = 'Z';
    EXPECT(smspoh_normalize_batch(text, sizeof text - 1, NULL, 3, &options, 1, NULL, 0, NULL, NULL,
                                  NULL, NULL, NULL, NULL) == SMSPOH_STATUS_ARGUMENT);
    uint8_t release[17] = {0}; /* one more than is written */
    release[16] = 'x';
    EXPECT(smspoh_phone_metadata_version(release) == SMSPOH_STATUS_OK && release[16] == 'x');
    EXPECT(release[0] >= '9' && memchr(release, '.', 16) != NULL && release[15] == 0);
    EXPECT(smspoh_phone_metadata_version(NULL) == SMSPOH_STATUS_ARGUMENT);
    return 0;
}

/* The carrier of a mobile, and its name by a buffer that fits; a row that is refused has none. */
static int carriers(void) {
    static const uint8_t lines[] = "+40721234567\n\n";
    static const uint8_t verdicts[] = {SMSPOH_VERDICT_VALID, SMSPOH_VERDICT_NOT_A_NUMBER};
    static const uint8_t kinds[] = {SMSPOH_KIND_MOBILE, SMSPOH_KIND_UNKNOWN};
    uint16_t found[2];
    EXPECT(smspoh_carrier_batch(lines, sizeof lines - 1, verdicts, kinds, 2, found) ==
           SMSPOH_STATUS_OK);
    EXPECT(found[0] != 0 && found[1] == 0);
    uint8_t name[8];
    size_t size = 0;
    EXPECT(smspoh_carrier_name(found[0], NULL, 0, &size) == SMSPOH_STATUS_ARGUMENT && size == 8);
    EXPECT(smspoh_carrier_name(found[0], name, size, &size) == SMSPOH_STATUS_OK);
    EXPECT(memcmp(name, "Vodafone", 8) == 0);
    EXPECT(smspoh_carrier_name(0, name, sizeof name, &size) == SMSPOH_STATUS_ARGUMENT && size == 0);
    EXPECT(smspoh_carrier_batch(lines, 1, verdicts, kinds, 2, found) == SMSPOH_STATUS_ARGUMENT);
    EXPECT(smspoh_carrier_batch(NULL, 0, NULL, NULL, 0, NULL) == SMSPOH_STATUS_OK);
    return 0;
}

/* A text of two parts, one that is no text, and where the first part ends. */
static int segments(void) {
    char text[166];
    memset(text, 'a', sizeof text);
    text[161] = 0;
    text[162] = (char)0xFF;
    text[163] = 0;
    memcpy(text + 164, "hi", 2);
    uint8_t encodings[3], cut;
    int32_t parts[3], units_of[3], left[3], forced[3], at;
    size_t count = 9;
    const SmspohTexts texts = {.data = bytes(text), .size = sizeof text};
    EXPECT(smspoh_segments_batch(&texts, 3, 0, 1, encodings, parts, units_of,
                                 left, forced) == SMSPOH_STATUS_OK);
    EXPECT(encodings[0] == SMSPOH_ENCODING_GSM7 && encodings[1] == SMSPOH_ENCODING_NONE);
    EXPECT(parts[0] == 2 && parts[1] == 0 && parts[2] == 1);
    EXPECT(units_of[0] == 161 && left[0] == 145 && left[2] == 158 && forced[0] == -1);
    EXPECT(smspoh_segments_batch(&texts, 2, 0, 1, NULL, parts, NULL, NULL,
                                 NULL) == SMSPOH_STATUS_ARGUMENT);
    static const uint16_t units[] = {'h', 'i', 0, 0x1000, 0xD83D, 0xDE00};
    const SmspohTexts utf16 = {.utf16 = units, .size = sizeof units / sizeof *units};
    EXPECT(smspoh_segments_batch(&utf16, 2, 0, 1, encodings, NULL, units_of, NULL, NULL) ==
           SMSPOH_STATUS_OK);
    EXPECT(encodings[1] == SMSPOH_ENCODING_UCS2 && units_of[0] == 2 && units_of[1] == 3);
    EXPECT(smspoh_text_boundaries(bytes(text), 161, SMSPOH_ENCODING_GSM7, &at, &cut, 1, &count) ==
           SMSPOH_STATUS_OK);
    EXPECT(count == 1 && at == 153 && cut == 0);
    EXPECT(smspoh_text_boundaries(bytes(text), 161, SMSPOH_ENCODING_GSM7, NULL, NULL, 0, &count) ==
           SMSPOH_STATUS_ARGUMENT);
    EXPECT(count == 1);
    return 0;
}

/* A syllable of Zawgyi, told and converted; Latin beside it. */
static int zawgyi(void) {
    static const char text[] = "\xE1\x80\x99\xE1\x80\xB9\xE1\x80\xB8\0abc";
    static const char unicode[] = "\xE1\x80\x99\xE1\x80\xBA\xE1\x80\xB8";
    const size_t size = sizeof text - 1;
    uint8_t encodings[2], out[(sizeof text - 1) * SMSPOH_ZAWGYI_GROWTH], version[16];
    double probabilities[2];
    int64_t offsets[3];
    const SmspohTexts texts = {.data = bytes(text), .size = size};
    EXPECT(smspoh_zawgyi_detect_batch(&texts, 2, 1, encodings, probabilities) ==
           SMSPOH_STATUS_OK);
    EXPECT(encodings[0] == SMSPOH_FONT_ENCODING_ZAWGYI && encodings[1] == SMSPOH_FONT_ENCODING_NONE);
    EXPECT(probabilities[0] > 0.999 && probabilities[1] != probabilities[1]);
    EXPECT(smspoh_zawgyi_convert_batch(&texts, 2, 0, out, sizeof out, offsets) ==
           SMSPOH_STATUS_OK);
    EXPECT(offsets[0] == 0 && offsets[1] == 9 && offsets[2] == 12);
    EXPECT(memcmp(out, unicode, 9) == 0 && memcmp(out + 9, "abc", 3) == 0);
    EXPECT(smspoh_zawgyi_convert_batch(&texts, 2, 0, out, sizeof out - 1,
                                       offsets) == SMSPOH_STATUS_ARGUMENT);
    EXPECT(smspoh_zawgyi_model_version(version) == SMSPOH_STATUS_OK && version[15] == 0);
    return 0;
}

int main(void) {
    if (arrow() || normalize() || normalize_abroad() || carriers() || segments() || zawgyi() || version() || derive() ||
        derive_refuses() || derive_by_name() || stopped() || envelope() || envelope_refuses() ||
        exact())
        return 1;
    puts("abi: every function of the ABI answered a C caller as it should");
    return 0;
}
