/* A model for tests of everything around a model: one linear layer that learns by the perceptron's rule. */
#ifndef MODEL_CONFIG_H
#define MODEL_CONFIG_H

#define FL_MODEL_NAME "perceptron"
#define FL_MODEL_TRAINS 1
#define FL_MODEL_ARENA_BYTES 512
#define FL_MODEL_INPUT_BYTES 16
#define FL_MODEL_CLASSES 3
#define FL_MODEL_LOGITS_OFFSET 0
#define FL_MODEL_OUTPUT_OFFSET 0
#define FL_MODEL_OUTPUT_BYTES 12
#define FL_MODEL_PARAMETER_BYTES 10300 /* eleven chunks in three sectors, most of them never read */
#define FL_MODEL_LAYOUT 7u
#define FL_MODEL_SCHEME 9u
#define FL_MODEL_VARIABLES 2
#define FL_MODEL_STATE_BYTES 108
#define FL_MODEL_DELTA_BYTES 108

#endif
