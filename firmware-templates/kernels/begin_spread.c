#include "fl_spread.h"

#if FL_DSP
enum { MOST_TAPS = 7, MOST_PAIRS = 36 };

static int32_t larger(int32_t a, int32_t b) { return a > b ? a : b; }

static fl_phase phase_of(const fl_window *w, int32_t first) {
  const int32_t stride = w->stride_width, kernel_column = (first + w->pad_left) % stride;
  const int32_t taps = (w->kernel_width - kernel_column + stride - 1) / stride;
  return (fl_phase){.first = first,
                    .pixels = (w->in_width - first + stride - 1) / stride,
                    .taps = taps,
                    .kernel_column = kernel_column,
                    .column = (first + w->pad_left - kernel_column) / stride - (taps - 1),
                    .pairs = taps > 1 ? taps - 1 : 1};
}

/* Rows of the buffer hold what the taps of any phase meet; pixels go by twos, of which each reads whole words. */
static void lay_out(const fl_window *w, fl_spread *spread) {
  spread->left = 0;
  spread->pairs = 0;
  for (int32_t f = 0; f < w->stride_width; f++) {
    fl_phase *const phase = &spread->phases[f];
    *phase = phase_of(w, f);
    phase->offset = spread->pairs;
    spread->pairs += phase->pairs;
    spread->left = larger(spread->left, -phase->column);
  }
  spread->row = spread->left + w->out_width;
  for (int32_t f = 0; f < w->stride_width; f++) {
    fl_phase *const phase = &spread->phases[f];
    phase->column += spread->left;
    spread->row = larger(spread->row, phase->column + ((phase->pixels + 1) & ~1) + (phase->taps & ~1));
  }
}

/* Phases have 1, 3, 5 or 7 taps, of a stride of two 1 to 4. */
static int32_t has_written_taps(const fl_window *w) {
  if (w->kernel_width > MOST_TAPS) return 0;
  return w->stride_width == 1 ? w->kernel_width % 2 == 1 : w->stride_width == 2 && w->kernel_width > 1;
}

void fl_begin_spread(const fl_window *window, fl_spread *spread) {
  const fl_window *w = window;
  spread->window = w;
  spread->fits = w->stride_height <= 2 && w->dilation_width == 1 && w->dilation_height == 1 && has_written_taps(w);
  if (!spread->fits) return;
  lay_out(w, spread);
  const int32_t room = FL_SPREAD_ELEMENTS / spread->row;
  const int32_t reach = (w->kernel_height + w->stride_height - 1) / w->stride_height;
  spread->capacity = room < w->out_height ? room : w->out_height;
  spread->is_same = w->kernel_height == 3 && w->kernel_width == 3 && w->stride_height == 1 && w->stride_width == 1 &&
                    w->pad_top == 1 && w->out_height == w->in_height && w->out_height + 2 <= room;
  spread->fits = (room > reach || room >= w->out_height) && spread->pairs * w->kernel_height <= MOST_PAIRS;
  for (int32_t i = 0; i < FL_SPREAD_ELEMENTS; i++) spread->rows[i] = 0;
}
#else
void fl_begin_spread(const fl_window *window, fl_spread *spread) { spread->window = window; }
#endif
