/* A disk that is full, or read-only, from the n-th change on; loaded before libc (LD_PRELOAD).
 *
 * Only what lies below DISK_ROOT is touched. DISK_AT is n (0: never), DISK_ERRNO what the disk says then: ENOSPC fails
 * what needs room (writes, new files, new folders), EROFS every change. DISK_COUNT names a file that gets the number of
 * changes at exit, so that a test knows how many there are.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

static long changes;

static int below(const char *path)
{
    const char *root = getenv("DISK_ROOT");
    return root && *root && strncmp(path, root, strlen(root)) == 0;
}

static int refused(void)
{
    const char *at = getenv("DISK_AT"), *number = getenv("DISK_ERRNO");
    long n = __sync_add_and_fetch(&changes, 1), first = at ? atol(at) : 0;
    if (first == 0 || n < first)
        return 0;
    errno = number ? atoi(number) : ENOSPC;
    return 1;
}

static int read_only(void)
{
    const char *number = getenv("DISK_ERRNO");
    return number && atoi(number) == EROFS;
}

static int file_refused(int fd)
{
    char link[64], path[4096];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t n = readlink(link, path, sizeof path - 1);
    if (n <= 0)
        return 0;
    path[n] = 0;
    return below(path) && refused();
}

static int path_refused(int folder, const char *path, int flags)
{
    char full[8192], link[64];
    if (!path || !(flags & (O_CREAT | O_WRONLY | O_RDWR)))
        return 0;
    if (!read_only() && (!(flags & O_CREAT) || access(path, F_OK) == 0))
        return 0;
    if (path[0] == '/')
        snprintf(full, sizeof full, "%s", path);
    else {
        snprintf(link, sizeof link, folder == AT_FDCWD ? "/proc/self/cwd" : "/proc/self/fd/%d", folder);
        ssize_t n = readlink(link, full, 4095);
        if (n <= 0)
            return 0;
        snprintf(full + n, sizeof full - n, "/%s", path);
    }
    return below(full) && refused();
}

#define REAL(type, name, ...) static type (*real)(__VA_ARGS__); if (!real) real = dlsym(RTLD_NEXT, name)

ssize_t write(int fd, const void *data, size_t size)
{ REAL(ssize_t, "write", int, const void *, size_t); return file_refused(fd) ? -1 : real(fd, data, size); }
ssize_t pwrite(int fd, const void *data, size_t size, off_t at)
{ REAL(ssize_t, "pwrite", int, const void *, size_t, off_t); return file_refused(fd) ? -1 : real(fd, data, size, at); }
ssize_t pwrite64(int fd, const void *data, size_t size, off64_t at)
{ REAL(ssize_t, "pwrite64", int, const void *, size_t, off64_t); return file_refused(fd) ? -1 : real(fd, data, size, at); }
ssize_t writev(int fd, const struct iovec *parts, int n)
{ REAL(ssize_t, "writev", int, const struct iovec *, int); return file_refused(fd) ? -1 : real(fd, parts, n); }
int fallocate(int fd, int mode, off_t at, off_t size)
{ REAL(int, "fallocate", int, int, off_t, off_t); return file_refused(fd) ? -1 : real(fd, mode, at, size); }
int posix_fallocate(int fd, off_t at, off_t size)
{ REAL(int, "posix_fallocate", int, off_t, off_t); return file_refused(fd) ? errno : real(fd, at, size); }

#define OPENER(name) \
int name(const char *path, int flags, ...) \
{ \
    REAL(int, #name, const char *, int, ...); \
    va_list more; va_start(more, flags); mode_t mode = va_arg(more, mode_t); va_end(more); \
    return path_refused(AT_FDCWD, path, flags) ? -1 : real(path, flags, mode); \
}
#define OPENER_AT(name) \
int name(int folder, const char *path, int flags, ...) \
{ \
    REAL(int, #name, int, const char *, int, ...); \
    va_list more; va_start(more, flags); mode_t mode = va_arg(more, mode_t); va_end(more); \
    return path_refused(folder, path, flags) ? -1 : real(folder, path, flags, mode); \
}
OPENER(open)
OPENER(open64)
OPENER_AT(openat)
OPENER_AT(openat64)

int mkdir(const char *path, mode_t mode)
{ REAL(int, "mkdir", const char *, mode_t); return path_refused(AT_FDCWD, path, O_CREAT) ? -1 : real(path, mode); }
int symlink(const char *target, const char *path)
{ REAL(int, "symlink", const char *, const char *); return path_refused(AT_FDCWD, path, O_CREAT) ? -1 : real(target, path); }
int rename(const char *from, const char *to)
{ REAL(int, "rename", const char *, const char *); return read_only() && path_refused(AT_FDCWD, to, O_CREAT) ? -1 : real(from, to); }
int unlink(const char *path)
{ REAL(int, "unlink", const char *); return read_only() && path_refused(AT_FDCWD, path, O_CREAT) ? -1 : real(path); }

__attribute__((destructor)) static void tell(void)
{
    const char *path = getenv("DISK_COUNT");
    FILE *file = path ? fopen(path, "w") : NULL;
    if (file) {
        fprintf(file, "%ld\n", changes);
        fclose(file);
    }
}
