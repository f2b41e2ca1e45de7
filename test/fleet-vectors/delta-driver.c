/*
 * The C delta encoder behind a line protocol.
 *   "<piece bytes> <order> <raw hex> <kind count>..." -> the encoding in hexadecimal
 * order 0: pieces from the start; 1: backwards; 2: every piece twice. Pieces lie in allocations of their exact size. Sizes are found and
 * places sought in slices of some steps, of which none may read more than an element and those that it is compared with.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fl_delta_coding.h"

static char line[4000000];
static uint8_t raw[500000];

static uint32_t size;
static uint32_t reads;
static fl_delta_variable variables[16];

/* Reads where the model would compute; refuses what is not there. */
static void read_raw(void *context, uint32_t offset, uint8_t *out, uint32_t count) {
  if (count == 0 || offset > size || count > size - offset) abort();
  reads++;
  memcpy(out, (const uint8_t *)context + offset, count);
}

static fl_delta_variable variable_at(void *context, uint32_t index) {
  (void)context;
  return variables[index];
}

static uint32_t number(void) { return (uint32_t)strtoul(strtok(NULL, " \n"), NULL, 10); }

static uint32_t read_hex(const char *text) {
  uint32_t count = 0;
  char digits[3] = {0};
  for (; text[0] != '-' && text[0] && text[1]; text += 2) {
    digits[0] = text[0], digits[1] = text[1];
    raw[count++] = (uint8_t)strtoul(digits, NULL, 16);
  }
  return count;
}

/* Begins a slice of some steps, once the one before has proved to be none too long. */
static uint32_t next_slice(uint32_t *steps) {
  if (reads > *steps * FL_DELTA_ROWS) abort();
  reads = 0;
  return *steps = *steps % 50 + 1;
}

static uint32_t measure(fl_delta_coder *coder) {
  uint32_t steps = 0;
  while (!fl_delta_measure(coder, next_slice(&steps))) {
  }
  (void)next_slice(&steps);
  return coder->total;
}

static void encode_piece(fl_delta_coder *coder, uint32_t offset, uint32_t piece, uint8_t *to) {
  uint32_t steps = 0;
  reads = 0;
  while (!fl_delta_seek(coder, offset, next_slice(&steps))) {
  }
  (void)next_slice(&steps);
  uint8_t *out = malloc(piece);
  uint32_t count = fl_delta_read(coder, offset, out, piece);
  memcpy(to + offset, out, count);
  free(out);
}

int main(void) {
  while (fgets(line, sizeof line, stdin)) {
    uint32_t piece = (uint32_t)strtoul(strtok(line, " \n"), NULL, 10);
    uint32_t order = number();
    size = read_hex(strtok(NULL, " \n"));
    fl_delta_source source = {0, variable_at, read_raw, raw};
    for (const char *kind = strtok(NULL, " \n"); kind; kind = strtok(NULL, " \n")) {
      variables[source.variable_count].kind = (uint32_t)strtoul(kind, NULL, 10);
      variables[source.variable_count++].count = number();
    }
    fl_delta_coder *coder = malloc(sizeof *coder);
    fl_delta_start(coder, &source);
    reads = 0;
    uint32_t total = measure(coder);
    uint8_t *encoded = malloc(total + piece);
    uint32_t pieces = (total + piece - 1) / piece;
    for (uint32_t i = 0; i < pieces; i++) {
      encode_piece(coder, piece * (order == 1 ? pieces - 1 - i : i), piece, encoded);
      if (order == 2) encode_piece(coder, piece * i, piece, encoded);
    }
    if (fl_delta_read(coder, total, encoded, piece) != 0) abort();
    for (uint32_t i = 0; i < total; i++) printf("%02x", encoded[i]);
    printf(total == 0 ? "-\n" : "\n");
    free(encoded);
    free(coder);
  }
  return 0;
}
