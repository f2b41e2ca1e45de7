/* A core without a memory protection unit: the budget is the linker's alone. */
#include "fl_board.h"

void fl_board_protect(void) {}
