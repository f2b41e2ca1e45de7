#include "fl_facts.h"

#include "fl_model.h"

const fl_facts fl_model_facts = {
    .trains = FL_MODEL_TRAINS,
    .arena_bytes = FL_MODEL_ARENA_BYTES,
    .input_bytes = FL_MODEL_INPUT_BYTES,
    .output_offset = FL_MODEL_OUTPUT_OFFSET,
    .output_bytes = FL_MODEL_OUTPUT_BYTES,
    .parameter_bytes = FL_MODEL_PARAMETER_BYTES,
    .layout = FL_MODEL_LAYOUT,
#if FL_MODEL_TRAINS
    .classes = FL_MODEL_CLASSES,
    .scheme = FL_MODEL_SCHEME,
    .state_bytes = FL_MODEL_STATE_BYTES,
    .delta_bytes = FL_MODEL_DELTA_BYTES,
    .variables = FL_MODEL_VARIABLES,
#endif
};
