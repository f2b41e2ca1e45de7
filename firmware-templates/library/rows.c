#include "library/@name@.h"
#include "fl_model.h"
#include "fl_parameters.h"

const @outputType@ *@name@_output(const uint8_t *arena, uint32_t index) {
  return (const @outputType@ *)(arena + fl_model_outputs[index].arena_offset);
}

/* The model hands its `input` on to fl_model_read_input: it is the caller's reader. */
void @name@_run(uint8_t *arena, const @name@_rows *rows) {
  fl_model_forward(arena, @NAME@_PARAMETERS, (const int8_t *)(const void *)rows);
}

@parameters_fit@
