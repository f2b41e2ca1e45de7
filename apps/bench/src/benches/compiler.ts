import { inferenceProgram } from '#libs/firmware/program';
import { graphMacs } from '#libs/model/ir';
import { type Bench, BenchError } from '../bench';
import { boardCalled, orThrow } from '../compile-model';
import { benchBuilds } from '../compiler/build-times';
import { compilerTable, type ModelFigures } from '../compiler/compiler-table';
import { goldenModelNames, readGoldenModel } from '../compiler/golden-models';
import { measure, type Measurement, type Place } from '../compiler/measure';
import { PEERS } from '../compiler/peers';
import {
  COMPILER_USAGE,
  type CompilerSettings,
  CORES,
  type CoreName,
  parseCompilerSettings,
} from '../compiler/settings';

export const compiler: Bench = {
  name: 'compiler',
  summary: 'what models take and how fast they run on every core, beside the peers; how long builds take',
  usage: COMPILER_USAGE,
  async run(words, print) {
    const settings = parseCompilerSettings(words);
    const names = chosenModels(settings);
    if (names.length === 0)
      print(`No golden models in ${settings.models}; give their folder with --models DIR.`);
    const places = await placesOf(settings);
    const models: ModelFigures[] = [];
    for (const name of names) models.push(await figuresOf(settings.models, name, places));
    if (models.length > 0) print(`${compilerTable(models)}\n\n${LEGEND}\n`);
    await benchBuilds(settings.devices, print);
  },
};

const LEGEND =
  'Bytes; SRAM: all static RAM of the linked inference (arena with input and scratch, everything else), without stack.\n' +
  'Stack: worst case of the call graph (peers: painted). Flash: code, constants, weights. Instructions: of one inference.\n' +
  'Outputs: against the exact bytes of TensorFlow Lite Micro (of so many cases). Native and wasm are this machine.';

function chosenModels({ models, model }: CompilerSettings): readonly string[] {
  const names = goldenModelNames(models);
  if (model !== undefined && names.length > 0 && !names.includes(model))
    throw new BenchError(`There is no model "${model}" in ${models}; there are: ${names.join(', ')}.`);
  return model === undefined ? names : names.filter((name) => name === model);
}

interface NamedPlace extends Place {
  readonly where: string;
}

/** Every core, then this machine. */
async function placesOf({ core }: CompilerSettings): Promise<readonly NamedPlace[]> {
  const cores = Object.keys(CORES).filter((name): name is CoreName => core === undefined || name === core);
  const boards = await Promise.all(cores.map((name) => boardCalled(CORES[name])));
  const host = await boardCalled(CORES.M4);
  return [
    ...boards.map((board, index) => ({ where: cores[index] ?? '', target: 'arm', board }) as const),
    { where: 'native', target: 'native', board: host },
    { where: 'wasm', target: 'wasm', board: host },
  ];
}

async function figuresOf(folder: string, name: string, places: readonly NamedPlace[]): Promise<ModelFigures> {
  const golden = readGoldenModel(folder, name);
  const program = orThrow(inferenceProgram(golden.inference));
  const ours: { where: string; measurement: Measurement }[] = [];
  for (const place of places)
    ours.push({ where: place.where, measurement: await measure(golden, program, place) });
  return { name, macs: graphMacs(golden.inference), ours, peers: PEERS[name] ?? [] };
}
