#include "library/@name@.h"
#include "fl_model.h"
#include "fl_parameters.h"

@inputType@ *@name@_input(uint8_t *arena, uint32_t index) {
  return (@inputType@ *)(arena + fl_model_inputs[index].arena_offset);
}

const @outputType@ *@name@_output(const uint8_t *arena, uint32_t index) {
  return (const @outputType@ *)(arena + fl_model_outputs[index].arena_offset);
}

void @name@_run(uint8_t *arena) { fl_model_forward(arena, @NAME@_PARAMETERS, NULL); }

@parameters_fit@
