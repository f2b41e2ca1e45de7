/*
 * How generated code names what lies in the arena and in the parameter image: typed pointers from byte offsets. Both are
 * 8-byte aligned and offsets are multiples of their elements. RAM: none.
 */
#ifndef FL_ACCESS_H
#define FL_ACCESS_H

#include <stdint.h>

#include "fl_kernels.h"

static inline int8_t *fl_s8(uint8_t *arena, uint32_t offset) { return (int8_t *)(arena + offset); }
static inline int16_t *fl_s16(uint8_t *arena, uint32_t offset) { return (int16_t *)(void *)(arena + offset); }
static inline int32_t *fl_s32(uint8_t *arena, uint32_t offset) { return (int32_t *)(void *)(arena + offset); }

static inline const int8_t *fl_const_s8(const uint8_t *base, uint32_t offset) { return (const int8_t *)(base + offset); }
static inline const int16_t *fl_const_s16(const uint8_t *base, uint32_t offset) {
  return (const int16_t *)(const void *)(base + offset);
}
static inline const uint16_t *fl_const_u16(const uint8_t *base, uint32_t offset) {
  return (const uint16_t *)(const void *)(base + offset);
}
static inline const int32_t *fl_const_s32(const uint8_t *base, uint32_t offset) {
  return (const int32_t *)(const void *)(base + offset);
}

static inline fl_mantissa *fl_mantissas(uint8_t *arena, uint32_t offset) { return (fl_mantissa *)(void *)(arena + offset); }

/* Some channels of a gradient, in a buffer of so many planes: these, then exponents from an even byte on. */
static inline fl_gradient fl_planes_at(uint8_t *arena, uint32_t offset, int32_t planes, int32_t channels, int32_t pixels) {
  const uint32_t bytes = (uint32_t)(planes * pixels) * (uint32_t)sizeof(fl_mantissa);
  return (fl_gradient){fl_mantissas(arena, offset), fl_s16(arena, offset + ((bytes + 1u) & ~1u)), channels, pixels};
}

/* A gradient of the arena. */
static inline fl_gradient fl_gradient_at(uint8_t *arena, uint32_t offset, int32_t channels, int32_t pixels) {
  return fl_planes_at(arena, offset, channels, channels, pixels);
}

/* A gradient of the arena from its channel `first` on. */
static inline fl_gradient fl_channels_at(uint8_t *arena, uint32_t offset, int32_t channels, int32_t pixels, int32_t first) {
  const fl_gradient whole = fl_gradient_at(arena, offset, channels, pixels);
  return fl_gradient_from(&whole, first);
}

#endif
