/* Checks for the C tests, which run on the PC under sanitizers: a failed one says where and ends the program. */
#ifndef FL_TEST_CHECK_H
#define FL_TEST_CHECK_H

#include <stdio.h>
#include <stdlib.h>

#define CHECK(condition)                                                     \
  do {                                                                       \
    if (!(condition)) {                                                      \
      (void)fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition); \
      exit(1);                                                               \
    }                                                                        \
  } while (0)

#endif
