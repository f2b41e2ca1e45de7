import { type InferenceOptions, inferenceProgram } from '#libs/firmware/program';
import { graphMacs } from '#libs/model/ir';
import { type Bench, BenchError } from '../bench';
import { boardCalled, FACTORY_MODEL, orThrow, readInference } from '../compile-model';
import { benchBuilds } from '../compiler/build-times';
import { compilerTable, type ModelFigures } from '../compiler/compiler-table';
import { goldenModelNames, readGoldenModel } from '../compiler/golden-models';
import { measure, type Place } from '../compiler/measure';
import { PEERS } from '../compiler/peers';
import {
  COMPILER_USAGE,
  type CompilerSettings,
  CORES,
  type CoreName,
  parseCompilerSettings,
} from '../compiler/settings';
import { vectorWays } from '../compiler/vector-cores';
import { vectorTable, vectorTimes } from '../compiler/vectors';

export const compiler: Bench = {
  name: 'compiler',
  summary: 'what models take and how fast they run on every core, beside the peers; how long builds take',
  usage: COMPILER_USAGE,
  async run(words, print) {
    const settings = parseCompilerSettings(words);
    const names = chosenModels(settings);
    if (names.length === 0)
      print(`No golden models in ${settings.models}; give their folder with --models DIR.`);
    const models: ModelFigures[] = [];
    for (const name of names) models.push(await figuresOf(settings, name));
    if (models.length > 0) print(`${compilerTable(models)}\n\n${LEGEND}\n`);
    const golden = names.map((name) => readGoldenModel(settings.models, name));
    print(`${vectorTable(await vectorTimes(golden, readInference(FACTORY_MODEL)))}\n`);
    await benchBuilds(settings.devices, print);
  },
};

const LEGEND =
  'Bytes; SRAM: all static RAM of the linked inference (arena with input and scratch, everything else), without stack.\n' +
  'Stack: worst case of the call graph (peers: painted). Flash: code, constants, weights. Instructions: of one inference.\n' +
  'Outputs: against the exact bytes of TensorFlow Lite Micro (of so many cases). Native and wasm are this machine.\n' +
  'Whole maps: layer by layer, kernels that take the memory of plain C; ram: row by row, with these or with kernels for DSP that\n' +
  'take more; rows in: the input, too; speed: kernels for DSP or vectors (MVE), within a budget.';

function chosenModels({ models, model }: CompilerSettings): readonly string[] {
  const names = goldenModelNames(models);
  if (model !== undefined && names.length > 0 && !names.includes(model))
    throw new BenchError(`There is no model "${model}" in ${models}; there are: ${names.join(', ')}.`);
  return model === undefined ? names : names.filter((name) => name === model);
}

/** A place, and how the model is compiled for it. */
interface Setup extends Place {
  readonly where: string;
  readonly engine: string;
  readonly options: InferenceOptions;
}

/** Static RAM within which the fastest program is asked for; other models may take what they need. */
const SPEED_BUDGETS: Readonly<Record<string, number>> = {
  mlperf_kws: 12_000,
  person_detect: 24_000,
  mcunet_vww: 36_000,
  mcunet_vww_int8io: 36_000,
};

const PLAIN = { engine: 'ours, whole maps', options: {} } as const;
const RAM = { engine: 'ours, ram', options: { optimize: 'ram', dropConstant: true } } as const;
const RAM_DSP = { engine: 'ours, ram, DSP', options: { ...RAM.options, kernels: 'dsp' } } as const;
const ROWS = { engine: 'ours, ram, rows in', options: { ...RAM.options, inputRows: true } } as const;

const speed = (budgetBytes: number | undefined): Pick<Setup, 'engine' | 'options'> => ({
  engine: 'ours, speed',
  options: {
    optimize: 'speed',
    kernels: 'dsp',
    dropConstant: true,
    ...(budgetBytes === undefined ? {} : { budgetBytes }),
  },
});

/** The kernels for DSP instructions are for these. */
const DSP_CORES: ReadonlySet<string> = new Set<CoreName>(['M4', 'M7', 'M33']);

/** Every core, then this machine; the least memory on one core, the most speed where there are kernels for it. */
async function setupsOf({ core }: CompilerSettings, model: string): Promise<readonly Setup[]> {
  const cores = Object.keys(CORES).filter((name): name is CoreName => core === undefined || name === core);
  const host = await boardCalled(CORES.M4);
  const ways = (where: CoreName): readonly Pick<Setup, 'engine' | 'options'>[] => [
    PLAIN,
    ...(where === 'M4' ? [RAM, RAM_DSP, ROWS] : []),
    ...(DSP_CORES.has(where) ? [speed(SPEED_BUDGETS[model])] : []),
    ...(where === 'M55' ? vectorWays(SPEED_BUDGETS[model]) : []),
  ];
  const onCores = cores.map(async (where) => {
    const board = await boardCalled(CORES[where]);
    return ways(where).map((way) => ({ ...way, where, target: 'arm', board }) as const);
  });
  return [
    ...(await Promise.all(onCores)).flat(),
    { ...PLAIN, where: 'native', target: 'native', board: host },
    { ...PLAIN, where: 'wasm', target: 'wasm', board: host },
  ];
}

async function figuresOf(settings: CompilerSettings, name: string): Promise<ModelFigures> {
  const golden = readGoldenModel(settings.models, name);
  const ours: ModelFigures['ours'][number][] = [];
  for (const { where, engine, options, ...place } of await setupsOf(settings, name)) {
    const program = orThrow(inferenceProgram(golden.inference, options));
    ours.push({ where, engine, measurement: await measure(golden, program, place) });
  }
  return { name, macs: graphMacs(golden.inference), ours, peers: PEERS[name] ?? [] };
}
