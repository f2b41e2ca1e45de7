/*
 * A training session on an ARM board under QEMU: the job lies at the start of the board's storage, the result goes to its
 * second half, where the host can watch it grow; the program ends by semihosting.
 */
#include "fl_board.h"
#include "fl_semihosting.h"
#include "fl_train_session.h"

enum { ROWS_AT_ONCE = 1000 };

static uint32_t half(void) { return fl_board_storage_bytes() / 2; }

static fl_train_result *result_head(void) { return (fl_train_result *)(void *)(fl_board_storage() + half()); }

int main(void) {
  if (fl_train_begin(fl_board_storage(), half(), fl_board_storage() + half(), half())) {
    while (fl_train_go_on(ROWS_AT_ONCE)) {
    }
  }
  result_head()->stack_bytes = fl_board_stack_used();
  fl_leave(FL_STOPPED_BY_EXIT);
}

void fl_board_fault(const fl_fault *fault) {
  fl_train_result *result = result_head();
  result->status = FL_TRAIN_FAULT;
  result->bytes = sizeof *result;
  result->epochs = 0;
  result->delta_bytes = 0;
  result->stack_bytes = fl_board_stack_used();
  result->fault_kind = fault->kind;
  result->fault_status = fault->status;
  result->fault_address = fault->address;
  result->fault_program_counter = fault->program_counter;
  result->magic = FL_TRAIN_RESULT_MAGIC;
  fl_leave(FL_STOPPED_BY_ERROR);
}
