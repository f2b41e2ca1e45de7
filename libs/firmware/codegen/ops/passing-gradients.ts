/** Gradients of operators without weights (GRADIENTS.md). */
import { invariant } from '#libs/base/result';
import {
  type AddGradient,
  type AveragePoolGradient,
  type GradientWalk,
  type LookupGradient,
  type MaxPoolGradient,
  type MoveGradient,
  producerOf,
  type Ratio,
  type ResizeGradient,
  type TensorId,
} from '#libs/model/ir';
import { kceil, slopeTable, smallestWindow, windowExponent, windowsPerPixel } from '#libs/model/quant';
import type { Scope } from '../model/scope';
import { call, type Emitter } from './emitter';
import { sizes } from './resize-nearest';
import { arrayText } from './tables';
import { windowOf } from './windows';

/** `fl_gradient_end end`, what all of them close their rows with. */
export const endText = (scope: Scope, mask: TensorId | undefined): string =>
  `const fl_gradient_end end = {${scope.mask(mask)}, FL_MODEL_MANTISSA_BITS};`;

export const ratioText = ({ mantissa, exponent }: Ratio): string => `{${mantissa}, ${exponent}}`;

interface Passing {
  readonly gradient: TensorId;
  readonly mask?: TensorId;
  readonly output: TensorId;
}

/** The gradients that come and go, and what closes a row. */
const operands = (scope: Scope, op: Passing): readonly string[] => [
  `const fl_gradient from = ${scope.gradient(op.gradient)};`,
  `const fl_gradient to = ${scope.gradient(op.output)};`,
  endText(scope, op.mask),
];

export const addGradient: Emitter<AddGradient> = {
  emit: (op, scope) => {
    const terms = op.terms.map(({ gradient, ratio }) => `{${scope.gradient(gradient)}, ${ratioText(ratio)}}`);
    return [
      `const fl_gradient_term terms[] = {\n    ${terms.join(',\n    ')}};`,
      `const fl_gradient to = ${scope.gradient(op.output)};`,
      endText(scope, op.mask),
      call('fl_add_gradient', ['terms', String(terms.length), '&end', '&to', scope.scratch('s32')]),
    ];
  },
};

/** FL_GRADIENT_LOOPS. */
const LOOPS = 5;
const IDLE = { extent: 1, pixel: 0, result: 0, factor: 0 };

function walkText({ loops, start, channels }: GradientWalk): string {
  invariant(loops.length <= LOOPS, `a walk through ${loops.length} dimensions`);
  const all = [...Array.from({ length: LOOPS - loops.length }, () => IDLE), ...loops];
  const list = (name: keyof typeof IDLE): string => `{${all.map((loop) => loop[name]).join(', ')}}`;
  const { first, step, count, result, factor } = channels;
  const numbers = [start.pixel, start.result, start.factor, first, step, count, result, factor];
  return `{${[list('extent'), list('pixel'), list('result'), list('factor'), ...numbers].join(', ')}}`;
}

export const moveGradient: Emitter<MoveGradient> = {
  emit: (op, scope) => {
    const walk = scope.declarations.share('fl_gradient_walk', 'walk', { value: walkText(op.walk) });
    const { factor } = op;
    const other =
      factor === undefined ? ['NULL', '0'] : [scope.pointer(factor, 's8'), String(scope.zeroPoint(factor))];
    return [
      ...operands(scope, op),
      `const fl_ratio ratio = ${ratioText(op.ratio)};`,
      call(
        'fl_move_gradient',
        [`&${walk}`, '&from', ...other],
        ['&ratio', '&end', '&to', scope.scratch('s32')],
      ),
    ];
  },
};

export const averagePoolGradient: Emitter<AveragePoolGradient> = {
  emit: (op, scope) => {
    const pool = producerOf(scope.graph, op.of);
    invariant(pool?.kind === 'averagePool2d', `${op.name} follows no average pool`);
    const exponent = windowExponent(smallestWindow(scope.graph, pool));
    const spare = kceil(windowsPerPixel(pool));
    return [
      ...operands(scope, op),
      call(
        'fl_average_pool_gradient',
        [windowOf(scope, pool), String(exponent), String(spare)],
        ['&from', '&end', '&to', scope.scratch('s32')],
      ),
    ];
  },
};

export const maxPoolGradient: Emitter<MaxPoolGradient> = {
  emit: (op, scope) => {
    const pool = producerOf(scope.graph, op.of);
    invariant(pool?.kind === 'maxPool2d', `${op.name} follows no pool of largest values`);
    return [
      ...operands(scope, op),
      call(
        'fl_max_pool_gradient',
        [windowOf(scope, pool), scope.mask(op.taps)],
        ['&from', '&end', '&to', scope.scratch('s32')],
      ),
    ];
  },
};

export const lookupGradient: Emitter<LookupGradient> = {
  emit: (op, scope) => {
    const source = producerOf(scope.graph, op.of);
    invariant(source?.kind === 'unary', `${op.name} follows no function of one element`);
    const { mantissas, exponent } = slopeTable(scope.graph, source);
    const slopes = scope.declarations.share('int16_t', 'slopes', arrayText(mantissas));
    return [
      ...operands(scope, op),
      call(
        'fl_lookup_gradient',
        [slopes, String(exponent), scope.pointer(op.input, 's8')],
        ['&from', '&end', '&to', scope.scratch('s32')],
      ),
    ];
  },
};

export const resizeGradient: Emitter<ResizeGradient> = {
  emit: (op, scope) => {
    const source = producerOf(scope.graph, op.of);
    invariant(source?.kind === 'resizeNearest', `${op.name} follows no resized map`);
    return [
      ...operands(scope, op),
      call('fl_resize_gradient', [sizes(scope, source), '&from', '&end', '&to', scope.scratch('s32')]),
    ];
  },
};
