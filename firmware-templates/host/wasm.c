/*
 * The model as a WebAssembly module: memory, fl_model_*, fl_harness_run and the two functions below are exported
 * (FORMATS.md). The host puts parameter images, inputs and jobs above __heap_base.
 */
#include "fl_facts.h"
#include "fl_harness.h"
#include "fl_memory.h"

/* The static arena, enough for one device; a host that runs several devices in one instance lends other memory. */
uint8_t *fl_wasm_arena(void);
const fl_facts *fl_wasm_facts(void);

uint8_t *fl_wasm_arena(void) { return fl_arena; }

const fl_facts *fl_wasm_facts(void) { return &fl_model_facts; }
