import type { ModelFacts } from '#libs/firmware/codegen';
import type { Board, SramBudgetRule } from '#libs/firmware/boards';
import type { TargetName } from './targets';

/**
 * Programs that can be built around a generated model: `harness` runs batches for evaluation and tests, `inference` is the
 * model with its parameters in flash and next to nothing around it, `session` a training session of the device program with its
 * parameters in flash and no network, `device` is what a device of a fleet runs, `enrol` is the same without a model (`NO_MODEL`).
 */
export type ProgramName = 'harness' | 'inference' | 'session' | 'device' | 'enrol';

/** Files of `firmware-templates`, by path. */
export interface Program {
  /** Sources of all targets beside the model and the kernels, which every program has. */
  readonly sources: readonly string[];
  /** And those of one target; a program is not built for the others. */
  readonly sourcesOf: Readonly<Partial<Record<TargetName, (board: Board) => readonly string[]>>>;
  /** More sources of programs that are built with `trace`. */
  readonly traceSources: readonly string[];
  /** Functions that a wasm host may call. */
  readonly exports: (facts: ModelFacts) => readonly string[];
  /** Interrupt handlers: they come on top of the deepest stack, one at a time. */
  readonly interrupts: readonly string[];
  /** All functions that are called through pointers, for the bound on the stack. */
  readonly calledIndirectly: readonly string[];
  /** The parameter image is a part of the program. */
  readonly linksParameters: boolean;
  /** Why it cannot be made for an ARM board, where it can't. */
  readonly lacking: (board: Board) => string | undefined;
}

/** What watches a model at work, in programs that do jobs. */
const WATCH = ['host/write_guard.c'];

const RUNTIME = [
  'runtime/load_variables.c',
  'runtime/read_variables.c',
  'runtime/predict.c',
  'runtime/check_parameters.c',
  'runtime/facts.c',
  'runtime/sha256.c',
];

const MODEL_EXPORTS = ['fl_model_forward', 'fl_parameters_check'];
const TRAINING_EXPORTS = [
  'fl_model_load',
  'fl_model_predict',
  'fl_model_loss',
  'fl_model_read_state',
  'fl_model_read_delta',
  'fl_wasm_backward',
  'fl_wasm_saturated',
];

/** Start-up of a board's family: these files are compiled plainly. */
export const startupOf = (board: Board): readonly string[] => [
  `boards/${board.family}/startup.c`,
  `boards/${board.family}/${PROTECTION[board.sramBudgets]}.c`,
];

const PROTECTION = {
  'mpu-v7': 'mpu_v7',
  'mpu-v8': 'mpu_v8',
  none: 'no_mpu',
} as const satisfies Record<SramBudgetRule, string>;

/** The device but for its work: network, enrolment, flash records. */
const DEVICE = [
  'runtime/fl_bytes.c',
  'runtime/fl_device.c',
  'runtime/fl_enrolment.c',
  'runtime/fl_random.c',
  'runtime/fl_retry.c',
  'net/fl_cbor.c',
  'net/fl_link.c',
  'net/fl_messages.c',
  'net/fl_mqtt.c',
  'store/fl_boots.c',
  'store/fl_crc32.c',
  'store/fl_identity.c',
  'store/fl_nor.c',
  'store/fl_provisioning.c',
  'store/fl_record.c',
  'store/fl_slots.c',
];

/** How it trains. */
const SESSION = [
  'runtime/fl_guard.c',
  'runtime/fl_order.c',
  'runtime/fl_paint.c',
  'runtime/fl_session.c',
  'store/fl_capture_find.c',
  'store/fl_samples.c',
];

/** What it does with a model: fetch, train, report, upload. */
const WORK = [
  ...SESSION,
  'store/fl_capture.c',
  'store/fl_features.c',
  'runtime/fl_download.c',
  'runtime/fl_prepare.c',
  'runtime/fl_upload.c',
  'runtime/fl_work.c',
  'net/fl_delta_coding.c',
  'net/fl_delta_model.c',
];

const driversOf = ({ drivers }: Board): readonly string[] =>
  drivers ? [`boards/${drivers.folder}/hal.c`, `boards/${drivers.folder}/vectors.c`] : [];

const lackingDrivers = ({ drivers }: Board): string | undefined =>
  drivers
    ? undefined
    : 'there are no drivers for its network and flash here; --train none builds inference alone, --format c-library sources for firmware that has drivers';

/** The harness finds its job in storage; the inference program of other boards is a loop around the model. */
const isDrivenFromOutside = ({ memory }: Board): boolean => memory.storage !== undefined;

const lackingStorage = (board: Board): string | undefined =>
  isDrivenFromOutside(board) ? undefined : `nothing could hand ${board.name} a job: it has no storage`;

const device = (sources: readonly string[], calledIndirectly: readonly string[]): Program => ({
  sources: [...DEVICE, ...sources],
  sourcesOf: {
    arm: (board) => [...startupOf(board), ...driversOf(board), 'runtime/memory.c', 'runtime/main.c'],
    wasm: () => ['runtime/memory.c', 'host/wasm_device.c'],
  },
  traceSources: [],
  exports: () => [], // named in wasm_device.c
  interrupts: ['board_tick', 'board_received'],
  calledIndirectly,
  linksParameters: false,
  lacking: lackingDrivers,
});

export const PROGRAMS: Readonly<Record<ProgramName, Program>> = {
  harness: {
    sources: [...RUNTIME, 'host/harness.c'],
    sourcesOf: {
      arm: (board) => [...startupOf(board), 'runtime/memory.c', 'host/arm.c'],
      wasm: () => ['runtime/memory.c', 'host/wasm.c', 'host/wasm_train.c'],
      native: () => ['host/native.c'],
    },
    traceSources: WATCH,
    exports: ({ training }) => [
      'fl_harness_run',
      'fl_wasm_arena',
      'fl_wasm_facts',
      ...MODEL_EXPORTS,
      ...(training ? TRAINING_EXPORTS : []),
    ],
    interrupts: [],
    calledIndirectly: [],
    linksParameters: false,
    lacking: lackingStorage,
  },
  inference: {
    sources: [],
    sourcesOf: {
      arm: (board) => [
        ...startupOf(board),
        'runtime/memory.c',
        ...(isDrivenFromOutside(board) ? ['host/harness.c', 'host/arm.c'] : ['host/arm_loop.c']),
      ],
      wasm: () => ['runtime/memory.c', 'host/harness.c'],
      native: () => ['host/harness.c', 'host/native.c'],
    },
    traceSources: WATCH,
    exports: () => ['fl_harness_run'],
    interrupts: [],
    calledIndirectly: [],
    linksParameters: true,
    lacking: () => undefined,
  },
  session: {
    sources: [
      ...SESSION,
      'runtime/fl_bytes.c',
      'runtime/load_variables.c',
      'runtime/read_variables.c',
      'runtime/predict.c',
      'host/train_session.c',
    ],
    sourcesOf: {
      arm: (board) => [...startupOf(board), 'runtime/memory.c', 'host/train_session_arm.c'],
      wasm: () => ['runtime/memory.c'],
      native: () => ['host/train_session_native.c'],
    },
    traceSources: [],
    exports: () => ['fl_train_begin', 'fl_train_go_on'],
    interrupts: [],
    calledIndirectly: [],
    linksParameters: true,
    lacking: lackingStorage,
  },
  device: device([...RUNTIME, ...WORK], ['read_raw', 'variable_of']),
  enrol: device(['runtime/sha256.c', 'runtime/work_without_model.c'], []),
};
