/* A model whose delta takes many slices; upload_test.c makes it up. */
#ifndef MODEL_CONFIG_H
#define MODEL_CONFIG_H

#define FL_MODEL_TRAINS 1
#define FL_MODEL_ARENA_BYTES 8
#define FL_MODEL_INPUT_BYTES 1
#define FL_MODEL_CLASSES 2
#define FL_MODEL_VARIABLES 2
#define FL_MODEL_DELTA_BYTES 30600 /* 15,000 weights in 150 rows, and their biases */

#endif
