/* Prints what the tests in TypeScript compare: the chance loss of every number of classes, and shuffled orders. */
#include <stdio.h>

#include "fl_guard.h"
#include "fl_order.h"

enum { MOST_CLASSES = 4096, ITEMS = 97, PASSES = 3 };

int main(void) {
  uint16_t order[ITEMS];
  for (uint32_t classes = 1; classes <= MOST_CLASSES; classes++) (void)printf("%u\n", fl_guard_chance(classes));
  fl_order_reset(order, ITEMS);
  for (uint32_t pass = 0; pass < PASSES; pass++) {
    fl_order_shuffle(order, ITEMS, 305419896u, pass);
    for (uint32_t i = 0; i < ITEMS; i++) (void)printf("%u\n", order[i]);
  }
  return 0;
}
