/** Backward operators whose gradient is made as they need it (GradientView). */
import { type BiasUpdate, type InputGradient, type TensorId, tensorOf } from '#libs/model/ir';
import { elementsOf } from '#libs/firmware/planner';
import type { Scope } from '../model/scope';

/** How many pixels the layer's output has. */
function pixelsOf(scope: Scope, layer: number): number {
  const [, height = 1, width = 1] = tensorOf(scope.graph, scope.layer(layer).output).shape;
  return height * width;
}

/** `const fl_gradient_view view`, and what it points at. */
export function viewOf(
  scope: Scope,
  op: Pick<InputGradient | BiasUpdate, 'layer' | 'gradient' | 'view'>,
): readonly string[] {
  const isScaled = op.view?.of === 'scaled';
  const fields = [
    '.gradient = &g_seen',
    ...(isScaled ? ['.training = &training'] : []),
    `.mask = ${scope.mask(op.view?.mask)}`,
    `.pixels = ${pixelsOf(scope, op.layer)}`,
  ];
  return [
    `const fl_gradient g_seen = ${scope.gradient(op.gradient)};`,
    ...(isScaled || !('accumulation' in op)
      ? [`const fl_training training = ${scope.training(op.layer)};`]
      : []),
    `const fl_gradient_view view = {${fields.join(', ')}};`,
  ];
}

export function viewedBiasUpdate(op: BiasUpdate, scope: Scope): readonly string[] {
  const operands = `&view, &training, step, ${scope.pointer(op.bias, 's32')}`;
  const update =
    op.view?.of === 'scaled'
      ? `fl_viewed_bias_update(${operands}, ${scope.scratch('mantissas')});`
      : `fl_pooled_bias_update(${operands});`;
  return [...viewOf(scope, op), update];
}

/** After fl_head_input_gradient gave one number a channel of a map whose clamp mask is `mask`. */
export function closedChannels(
  scope: Scope,
  output: TensorId,
  mask: TensorId | undefined,
): readonly string[] {
  if (mask === undefined) return [];
  const pixels = elementsOf(scope.graph, mask) / scope.extent(output, 0);
  return scope.extent(output, 1) < pixels ? [`fl_close_channels(${scope.mask(mask)}, ${pixels}, &g);`] : [];
}
