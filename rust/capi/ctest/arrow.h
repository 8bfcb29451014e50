/* A C caller of the functions for Arrow: columns in, arrays and streams out, all let go. */
#ifndef SMSPOH_CTEST_ARROW_H
#define SMSPOH_CTEST_ARROW_H

#include <stdlib.h>

#include "support.h"

static int released;
static void release_schema(SmspohArrowSchema *schema) {
    schema->release = NULL;
    released++;
}
static void release_array(SmspohArrowArray *array) {
    array->release = NULL;
    released++;
}

/* Three texts on the heap, so that valgrind sees what is read past their ends; the second is null. */
typedef struct {
    SmspohArrowSchema schema;
    SmspohArrowArray array;
    const void *buffers[3];
    uint8_t *validity;
    int32_t *offsets;
    char *data;
} Texts;

static SmspohArrowColumn texts_of(Texts *texts, const char *first, const char *last) {
    size_t sizes[] = {strlen(first), strlen(last)};
    texts->validity = malloc(1);
    texts->offsets = malloc(4 * sizeof(int32_t));
    texts->data = malloc(sizes[0] + sizes[1]);
    *texts->validity = 5;
    memcpy(texts->offsets, (int32_t[]){0, (int32_t)sizes[0], (int32_t)sizes[0],
                                       (int32_t)(sizes[0] + sizes[1])}, 4 * sizeof(int32_t));
    memcpy(texts->data, first, sizes[0]);
    memcpy(texts->data + sizes[0], last, sizes[1]);
    texts->buffers[0] = texts->validity;
    texts->buffers[1] = texts->offsets;
    texts->buffers[2] = texts->data;
    texts->schema = (SmspohArrowSchema){.format = "u", .release = release_schema};
    texts->array = (SmspohArrowArray){.length = 3, .null_count = 1, .n_buffers = 3,
                                      .buffers = texts->buffers, .release = release_array};
    return (SmspohArrowColumn){&texts->schema, &texts->array};
}

static void drop_texts(Texts *texts) {
    free(texts->validity);
    free(texts->offsets);
    free(texts->data);
}

/* One array, handed out three times and once as a stream; the first may go before the others. */
static int arrow_shares(SmspohArrowArray *made, const uint8_t *fields, size_t count) {
    SmspohArrowArray *other = NULL, *moved = NULL, next;
    SmspohArrowSchema *kind = NULL, *kind_moved = NULL, read;
    SmspohArrowStream *stream = NULL;
    const SmspohArrowArray *arrays[] = {made, made};
    EXPECT(smspoh_arrow_schema(SMSPOH_ARROW_NUMBERS, fields, count, &kind) == SMSPOH_STATUS_OK);
    EXPECT(strcmp(kind->format, "+s") == 0 && kind->n_children == (int64_t)count);
    EXPECT(strcmp(kind->children[1]->name, "e164") == 0 && kind->children[0]->dictionary);
    EXPECT(smspoh_arrow_share(made, &other) == SMSPOH_STATUS_OK);
    EXPECT(smspoh_arrow_stream(SMSPOH_ARROW_NUMBERS, fields, count, arrays, 2, &stream) ==
           SMSPOH_STATUS_OK);
    EXPECT(smspoh_arrow_array_free(made) == SMSPOH_STATUS_OK);
    EXPECT(smspoh_arrow_move(other, &moved) == SMSPOH_STATUS_OK && !other->release);
    EXPECT(smspoh_arrow_share(other, &made) == SMSPOH_STATUS_ARGUMENT && !made);
    EXPECT(smspoh_arrow_move(other, &made) == SMSPOH_STATUS_ARGUMENT && !made);
    EXPECT(smspoh_arrow_array_free(other) == SMSPOH_STATUS_OK);
    EXPECT(smspoh_arrow_move_schema(kind, &kind_moved) == SMSPOH_STATUS_OK && !kind->release);
    EXPECT(smspoh_arrow_schema_free(kind) == SMSPOH_STATUS_OK);
    EXPECT(stream->get_schema(stream, &read) == 0 && read.n_children == (int64_t)count);
    read.release(&read);
    for (int rows = 0; rows < 2; rows++) {
        EXPECT(stream->get_next(stream, &next) == 0 && next.length == 3);
        const int32_t *ends = next.children[1]->buffers[1];
        EXPECT(memcmp(next.children[1]->buffers[2], "+959420123456", (size_t)ends[3]) == 0);
        /* A child that was moved out stays when the others go. */
        SmspohArrowArray child = *next.children[0];
        next.children[0]->release = NULL;
        next.release(&next);
        EXPECT(((const uint8_t *)child.buffers[1])[2] == SMSPOH_VERDICT_LETTERS);
        child.release(&child);
    }
    EXPECT(stream->get_next(stream, &next) == 0 && !next.release);
    EXPECT(stream->get_last_error(stream) == NULL);
    EXPECT(smspoh_arrow_stream_free(stream) == SMSPOH_STATUS_OK);
    EXPECT(smspoh_arrow_array_free(moved) == SMSPOH_STATUS_OK);
    EXPECT(smspoh_arrow_schema_free(kind_moved) == SMSPOH_STATUS_OK);
    return 0;
}

static int arrow_numbers(void) {
    Texts texts;
    SmspohArrowArray *made = NULL;
    uint32_t flaw = 9;
    const SmspohArrowColumn column = texts_of(&texts, "09420123456", "O9");
    const SmspohPhoneOptions options = {{'M', 'M'}, 1, 0, 0};
    const uint8_t fields[] = {1, 0}, twice[] = {1, 1}, none[] = {6};
    EXPECT(smspoh_arrow_normalize(&column, &options, 1, twice, 2, &made, &flaw) ==
           SMSPOH_STATUS_ARGUMENT);
    EXPECT(smspoh_arrow_normalize(&column, &options, 1, none, 1, &made, &flaw) ==
           SMSPOH_STATUS_ARGUMENT);
    EXPECT(flaw == 0 && !made);
    EXPECT(smspoh_arrow_normalize(&column, &options, 1, fields, 2, &made, &flaw) ==
           SMSPOH_STATUS_OK);
    EXPECT(made->length == 3 && made->n_children == 2 && made->children[0]->null_count == 1);
    if (arrow_shares(made, fields, 2)) return 1;
    texts.offsets[1] = 99;
    EXPECT(smspoh_arrow_normalize(&column, &options, 1, fields, 2, &made, &flaw) ==
           SMSPOH_STATUS_ARGUMENT);
    EXPECT(flaw == SMSPOH_ARROW_FLAW_OFFSETS && !made);
    texts.array.release = NULL;
    EXPECT(smspoh_arrow_normalize(&column, &options, 1, fields, 2, &made, &flaw) ==
           SMSPOH_STATUS_ARGUMENT);
    EXPECT(flaw == SMSPOH_ARROW_FLAW_RELEASED && released == 0);
    drop_texts(&texts);
    return 0;
}

static int arrow_texts(void) {
    Texts texts;
    SmspohArrowArray *tokens = NULL, *made = NULL;
    uint32_t flaw = 9;
    uint8_t is_weak = 9;
    const uint8_t both[] = {0, 1}, parts[] = {1};
    const SmspohArrowColumn column = texts_of(&texts, "one", "three");
    const SmspohArrowKeys key = {.key = (const uint8_t *)"key", .key_size = 3};
    const SmspohProfile profile = {.key_size = 16, .iterations = 1};
    EXPECT(smspoh_arrow_encrypt(&column, &key, &profile, NULL, &is_weak, &tokens, &flaw) ==
           SMSPOH_STATUS_OK);
    EXPECT(is_weak == 1 && tokens->length == 3 && tokens->null_count == 1);
    const SmspohArrowColumn sealed = {&texts.schema, tokens};
    EXPECT(smspoh_arrow_decrypt(&sealed, &key, &profile, 0, NULL, both, 2, &made, &flaw) ==
           SMSPOH_STATUS_OK);
    EXPECT(memcmp(made->children[0]->buffers[2], "onethree", 8) == 0);
    EXPECT(smspoh_arrow_array_free(made) == SMSPOH_STATUS_OK);
    EXPECT(smspoh_arrow_array_free(tokens) == SMSPOH_STATUS_OK);
    EXPECT(smspoh_arrow_segments(&column, 0, 1, parts, 1, &made, &flaw) == SMSPOH_STATUS_OK);
    EXPECT(((const int32_t *)made->children[0]->buffers[1])[2] == 1);
    EXPECT(smspoh_arrow_array_free(made) == SMSPOH_STATUS_OK);
    EXPECT(smspoh_arrow_zawgyi_convert(&column, 0, &made, &flaw) == SMSPOH_STATUS_OK);
    EXPECT(memcmp(made->buffers[2], "onethree", 8) == 0);
    EXPECT(smspoh_arrow_array_free(made) == SMSPOH_STATUS_OK);
    drop_texts(&texts);
    return 0;
}

/* What stands for a capsule here holds what it is asked for. */
static void *content(void *capsule, const char *name) {
    (void)name;
    return capsule;
}

static int arrow_capsules(void) {
    SmspohArrowSchema *schema = NULL, *moved = NULL;
    SmspohArrowStream *stream = NULL;
    Texts texts;
    SmspohArrowArray *array = NULL;
    smspoh_capsule_getter(content);
    EXPECT(smspoh_arrow_schema(SMSPOH_ARROW_TEXTS, NULL, 0, &schema) == SMSPOH_STATUS_OK);
    smspoh_capsule_free_schema(schema);
    EXPECT(smspoh_arrow_stream(SMSPOH_ARROW_TEXTS, NULL, 0, NULL, 0, &stream) == SMSPOH_STATUS_OK);
    smspoh_capsule_free_stream(stream);
    const SmspohArrowColumn column = texts_of(&texts, "a", "b");
    EXPECT(column.array == &texts.array && released == 0);
    EXPECT(smspoh_arrow_move(&texts.array, &array) == SMSPOH_STATUS_OK && !texts.array.release);
    smspoh_capsule_free_array(array);
    EXPECT(smspoh_arrow_move_schema(&texts.schema, &moved) == SMSPOH_STATUS_OK);
    EXPECT(smspoh_arrow_schema_free(moved) == SMSPOH_STATUS_OK && released == 2);
    EXPECT(smspoh_arrow_schema(9, NULL, 0, &schema) == SMSPOH_STATUS_ARGUMENT && !schema);
    drop_texts(&texts);
    return 0;
}

static int arrow(void) { return arrow_numbers() || arrow_texts() || arrow_capsules(); }

#endif
