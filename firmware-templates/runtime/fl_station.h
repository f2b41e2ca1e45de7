/* What every activity of a device works with: the link, the flash, the clock of this poll. */
#ifndef FL_STATION_H
#define FL_STATION_H

#include <stdint.h>

#include "fl_link.h"
#include "fl_provisioning.h"
#include "fl_random.h"
#include "fl_slots.h"

typedef struct {
  fl_link link;
  fl_random random;
  fl_slots slots;
  const fl_provisioning *provisioning;
  uint32_t now_ms;
  uint32_t boots;
} fl_station;

/* Publishes link.payload if `length`, an encoder's answer, is one. */
static inline void fl_station_publish(fl_station *station, const char *topic_rest, int32_t length) {
  if (length > 0) fl_link_publish(&station->link, topic_rest, (uint32_t)length, station->now_ms);
}

#endif
