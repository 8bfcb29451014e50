/* Loaded before libc: what is done to the files of one folder is counted, and where that is
 * asked for, written to a log, made to fail, or the moment of death. One thread, as the
 * scenarios have. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

#define FILES_MAX 4096

static char folder[1024];
static size_t folder_length;
static char *names[FILES_MAX];
static int log_file = -1;
static long count, fail_at, kill_at;
static int fail_errno, fail_on;

#define REAL(result, name, ...) \
    static result (*real_##name)(__VA_ARGS__); \
    if (!real_##name) *(void **)(&real_##name) = dlsym(RTLD_NEXT, #name)

static ssize_t plain_write(int file, const void *data, size_t size) {
    REAL(ssize_t, write, int, const void *, size_t);
    return real_write(file, data, size);
}

/* Begin anew: the folder to watch, and what is to happen at which operation (0: never). */
void powercut_arm(const char *watched, const char *log_path, long fails, int error, int goes_on, long kills) {
    REAL(int, open, const char *, int, ...);
    snprintf(folder, sizeof folder, "%s", watched);
    folder_length = strlen(folder);
    log_file = log_path && *log_path ? real_open(log_path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600) : -1;
    count = 0, fail_at = fails, fail_errno = error, fail_on = goes_on, kill_at = kills;
}

long powercut_count(void) { return count; }

/* The name below the folder, "." for the folder itself, or NULL. */
static const char *watched_name(const char *path) {
    if (!folder_length || strncmp(path, folder, folder_length)) return NULL;
    if (!path[folder_length]) return ".";
    return path[folder_length] == '/' ? path + folder_length + 1 : NULL;
}

static int is_logged(const char *name) {
    size_t length = strlen(name);
    return log_file >= 0 && !(length > 4 && !strcmp(name + length - 4, "-shm"));
}

static void put(char kind, const char *name, const char *other, uint64_t at, const void *data, uint64_t size) {
    char head[64];
    if (!is_logged(name)) return;
    int length = snprintf(head, sizeof head, "%c %zu %zu %llu %llu\n", kind, strlen(name),
                          other ? strlen(other) : 0, (unsigned long long)at, (unsigned long long)size);
    plain_write(log_file, head, (size_t)length);
    plain_write(log_file, name, strlen(name));
    if (other) plain_write(log_file, other, strlen(other));
    if (size && data) plain_write(log_file, data, size);
}

/* Count one operation; true when it must fail. */
static int fails(const char *name) {
    if (!strcmp(name, "ack")) return 0;
    count++;
    if (count == kill_at) kill(getpid(), SIGKILL);
    if (fail_at && (count == fail_at || (fail_on && count > fail_at))) {
        errno = fail_errno;
        return 1;
    }
    return 0;
}

static const char *of(int file) { return file >= 0 && file < FILES_MAX ? names[file] : NULL; }

static int opened(int file, const char *name, int made, int flags) {
    if (file < 0 || file >= FILES_MAX) return file;
    free(names[file]);
    names[file] = strdup(name);
    if (made) put('C', name, NULL, 0, NULL, 0);
    else if (flags & O_TRUNC) put('T', name, NULL, 0, NULL, 0);
    return file;
}

static int open_watched(int (*real)(const char *, int, ...), const char *path, int flags, mode_t mode) {
    const char *name = watched_name(path);
    struct stat found;
    if (!name) return real(path, flags, mode);
    int made = (flags & O_CREAT) && stat(path, &found);
    if (made && fails(name)) return -1;
    return opened(real(path, flags, mode), name, made, flags);
}

#define OPEN(symbol) \
    int symbol(const char *path, int flags, ...) { \
        REAL(int, symbol, const char *, int, ...); \
        va_list rest; \
        va_start(rest, flags); \
        mode_t mode = flags & O_CREAT ? va_arg(rest, mode_t) : 0; \
        va_end(rest); \
        return open_watched(real_##symbol, path, flags, mode); \
    }
OPEN(open)
OPEN(open64)

int close(int file) {
    REAL(int, close, int);
    if (of(file)) {
        free(names[file]);
        names[file] = NULL;
    }
    return real_close(file);
}

ssize_t write(int file, const void *data, size_t size) {
    const char *name = of(file);
    if (!name) return plain_write(file, data, size);
    if (fails(name)) return -1;
    off_t at = lseek(file, 0, SEEK_CUR);
    ssize_t done = plain_write(file, data, size);
    if (done > 0) put('W', name, NULL, (uint64_t)at, data, (uint64_t)done);
    return done;
}

/* What fails for want of room has written half of it, as a disk that fills up does. */
static ssize_t pwrite_watched(ssize_t (*real)(int, const void *, size_t, off_t), int file, const void *data, size_t size, off_t at) {
    const char *name = of(file);
    if (!name) return real(file, data, size, at);
    int failed = fails(name);
    int error = errno;
    if (failed && error != ENOSPC) return -1;
    ssize_t done = real(file, data, failed ? size / 2 : size, at);
    if (done > 0) put('W', name, NULL, (uint64_t)at, data, (uint64_t)done);
    if (!failed) return done;
    errno = error;
    return -1;
}

ssize_t pwrite(int file, const void *data, size_t size, off_t at) {
    REAL(ssize_t, pwrite, int, const void *, size_t, off_t);
    return pwrite_watched(real_pwrite, file, data, size, at);
}

ssize_t pwrite64(int file, const void *data, size_t size, off64_t at) {
    REAL(ssize_t, pwrite64, int, const void *, size_t, off_t);
    return pwrite_watched(real_pwrite64, file, data, size, at);
}

#define TRUNCATE(symbol, type) \
    int symbol(int file, type size) { \
        REAL(int, symbol, int, type); \
        const char *name = of(file); \
        if (!name) return real_##symbol(file, size); \
        if (fails(name)) return -1; \
        int done = real_##symbol(file, size); \
        if (!done) put('T', name, NULL, (uint64_t)size, NULL, 0); \
        return done; \
    }
TRUNCATE(ftruncate, off_t)
TRUNCATE(ftruncate64, off64_t)

#define SYNC(symbol) \
    int symbol(int file) { \
        REAL(int, symbol, int); \
        const char *name = of(file); \
        if (!name) return real_##symbol(file); \
        if (fails(name)) return -1; \
        put('S', name, NULL, 0, NULL, 0); \
        return 0; \
    }
/* The disk is not waited for: what a power cut leaves is made of the log. */
SYNC(fsync)
SYNC(fdatasync)

int unlink(const char *path) {
    REAL(int, unlink, const char *);
    const char *name = watched_name(path);
    if (!name) return real_unlink(path);
    if (fails(name)) return -1;
    int done = real_unlink(path);
    if (!done) put('U', name, NULL, 0, NULL, 0);
    return done;
}

#define MOVE(symbol, kind) \
    int symbol(const char *from, const char *to) { \
        REAL(int, symbol, const char *, const char *); \
        const char *name = watched_name(from), *other = watched_name(to); \
        if (!name || !other) return real_##symbol(from, to); \
        if (fails(name)) return -1; \
        int done = real_##symbol(from, to); \
        if (!done) put(kind, name, other, 0, NULL, 0); \
        return done; \
    }
MOVE(rename, 'R')
MOVE(link, 'L')
