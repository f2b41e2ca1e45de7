/* The FL_MODEL_* constants as data, so that a built program can say what it is. RAM: none. Flash: 48 bytes. */
#ifndef FL_FACTS_H
#define FL_FACTS_H

#include <stdint.h>

/* All zero from `classes` on where the model does not train. */
typedef struct {
  uint32_t trains;
  uint32_t arena_bytes;
  uint32_t input_bytes;
  uint32_t output_offset;
  uint32_t output_bytes;
  uint32_t parameter_bytes;
  uint32_t layout;
  uint32_t classes;
  uint32_t scheme;
  uint32_t state_bytes;
  uint32_t delta_bytes;
  uint32_t variables;
} fl_facts;

extern const fl_facts fl_model_facts;

#endif
