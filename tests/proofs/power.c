/* Writes down what a program does to the files below a folder, in the order in which it was done.

   Loaded before the C library (LD_PRELOAD). Every record stands in the log after the call has returned, so that no
   write is ever taken for one that a later fsync made durable unless whoever relied on that could know of it.
   POWER_ROOT is the folder, POWER_LOG the log; `tests/proofs/power.py` reads it. What goes through a map of memory, or
   through C's own buffers (fopen), is not seen. */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#define REAL(name) __typeof__(name) *real = (__typeof__(name) *)dlsym(RTLD_NEXT, #name)

struct record {
    char kind;
    uint16_t path_length;
    uint64_t inode;
    int64_t offset;
    uint64_t length;
} __attribute__((packed));

static void note(char kind, uint64_t inode, const char *path, int64_t offset, const struct iovec *data, int parts, uint64_t length) {
    int before = errno, log = openat(AT_FDCWD, getenv("POWER_LOG"), O_WRONLY | O_APPEND | O_CLOEXEC);
    if (log < 0) abort();
    struct record head = {kind, (uint16_t)strlen(path), inode, offset, length};
    struct iovec all[2 + IOV_MAX / 2];
    all[0] = (struct iovec){&head, sizeof head};
    all[1] = (struct iovec){(void *)path, head.path_length};
    uint64_t left = data ? length : 0;
    int count = 2;
    for (int part = 0; part < parts && left; part++, count++) {
        size_t size = data[part].iov_len < left ? data[part].iov_len : left;
        all[count] = (struct iovec){data[part].iov_base, size};
        left -= size;
    }
    static ssize_t (*real)(int, const struct iovec *, int);
    if (!real) real = (ssize_t(*)(int, const struct iovec *, int))dlsym(RTLD_NEXT, "writev");
    if (real(log, all, count) != (ssize_t)(sizeof head + head.path_length + (data ? length : 0))) abort();
    static int (*shut)(int);
    if (!shut) shut = (int (*)(int))dlsym(RTLD_NEXT, "close");
    shut(log);
    errno = before;
}

static int is_below(const char *path) {
    const char *root = getenv("POWER_ROOT");
    return root && !strncmp(path, root, strlen(root));
}

/* Say whether the open file lies below the folder: 1 a file, 2 a folder. */
static int known(int fd, char *path, uint64_t *inode) {
    struct stat found;
    char link[64];
    int before = errno;
    if (fstat(fd, &found) || !(S_ISREG(found.st_mode) || S_ISDIR(found.st_mode))) return errno = before, 0;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, PATH_MAX - 1);
    errno = before;
    if (length < 0) return 0;
    path[length] = 0;
    *inode = found.st_ino;
    return is_below(path) ? S_ISDIR(found.st_mode) ? 2 : 1 : 0;
}

static void noted(char kind, int fd, int64_t offset, const struct iovec *data, int parts, int64_t length) {
    char path[PATH_MAX];
    uint64_t inode;
    int is = length < 0 ? 0 : known(fd, path, &inode);
    if (is) note(is == 2 ? 'd' : kind, inode, path, offset, data, parts, length);
}

static int opened(int fd, int flags) {
    if (fd >= 0 && flags & O_CREAT) noted('c', fd, 0, NULL, 0, 0);
    if (fd >= 0 && flags & O_TRUNC) noted('t', fd, 0, NULL, 0, 0);
    return fd;
}

#define MODE va_list more; va_start(more, flags); mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(more, mode_t) : 0; va_end(more)
int open(const char *path, int flags, ...) { MODE; REAL(open); return opened(real(path, flags, mode), flags); }
int open64(const char *path, int flags, ...) { MODE; REAL(open64); return opened(real(path, flags, mode), flags); }
int openat(int at, const char *path, int flags, ...) { MODE; REAL(openat); return opened(real(at, path, flags, mode), flags); }
int openat64(int at, const char *path, int flags, ...) { MODE; REAL(openat64); return opened(real(at, path, flags, mode), flags); }

static ssize_t wrote(int fd, const struct iovec *data, int parts, ssize_t done, int64_t offset) {
    if (done > 0) noted('w', fd, offset >= 0 ? offset : lseek(fd, 0, SEEK_CUR) - done, data, parts, done);
    return done;
}

#define ONE struct iovec data = {(void *)from, size}
ssize_t write(int fd, const void *from, size_t size) { REAL(write); ONE; return wrote(fd, &data, 1, real(fd, from, size), -1); }
ssize_t writev(int fd, const struct iovec *data, int parts) { REAL(writev); return wrote(fd, data, parts, real(fd, data, parts), -1); }
ssize_t pwrite(int fd, const void *from, size_t size, off_t at) { REAL(pwrite); ONE; return wrote(fd, &data, 1, real(fd, from, size, at), at); }
ssize_t pwrite64(int fd, const void *from, size_t size, off64_t at) { REAL(pwrite64); ONE; return wrote(fd, &data, 1, real(fd, from, size, at), at); }
ssize_t pwritev(int fd, const struct iovec *data, int parts, off_t at) { REAL(pwritev); return wrote(fd, data, parts, real(fd, data, parts, at), at); }
ssize_t pwritev64(int fd, const struct iovec *data, int parts, off64_t at) { REAL(pwritev64); return wrote(fd, data, parts, real(fd, data, parts, at), at); }

static int after(char kind, int fd, int64_t size, int outcome) {
    if (!outcome) noted(kind, fd, size, NULL, 0, 0);
    return outcome;
}

int fsync(int fd) { REAL(fsync); return after('s', fd, 0, real(fd)); }
int fdatasync(int fd) { REAL(fdatasync); return after('s', fd, 0, real(fd)); }
int ftruncate(int fd, off_t size) { REAL(ftruncate); return after('t', fd, size, real(fd, size)); }
int ftruncate64(int fd, off64_t size) { REAL(ftruncate64); return after('t', fd, size, real(fd, size)); }
int posix_fallocate(int fd, off_t at, off_t size) { REAL(posix_fallocate); return after('g', fd, at + size, real(fd, at, size)); }
int posix_fallocate64(int fd, off64_t at, off64_t size) { REAL(posix_fallocate64); return after('g', fd, at + size, real(fd, at, size)); }

/* PostgreSQL names its files from the folder it works in. */
static int whole(const char *path, char *found) {
    if (*path == '/') return snprintf(found, PATH_MAX, "%s", path), is_below(found);
    if (!getcwd(found, PATH_MAX)) return 0;
    snprintf(found + strlen(found), PATH_MAX - strlen(found), "/%s", path);
    return is_below(found);
}

static int moved(char kind, const char *from, const char *to, int outcome) {
    char both[2 * PATH_MAX], second[PATH_MAX];
    if (!outcome && whole(from, both) && (!to || whole(to, second))) {
        if (to) strcat(strcat(both, "\n"), second);
        note(kind, 0, both, 0, NULL, 0, 0);
    }
    return outcome;
}

int rename(const char *from, const char *to) { REAL(rename); return moved('r', from, to, real(from, to)); }
int link(const char *from, const char *to) { REAL(link); return moved('l', from, to, real(from, to)); }
int unlink(const char *path) { REAL(unlink); return moved('u', path, NULL, real(path)); }
