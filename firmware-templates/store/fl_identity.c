#include "fl_identity.h"

#include "fl_flash_map.h"
#include "fl_record.h"

enum { MAGIC = 0x44494C46 /* 'FLID' */ };

const fl_identity *fl_identity_read(void) { return fl_record_read(FL_MAP_IDENTITY, MAGIC, sizeof(fl_identity)); }

bool fl_identity_write(const fl_identity *identity) {
  return fl_record_write(FL_MAP_IDENTITY, MAGIC, identity, sizeof *identity);
}
