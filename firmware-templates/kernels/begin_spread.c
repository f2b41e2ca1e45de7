#include "fl_spread.h"

#if FL_DSP_GRADIENTS
#include "fl_dsp.h"

static int32_t larger(int32_t a, int32_t b) { return a > b ? a : b; }

static fl_phase phase_of(const fl_window *w, int32_t first) {
  const int32_t stride = w->stride_width, kernel_column = (first + w->pad_left) % stride;
  const int32_t taps = (w->kernel_width - kernel_column + stride - 1) / stride;
  return (fl_phase){.pixels = (w->in_width - first + stride - 1) / stride,
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

/* Those for which spread_plane_dsp.c has text. */
static int32_t has_known_taps(const fl_window *w) {
  if (w->kernel_width > FL_SPREAD_TAPS || w->kernel_width % 2 == 0) return 0;
  return w->stride_width == 1 || (w->stride_width == 2 && w->kernel_width > 1 && w->in_width > 1);
}

/* 3x3 with a padding of one, on a map of the same size or of half of it. */
static int32_t is_usual(const fl_window *w) {
  const int32_t stride = w->stride_width;
  return w->kernel_height == 3 && w->kernel_width == 3 && w->stride_height == stride && w->pad_top == 1 && w->pad_left == 1 &&
         w->out_height == (w->in_height + stride - 1) / stride && w->out_width == (w->in_width + stride - 1) / stride;
}

void fl_begin_spread(const fl_window *window, fl_spread *spread) {
  const fl_window *w = window;
  spread->window = w;
  spread->fits = w->stride_height <= 2 && w->dilation_width == 1 && w->dilation_height == 1 && has_known_taps(w);
  if (!spread->fits) return;
  lay_out(w, spread);
  const int32_t room = FL_SPREAD_ELEMENTS / spread->row;
  const int32_t reach = (w->kernel_height + w->stride_height - 1) / w->stride_height;
  spread->capacity = room < w->out_height ? room : w->out_height;
  spread->is_whole = is_usual(w) && w->out_height + 2 <= room;
  spread->fits = (room > reach || room >= w->out_height) && spread->pairs * w->kernel_height <= FL_SPREAD_PAIRS;
  for (int16_t *at = spread->rows, *end = at + FL_SPREAD_ELEMENTS + FL_SPREAD_BEHIND; at != end; at += 4) {
    fl_store_word(at, 0);
    fl_store_word(at + 2, 0);
  }
}
#else
void fl_begin_spread(const fl_window *window, fl_spread *spread) { spread->window = window; }
#endif
