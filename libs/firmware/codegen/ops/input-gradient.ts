import { type InputGradient, tensorOf } from '#libs/model/ir';
import { type ConvolutionKernel, convolutionKernel, layerOf, spareBits } from '#libs/firmware/planner';
import type { Scope } from '../model/scope';
import { call, type Emitter } from './emitter';
import { viewOf } from './viewed-gradients';
import { windowOf } from './windows';

const KERNELS: Record<ConvolutionKernel, string> = {
  pointwise: 'fl_pointwise_input_gradient',
  depthwise: 'fl_depthwise_input_gradient',
  general: 'fl_conv2d_input_gradient',
};

/** The window of a backward kernel; pointwise ones need none. */
export function backwardWindow(scope: Scope, op: { readonly layer: number }): readonly string[] {
  const layer = scope.layer(op.layer);
  if (layer.kind !== 'conv2d' && layer.kind !== 'depthwiseConv2d') return [];
  return convolutionKernel(layer, scope.graph) === 'pointwise' ? [] : [windowOf(scope, layer)];
}

function rules(op: InputGradient, scope: Scope): readonly string[] {
  const { skip } = op;
  const fields = [
    `.mask = ${scope.mask(op.mask)}`,
    `.skip = ${skip ? '&skip' : 'NULL'}`,
    ...(skip ? [`.skip_mantissa = ${skip.ratioMantissa}`, `.skip_exponent = ${skip.ratioExponent}`] : []),
    '.mantissa_bits = FL_MODEL_MANTISSA_BITS',
  ];
  return [
    ...(skip ? [`const fl_gradient skip = ${scope.gradient(skip.gradient)};`] : []),
    `const fl_gradient_rules rules = {${fields.join(', ')}};`,
  ];
}

/** The weights before the step: trained ones of the first input channels, the others where the parameters lie. */
function weights(op: InputGradient, scope: Scope): string {
  const isTrained = tensorOf(scope.graph, op.weights).role !== 'constant';
  const trained = isTrained ? op.weights : op.trainedWeights;
  const fields =
    trained === undefined
      ? []
      : [
          `.trained = ${scope.pointer(trained, 's8')}`,
          `.trained_inputs = ${tensorOf(scope.graph, trained).shape.at(-1)}`,
        ];
  const fixed = isTrained ? [] : [`.fixed = ${scope.pointer(op.weights, 's8')}`];
  return `const fl_split_weights weights = {${[...fields, ...fixed].join(', ')}};`;
}

function viewed(op: InputGradient, scope: Scope): readonly string[] {
  return [
    ...viewOf(scope, op),
    `const fl_gradient g = ${scope.gradient(op.output)};`,
    weights(op, scope),
    ...rules(op, scope),
    call(
      op.view?.of === 'scaled' ? 'fl_viewed_input_gradient' : 'fl_pooled_input_gradient',
      [scope.channels(op.output), '&view', '&weights'],
      ['&rules', '&g', scope.scratch('s32')],
    ),
  ];
}

function aligned(op: InputGradient, scope: Scope): readonly string[] {
  if (op.view) return viewed(op, scope);
  return [
    `const fl_gradient h = ${scope.gradient(op.gradient)};`,
    `const fl_gradient g = ${scope.gradient(op.output)};`,
    weights(op, scope),
    ...rules(op, scope),
    call(
      KERNELS[convolutionKernel(layerOf(op, scope.graph), scope.graph)],
      [...backwardWindow(scope, op), scope.channels(op.output), '&h', '&weights'],
      ['&rules', '&g', scope.scratch('s32')],
    ),
  ];
}

/** In a loop over channels the sums outlive the call that begins them. */
const sumsName = (scope: Scope): string => `${scope.name}_sums`;

/** A call for every piece that lies in spare bits of the sums. */
function stowing(kernel: 'fl_stow_bytes' | 'fl_take_back_bytes', scope: Scope): readonly string[] {
  let first = 0;
  return scope.stowages.map(({ tensor, bytes }) => {
    const text = call(kernel, [`&${sumsName(scope)}`, String(first)], [scope.bytes(tensor), String(bytes)]);
    first += bytes;
    return text;
  });
}

function begin(op: InputGradient, scope: Scope): readonly string[] {
  const [inputs, pixels] = [scope.extent(op.output, 0), scope.extent(op.output, 1)];
  const name = sumsName(scope);
  const fields = [
    `.sums = ${scope.pointer(op.output, 's32')}`,
    `.inputs = ${inputs}`,
    `.pixels = ${pixels}`,
    ...(scope.stowages.length > 0 ? [`.spare_bits = ${spareBits(scope.graph, op)}`] : []),
  ];
  return [
    `fl_running_gradient ${name} = {${fields.join(', ')}};`,
    `fl_begin_running_gradient(&${name});`,
    ...stowing('fl_stow_bytes', scope),
  ];
}

function add(op: InputGradient, scope: Scope): readonly string[] {
  return [
    `const fl_gradient h = ${scope.gradient(op.gradient)};`,
    weights(op, scope),
    call(
      'fl_add_running_gradient',
      [`&${sumsName(scope)}`, scope.channels(op.gradient), '&h', '&weights'],
      [scope.scratch('mantissas')],
    ),
  ];
}

function finish(op: InputGradient, scope: Scope): readonly string[] {
  return [
    ...stowing('fl_take_back_bytes', scope),
    `const fl_gradient g = ${scope.gradient(op.output)};`,
    ...rules(op, scope),
    call('fl_finish_in_place', [`&${sumsName(scope)}`, '&rules', '&g', scope.scratch('s16')]),
  ];
}

/** The sums lie where the output will. */
function running(op: InputGradient, scope: Scope): readonly string[] {
  switch (scope.part) {
    case 'begin':
      return begin(op, scope);
    case 'group':
      return add(op, scope);
    case 'finish':
      return finish(op, scope);
    case undefined:
      return [...begin(op, scope), ...add(op, scope), ...finish(op, scope)];
  }
}

export const inputGradient: Emitter<InputGradient> = {
  emit: (op, scope) => (op.accumulation === 'running' ? running(op, scope) : aligned(op, scope)),
};
