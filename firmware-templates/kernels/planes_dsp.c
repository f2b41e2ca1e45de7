#include "fl_dsp.h"
#include "fl_planes_dsp.h"
#include "fl_rows.h"

/* elements: a multiple of eight. */
static void fill(int32_t both, int32_t elements, int16_t *to) {
  for (const int16_t *end = to + elements; to != end; to += 8) {
    fl_store_word(to, both);
    fl_store_word(to + 2, both);
    fl_store_word(to + 4, both);
    fl_store_word(to + 6, both);
  }
}

void fl_planes_clear(const fl_planes *planes) {
  fill(planes->border, (int32_t)(planes->end - planes->rows), planes->rows);
}

/* Two pixels of four channels at a time. */
static __attribute__((noinline)) void spread_four(const int8_t *values, int32_t pixels, int32_t step, int16_t *row,
                                                  int32_t width) {
  const int32_t raise = fl_low_halves(128, 128), third = 2 * width, fourth = 3 * width, two = 2 * step;
  for (const int16_t *end = row + (pixels & ~1); row != end;) {
    const int32_t first = fl_load_word(values), second = fl_load_word(values + step);
    const int32_t even = fl_even_bytes_add(first, raise), odd = fl_odd_bytes_add(first, raise);
    const int32_t next_even = fl_even_bytes_add(second, raise), next_odd = fl_odd_bytes_add(second, raise);
    values += two;
    fl_store_word(row + width, fl_low_halves(odd, next_odd));
    fl_store_word(row + third, fl_high_halves(even, next_even));
    fl_store_word(row + fourth, fl_high_halves(odd, next_odd));
    fl_store_word(row, fl_low_halves(even, next_even));
    row += 2;
    FL_KEEP(row);
  }
  if ((pixels & 1) == 0) return;
  const int32_t last = fl_load_word(values);
  const int32_t even = fl_even_bytes_add(last, raise), odd = fl_odd_bytes_add(last, raise);
  row[0] = (int16_t)even;
  row[width] = (int16_t)odd;
  row[third] = (int16_t)(even >> 16);
  row[fourth] = (int16_t)(odd >> 16);
}

static __attribute__((noinline)) void spread_some(const int8_t *values, int32_t pixels, int32_t step, int16_t *row,
                                                  int32_t width, int32_t channels) {
  for (int32_t c = 0; c < channels; c++) {
    for (int32_t x = 0; x < pixels; x++) row[c * width + x] = (int16_t)(values[x * step + c] + 128);
  }
}

void fl_planes_start(const fl_window *w, const fl_band *band, int32_t channel, int32_t first, fl_planes *p) {
  const int32_t y = first > w->pad_top ? first - w->pad_top : 0;
  p->next = first;
  p->slot = p->rows;
  p->source = fl_input_row(band, y, w->in_width * w->in_channels) + channel;
  p->source_row = fl_row_in_ring(y, band->input_rows);
}

/* A row of the map: to the ring, or past it where kernels are further apart than they are high. */
static void take_row(const fl_window *w, const fl_band *band, int32_t is_needed, fl_planes *p) {
  const int32_t step = w->in_channels, row_bytes = w->in_width * step;
  const int8_t *source = p->source;
  if (is_needed) {
    int16_t *const inside = p->slot + w->pad_left;
    if (p->channels == FL_PLANES) {
      spread_four(source, p->pixels, step, inside, p->width);
    } else {
      spread_some(source, p->pixels, step, inside, p->width, p->channels);
    }
  }
  source += row_bytes;
  if (++p->source_row == band->input_rows) {
    p->source_row = 0;
    source -= band->input_rows * row_bytes;
  }
  p->source = source;
}

void fl_planes_load(const fl_window *w, const fl_band *band, int32_t first, int32_t end, fl_planes *p) {
  for (; p->next < end; p->next++) {
    const int32_t y = p->next - w->pad_top;
    if ((uint32_t)y < (uint32_t)w->in_height) {
      take_row(w, band, p->next >= first, p);
    } else if (!p->skips) {
      fill(p->border, p->row_step, p->slot);
    }
    int16_t *const slot = p->slot + p->row_step;
    p->slot = slot == p->end ? p->rows : slot;
  }
}
