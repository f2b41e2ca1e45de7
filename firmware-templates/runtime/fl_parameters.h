/* The head of a parameter image (FORMATS.md). RAM: none. */
#ifndef FL_PARAMETERS_H
#define FL_PARAMETERS_H

#include <stdint.h>

enum {
  FL_PARAMETERS_MAGIC = 0x49504c46, /* "FLPI" */
  FL_PARAMETERS_VERSION = 1,
  FL_PARAMETERS_DIGEST = 32, /* offset of the SHA-256 of everything after the head */
  FL_PARAMETERS_HEAD = 64    /* bytes of the head */
};

enum {
  FL_PARAMETERS_OK = 0,
  FL_PARAMETERS_NO_IMAGE = -1,     /* wrong magic or version */
  FL_PARAMETERS_OTHER_LAYOUT = -2, /* an image of another model: size or layout differ */
  FL_PARAMETERS_DAMAGED = -3       /* the digest does not match */
};

/* Is this an image that the linked model can read? bytes: how many are there. Stack: about 240 bytes. */
int32_t fl_parameters_check(const uint8_t *image, uint32_t bytes);

#endif
