#include "fl_bytes.h"

void fl_zero(void *target, uint32_t count) {
  uint8_t *bytes = target;
  for (uint32_t i = 0; i < count; i++) bytes[i] = 0;
}

void fl_copy(void *target, const void *source, uint32_t count) {
  uint8_t *to = target;
  const uint8_t *from = source;
  for (uint32_t i = 0; i < count; i++) to[i] = from[i];
}

bool fl_equal(const void *a, const void *b, uint32_t count) {
  const uint8_t *left = a;
  const uint8_t *right = b;
  for (uint32_t i = 0; i < count; i++) {
    if (left[i] != right[i]) return false;
  }
  return true;
}

uint32_t fl_text_length(const char *text) {
  uint32_t length = 0;
  while (text[length] != 0) length++;
  return length;
}

bool fl_text_equal(const char *a, const char *b) {
  const uint32_t length = fl_text_length(a);
  return length == fl_text_length(b) && fl_equal(a, b, length);
}

void fl_text_append(char *target, uint32_t capacity, const char *text) {
  uint32_t length = fl_text_length(target);
  for (; *text != 0 && length + 1 < capacity; text++) target[length++] = *text;
  target[length] = 0;
}

void fl_text_append_number(char *target, uint32_t capacity, uint32_t number) {
  char digits[11];
  uint32_t at = sizeof digits - 1;
  digits[at] = 0;
  do {
    digits[--at] = (char)('0' + number % 10);
    number /= 10;
  } while (number != 0);
  fl_text_append(target, capacity, digits + at);
}

bool fl_text_take(char *target, uint32_t capacity, const void *bytes, uint32_t count) {
  const bool fits = count < capacity;
  if (fits) fl_copy(target, bytes, count);
  target[fits ? count : 0] = 0;
  return fits;
}
