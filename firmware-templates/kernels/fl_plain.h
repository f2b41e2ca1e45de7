/*
 * Plain kernels that vectors replace: where they do, the plain ones take another name and stay for the shapes that vectors
 * are not made for. To be included before fl_kernels.h. RAM: none.
 *
 * Compiled with
 *   -DFL_SIMD=1  kernels/..._wasm.c take the places of these (WebAssembly with -msimd128),
 *   -DFL_DSP=1   kernels/..._s8_dsp.c, of the forward pass (cores with DSP instructions),
 *   -DFL_DSP_GRADIENTS=1  kernels/..._gradient_dsp.c and their like, of the backward pass, where gradients are int16.
 */
#ifndef FL_PLAIN_H
#define FL_PLAIN_H

#if FL_SIMD
#define fl_columns_s8 fl_columns_plain
#define fl_depthwise_conv2d_s8 fl_depthwise_conv2d_plain
#endif

#if FL_DSP
#define fl_add_s8 fl_add_plain
#define fl_columns_s8 fl_columns_plain
#define fl_depthwise_conv2d_s8 fl_depthwise_conv2d_plain
#define fl_gather_columns fl_gather_columns_plain
#define fl_split_columns_s8 fl_split_columns_plain
#define fl_widen_columns fl_widen_columns_plain
#endif

#if FL_DSP_GRADIENTS
#include "fl_small.h" /* shapes that are left over are rare; plain gradients of int8 are not */
#define fl_add_running_gradient fl_add_running_gradient_plain
#define fl_add_viewed_planes fl_add_viewed_planes_plain
#define fl_finish_gradient_row fl_finish_gradient_row_plain
#define fl_pointwise_input_gradient fl_pointwise_input_gradient_plain
#define fl_spread_plane fl_spread_plane_plain
#define fl_update_two_outputs fl_update_two_outputs_plain
#endif

#endif
