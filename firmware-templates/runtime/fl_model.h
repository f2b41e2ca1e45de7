/*
 * What the generated model offers to the runtime, the same for every model.
 *
 * The generated files are model_config.h (the FL_MODEL_* constants named below) and model.c.
 * RAM: the arena, FL_MODEL_ARENA_BYTES, owned by the caller, 8-byte aligned; it holds the trained variables (from the
 *      first load to the end of the session) and everything a step needs. Nothing else is kept between calls.
 * Flash: the parameter image (see FORMATS.md), FL_MODEL_PARAMETER_BYTES, 8-byte aligned, read where it lies.
 *
 * Order of calls: fl_model_load, then any number of
 *   fl_model_forward -> [fl_model_loss -> [fl_model_backward]].
 */
#ifndef FL_MODEL_H
#define FL_MODEL_H

#include <stddef.h>
#include <stdint.h>

#include "fl_step.h"
#include "model_config.h"

/*
 * model_config.h defines, for every model:
 *   FL_MODEL_NAME             string
 *   FL_MODEL_TRAINS           1 for a training graph, 0 for inference only
 *   FL_MODEL_ARENA_BYTES      bytes of the arena (the plan's peak)
 *   FL_MODEL_INPUTS           number of inputs
 *   FL_MODEL_INPUT_BYTES      bytes of all inputs, one after the other
 *   FL_MODEL_INPUT_IN_ARENA   1: the caller writes the inputs to their places in the arena before every fl_model_forward,
 *                             which may overwrite them, and `input` is ignored; 0: there is one input, read where the argument
 *                             `input` points
 *   FL_MODEL_INPUT_ROWS       1: the model asks for its inputs row by row (fl_model_read_input below), and holds only those that it
 *                             needs; `input` is handed on
 *   FL_MODEL_PREFIX           how many operators of the model run apart: the input is what fl_prefix_forward makes of a sample, the
 *                             same as long as the parameters that it reads are the same; 0 where it is not defined: the input is the sample
 *   FL_MODEL_SAMPLE_BYTES     bytes of a sample, the same as FL_MODEL_INPUT_BYTES where there is no prefix
 *   FL_MODEL_FEATURES_OFFSET  arena offset of what fl_prefix_forward leaves, FL_MODEL_INPUT_BYTES
 *   FL_MODEL_PREFIX_PARAMETERS  fl_prefix_forward reads nothing of the parameter image behind so many bytes
 *   FL_MODEL_OUTPUTS          number of outputs
 *   FL_MODEL_OUTPUT_OFFSET    arena offset of the (first) output after fl_model_forward
 *   FL_MODEL_OUTPUT_BYTES     bytes of all outputs: int8; int32 logits of a classifier that trains
 *   FL_MODEL_TRACE_BYTES      bytes of all results that one fl_model_forward hands to fl_after_call
 *   FL_MODEL_PARAMETER_BYTES  bytes of the parameter image, header included
 *   FL_MODEL_LAYOUT           uint32: names the layout of the parameter image
 * and for one that trains:
 *   FL_MODEL_CLASSES          number of logits; 1 where the model tells no classes apart, and has none
 *   FL_MODEL_LABELS           labels are below this: the classes, or 256 where a label is the byte of an int8 or is not read
 *   FL_MODEL_LOGITS_OFFSET    arena offset of the int32 logits after fl_model_forward (kept until the next forward), or of the
 *                             int8 output of a model without classes
 *   FL_MODEL_SCHEME           uint32: names what is trained (layout of the delta)
 *   FL_MODEL_STATE_BYTES      bytes of all variables: int8 a weight, int16 a head weight, int32 a bias
 *   FL_MODEL_DELTA_BYTES      bytes of a delta (N12): int16 a weight, int32 a bias
 *   FL_MODEL_VARIABLES        entries of fl_model_variables
 */

/* An input or output of the model: where it lies in the arena (inputs: 0 where they are not in the arena). */
typedef struct {
  uint32_t arena_offset;
  uint32_t bytes;
} fl_port;

extern const fl_port fl_model_inputs[];  /* FL_MODEL_INPUTS */
extern const fl_port fl_model_outputs[]; /* FL_MODEL_OUTPUTS */

#ifndef FL_MODEL_INPUT_ROWS
#define FL_MODEL_INPUT_ROWS 0
#endif
#if FL_MODEL_INPUT_ROWS
extern const uint32_t fl_model_input_row_bytes[]; /* FL_MODEL_INPUTS: bytes of a row */

/*
 * The program provides this: it writes rows [first, first + count) of input number `port` to `rows`. The model asks for each row
 * once, in ascending order, while it runs: a sensor can hand them over as it reads them. input: what fl_model_forward was
 * given, for the program's own use.
 */
void fl_model_read_input(const int8_t *input, uint32_t port, uint32_t first, uint32_t count, int8_t *rows);
#endif

#ifndef FL_MODEL_PREFIX
#define FL_MODEL_PREFIX 0
#define FL_MODEL_SAMPLE_BYTES FL_MODEL_INPUT_BYTES
#endif
#if FL_MODEL_PREFIX
/* Makes the model's input of a sample. It may overwrite the whole arena: fl_model_load comes after it. */
void fl_prefix_forward(uint8_t *arena, const uint8_t *parameters, const int8_t *sample);
#endif

/* Runs the model on one input; its outputs are then in the arena. */
void fl_model_forward(uint8_t *arena, const uint8_t *parameters, const int8_t *input);

/* Built with -DFL_TRACE_CALLS=1, every call of fl_model_forward that has a result in the arena shows it to the program. */
#ifndef FL_TRACE_CALLS
#define FL_TRACE_CALLS 0
#endif
#if FL_TRACE_CALLS
/* call: 0, 1, ... in order of execution. */
void fl_after_call(uint32_t call, const uint8_t *output, uint32_t bytes);
#define FL_AFTER_CALL(call, output, bytes) fl_after_call((call), (output), (bytes))
/* And every row that a call computes where rows of several results come in turn; at: its place among all results. */
void fl_after_row(uint32_t at, const int8_t *row, uint32_t bytes);
#define FL_AFTER_ROW(at, row, bytes) fl_after_row((at), (row), (bytes))
/* Of the whole step, also backward: a call has written what it writes. call: its number in the plan's schedule. */
void fl_call_done(uint32_t call);
#define FL_CALL_DONE(call) fl_call_done((uint32_t)(call))
#else
#define FL_AFTER_CALL(call, output, bytes) ((void)(output))
#define FL_AFTER_ROW(at, row, bytes) ((void)(row))
#define FL_CALL_DONE(call) ((void)0)
#endif

#if FL_MODEL_TRAINS

#ifndef FL_MODEL_LABELS
#define FL_MODEL_LABELS FL_MODEL_CLASSES
#endif

enum {
  FL_VARIABLE_WEIGHTS = 0, /* int8, starts from int8 */
  FL_VARIABLE_HEAD = 1,    /* int16 with 4 fractional bits, starts from int8 * 16 */
  FL_VARIABLE_BIAS = 2     /* int32 with 8 fractional bits, starts from int32 * 256; of a frozen channel whole */
};

/*
 * A trained copy, of a layer's weights perhaps of the first input channels only: in graph order, a layer's weights before its biases. States and deltas list the weights of a layer in
 * canonical order, OIHW (N1). Arena and parameter image hold them so, too, but for convolutions with both several taps
 * and several inputs, which lie there as OHWI.
 */
typedef struct {
  uint32_t arena_offset;
  uint32_t parameter_offset; /* of the start value, from the beginning of the parameter image */
  uint32_t count;            /* elements */
  uint16_t kind;
  uint16_t taps;   /* kh*kw where the storage order is OHWI; 1 where it is canonical */
  uint32_t inputs; /* I where the storage order is OHWI; 1 where it is canonical */
  uint32_t run;    /* elements that follow each other in the parameter image, in storage order: all, or the trained channels */
  uint32_t stride; /* elements from one such run to the next there */
  uint32_t frozen_offset; /* of biases: of the bits of the channels that are frozen, in the parameter image; 0: none is held whole */
} fl_variable;

/* Where the start value of the element stored at `index` is, in elements. */
static inline uint32_t fl_start_index(const fl_variable *variable, uint32_t index) {
  return index / variable->run * variable->stride + index % variable->run;
}

extern const fl_variable fl_model_variables[FL_MODEL_VARIABLES];

/* Copies the start values of all variables from the parameter image (N1). */
void fl_model_load(uint8_t *arena, const uint8_t *parameters);

/* N2, of a classifier: the lowest class with the largest logit. */
uint32_t fl_model_predict(const uint8_t *arena);

/* Of a classifier, the int32 logits of the last forward: log2 units, 16 fractional bits. */
const int32_t *fl_model_logits(const uint8_t *arena);

/*
 * Loss of the last forward; leaves the error for fl_model_backward. label < FL_MODEL_LABELS. Of a classifier in 1/65536 bit (N3);
 * of others the mean squared error in 1/16 of a squared step of the output (GRADIENTS.md, G11), from the label (an int8 as a byte)
 * where there is one output, from the input of the last forward where the model gives that again.
 */
int32_t fl_model_loss(uint8_t *arena, uint32_t label);

/* N5 to N7: updates the variables. input: the one of the last forward. */
void fl_model_backward(uint8_t *arena, const uint8_t *parameters, const int8_t *input, const fl_step *step);

/* Bytes [offset, offset+count) of the state: all variables as they are (N1), little-endian, in variable order. */
void fl_model_read_state(const uint8_t *arena, uint32_t offset, uint8_t *out, uint32_t count);

/* Bytes [offset, offset+count) of the delta (N12) against the parameter image, little-endian, in variable order. */
void fl_model_read_delta(const uint8_t *arena, const uint8_t *parameters, uint32_t offset, uint8_t *out, uint32_t count);

/* N13: how many values came to the end of their range. */
typedef struct {
  uint32_t weights;
  uint32_t head_weights;
  uint32_t biases;
} fl_saturated;

fl_saturated fl_model_saturated(const uint8_t *arena, const uint8_t *parameters);

#endif /* FL_MODEL_TRAINS */

#endif
