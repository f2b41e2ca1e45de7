/*
 * Where things lie in the device's flash. Offsets from its beginning, whole sectors. FORMATS.md says what is in them;
 * apps/fleet/src/flash writes the same map.
 */
#ifndef FL_FLASH_MAP_H
#define FL_FLASH_MAP_H

#include "fl_hal.h"

enum {
  FL_MAP_PROVISIONING = 0,                /* two sectors: record 'FLPR', written by the factory */
  FL_MAP_IDENTITY = 2 * FL_SECTOR_BYTES,  /* two sectors: record 'FLID' */
  FL_MAP_BOOTS = 4 * FL_SECTOR_BYTES,     /* two sectors: boot counter */
  FL_MAP_RESERVED = 6 * FL_SECTOR_BYTES,
  /* Two slots of one sector and provisioning.slot_bytes each, then the capture ring of provisioning.capture_bytes, then the sample log. */
  FL_MAP_SLOTS = 8 * FL_SECTOR_BYTES
};

#endif
