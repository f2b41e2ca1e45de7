#include "fl_mve.h"
#include "fl_pool.h"

#if FL_HAS_MVE

static int32x4_t sums_of(const fl_window *w, const fl_band *band, fl_pooled part, int32_t channel, mve_pred16_t lanes) {
  const int32_t step = w->in_channels;
  int32x4_t sums = vdupq_n_s32(0);
  for (int32_t y = part.y_begin; y < part.y_end; y++) {
    const int8_t *value = fl_input_row(band, y, w->in_width * step) + part.x_begin * step + channel;
    for (int32_t x = part.x_begin; x < part.x_end; x++, value += step) {
      sums = vaddq_s32(sums, vldrbq_z_s32(value, lanes));
    }
  }
  return sums;
}

static void put_means(const fl_range *range, int32x4_t sums, int32_t pixels, mve_pred16_t lanes, int8_t *output) {
  int32_t means[FL_MVE_LANES];
  vst1q_s32(means, sums);
  for (int32_t i = 0; i < FL_MVE_LANES; i++) {
    means[i] = (means[i] > 0 ? means[i] + pixels / 2 : means[i] - pixels / 2) / pixels;
  }
  const int32x4_t low = vdupq_n_s32(range->low), high = vdupq_n_s32(range->high);
  vstrbq_p_s32(output, fl_mve_clamped(vld1q_s32(means), low, high), lanes);
}

void fl_average_pool2d_mve(const fl_window *window, const fl_range *range, const fl_band *band) {
  const fl_window *w = window;
  const int32_t channels = w->in_channels;
  for (int32_t oy = band->from; oy < band->to; oy++) {
    int8_t *output = fl_output_row(band, oy, w->out_width * channels);
    for (int32_t ox = 0; ox < w->out_width; ox++, output += channels) {
      const fl_pooled part = fl_pooled_at(w, oy, ox);
      const int32_t pixels = (part.y_end - part.y_begin) * (part.x_end - part.x_begin);
      for (int32_t c = 0; c < channels; c += FL_MVE_LANES) {
        const mve_pred16_t lanes = vctp32q((uint32_t)(channels - c));
        put_means(range, sums_of(w, band, part, c, lanes), pixels, lanes, output + c);
      }
    }
  }
}

static void add_row(const fl_window *w, const int8_t *row, int32_t *sums) {
  for (int32_t x = 0; x < w->in_width; x++, row += w->in_channels) {
    for (int32_t c = 0; c < w->in_channels; c += FL_MVE_LANES) {
      const mve_pred16_t lanes = vctp32q((uint32_t)(w->in_channels - c));
      vstrwq_p_s32(sums + c, vaddq_s32(vldrwq_z_s32(sums + c, lanes), vldrbq_z_s32(row + c, lanes)), lanes);
    }
  }
}

void fl_average_rows_mve(const fl_window *window, const fl_range *range, const fl_band *band, int32_t *sums) {
  const fl_window *w = window;
  if (band->from == 0) {
    for (int32_t c = 0; c < w->in_channels; c++) sums[c] = 0;
  }
  for (int32_t y = band->from; y < band->to; y++) {
    add_row(w, fl_input_row(band, y, w->in_width * w->in_channels), sums);
  }
  if (band->to < w->in_height) return;
  for (int32_t c = 0; c < w->in_channels; c += FL_MVE_LANES) {
    const mve_pred16_t lanes = vctp32q((uint32_t)(w->in_channels - c));
    put_means(range, vldrwq_z_s32(sums + c, lanes), w->in_height * w->in_width, lanes, band->output + c);
  }
}

#endif
