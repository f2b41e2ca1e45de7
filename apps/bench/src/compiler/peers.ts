/**
 * What the peers take for the same models on a Cortex-M4F, typed from the project's measurements of them ("the peers,
 * measured"): arm-none-eabi-gcc 12.2.1 with newlib-nano, QEMU 7.2.22 (mps2-an386), instructions of one inference counted by a
 * plugin of the emulator. tflite-micro 90b983c2 (-Os core, -O2 kernels), CMSIS-NN 4ab83cc3, TinyEngine 47bb283c (-Ofast).
 * SRAM = .data + .bss + arena, without stack; stack by painting; flash = text + read-only data + data, with the model.
 */
export interface Peer {
  readonly engine: string;
  readonly sramBytes: number;
  readonly stackBytes: number;
  readonly flashBytes: number;
  readonly instructions: number;
  /** Its outputs against those of TensorFlow Lite Micro's reference kernels. */
  readonly outputs: string;
}

const MCUNET_VWW: readonly Peer[] = [
  {
    engine: 'TFLM + CMSIS-NN',
    sramBytes: 220_212,
    stackBytes: 1_300,
    flashBytes: 709_516,
    instructions: 47_939_655,
    outputs: 'exact',
  },
  {
    engine: 'TFLM reference',
    sramBytes: 220_312,
    stackBytes: 768,
    flashBytes: 668_760,
    instructions: 191_710_205,
    outputs: 'exact',
  },
  {
    engine: 'TinyEngine',
    sramBytes: 93_992,
    stackBytes: 612,
    flashBytes: 512_372,
    instructions: 34_746_992,
    outputs: 'off by 6',
  },
  // Without its input: 19,200 bytes more lie elsewhere.
  {
    engine: 'TinyEngine, patches',
    sramBytes: 62_352,
    stackBytes: 588,
    flashBytes: 540_364,
    instructions: 45_452_202,
    outputs: '-',
  },
];

/** By the name of the model's folder. */
export const PEERS: Readonly<Record<string, readonly Peer[]>> = {
  mlperf_kws: [
    {
      engine: 'TFLM + CMSIS-NN',
      sramBytes: 23_380,
      stackBytes: 1_300,
      flashBytes: 140_732,
      instructions: 7_696_370,
      outputs: 'exact',
    },
    {
      engine: 'TFLM reference',
      sramBytes: 23_332,
      stackBytes: 728,
      flashBytes: 98_004,
      instructions: 43_471_809,
      outputs: 'exact',
    },
  ],
  person_detect: [
    {
      engine: 'TFLM + CMSIS-NN',
      sramBytes: 82_836,
      stackBytes: 1_292,
      flashBytes: 373_652,
      instructions: 22_928_408,
      outputs: 'exact',
    },
    // Without the softmax.
    {
      engine: 'TinyEngine',
      sramBytes: 74_504,
      stackBytes: 524,
      flashBytes: 245_676,
      instructions: 18_715_357,
      outputs: 'off by 75',
    },
  ],
  mcunet_vww: MCUNET_VWW,
  mcunet_vww_int8io: MCUNET_VWW,
};
