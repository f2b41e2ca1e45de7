/*
 * SHA-256 (FIPS 180-4), in pieces. RAM: fl_sha256 (108 bytes) of the caller, about 120 bytes of stack. Flash: about 700 bytes.
 */
#ifndef FL_SHA256_H
#define FL_SHA256_H

#include <stdint.h>

enum { FL_SHA256_BYTES = 32 };

typedef struct {
  uint32_t state[8];
  uint32_t block[16]; /* words of the block being filled; the message schedule rolls through it */
  uint32_t length;    /* bytes so far: messages below 512 MB */
} fl_sha256;

void fl_sha256_begin(fl_sha256 *hash);
void fl_sha256_add(fl_sha256 *hash, const uint8_t *bytes, uint32_t count);
void fl_sha256_end(fl_sha256 *hash, uint8_t digest[FL_SHA256_BYTES]);

#endif
