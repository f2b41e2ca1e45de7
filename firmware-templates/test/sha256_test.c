/* SHA-256 against the examples of FIPS 180-4, in pieces of every size. */
#include <string.h>

#include "check.h"
#include "fl_sha256.h"

typedef struct {
  const char *text;
  uint32_t repeat;
  const char *digest;
} example;

static const example examples[] = {
    {"", 1, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
    {"abc", 1, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
    {"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 1,
     "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
    {"aaaaaaaaaaaaaaaaaaaa", 50000, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"},
};

static void check(const example *e, uint32_t piece) {
  fl_sha256 hash;
  uint8_t digest[FL_SHA256_BYTES];
  char hex[2 * FL_SHA256_BYTES + 1];
  const uint32_t length = (uint32_t)strlen(e->text);
  fl_sha256_begin(&hash);
  for (uint32_t i = 0; i < e->repeat; i++) {
    for (uint32_t at = 0; at < length; at += piece) {
      fl_sha256_add(&hash, (const uint8_t *)e->text + at, length - at < piece ? length - at : piece);
    }
  }
  fl_sha256_end(&hash, digest);
  for (uint32_t i = 0; i < FL_SHA256_BYTES; i++) (void)snprintf(hex + 2 * i, 3, "%02x", digest[i]);
  CHECK(strcmp(hex, e->digest) == 0);
}

int main(void) {
  for (uint32_t i = 0; i < sizeof examples / sizeof examples[0]; i++) {
    for (uint32_t piece = 1; piece <= 64; piece += examples[i].repeat > 1 ? 63 : 1) check(&examples[i], piece);
  }
  return 0;
}
