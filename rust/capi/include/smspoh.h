/* Generated from rust/capi by `make header`. Do not edit. */

#ifndef SMSPOH_H
#define SMSPOH_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

/*
 The number of this ABI. It changes with every change to the header that an
 older caller would not survive.
 */
#define SMSPOH_ABI_VERSION 5

/*
 Flaw of a column: it was released, or is not there.
 */
#define SMSPOH_ARROW_FLAW_RELEASED 1

/*
 Flaw of a column: a type that is not taken.
 */
#define SMSPOH_ARROW_FLAW_FORMAT 2

/*
 Flaw of a column: not the buffers or children of its type.
 */
#define SMSPOH_ARROW_FLAW_SHAPE 3

/*
 Flaw of a column: a length, an offset or a count of nulls out of range.
 */
#define SMSPOH_ARROW_FLAW_LENGTH 4

/*
 Flaw of a column: a buffer that is not there, or not aligned.
 */
#define SMSPOH_ARROW_FLAW_BUFFER 5

/*
 Flaw of a column: an offset below the one before it, or below 0.
 */
#define SMSPOH_ARROW_FLAW_OFFSETS 6

/*
 Flaw of a column: a view outside of its buffer.
 */
#define SMSPOH_ARROW_FLAW_VIEW 7

/*
 Flaw of a column: a code that is not in the dictionary.
 */
#define SMSPOH_ARROW_FLAW_CODE 8

/*
 Flaw of a column: more rows than the one beside it, or fewer.
 */
#define SMSPOH_ARROW_FLAW_ROWS 9

/*
 Flaw of a column: it becomes one of 2 GiB or more.
 */
#define SMSPOH_ARROW_FLAW_SIZE 10

/*
 Added to a flaw of the column of keys.
 */
#define SMSPOH_ARROW_FLAW_OF_KEYS 256

/*
 Answer: texts or tokens, one column.
 */
#define SMSPOH_ARROW_TEXTS 1

/*
 Answer of `smspoh_arrow_normalize`.
 */
#define SMSPOH_ARROW_NUMBERS 2

/*
 Answer of `smspoh_arrow_decrypt`.
 */
#define SMSPOH_ARROW_OPENED 3

/*
 Answer of `smspoh_arrow_segments`.
 */
#define SMSPOH_ARROW_PARTS 4

/*
 Salt mode: a random salt for each message.
 */
#define SMSPOH_SALT_FRESH 0

/*
 Salt mode: one random salt for the batch.
 */
#define SMSPOH_SALT_SHARED 1

/*
 Salt mode: HKDF of a secret and each message's context.
 */
#define SMSPOH_SALT_DERIVED 2

/*
 Verdict on a row: the text was authentic and is in the output.
 */
#define SMSPOH_OPENED 0

/*
 Verdict on a row: not the message format at all.
 */
#define SMSPOH_MALFORMED 1

/*
 Verdict on a row: a wrong key or a changed message.
 */
#define SMSPOH_REFUSED 2

/*
 Bytes of the E.164 column that one row takes at most, its line break included.
 */
#define SMSPOH_E164_SLOT 24

/*
 A number of a plan that is known.
 */
#define SMSPOH_VERDICT_VALID 0

/*
 A number in shape; no good source says that it is, or is not, in use.
 */
#define SMSPOH_VERDICT_UNCONFIRMED 1

/*
 A number that cannot take an SMS, where one that can was asked for.
 */
#define SMSPOH_VERDICT_NOT_MOBILE 2

/*
 Nothing that could be a number.
 */
#define SMSPOH_VERDICT_NOT_A_NUMBER 3

/*
 Letters among the digits.
 */
#define SMSPOH_VERDICT_LETTERS 4

/*
 A number with an extension.
 */
#define SMSPOH_VERDICT_EXTENSION 5

/*
 More than one number.
 */
#define SMSPOH_VERDICT_SEVERAL 6

/*
 Fewer digits than its block has.
 */
#define SMSPOH_VERDICT_TOO_SHORT 7

/*
 More digits than its block has.
 */
#define SMSPOH_VERDICT_TOO_LONG 8

/*
 A number of digits between those that its block has.
 */
#define SMSPOH_VERDICT_INVALID_LENGTH 9

/*
 No such country calling code, or none given and no region to assume.
 */
#define SMSPOH_VERDICT_UNKNOWN_CALLING_CODE 10

/*
 A block that is not in use.
 */
#define SMSPOH_VERDICT_INVALID 11

/*
 Not a mobile number of Myanmar, or a block whose holder is not known.
 */
#define SMSPOH_OPERATOR_UNKNOWN 0

/*
 MPT.
 */
#define SMSPOH_OPERATOR_MPT 1

/*
 ATOM, once Telenor.
 */
#define SMSPOH_OPERATOR_ATOM 2

/*
 U9, once Ooredoo.
 */
#define SMSPOH_OPERATOR_U9 3

/*
 Mytel.
 */
#define SMSPOH_OPERATOR_MYTEL 4

/*
 MEC.
 */
#define SMSPOH_OPERATOR_MEC 5

/*
 A kind that is not known.
 */
#define SMSPOH_KIND_UNKNOWN 0

/*
 A mobile phone.
 */
#define SMSPOH_KIND_MOBILE 1

/*
 A fixed line.
 */
#define SMSPOH_KIND_FIXED_LINE 2

/*
 Free for the caller.
 */
#define SMSPOH_KIND_TOLL_FREE 3

/*
 A telephone service over the internet.
 */
#define SMSPOH_KIND_VOIP 4

/*
 A fixed line or a mobile phone: the digits do not tell.
 */
#define SMSPOH_KIND_FIXED_LINE_OR_MOBILE 5

/*
 Dearer than an ordinary call.
 */
#define SMSPOH_KIND_PREMIUM_RATE 6

/*
 The cost is shared between caller and called.
 */
#define SMSPOH_KIND_SHARED_COST 7

/*
 A number that follows its owner from line to line.
 */
#define SMSPOH_KIND_PERSONAL_NUMBER 8

/*
 A pager.
 */
#define SMSPOH_KIND_PAGER 9

/*
 A company's number that leads to any of its offices.
 */
#define SMSPOH_KIND_UAN 10

/*
 A voice mailbox.
 */
#define SMSPOH_KIND_VOICEMAIL 11

/*
 No text: the row is missing, or not UTF-8.
 */
#define SMSPOH_ENCODING_NONE 0

/*
 The GSM 7 bit default alphabet; units are septets.
 */
#define SMSPOH_ENCODING_GSM7 1

/*
 UCS-2; units are those of UTF-16.
 */
#define SMSPOH_ENCODING_UCS2 2

/*
 Nothing of the Myanmar script that could tell, or no text.
 */
#define SMSPOH_FONT_ENCODING_NONE 0

/*
 Unicode, or it reads the same in both.
 */
#define SMSPOH_FONT_ENCODING_UNICODE 1

/*
 Zawgyi.
 */
#define SMSPOH_FONT_ENCODING_ZAWGYI 2

/*
 Not to be told, or pieces of both.
 */
#define SMSPOH_FONT_ENCODING_AMBIGUOUS 3

/*
 Bytes that a byte of text becomes at most in the other font encoding.
 */
#define SMSPOH_ZAWGYI_GROWTH 4

/*
 The outcome of a call. The hundreds are the family; numbers are given by
 hand and never used again. Last added: 503. Retired: none.
 */
enum SmspohStatus
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
  /*
   Done.
   */
  SMSPOH_STATUS_OK = 0,
  /*
   A null pointer, a buffer that is too small, an option outside its range.
   */
  SMSPOH_STATUS_ARGUMENT = 101,
  /*
   An iteration count or output length that RFC 8018 does not allow.
   */
  SMSPOH_STATUS_KDF = 201,
  /*
   Not the message format at all.
   */
  SMSPOH_STATUS_MALFORMED = 301,
  /*
   A wrong key or a changed message.
   */
  SMSPOH_STATUS_DECRYPT = 302,
  /*
   The operating system gave no random bytes.
   */
  SMSPOH_STATUS_ENTROPY = 501,
  /*
   There is not enough memory for a batch of this size.
   */
  SMSPOH_STATUS_MEMORY = 502,
  /*
   The caller's observer stopped the call.
   */
  SMSPOH_STATUS_CANCELLED = 503,
  /*
   The library panicked: a bug. Nothing that was written is to be used.
   */
  SMSPOH_STATUS_PANIC = 901,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum SmspohStatus SmspohStatus;
#else
typedef int32_t SmspohStatus;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/*
 `struct ArrowSchema`: the type of a column.
 */
typedef struct SmspohArrowSchema {
  /*
   The type, as Arrow writes it.
   */
  const char *format;
  /*
   The name, or null.
   */
  const char *name;
  /*
   Further pairs of names and values, or null.
   */
  const char *metadata;
  /*
   2 where there may be nulls.
   */
  int64_t flags;
  /*
   How many fields a struct has.
   */
  int64_t n_children;
  /*
   The fields.
   */
  struct SmspohArrowSchema **children;
  /*
   The type of the texts of a dictionary, or null.
   */
  struct SmspohArrowSchema *dictionary;
  /*
   What lets it go; null once that was called.
   */
  void (*release)(struct SmspohArrowSchema *schema);
  /*
   The maker's own.
   */
  void *private_data;
} SmspohArrowSchema;

/*
 `struct ArrowArray`: the rows of a column.
 */
typedef struct SmspohArrowArray {
  /*
   Rows.
   */
  int64_t length;
  /*
   Rows that are null, -1 where nobody counted.
   */
  int64_t null_count;
  /*
   Rows of the buffers before the first.
   */
  int64_t offset;
  /*
   How many buffers there are.
   */
  int64_t n_buffers;
  /*
   How many fields a struct has.
   */
  int64_t n_children;
  /*
   The buffers.
   */
  const void **buffers;
  /*
   The fields.
   */
  struct SmspohArrowArray **children;
  /*
   The texts of a dictionary, or null.
   */
  struct SmspohArrowArray *dictionary;
  /*
   What lets it go; null once that was called.
   */
  void (*release)(struct SmspohArrowArray *array);
  /*
   The maker's own.
   */
  void *private_data;
} SmspohArrowArray;

/*
 A column of the caller's.
 */
typedef struct SmspohArrowColumn {
  /*
   Its type.
   */
  const struct SmspohArrowSchema *schema;
  /*
   Its rows.
   */
  const struct SmspohArrowArray *array;
} SmspohArrowColumn;

/*
 How to judge phone numbers.
 */
typedef struct SmspohPhoneOptions {
  /*
   The region a number without a calling code is of: two capital letters in
   ASCII, `MM`; two zero bytes take international numbers alone.
   */
  uint8_t region[2];
  /*
   1 to refuse letters, extensions and two numbers in one text; or 0.
   */
  uint8_t strict;
  /*
   1 to refuse what cannot take an SMS; or 0.
   */
  uint8_t sms;
  /*
   1 to have the E.164 column hold what a refused row was read as, too; or 0.
   */
  uint8_t with_refused;
} SmspohPhoneOptions;

/*
 The key of each row of a column, or one for all.
 */
typedef struct SmspohArrowKeys {
  /*
   A column of keys; both null for `key`.
   */
  struct SmspohArrowColumn column;
  /*
   The key of all rows.
   */
  const uint8_t *key;
  /*
   Bytes of `key`.
   */
  size_t key_size;
} SmspohArrowKeys;

/*
 What sender and reader agree on.
 */
typedef struct SmspohProfile {
  /*
   HKDF's info for the MAC key.
   */
  const uint8_t *info;
  /*
   Bytes of `info`.
   */
  size_t info_size;
  /*
   Bytes of the AES key, which choose the cipher: 16, 24 or 32.
   */
  uint32_t key_size;
  /*
   PBKDF2 iterations, 1 to 2^32 - 1.
   */
  uint32_t iterations;
} SmspohProfile;

/*
 Called some twenty times a second while a long call lasts, on the thread that made
 it: `done` units of work of `total`, a unit being about an iteration of PBKDF2; and,
 if it was called before, once when all is done. It returns 1 to go on, and 0 to stop
 the call, which then returns `Cancelled` and does not call it again. It must not
 unwind.
 */
typedef uint8_t (*SmspohProgress)(void *context, uint64_t done, uint64_t total);

/*
 How the work of a call is done. A null pointer in its place, like zeros in it,
 takes what is best.
 */
typedef struct SmspohRun {
  /*
   Threads, at most 1,024; 0 is one a CPU, 1 stays on the calling thread.
   */
  size_t threads;
  /*
   The name of the one backend to use, one of `smspoh_backends`, or null.
   */
  const uint8_t *backend;
  /*
   Bytes of `backend`; 0 takes what suits each group of rows on this CPU.
   */
  size_t backend_size;
  /*
   Whom to tell how far the call is, or null.
   */
  SmspohProgress progress;
  /*
   What `progress` is given.
   */
  void *context;
} SmspohRun;

/*
 Python's `PyCapsule_GetPointer`.
 */
typedef void *(*SmspohCapsuleGetter)(void *capsule, const char *name);

/*
 `struct ArrowArrayStream`: arrays of one type, one after another.
 */
typedef struct SmspohArrowStream {
  /*
   Writes the type; 0, or an error of `errno.h`.
   */
  int (*get_schema)(struct SmspohArrowStream *stream, struct SmspohArrowSchema *out);
  /*
   Writes the next array, a released one behind the last; 0, or an error of `errno.h`.
   */
  int (*get_next)(struct SmspohArrowStream *stream, struct SmspohArrowArray *out);
  /*
   What the last error was, or null.
   */
  const char *(*get_last_error)(struct SmspohArrowStream *stream);
  /*
   What lets it go; null once that was called.
   */
  void (*release)(struct SmspohArrowStream *stream);
  /*
   The maker's own.
   */
  void *private_data;
} SmspohArrowStream;

/*
 Where the salts of a batch come from.
 */
typedef struct SmspohSalt {
  /*
   The secret of `SMSPOH_SALT_DERIVED`, else null.
   */
  const uint8_t *secret;
  /*
   Bytes of `secret`.
   */
  size_t secret_size;
  /*
   The contexts of `SMSPOH_SALT_DERIVED`, else null.
   */
  const uint8_t *const *contexts;
  /*
   Bytes of each context.
   */
  const size_t *context_sizes;
  /*
   The rows of the batch, or 1.
   */
  size_t contexts_count;
  /*
   One of the `SMSPOH_SALT_` numbers.
   */
  uint32_t mode;
} SmspohSalt;

/*
 What one text is.
 */
typedef struct SmspohNumber {
  /*
   A `SMSPOH_VERDICT_…`.
   */
  uint8_t verdict;
  /*
   A `SMSPOH_OPERATOR_…`. (`operator` is a word of C++.)
   */
  uint8_t operator_;
  /*
   A `SMSPOH_KIND_…`.
   */
  uint8_t kind;
  /*
   Bytes of `e164`; 0 where there is none.
   */
  uint8_t e164_size;
  /*
   As in the column of `smspoh_normalize_batch`.
   */
  uint8_t region[2];
  /*
   The country calling code, 0 where none was found.
   */
  uint16_t calling_code;
  /*
   The E.164 form, padded with zeros.
   */
  uint8_t e164[24];
} SmspohNumber;

/*
 The texts of a batch, less than 2 GiB of them.

 They are UTF-8 in `data`, or UTF-16 in the byte order of the CPU; the other is null.
 Text `row` is the bytes from `offsets[row]` to `offsets[row + 1]`; with `offsets` null,
 which it is for UTF-16, the texts have a zero between two and none behind the last.
 */
typedef struct SmspohTexts {
  /*
   UTF-8, or null.
   */
  const uint8_t *data;
  /*
   UTF-16, or null.
   */
  const uint16_t *utf16;
  /*
   Bytes of UTF-8, or units of UTF-16.
   */
  size_t size;
  /*
   One more than there are rows, or null.
   */
  const int64_t *offsets;
} SmspohTexts;

#ifdef __cplusplus
extern "C" {
#endif // __cplusplus

/*
 The number of the ABI that this library was built with.

 A caller compares it with `SMSPOH_ABI_VERSION` of its own header before
 anything else.
 */
uint32_t smspoh_abi_version(void);

/*
 Judge a column of phone numbers, as `smspoh_normalize_batch` judges its rows.

 `column` is of texts: `utf8`, `binary`, their large forms and their views, a dictionary of
 one of them, `null`, or a struct of one such field. `fields` are the fields of the answer
 by their numbers: 0 `e164`, 1 `verdict`, 2 `operator`, 3 `kind`, 4 `region`,
 5 `calling_code`; each once. `threads` is the most to use, 0 for one a CPU.

 `*out` becomes a struct of them, in a box of this library that `smspoh_arrow_array_free`
 lets go; what it holds may be moved out of it. A null row is null in each field.

 Returns `Argument` where the column has a flaw, and writes which to `*flaw`: a
 `SMSPOH_ARROW_FLAW_…`; it writes 0 where something else is wrong, or nothing.

 # Safety
 Every pointer is valid for the size it names for the length of the call. The column is null, released
 or as Arrow's C data interface says, with buffers of the sizes that its lengths and
 offsets say.
 */
SmspohStatus smspoh_arrow_normalize(const struct SmspohArrowColumn *column,
                                    const struct SmspohPhoneOptions *options,
                                    size_t threads,
                                    const uint8_t *fields,
                                    size_t fields_count,
                                    struct SmspohArrowArray **out,
                                    uint32_t *flaw);

/*
 Encrypt a column of texts, each with a fresh salt; `*out` becomes a column of tokens.

 A token is null where the text is, and where its key in a column is null, empty or ends in
 a NUL. A flaw of the column of keys has `SMSPOH_ARROW_FLAW_OF_KEYS` too. A single key that is empty or ends in a NUL is refused with `Argument`. `*is_weak`
 becomes 1 where a key can be guessed, else 0. `out` and `flaw` are as in
 `smspoh_arrow_normalize`.

 # Safety
 As for `smspoh_arrow_normalize`; `profile_` is valid with what it points to, and so is `run`
 unless null.
 */
SmspohStatus smspoh_arrow_encrypt(const struct SmspohArrowColumn *texts,
                                  const struct SmspohArrowKeys *keys,
                                  const struct SmspohProfile *profile_,
                                  const struct SmspohRun *run,
                                  uint8_t *is_weak,
                                  struct SmspohArrowArray **out,
                                  uint32_t *flaw);

/*
 Decrypt a column of tokens; `*out` becomes a struct of `fields`, by their numbers: 0 `text`,
 1 `verdict`. A null row is null in each field. `lenient`, 0 or 1, takes the base64 that PHP takes.

 `out` and `flaw` are as in `smspoh_arrow_normalize`.

 # Safety
 As for `smspoh_arrow_encrypt`.
 */
SmspohStatus smspoh_arrow_decrypt(const struct SmspohArrowColumn *tokens,
                                  const struct SmspohArrowKeys *keys,
                                  const struct SmspohProfile *profile_,
                                  uint8_t lenient,
                                  const struct SmspohRun *run,
                                  const uint8_t *fields,
                                  size_t fields_count,
                                  struct SmspohArrowArray **out,
                                  uint32_t *flaw);

/*
 Count the parts of a column of texts, as `smspoh_segments_batch` does; `*out` becomes a struct of
 `fields`, by their numbers: 0 `encoding`, 1 `parts`, 2 `units`, 3 `units_left`, 4 `forced_at`.
 A null row is null in each field, and `forced_at` where nothing forced it.

 `ucs2` is 1 to write all of them as UCS-2, or 0. `out` and `flaw` are as in
 `smspoh_arrow_normalize`.

 # Safety
 As for `smspoh_arrow_normalize`.
 */
SmspohStatus smspoh_arrow_segments(const struct SmspohArrowColumn *texts,
                                   uint8_t ucs2,
                                   size_t threads,
                                   const uint8_t *fields,
                                   size_t fields_count,
                                   struct SmspohArrowArray **out,
                                   uint32_t *flaw);

/*
 Convert a column of texts to the other font encoding, as `smspoh_zawgyi_convert_batch` does;
 `*out` becomes a column of texts, null where the row is null or not UTF-8.

 `to_zawgyi` is 1 to convert Unicode to Zawgyi, 0 for Zawgyi to Unicode. `out` and `flaw` are
 as in `smspoh_arrow_normalize`.

 # Safety
 As for `smspoh_arrow_normalize`.
 */
SmspohStatus smspoh_arrow_zawgyi_convert(const struct SmspohArrowColumn *texts,
                                         uint8_t to_zawgyi,
                                         struct SmspohArrowArray **out,
                                         uint32_t *flaw);

/*
 Tell where Python's `PyCapsule_GetPointer` is, before a capsule gets one of the
 destructors below. What is told first stands.
 */
void smspoh_capsule_getter(SmspohCapsuleGetter getter);

/*
 The destructor of a capsule `arrow_schema`.

 # Safety
 Python calls it, with a capsule that holds what `smspoh_arrow_schema` made.
 */
void smspoh_capsule_free_schema(void *capsule);

/*
 The destructor of a capsule `arrow_array`.

 # Safety
 Python calls it, with a capsule that holds an array in a box of this library.
 */
void smspoh_capsule_free_array(void *capsule);

/*
 The destructor of a capsule `arrow_array_stream`.

 # Safety
 Python calls it, with a capsule that holds what `smspoh_arrow_stream` made.
 */
void smspoh_capsule_free_stream(void *capsule);

/*
 Write to `*out` the type of an answer, a `SMSPOH_ARROW_…` with `fields` by their numbers (none
 of texts), in a box of this library that `smspoh_arrow_schema_free` lets go.

 # Safety
 `fields` is valid for `fields_count` bytes, and `out` for one item.
 */
SmspohStatus smspoh_arrow_schema(uint32_t answer,
                                 const uint8_t *fields,
                                 size_t fields_count,
                                 struct SmspohArrowSchema **out);

/*
 Write to `*out` an array that shares the memory of one that a call made, in a box like it.
 `Argument` where that was released.

 # Safety
 `array` is null, or came from a call of this library and was not moved in parts; `out` is
 valid for one item.
 */
SmspohStatus smspoh_arrow_share(const struct SmspohArrowArray *array,
                                struct SmspohArrowArray **out);

/*
 Write to `*out` a stream of `count` arrays of an answer with `fields`, whose memory it shares, in a
 box of this library that `smspoh_arrow_stream_free` lets go.

 # Safety
 `arrays` holds `count` items, each as in `smspoh_arrow_share`; the rest is as in
 `smspoh_arrow_schema`.
 */
SmspohStatus smspoh_arrow_stream(uint32_t answer,
                                 const uint8_t *fields,
                                 size_t fields_count,
                                 const struct SmspohArrowArray *const *arrays,
                                 size_t count,
                                 struct SmspohArrowStream **out);

/*
 Move an array of anybody's into a box of this library, which `smspoh_arrow_array_free` lets
 go with what it holds; `*array` is released then. `Argument` where it was before.

 # Safety
 Both are valid for one item that nothing else uses.
 */
SmspohStatus smspoh_arrow_move(struct SmspohArrowArray *array, struct SmspohArrowArray **out);

/*
 Move a type of anybody's into a box of this library, as `smspoh_arrow_move` does an array.

 # Safety
 Both are valid for one item that nothing else uses.
 */
SmspohStatus smspoh_arrow_move_schema(struct SmspohArrowSchema *schema,
                                      struct SmspohArrowSchema **out);

/*
 Let go an array in a box of this library, if it was not released, and the box.

 # Safety
 `array` is null, or in a box of this library, and not used again.
 */
SmspohStatus smspoh_arrow_array_free(struct SmspohArrowArray *array);

/*
 Let go a type in a box of this library, if it was not released, and the box.

 # Safety
 `schema` is null, or in a box of this library, and not used again.
 */
SmspohStatus smspoh_arrow_schema_free(struct SmspohArrowSchema *schema);

/*
 Let go a stream in a box of this library, if it was not released, and the box.

 # Safety
 `stream` is null, or in a box of this library, and not used again.
 */
SmspohStatus smspoh_arrow_stream_free(struct SmspohArrowStream *stream);

/*
 Find the carriers of `rows` rows that `smspoh_normalize_batch` judged.

 A carrier is whom the block of a number was first given to, as libphonenumber's
 metadata has it; in most countries a number can be taken to another carrier.

 `e164` holds `e164_size` bytes: the E.164 form of each row and a line break, with
 the option `with_refused` or without. `verdicts` and `kinds` hold a byte a row.
 Each of the `rows` items of `carriers` becomes a number for `smspoh_carrier_name`, or
 0 for none: where the verdict is not `SMSPOH_VERDICT_VALID`, the kind is none of
 `SMSPOH_KIND_MOBILE`, `SMSPOH_KIND_FIXED_LINE_OR_MOBILE` and `SMSPOH_KIND_PAGER`, or
 the metadata names none.

 Returns `Argument`, and writes nothing, where `e164` does not hold `rows` lines.

 # Safety
 Every pointer is valid for the size it names for the length of the call; what is
 written overlaps nothing else.
 */
SmspohStatus smspoh_carrier_batch(const uint8_t *e164,
                                  size_t e164_size,
                                  const uint8_t *verdicts,
                                  const uint8_t *kinds,
                                  size_t rows,
                                  uint16_t *carriers);

/*
 Write the name of a carrier, UTF-8 without an end mark, to `buffer`, and its size in
 bytes to `*size`.

 Carriers count from 1 without a gap, and one number means another carrier in another
 version of the metadata. `Argument` where there is no such carrier, `*size` being 0
 then, and where `capacity` is less than the name needs, which `*size` says.

 # Safety
 `buffer` is valid to write for `capacity` bytes, and `size` for one item.
 */
SmspohStatus smspoh_carrier_name(uint16_t carrier, uint8_t *buffer, size_t capacity, size_t *size);

/*
 Write to `*out_size` the bytes that `smspoh_encrypt_batch` needs for texts of
 these sizes: each row's message and a newline.

 # Safety
 `text_sizes` holds `rows` items; `out_size` is valid to write.
 */
SmspohStatus smspoh_encrypted_size(uint32_t key_size,
                                   const size_t *text_sizes,
                                   size_t rows,
                                   size_t *out_size);

/*
 Write to `*out_size` the bytes that `smspoh_decrypt_batch` needs for messages
 of these sizes.

 # Safety
 `token_sizes` holds `rows` items; `out_size` is valid to write.
 */
SmspohStatus smspoh_decrypted_size_max(uint32_t key_size,
                                       const size_t *token_sizes,
                                       size_t rows,
                                       size_t *out_size);

/*
 Encrypt `rows` texts into `out`: each row's message in base64 and a newline,
 `smspoh_encrypted_size` bytes in all.

 `keys_count` is `rows`, or 1 for one key that serves every row. A key that is
 empty or ends in a NUL is refused with `Argument`.

 # Safety
 `texts` and `text_sizes` hold `rows` items and each text is valid for its
 size; likewise the keys; `profile` and `salt` are valid with all they point
 to, and so is `run` unless null; `out` is valid for `out_size` bytes and not otherwise in use.
 */
SmspohStatus smspoh_encrypt_batch(const uint8_t *const *texts,
                                  const size_t *text_sizes,
                                  size_t rows,
                                  const uint8_t *const *keys,
                                  const size_t *key_sizes,
                                  size_t keys_count,
                                  const struct SmspohProfile *profile_,
                                  const struct SmspohSalt *salt,
                                  const struct SmspohRun *run,
                                  uint8_t *out,
                                  size_t out_size);

/*
 Decrypt `rows` messages into `out`, which has `smspoh_decrypted_size_max`
 bytes: row `i` becomes `out[offsets[i]..offsets[i + 1]]`, and `verdicts[i]` is
 one of `SMSPOH_OPENED`, `SMSPOH_MALFORMED`, `SMSPOH_REFUSED`.

 `keys_count` is `rows`, or 1 for one key that serves every row. `lenient`, 0 or 1,
 takes the base64 that PHP takes. A bad row is no error.

 # Safety
 `tokens` and `token_sizes` hold `rows` items and each message is valid for its
 size; likewise the keys; `profile` is valid with what it points to, and so is `run`
 unless null; `out`,
 `offsets` (`rows + 1` items) and `verdicts` (`rows` items) are valid to write
 and not otherwise in use.
 */
SmspohStatus smspoh_decrypt_batch(const uint8_t *const *tokens,
                                  const size_t *token_sizes,
                                  size_t rows,
                                  const uint8_t *const *keys,
                                  const size_t *key_sizes,
                                  size_t keys_count,
                                  const struct SmspohProfile *profile_,
                                  uint8_t lenient,
                                  const struct SmspohRun *run,
                                  uint8_t *out,
                                  size_t out_size,
                                  int64_t *offsets,
                                  uint8_t *verdicts);

/*
 For the test suite alone: encrypt one text with a salt and an initialization
 vector of the caller's. `out` has `smspoh_encrypted_size` bytes.

 # Safety
 Each pointer is valid for the size beside it, `salt` for the profile's key
 size and `iv` for 16 bytes; `out` is not otherwise in use.
 */
SmspohStatus smspoh_testing_encrypt(const uint8_t *text,
                                    size_t text_size,
                                    const uint8_t *key,
                                    size_t key_size,
                                    const struct SmspohProfile *profile_,
                                    const uint8_t *salt,
                                    const uint8_t *iv,
                                    uint8_t *out,
                                    size_t out_size);

/*
 Derive one key of `out_size` bytes into `out`. Source: RFC 8018, 5.2.

 # Safety
 Each pointer is valid for the size beside it; `run` is null or valid with what it
 points to; `out` is not otherwise in use.
 */
SmspohStatus smspoh_derive_key(const uint8_t *password,
                               size_t password_size,
                               const uint8_t *salt,
                               size_t salt_size,
                               uint32_t iterations,
                               const struct SmspohRun *run,
                               uint8_t *out,
                               size_t out_size);

/*
 Derive one key of `length` bytes a row, side by side into `out` of
 `rows * length` bytes.

 `passwords_count` and `salts_count` are each `rows`, or 1 for one value that
 serves every row.

 # Safety
 `passwords` and `password_sizes` hold `passwords_count` items and each
 password is valid for its size; likewise the salts; `run` is null or valid with what
 it points to; `out` is valid for
 `out_size` bytes and not otherwise in use.
 */
SmspohStatus smspoh_derive_key_batch(const uint8_t *const *passwords,
                                     const size_t *password_sizes,
                                     size_t passwords_count,
                                     const uint8_t *const *salts,
                                     const size_t *salt_sizes,
                                     size_t salts_count,
                                     size_t rows,
                                     uint32_t iterations,
                                     size_t length,
                                     const struct SmspohRun *run,
                                     uint8_t *out,
                                     size_t out_size);

/*
 Judge the one text of `size` bytes of UTF-8 at `text`, as
 `smspoh_normalize_batch` judges each of its rows.

 Returns `Argument`, and writes nothing, where an option is outside its range.

 # Safety
 Every pointer is valid for the size it names for the length of the call; `text` may
 be null where `size` is 0.
 */
SmspohStatus smspoh_normalize(const uint8_t *text,
                              size_t size,
                              const struct SmspohPhoneOptions *options,
                              struct SmspohNumber *number);

/*
 The day of the newest row of Myanmar's numbering plan, as yyyymmdd.
 */
uint32_t smspoh_phone_table_date(void);

/*
 Write the version of libphonenumber's metadata that the numbering plan was made
 from, in ASCII and padded with zeros, to the 16 bytes at `version`.

 # Safety
 `version` is valid for writes of 16 bytes.
 */
SmspohStatus smspoh_phone_metadata_version(uint8_t *version);

/*
 Judge `rows` texts and fill the columns that are asked for.

 `data` holds `size` bytes of UTF-8. Text `row` is the bytes from
 `offsets[row]` to `offsets[row + 1]`; with `offsets` null the texts are lines,
 with a line break between two and none behind the last.

 A column that is null is not written. The others hold, for each row:

 - `e164`: the E.164 form and a line break, packed; the break alone where the
   row is refused, but for the option `with_refused`. `e164_capacity` is at least `rows * SMSPOH_E164_SLOT`, and
   `*e164_size` becomes the number of bytes written; null if and only if
   `e164` is, unless `rows` is 0.
 - `verdicts`, `operators`, `kinds`: a `SMSPOH_VERDICT_…`, `SMSPOH_OPERATOR_…`
   and `SMSPOH_KIND_…`.
 - `regions`: two ASCII bytes, `MM`; `01` for 001 (no country at all), two
   zero bytes for none.
 - `calling_codes`: the country calling code, 0 where none was found.

 `threads` is the most to use, 0 for one a CPU; a small batch uses one.
 Returns `Argument`, and writes nothing, where `data` does not hold `rows`
 texts or an option is outside its range.

 # Safety
 Every pointer is null where that is allowed, or valid for the size it names
 for the length of the call; what is written overlaps nothing else.
 */
SmspohStatus smspoh_normalize_batch(const uint8_t *data,
                                    size_t size,
                                    const int64_t *offsets,
                                    size_t rows,
                                    const struct SmspohPhoneOptions *options,
                                    size_t threads,
                                    uint8_t *e164,
                                    size_t e164_capacity,
                                    size_t *e164_size,
                                    uint8_t *verdicts,
                                    uint8_t *operators,
                                    uint8_t *kinds,
                                    uint8_t *regions,
                                    uint16_t *calling_codes);

/*
 Write the names of the backends that this CPU can run to `out`, a newline between
 them, and their size in bytes to `*size`. `Argument` when `out_size` is less; `*size` says then what is
 needed.

 # Safety
 `out` is valid to write for `out_size` bytes, and `size` for one item.
 */
SmspohStatus smspoh_backends(uint8_t *out,
                             size_t out_size,
                             size_t *size);

/*
 Count the parts of `rows` texts and fill the columns that are asked for.

 `ucs2` is 1 to write all of them as UCS-2, or 0. `threads` is the most to use, 0 for one
 a CPU.

 A column that is null is not written. The others hold, for each row:

 - `encodings`: a `SMSPOH_ENCODING_`; `NONE` for a row that is no text, whose counts
   are 0;
 - `parts`: the parts it is sent in, 1 for an empty text;
 - `units`: septets or units of UTF-16 in all;
 - `units_left`: units that the last part has left;
 - `forced_at`: the character that made it UCS-2, counted from 0; -1 where none did.

 Returns `Argument`, and writes nothing, where `texts` does not hold `rows` texts.

 # Safety
 Every pointer is null or valid for the size it names for the length of the call; what
 is written overlaps nothing else.
 */
SmspohStatus smspoh_segments_batch(const struct SmspohTexts *texts,
                                   size_t rows,
                                   uint8_t ucs2,
                                   size_t threads,
                                   uint8_t *encodings,
                                   int32_t *parts,
                                   int32_t *units,
                                   int32_t *units_left,
                                   int32_t *forced_at);

/*
 Find where the parts of a text begin.

 `text` holds `size` bytes of UTF-8, and `encoding` is the one that
 `smspoh_segments_batch` found. `*count` becomes the number of boundaries, one less than
 there are parts. Boundary `i` has `at[i]` characters before it, and `cuts[i]` is 1 where
 it divides a Myanmar syllable, else 0. Both have room for `capacity` items; with less
 than `*count` the call returns `Argument` and the first `capacity` of them.

 # Safety
 As for `smspoh_segments_batch`; `count` is valid for one item.
 */
SmspohStatus smspoh_text_boundaries(const uint8_t *text,
                                    size_t size,
                                    uint8_t encoding,
                                    int32_t *at,
                                    uint8_t *cuts,
                                    size_t capacity,
                                    size_t *count);

/*
 Write the version of `myanmartools` that the model was made from, in ASCII and padded
 with zeros, to the 16 bytes at `version`.

 # Safety
 `version` is valid for writes of 16 bytes.
 */
SmspohStatus smspoh_zawgyi_model_version(uint8_t *version);

/*
 Tell the font encoding of `rows` texts, and fill the columns that are asked for.

 A column that is null is not written. The
 others hold, for each row:

 - `encodings`: a `SMSPOH_FONT_ENCODING_`;
 - `probabilities`: how likely it is Zawgyi by the model, 0 to 1; no number (NaN) where the
   model knows nothing of the text.

 Returns `Argument`, and writes nothing, where `texts` does not hold `rows` texts.

 # Safety
 As for `smspoh_segments_batch`.
 */
SmspohStatus smspoh_zawgyi_detect_batch(const struct SmspohTexts *texts,
                                        size_t rows,
                                        size_t threads,
                                        uint8_t *encodings,
                                        double *probabilities);

/*
 Convert `rows` texts to the other font encoding, one behind the other, into `out`.

 `to_zawgyi` is 1 to convert Unicode to Zawgyi, 0 for Zawgyi to Unicode. `capacity` is at
 least `SMSPOH_ZAWGYI_GROWTH` for each byte of UTF-8, or three times that for each unit of
 UTF-16. Row `row` becomes the bytes of `out` from `out_offsets[row]` to `out_offsets[row + 1]`;
 one that is no text becomes an empty one.

 Returns `Argument`, and writes nothing, where `texts` does not hold `rows` texts or `out`
 is too small.

 # Safety
 As for `smspoh_segments_batch`; `out_offsets` is valid for `rows + 1` items.
 */
SmspohStatus smspoh_zawgyi_convert_batch(const struct SmspohTexts *texts,
                                         size_t rows,
                                         uint8_t to_zawgyi,
                                         uint8_t *out,
                                         size_t capacity,
                                         int64_t *out_offsets);

#ifdef __cplusplus
}  // extern "C"
#endif  // __cplusplus

#endif  /* SMSPOH_H */
