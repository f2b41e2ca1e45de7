import { cName, shownText } from './c-name';
import { elementTypes } from './interface/element-types';
import { describePort } from './interface/ports';
import type { LibraryRequest } from './library-request';
import { type Mode, modeOf } from './mode';
import type { Fillings } from './template';

const thousands = (bytes: number): string => `${bytes.toLocaleString('en-US')} bytes`;

const INSIDE: Readonly<Record<Mode, string>> = {
  inference: 'inputs, outputs and scratch are inside',
  rows: 'outputs, scratch and the few rows of the inputs that are needed at a time are inside',
  training: 'the input lies outside',
};

function sizeRows({ model, measured }: LibraryRequest): readonly string[] {
  const { arenaBytes, parameterBytes } = model.facts;
  const inside = INSIDE[modeOf(model.facts)];
  const more = modeOf(model.facts) === 'rows' ? '; what your reader takes comes on top' : '';
  const built = measured
    ? [
        ['flash with all code', `${thousands(measured.flashBytes)}, built for ${shownText(measured.board)}`],
        ['stack, worst case', `${thousands(measured.stackBytes)}, from the call graph of that build${more}`],
      ]
    : [];
  const rows = [
    ['RAM: the arena', `${thousands(arenaBytes)}; ${inside}`],
    ['RAM: anything else', 'none'],
    ['flash: parameters', thousands(parameterBytes)],
    ...built,
  ];
  return rows.map(([what, size]) => `| ${what} | ${size} |`);
}

function usage({ graph, model }: LibraryRequest): string {
  const { inputs, outputs = inputs } = elementTypes(graph, model.facts);
  const name = cName(model.facts.name);
  const prefix = name.toUpperCase();
  const opening = [`#include "${name}.h"`, '', `static ${prefix}_ARENA(arena);`, ''];
  const mode = modeOf(model.facts);
  if (mode === 'rows')
    return [
      ...opening,
      '/* called while the model runs: write rows first .. first + count - 1 here */',
      `static void read_rows(void *context, uint32_t index, uint32_t first, uint32_t count, ${inputs.pointed} *rows);`,
      `static const ${name}_rows rows = {read_rows, NULL};`,
      '',
      `${name}_run(arena, &rows);`,
      '/* and read the output here */',
      `const ${outputs.first} *output = ${name}_output(arena, 0);`,
    ].join('\n');
  if (mode === 'inference')
    return [
      ...opening,
      '/* write the input here, */',
      `${inputs.first} *input = ${name}_input(arena, 0);`,
      `${name}_run(arena);`,
      '/* and read the output here */',
      `const ${outputs.first} *output = ${name}_output(arena, 0);`,
    ].join('\n');
  return [
    ...opening,
    `static const ${name}_rates rates = ${prefix}_RATES(${prefix}_RATE_0_02);`,
    '',
    '/* once */',
    `${name}_load(arena);`,
    '/* learn from an input */',
    `loss = ${name}_train_step(arena, input, label, seed, step++, &rates);`,
    '/* recognise one */',
    `${name}_run(arena, input);`,
    `label = ${name}_predict(arena);`,
  ].join('\n');
}

function numerics({ model }: LibraryRequest): string {
  if (!model.facts.training) return 'The parameters are read, never changed.';
  return (
    'The classifier at the end is computed with more bits than TensorFlow Lite has, because it is trained; training is ' +
    'integer arithmetic too, with rounding that `seed` and `step` choose: the same calls give the same bytes everywhere.'
  );
}

/** What the page of the folder says of this model. */
export function readmeFillings(request: LibraryRequest, sketch: string): Fillings {
  const { graph, model, provenance } = request;
  const { facts } = model;
  const ports = [
    ...facts.inputs.map((port, i) => `- input ${i}: ${describePort(graph, port)}`),
    ...(facts.training
      ? [
          `- after an inference: ${facts.training.classes} logits (int32, logarithms to base 2, 16 fractional bits)`,
        ]
      : facts.outputs.map((port, i) => `- output ${i}: ${describePort(graph, port)}`)),
  ];
  return {
    summary: facts.training
      ? `A model that runs and trains on a microcontroller: ${facts.training.classes} classes.`
      : 'A model that runs on a microcontroller.',
    file: shownText(provenance.file),
    fileDigest: shownText(provenance.sha256),
    scheme: shownText(provenance.scheme ?? ''),
    sizes: sizeRows(request).join('\n'),
    usage: usage(request),
    ports: ports.join('\n'),
    numerics: numerics(request),
    sketch,
    stateBytes: (facts.training?.stateBytes ?? 0).toLocaleString('en-US'),
    deltaBytes: (facts.training?.deltaBytes ?? 0).toLocaleString('en-US'),
  };
}
