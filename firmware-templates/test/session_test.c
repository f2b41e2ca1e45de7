/* Prints what the tests in TypeScript compare: the chance loss of every number of classes, shuffled and balanced orders. */
#include <stdio.h>

#include "fl_guard.h"
#include "fl_order.h"

enum { MOST_CLASSES = 4096, ITEMS = 97, PASSES = 3 };

/* Labels of the samples: 5, 250, and few of 0. */
static uint8_t label_of(uint32_t item) { return item % 3 == 0 ? 250 : item % 29 == 1 ? 0 : 5; }

static void print_order(const uint16_t *order) {
  for (uint32_t i = 0; i < ITEMS; i++) (void)printf("%u\n", order[i]);
}

static void print_balanced(uint16_t *order) {
  uint8_t labels[ITEMS];
  for (uint32_t i = 0; i < ITEMS; i++) labels[i] = label_of(i);
  const fl_samples samples = {.items = labels, .stride = 1, .adapt_count = ITEMS, .classes = 256};
  for (uint32_t pass = 0; pass < PASSES; pass++) {
    fl_order_balance(order, ITEMS, &samples, pass);
    print_order(order);
  }
}

int main(void) {
  uint16_t order[ITEMS];
  for (uint32_t classes = 1; classes <= MOST_CLASSES; classes++) (void)printf("%u\n", fl_guard_chance(classes));
  fl_order_reset(order, ITEMS);
  for (uint32_t pass = 0; pass < PASSES; pass++) {
    fl_order_shuffle(order, ITEMS, 305419896u, pass);
    print_order(order);
  }
  print_balanced(order);
  return 0;
}
