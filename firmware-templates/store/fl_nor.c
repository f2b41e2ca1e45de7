#include "fl_nor.h"

#include "fl_hal.h"

bool fl_nor_erase(uint8_t *flash, uint32_t flash_bytes, uint32_t offset) {
  if (offset % FL_SECTOR_BYTES != 0 || offset >= flash_bytes || flash_bytes - offset < FL_SECTOR_BYTES) return false;
  for (uint32_t i = 0; i < FL_SECTOR_BYTES; i++) flash[offset + i] = 0xFF;
  return true;
}

bool fl_nor_program(uint8_t *flash, uint32_t flash_bytes, uint32_t offset, const uint8_t *bytes, uint32_t count) {
  if (offset > flash_bytes || flash_bytes - offset < count) return false;
  for (uint32_t i = 0; i < count; i++) {
    if ((bytes[i] & ~flash[offset + i]) != 0) return false;
  }
  for (uint32_t i = 0; i < count; i++) flash[offset + i] = bytes[i];
  return true;
}
