/*
 * The loop over all filters for four columns, where the time of convolutions goes. RAM: what the caller lends. Only where FL_DSP is
 * defined (fl_plain.h).
 */
#ifndef FL_FOUR_COLUMNS_DSP_H
#define FL_FOUR_COLUMNS_DSP_H

#include "fl_kernels.h"

/* Sums of four pixels. */
typedef struct {
  int32_t of[4];
} fl_four_sums;

/*
 * Weights of a filter: a run of whole fours at `weights`, then the last `rest` (1 to 3), or another run at `second`, or nothing.
 * Neighbours are loaded together: their order matters.
 */
typedef struct {
  const int32_t *bias; /* not NULL */
  int32_t channel;     /* that is next */
  const int32_t *columns;
  int32_t sixteens; /* bytes of the run, as many of them as make sixteens, and the others */
  int32_t fours;
  int32_t has_more;
  const int32_t *multiplier;
  const int8_t *shift;
  int32_t zero;
  int8_t *output; /* of channel 0 of the first pixel */
  int32_t outputs;
  const int8_t *weights; /* of the next channel */
  const uint8_t *frozen; /* as in fl_filter */
  uint8_t *mask;         /* NULL for none */
  int32_t first;         /* its bit of output[0] */
  int32_t rest;          /* 0: the second run follows */
  int32_t unused_bits;   /* of a word that ends with the rest */
  const int8_t *second;
  int32_t second_sixteens, second_fours;
  int32_t second_step; /* from the end of a second run to the next filter's */
} fl_four_job;

/*
 * Filters from job->channel on, up to the last or to one whose channel has no fl_scale: that is then job->channel, and its sums
 * are returned. `fl_four_any` serves all jobs, the other those with neither mask nor frozen and nothing after the first run.
 */
fl_four_sums fl_four_columns(fl_four_job *job);
fl_four_sums fl_four_any(fl_four_job *job);

#endif
