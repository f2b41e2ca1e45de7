#include "fl_access.h"
#include "fl_model.h"

#if FL_MODEL_TRAINS

const int32_t *fl_model_logits(const uint8_t *arena) { return fl_const_s32(arena, FL_MODEL_LOGITS_OFFSET); }

uint32_t fl_model_predict(const uint8_t *arena) {
  const int32_t *logits = fl_model_logits(arena);
  uint32_t best = 0;
  for (uint32_t k = 1; k < FL_MODEL_CLASSES; k++) best = logits[k] > logits[best] ? k : best;
  return best;
}

#endif
