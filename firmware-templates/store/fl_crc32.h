/* CRC-32 of IEEE 802.3 (reflected, as zlib computes it). Flash: 64 bytes of table. */
#ifndef FL_CRC32_H
#define FL_CRC32_H

#include <stdint.h>

/* Start with crc 0; feed the result back for more bytes. */
uint32_t fl_crc32(uint32_t crc, const void *bytes, uint32_t count);

#endif
