import { unwrap } from '#libs/base/result';
import { type Graph, gradientStorage } from '#libs/model/ir';
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

  it('has gradients of int8 where only these fit, if that is left to the budget', () => {
    const narrow = stepOf({ optimize: 'ram', gradients: 'int8' });
    expect(narrow.plan.peakBytes).toBeLessThan(budgetBytes);
    const storageAt = (bytes: number) => {
      const step = stepOf({ optimize: 'speed', budgetBytes: bytes, gradients: 'auto' });
      return [gradientStorage(step.training), step.plan.peakBytes <= bytes];
    };
    expect(storageAt(budgetBytes)).toEqual(['int16', true]);
    expect(storageAt(budgetBytes - 4)).toEqual(['int8', true]);
    expect(storageAt(narrow.plan.peakBytes)).toEqual(['int8', true]);
    expect(storageAt(1000)).toEqual(['int8', false]);
    expect(gradientStorage(stepOf({ optimize: 'ram', gradients: 'auto' }).training)).toBe('int16');
  });

  it('learns the same, however it is planned; other bytes with gradients of int8', () => {
    const whole = learnt(stepOf({}).training);
    expect(learnt(quick.training)).toEqual(whole);
    expect(learnt(least.training)).toEqual(whole);
    const narrow = learnt(stepOf({ gradients: 'int8' }).training);
    expect(narrow).not.toEqual(whole);
    expect(learnt(stepOf({ optimize: 'ram', gradients: 'int8' }).training)).toEqual(narrow);
  });
});
