/* Bytes and texts without a C library. Texts end with 0. */
#ifndef FL_BYTES_H
#define FL_BYTES_H

#include <stdbool.h>
#include <stdint.h>

void fl_zero(void *target, uint32_t count);
/* The ranges must not overlap. */
void fl_copy(void *target, const void *source, uint32_t count);
bool fl_equal(const void *a, const void *b, uint32_t count);

uint32_t fl_text_length(const char *text);
bool fl_text_equal(const char *a, const char *b);
/* Appends what fits and ends the text; the target holds a text already. */
void fl_text_append(char *target, uint32_t capacity, const char *text);
void fl_text_append_number(char *target, uint32_t capacity, uint32_t number);
/* Copies `count` bytes (no 0 among them is assumed) as a text. False: it does not fit; the target is then empty. */
bool fl_text_take(char *target, uint32_t capacity, const void *bytes, uint32_t count);

#endif
