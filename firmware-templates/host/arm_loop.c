/*
 * The inference program of a board that nothing here can hand a job: the model around and around on what lies in its
 * input. It is linked for its size; a firmware that calls the model takes the place of this file.
 */
#include "fl_arena.h"
#include "fl_board.h"
#include "fl_harness.h"
#include "fl_model.h"

int main(void);

uint8_t fl_arena[FL_MODEL_ARENA_BYTES] FL_ARENA_SECTION __attribute__((aligned(8)));

#if FL_MODEL_INPUT_ROWS
#define INPUT NULL

/* The rows are what lies there. */
void fl_model_read_input(const int8_t *input, uint32_t port, uint32_t first, uint32_t count, int8_t *rows) {
  (void)input, (void)port, (void)first, (void)count, (void)rows;
}
#elif FL_MODEL_INPUT_IN_ARENA
#define INPUT ((const int8_t *)fl_arena)
#else
static int8_t input[FL_MODEL_INPUT_BYTES];
#define INPUT input
#endif

int main(void) {
  for (;;) fl_model_forward(fl_arena, fl_linked_parameters, INPUT);
}

void fl_board_fault(const fl_fault *fault) {
  (void)fault;
  for (;;) {
  }
}
