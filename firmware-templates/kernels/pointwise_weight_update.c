#include "fl_kernels.h"

/* The update of one layer, gathered so that the loops below stay short. */
typedef struct {
  const fl_gradient *h;
  const fl_training *training;
  const fl_step *step;
  int8_t *weights;
  int32_t inputs;
  uint32_t key;
} fl_update;

static void move(const fl_update *u, int32_t output, int32_t input, int32_t gradient) {
  if (fl_is_frozen(u->training, output)) return;
  const fl_step_scale scale =
      fl_step_scale_of(u->training->weight_step[output], u->training->weight_step_exponent[output], u->step->weights,
                       u->h->exponents[0], FL_STEP_FRACTION);
  const int32_t index = output * u->inputs + input;
  u->weights[index] = fl_moved_weight(u->weights[index], fl_step_size(gradient, scale), fl_draw(u->key, (uint32_t)index));
}

/* Input channels i and i+1 over all pixels, x - zero. */
static void gather(const int8_t *input, int32_t inputs, int32_t count, int32_t zero, int32_t pixels, int16_t *columns) {
  for (int32_t p = 0; p < pixels; p++, input += inputs) {
    columns[p] = (int16_t)(input[0] - zero);
    if (count == 2) columns[pixels + p] = (int16_t)(input[1] - zero);
  }
}

/* Two outputs times two inputs: four products for four loads. */
static void update_two_by_two(const fl_update *u, int32_t output, int32_t input, const int16_t *columns) {
  const int32_t pixels = u->h->pixels;
  const int16_t *upper = u->h->mantissas + output * pixels;
  const int16_t *lower = upper + pixels;
  const int16_t *right = columns + pixels;
  int32_t a = 0, b = 0, c = 0, d = 0;
  for (int32_t p = 0; p < pixels; p++) {
    a += upper[p] * columns[p];
    b += upper[p] * right[p];
    c += lower[p] * columns[p];
    d += lower[p] * right[p];
  }
  move(u, output, input, a);
  move(u, output, input + 1, b);
  move(u, output + 1, input, c);
  move(u, output + 1, input + 1, d);
}

static void update_one(const fl_update *u, int32_t output, int32_t input, const int16_t *column) {
  const int16_t *plane = u->h->mantissas + output * u->h->pixels;
  int32_t sum = 0;
  for (int32_t p = 0; p < u->h->pixels; p++) sum += plane[p] * column[p];
  move(u, output, input, sum);
}

void fl_pointwise_weight_update(const fl_gradient *h, const int8_t *input, int32_t inputs, int32_t input_zero,
                                const fl_training *training, const fl_step *step, int8_t *weights, int16_t *scratch) {
  const fl_update u = {h, training, step, weights, inputs, fl_layer_key(step, training->id)};
  for (int32_t i = 0; i < inputs; i += 2) {
    const int32_t count = i + 1 < inputs ? 2 : 1;
    gather(input + i, inputs, count, input_zero, h->pixels, scratch);
    int32_t o = 0;
    if (count == 2) {
      for (; o + 1 < h->channels; o += 2) update_two_by_two(&u, o, i, scratch);
    }
    for (; o < h->channels; o++) {
      for (int32_t j = 0; j < count; j++) update_one(&u, o, i + j, scratch + j * h->pixels);
    }
  }
}
