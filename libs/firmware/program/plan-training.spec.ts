import { unwrap } from '#libs/base/result';
import type { Graph } from '#libs/model/ir';
import { uniformRates } from '#libs/model/quant';
import { createSession } from '#libs/model/reference';
import { namedScheme } from '#libs/model/scheme';
import { GraphBuilder } from '#test/support/graph-builder';
import { randomInputs } from '#test/support/random-networks';
import { planStep, type StepRequest } from '.';

/** Two blocks with shortcuts, the first on larger maps. */
function twoBlocks(): Graph {
  const builder = new GraphBuilder('blocks');
  const block = (name: string, input: ReturnType<typeof builder.input>) => {
    const expanded = builder.conv(`${name}.ex`, input, { channels: 24, activation: 'relu6' });
    const depthwise = builder.depthwise(`${name}.dw`, expanded, { padding: 1, activation: 'relu6' });
    return builder.add(`${name}.add`, builder.conv(`${name}.pw`, depthwise, { channels: 8 }), input);
  };
  const stem = builder.conv('stem', builder.input([1, 16, 16, 3]), { channels: 8, kernel: 3, padding: 1 });
  const large = block('large', stem);
  const half = builder.conv('half', large, { channels: 8, kernel: 3, stride: 2, padding: 1 });
  const pool = builder.averagePool('pool', block('small', half));
  const features = builder.reshape('features', pool, [1, 8]);
  return builder.build(builder.softmax('softmax', builder.fullyConnected('fc', features, { channels: 4 })));
}

const graph = twoBlocks();
const stepOf = (request: StepRequest) => unwrap(planStep(graph, namedScheme(graph, 'bias'), request));

/** Layers whose gradient is made anew by everyone who reads it. */
const madeAnew = ({ ops }: Graph): readonly string[] =>
  ops.flatMap((op) => (op.kind === 'biasUpdate' && op.view?.of === 'scaled' ? [op.name] : []));

function learnt(training: Graph): Uint8Array {
  const session = createSession(training);
  randomInputs(graph, 3, 1).forEach((input, index) => {
    session.forward(input);
    session.loss(index);
    session.backward({ seed: 9, index, rates: uniformRates(0.1) });
  });
  return session.delta();
}

describe('a step for which memory is short', () => {
  const least = stepOf({ optimize: 'ram' });
  const budgetBytes = least.plan.peakBytes;
  const quick = stepOf({ optimize: 'speed', budgetBytes });

  it('makes gradients anew only where the budget asks for it', () => {
    expect(madeAnew(least.training)).toEqual(['small.pw.b.update', 'large.pw.b.update']);
    expect(madeAnew(quick.training)).toEqual(['large.pw.b.update']);
    expect(quick.plan.peakBytes).toBeLessThanOrEqual(budgetBytes);
    expect(madeAnew(stepOf({ optimize: 'speed', budgetBytes: 1e6 }).training)).toEqual([]);
  });

  it('learns the same', () => {
    const whole = learnt(stepOf({}).training);
    expect(learnt(quick.training)).toEqual(whole);
    expect(learnt(least.training)).toEqual(whole);
  });
});
