/*
 * Kernels that run once a layer, a row or a pixel, and whose time goes elsewhere, are compiled to be small on cores with DSP
 * instructions. To be included before anything else. RAM: none.
 */
#ifndef FL_SMALL_H
#define FL_SMALL_H

#if defined(__ARM_FEATURE_DSP)
#pragma GCC optimize("Os")
#endif

#endif
