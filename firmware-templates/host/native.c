/* The harness on the PC: `native JOB RESULT`, both files. */
#include <stdio.h>
#include <stdlib.h>

#include "fl_harness.h"

enum { RESULT_CAPACITY = 64 << 20 };

static uint8_t *read_file(const char *path, uint32_t *bytes) {
  FILE *file = fopen(path, "rb");
  if (file == NULL || fseek(file, 0, SEEK_END) != 0) return NULL;
  const long size = ftell(file);
  uint8_t *content = size < 0 || fseek(file, 0, SEEK_SET) != 0 ? NULL : malloc((size_t)size + 1);
  if (content != NULL && fread(content, 1, (size_t)size, file) != (size_t)size) {
    free(content);
    content = NULL;
  }
  fclose(file);
  *bytes = (uint32_t)size;
  return content;
}

static int write_file(const char *path, const uint8_t *content, uint32_t bytes) {
  FILE *file = fopen(path, "wb");
  if (file == NULL) return 0;
  const int written = fwrite(content, 1, bytes, file) == bytes;
  return fclose(file) == 0 && written;
}

int main(int count, char **arguments) {
  if (count != 3) {
    fprintf(stderr, "usage: %s JOB RESULT\n", arguments[0]);
    return 2;
  }
  uint32_t job_bytes = 0;
  uint8_t *job = read_file(arguments[1], &job_bytes);
  uint8_t *result = malloc(RESULT_CAPACITY);
  if (job == NULL || result == NULL) {
    fprintf(stderr, "cannot read %s\n", arguments[1]);
    return 2;
  }
  fl_harness_run(job, job_bytes, result, RESULT_CAPACITY);
  const fl_result *head = (const fl_result *)(const void *)result;
  const int written = write_file(arguments[2], result, head->bytes);
  free(job);
  free(result);
  return written ? 0 : 2;
}
