#include "fl_delta_model.h"

#include "fl_bytes.h"

enum { LEVEL_ELEMENTS = 3, MOST_ELEMENTS = 128, LEVEL_SHIFT = 3, MOST_GAIN = 4096 };

static uint32_t smaller(uint32_t a, uint32_t b) { return a < b ? a : b; }

/* ---- Symbols ---- */

/* What the symbols' frequencies add up to beyond the 1 that each of them has. */
enum { SHARED = 65536 - FL_DELTA_SYMBOLS };

/* The upper tail of Student's t with 10 degrees of freedom, of SHARED, at quarters of a mean magnitude. */
static const uint16_t tail_at[] = {32704, 27074, 21742, 16949, 12850, 9500, 6872, 4881, 3416, 2365, 1624, 1110, 757, 516, 353, 242, 166, 115, 80, 56, 40, 28, 20, 14, 0};
enum { LAST = sizeof tail_at / sizeof *tail_at - 1 };

/* Of SHARED, how much lies beyond `distance` 32nds of a bucket. */
static uint32_t tail(uint32_t distance, uint32_t width) {
  const uint32_t at = 512 * distance / width;
  const uint32_t entry = at >> 8;
  if (entry >= LAST) return 0;
  return tail_at[entry] - ((((uint32_t)tail_at[entry] - tail_at[entry + 1]) * (at & 255)) >> 8);
}

fl_delta_buckets fl_delta_buckets_at(uint32_t scale) {
  uint32_t shift = 0;
  while (scale >> shift >= 128) shift++;
  return (fl_delta_buckets){shift, (scale >> shift) + 3};
}

uint32_t fl_delta_cumulative(const fl_delta_buckets *buckets, uint32_t symbol) {
  const uint32_t below = 32u >> (buckets->shift + 1); /* a bucket of one number is centred on it */
  if (symbol <= FL_DELTA_MIDDLE) return tail(32 * (FL_DELTA_MIDDLE - symbol) + below, buckets->width) + symbol;
  return SHARED - tail(32 * (symbol - FL_DELTA_MIDDLE) - below, buckets->width) + symbol;
}

/* ---- The raw delta ---- */

static const uint8_t element_bytes[] = {2, 2, 4};
/* Rows are compared in whole steps of the weights' quantisation. */
static const uint8_t fraction_bits[] = {0, 4, 0};
static const int32_t limits[] = {254, 16382, 8388608};
static const uint8_t limit_bits[] = {9, 15, 25};

/* Elements of a row: as many rows as biases follow, else one. */
static uint32_t row_length_of(fl_delta_model *model, const fl_delta_variable *variable) {
  if (variable->kind == FL_DELTA_BIAS) return 1;
  if (model->index == model->source.variable_count) return variable->count;
  const fl_delta_variable next = model->source.variable(model->source.context, model->index);
  const bool has_rows = next.kind == FL_DELTA_BIAS && next.count > 0 && variable->count % next.count == 0;
  return has_rows ? variable->count / next.count : variable->count;
}

/* Opens the next variable that has an element; false at the end. */
static bool find_variable(fl_delta_model *model) {
  while (model->raw == model->end) {
    if (model->index == model->source.variable_count) return false;
    const fl_delta_variable variable = model->source.variable(model->source.context, model->index++);
    model->kind = variable.kind;
    model->end = model->raw + variable.count * element_bytes[variable.kind];
    model->row_length = row_length_of(model, &variable);
    model->row = 0;
    model->column = 0;
  }
  return true;
}

/* Rows of the ring that are in use, this one included. */
static uint32_t rows_held(const fl_delta_model *model) { return smaller(model->row + 1, FL_DELTA_ROWS); }

/* Reads the next columns of this row and those before it; element by element from here on they lie in the block. */
static void read_block(fl_delta_model *model) {
  const uint32_t columns = smaller(FL_DELTA_COLUMNS, model->row_length - model->column);
  uint8_t bytes[2 * FL_DELTA_COLUMNS];
  for (uint32_t back = 0; back < rows_held(model); back++) {
    int16_t *to = model->block[(model->row - back) % FL_DELTA_ROWS];
    model->source.read(model->source.context, model->raw - 2 * back * model->row_length, bytes, 2 * columns);
    for (uint32_t i = 0; i < columns; i++) to[i] = (int16_t)(bytes[2 * i] | bytes[2 * i + 1] << 8);
  }
}

static int32_t read_value(fl_delta_model *model) {
  if (model->kind != FL_DELTA_BIAS) {
    const uint32_t column = model->column % FL_DELTA_COLUMNS;
    if (column == 0) read_block(model);
    return model->block[model->row % FL_DELTA_ROWS][column];
  }
  uint8_t at[4];
  model->source.read(model->source.context, model->raw, at, 4);
  return (int32_t)(at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24);
}

/* ---- Expectation ---- */

static void start_row(fl_delta_model *model) {
  model->sum = 0;
  model->seen = 0;
  model->energy = 0;
  model->gain[model->row % FL_DELTA_ROWS] = 0;
  for (uint32_t row = 0; row < rows_held(model); row++) model->likeness[row] = 0;
}

/* What the rows before have in this column, each as far as this row has been like it so far. All sums wrap. */
static int32_t centre_of(const fl_delta_model *model) {
  const uint32_t column = model->column % FL_DELTA_COLUMNS;
  const int32_t limit = limits[model->kind];
  uint32_t sum = 1024;
  for (uint32_t row = 0; row < rows_held(model); row++) {
    sum += (uint32_t)(model->likeness[row] >> 4) * (uint32_t)(model->block[row][column] >> fraction_bits[model->kind]);
  }
  const int32_t centre = ((int32_t)sum >> 11) * (1 << fraction_bits[model->kind]);
  return centre > limit ? limit : centre < -limit ? -limit : centre;
}

static uint32_t scale_of(const fl_delta_model *model) {
  return (LEVEL_ELEMENTS * model->level[model->kind] + model->sum) / (LEVEL_ELEMENTS + model->seen);
}

/* How like the rows before this one is, with one more column. Only what was missed counts, so that it settles. */
static void compare(fl_delta_model *model, const fl_delta_element *element) {
  const uint32_t column = model->column % FL_DELTA_COLUMNS;
  const uint32_t fraction = fraction_bits[model->kind];
  const uint32_t steps = (uint32_t)(element->value >> fraction);
  const uint32_t missed = (uint32_t)((element->value - element->centre) >> fraction);
  model->energy += steps * steps;
  for (uint32_t row = 0; row < rows_held(model); row++) {
    const int32_t there = (model->block[row][column] >> fraction) * (int32_t)model->gain[row];
    model->likeness[row] = (int32_t)((uint32_t)model->likeness[row] + (uint32_t)(there >> 4) * missed);
  }
}

static void measure(fl_delta_model *model, int32_t distance) {
  model->sum += 16 * (uint32_t)(distance < 0 ? -distance : distance);
  model->seen++;
  if (model->seen < MOST_ELEMENTS) return;
  model->sum >>= 1;
  model->seen = MOST_ELEMENTS / 2;
}

static void end_row(fl_delta_model *model) {
  uint32_t *level = &model->level[model->kind];
  *level += (model->sum / model->seen >> LEVEL_SHIFT) - (*level >> LEVEL_SHIFT);
  const uint32_t gain = MOST_GAIN * model->row_length / ((model->energy + model->row_length) | 1);
  model->gain[model->row % FL_DELTA_ROWS] = (uint16_t)smaller(gain, MOST_GAIN);
  model->row++;
  model->column = 0;
}

void fl_delta_model_start(fl_delta_model *model, const fl_delta_source *source) {
  fl_zero(model, sizeof *model);
  model->source = *source;
  model->level[FL_DELTA_WEIGHTS] = 128;
  model->level[FL_DELTA_HEAD] = 1024;
  model->level[FL_DELTA_BIAS] = 1024;
}

bool fl_delta_model_next(fl_delta_model *model, fl_delta_element *element) {
  if (!find_variable(model)) return false;
  if (model->column == 0) start_row(model);
  element->limit = limits[model->kind];
  element->limit_bits = limit_bits[model->kind];
  element->value = read_value(model);
  element->centre = model->kind == FL_DELTA_BIAS ? 0 : centre_of(model);
  element->scale = scale_of(model);
  measure(model, element->value - element->centre);
  if (model->kind != FL_DELTA_BIAS) compare(model, element);
  model->raw += element_bytes[model->kind];
  model->column++;
  if (model->column == model->row_length) end_row(model);
  return true;
}
