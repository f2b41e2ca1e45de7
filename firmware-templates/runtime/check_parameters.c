#include "fl_access.h"
#include "fl_model.h"
#include "fl_parameters.h"
#include "fl_sha256.h"

enum { MAGIC_WORD = 0, VERSION_WORD = 1, BYTES_WORD = 2, LAYOUT_WORD = 3 };

static int32_t digest_matches(const uint8_t *image) {
  fl_sha256 hash;
  uint8_t digest[FL_SHA256_BYTES];
  fl_sha256_begin(&hash);
  fl_sha256_add(&hash, image + FL_PARAMETERS_HEAD, FL_MODEL_PARAMETER_BYTES - FL_PARAMETERS_HEAD);
  fl_sha256_end(&hash, digest);
  int32_t same = 1;
  for (uint32_t i = 0; i < FL_SHA256_BYTES; i++) same &= digest[i] == image[FL_PARAMETERS_DIGEST + i];
  return same;
}

int32_t fl_parameters_check(const uint8_t *image, uint32_t bytes) {
  const uint32_t *words = (const uint32_t *)(const void *)image;
  if (bytes < FL_PARAMETERS_HEAD || words[MAGIC_WORD] != FL_PARAMETERS_MAGIC) return FL_PARAMETERS_NO_IMAGE;
  if ((words[VERSION_WORD] & 0xffffu) != FL_PARAMETERS_VERSION) return FL_PARAMETERS_NO_IMAGE;
  if (words[BYTES_WORD] != FL_MODEL_PARAMETER_BYTES || bytes < FL_MODEL_PARAMETER_BYTES) return FL_PARAMETERS_OTHER_LAYOUT;
  if (words[LAYOUT_WORD] != FL_MODEL_LAYOUT) return FL_PARAMETERS_OTHER_LAYOUT;
  return digest_matches(image) ? FL_PARAMETERS_OK : FL_PARAMETERS_DAMAGED;
}
