#include "fl_sha256.h"

enum { BLOCK_BYTES = 64, LENGTH_WORD = 15 };

static const uint32_t first_state[8] = {0x6a09e667u, 0xbb67ae85u, 0x3c6ef372u, 0xa54ff53au,
                                        0x510e527fu, 0x9b05688cu, 0x1f83d9abu, 0x5be0cd19u};

static const uint32_t constants[64] = {
    0x428a2f98u, 0x71374491u, 0xb5c0fbcfu, 0xe9b5dba5u, 0x3956c25bu, 0x59f111f1u, 0x923f82a4u, 0xab1c5ed5u,
    0xd807aa98u, 0x12835b01u, 0x243185beu, 0x550c7dc3u, 0x72be5d74u, 0x80deb1feu, 0x9bdc06a7u, 0xc19bf174u,
    0xe49b69c1u, 0xefbe4786u, 0x0fc19dc6u, 0x240ca1ccu, 0x2de92c6fu, 0x4a7484aau, 0x5cb0a9dcu, 0x76f988dau,
    0x983e5152u, 0xa831c66du, 0xb00327c8u, 0xbf597fc7u, 0xc6e00bf3u, 0xd5a79147u, 0x06ca6351u, 0x14292967u,
    0x27b70a85u, 0x2e1b2138u, 0x4d2c6dfcu, 0x53380d13u, 0x650a7354u, 0x766a0abbu, 0x81c2c92eu, 0x92722c85u,
    0xa2bfe8a1u, 0xa81a664bu, 0xc24b8b70u, 0xc76c51a3u, 0xd192e819u, 0xd6990624u, 0xf40e3585u, 0x106aa070u,
    0x19a4c116u, 0x1e376c08u, 0x2748774cu, 0x34b0bcb5u, 0x391c0cb3u, 0x4ed8aa4au, 0x5b9cca4fu, 0x682e6ff3u,
    0x748f82eeu, 0x78a5636fu, 0x84c87814u, 0x8cc70208u, 0x90befffau, 0xa4506cebu, 0xbef9a3f7u, 0xc67178f2u};

static inline uint32_t rotate(uint32_t x, uint32_t by) { return x >> by | x << (32 - by); }

/* Word i of the message schedule, kept in the block modulo 16. */
static inline uint32_t schedule(uint32_t *w, uint32_t i) {
  if (i < 16) return w[i];
  const uint32_t early = w[(i + 1) & 15];
  const uint32_t late = w[(i + 14) & 15];
  const uint32_t s0 = rotate(early, 7) ^ rotate(early, 18) ^ early >> 3;
  const uint32_t s1 = rotate(late, 17) ^ rotate(late, 19) ^ late >> 10;
  w[i & 15] += s0 + w[(i + 9) & 15] + s1;
  return w[i & 15];
}

static void compress(fl_sha256 *hash) {
  uint32_t *s = hash->state;
  uint32_t a = s[0], b = s[1], c = s[2], d = s[3], e = s[4], f = s[5], g = s[6], h = s[7];
  for (uint32_t i = 0; i < 64; i++) {
    const uint32_t choose = (e & f) ^ (~e & g);
    const uint32_t majority = (a & b) ^ (a & c) ^ (b & c);
    const uint32_t t1 = h + (rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)) + choose + constants[i] + schedule(hash->block, i);
    const uint32_t t2 = (rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)) + majority;
    h = g;
    g = f;
    f = e;
    e = d + t1;
    d = c;
    c = b;
    b = a;
    a = t1 + t2;
  }
  s[0] += a;
  s[1] += b;
  s[2] += c;
  s[3] += d;
  s[4] += e;
  s[5] += f;
  s[6] += g;
  s[7] += h;
}

/* Puts one byte at the end of the block (big-endian words) and digests the block when it is full. */
static void put(fl_sha256 *hash, uint32_t position, uint8_t byte) {
  const uint32_t shift = 24 - 8 * (position & 3u);
  uint32_t *word = &hash->block[position >> 2];
  if (shift == 24) *word = 0;
  *word |= (uint32_t)byte << shift;
}

void fl_sha256_begin(fl_sha256 *hash) {
  for (uint32_t i = 0; i < 8; i++) hash->state[i] = first_state[i];
  hash->length = 0;
}

void fl_sha256_add(fl_sha256 *hash, const uint8_t *bytes, uint32_t count) {
  for (uint32_t i = 0; i < count; i++) {
    const uint32_t position = hash->length++ % BLOCK_BYTES;
    put(hash, position, bytes[i]);
    if (position == BLOCK_BYTES - 1) compress(hash);
  }
}

void fl_sha256_end(fl_sha256 *hash, uint8_t digest[FL_SHA256_BYTES]) {
  const uint32_t bytes = hash->length;
  const uint8_t one = 0x80, zero = 0;
  fl_sha256_add(hash, &one, 1);
  while (hash->length % BLOCK_BYTES != BLOCK_BYTES - 8) fl_sha256_add(hash, &zero, 1);
  hash->block[LENGTH_WORD - 1] = bytes >> 29;
  hash->block[LENGTH_WORD] = bytes << 3;
  compress(hash);
  for (uint32_t i = 0; i < FL_SHA256_BYTES; i++) digest[i] = (uint8_t)(hash->state[i >> 2] >> (24 - 8 * (i & 3u)));
}
