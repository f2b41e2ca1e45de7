/*
 * The harness on an ARM board under QEMU: the job lies at the start of the board's storage, the result goes to its second
 * half; the program ends by semihosting.
 */
#include "fl_board.h"
#include "fl_harness.h"
#include "fl_semihosting.h"

static uint32_t half(void) { return fl_board_storage_bytes() / 2; }

static fl_result *result_head(void) { return (fl_result *)(void *)(fl_board_storage() + half()); }

int main(void) {
  fl_harness_run(fl_board_storage(), half(), fl_board_storage() + half(), half());
  result_head()->stack_bytes = fl_board_stack_used();
  fl_leave(FL_STOPPED_BY_EXIT);
}

void fl_board_fault(const fl_fault *fault) {
  fl_result *result = result_head();
  result->magic = FL_RESULT_MAGIC;
  result->status = FL_RESULT_FAULT;
  result->bytes = sizeof(fl_result);
  result->records = 0;
  result->state_bytes = 0;
  result->delta_bytes = 0;
  result->stack_bytes = fl_board_stack_used();
  result->fault_kind = fault->kind;
  result->fault_status = fault->status;
  result->fault_address = fault->address;
  result->fault_program_counter = fault->program_counter;
  fl_leave(FL_STOPPED_BY_ERROR);
}
