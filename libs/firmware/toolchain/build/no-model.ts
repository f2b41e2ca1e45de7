import type { GeneratedModel } from '#libs/firmware/codegen';

/** Stands for the model in a program that has none: `enrol`. Its layout and scheme are 0, as on the wire. */
export const NO_MODEL: GeneratedModel = {
  files: [{ path: 'model_config.h', text: '/* A program without a model. */\n#define FL_NO_MODEL 1\n' }],
  facts: {
    name: 'none',
    arenaBytes: 0,
    inputs: [],
    outputs: [],
    inputsInArena: false,
    inputBytes: 0,
    outputOffset: 0,
    outputBytes: 0,
    parameterBytes: 0,
    layout: 0,
    calls: [],
    scratchBytes: 0,
  },
  writes: [],
};
