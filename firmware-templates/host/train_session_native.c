/*
 * A training session on the PC: `native JOB RESULT`. RESULT is a file that is there already, as large as the result may
 * become; it is written in place, so that others can watch it grow.
 */
#define _POSIX_C_SOURCE 200809L
#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fl_train_session.h"

enum { ROWS_AT_ONCE = 1000 };

typedef struct {
  uint8_t *bytes;
  uint32_t count;
} file_map;

static file_map map_file(const char *path, int writable) {
  file_map map = {NULL, 0};
  struct stat status;
  const int file = open(path, writable ? O_RDWR : O_RDONLY);
  if (file < 0) return map;
  if (fstat(file, &status) == 0 && status.st_size > 0 && status.st_size <= UINT32_MAX) {
    void *at = mmap(NULL, (size_t)status.st_size, writable ? PROT_READ | PROT_WRITE : PROT_READ, MAP_SHARED, file, 0);
    if (at != MAP_FAILED) map = (file_map){at, (uint32_t)status.st_size};
  }
  (void)close(file);
  return map;
}

int main(int count, char **arguments) {
  if (count != 3) {
    (void)fprintf(stderr, "usage: %s JOB RESULT\n", arguments[0]);
    return 2;
  }
  const file_map job = map_file(arguments[1], 0);
  const file_map result = map_file(arguments[2], 1);
  if (job.bytes == NULL || result.bytes == NULL) {
    (void)fprintf(stderr, "cannot open %s\n", job.bytes == NULL ? arguments[1] : arguments[2]);
    return 2;
  }
  if (fl_train_begin(job.bytes, job.count, result.bytes, result.count)) {
    while (fl_train_go_on(ROWS_AT_ONCE)) {
    }
  }
  return 0;
}
