/*
 * Kernels that run once a layer, a row or a pixel, and whose time goes elsewhere, are compiled to be small on cores with DSP
 * instructions. To be included before anything else. RAM: none.
 *
 * Loops count as they are written (no-branch-count-reg): GCC 12 turns some of those that are compiled to be small into
 * low-overhead loops of Cortex-M55 although flags of their last comparison are used behind them; what an `if` guards there was
 * then done always.
 */
#ifndef FL_SMALL_H
#define FL_SMALL_H

#if defined(__ARM_FEATURE_DSP)
#pragma GCC optimize("Os", "no-branch-count-reg")
#endif

#endif
