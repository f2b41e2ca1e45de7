/*
 * Received bytes between an interrupt (or the host) that puts them in and the main loop that takes them out. One of
 * each: then no lock is needed. RAM: sizeof(fl_ring), 0.5 KB: what the other side may send while one item is worked on
 * without the stream having to stop.
 */
#ifndef FL_RING_H
#define FL_RING_H

#include <stdint.h>

enum { FL_RING_BYTES = 512 /* a power of two */ };

typedef struct {
  uint8_t bytes[FL_RING_BYTES];
  volatile uint32_t put; /* counts for ever; the difference is what is inside */
  volatile uint32_t taken;
} fl_ring;

static inline uint32_t fl_ring_used(const fl_ring *ring) { return ring->put - ring->taken; }
static inline uint32_t fl_ring_free(const fl_ring *ring) { return FL_RING_BYTES - fl_ring_used(ring); }

/* There must be room. */
static inline void fl_ring_put(fl_ring *ring, uint8_t byte) {
  ring->bytes[ring->put % FL_RING_BYTES] = byte;
  ring->put++;
}

static inline uint32_t fl_ring_take(fl_ring *ring, uint8_t *bytes, uint32_t capacity) {
  const uint32_t used = fl_ring_used(ring);
  const uint32_t count = used < capacity ? used : capacity;
  for (uint32_t i = 0; i < count; i++) bytes[i] = ring->bytes[(ring->taken + i) % FL_RING_BYTES];
  ring->taken += count;
  return count;
}

static inline void fl_ring_clear(fl_ring *ring) { ring->taken = ring->put; }

#endif
