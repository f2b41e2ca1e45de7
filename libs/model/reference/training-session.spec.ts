import { digestOf } from '#libs/base/bytes';
import { at, unwrap } from '#libs/base/result';
import { type Graph, layersOf } from '#libs/model/ir';
import { headConstants, requantConstants, trainingConstants } from '#libs/model/quant';
import { GOLDEN_FILES, goldenDelta, goldenOf, goldenState } from '#test/support/golden-sets';
import { type GoldenCase, goldenGraph, kwsCases, ratesOf, tinyCases } from '#test/support/numerics-v2/cases';
import { SpecSession } from '#test/support/numerics-v2/session';
import {
  type GoldenVector,
  isWatched,
  readVector,
  specVector,
  type WatchedStep,
} from '#test/support/numerics-v2/vectors';
import { describeWithShared } from '#test/support/shared-files';
import { machineFor } from './machine';
import { createSession, type TrainingSession } from './training-session';

const graphOf = (golden: GoldenCase): Graph => unwrap(goldenGraph(golden));
const sessionOf = (golden: GoldenCase): TrainingSession => createSession(graphOf(golden));

/** SHA-256 of all constants of N0, a line a channel. */
function constantsDigest(graph: Graph): string {
  const lines = layersOf(graph).flatMap((op, layer) => {
    const { gradient, weightStep, biasStep, frozen } = trainingConstants(graph, layer);
    const { multipliers, shifts } =
      op.kind === 'head' ? headConstants(graph, op) : requantConstants(graph, op);
    return Array.from(frozen, (isFrozen, o) =>
      [
        [multipliers[o], shifts[o]],
        ...[gradient, weightStep, biasStep].map(({ mantissas, exponents }) => [mantissas[o], exponents[o]]),
        isFrozen,
      ]
        .flat()
        .join(' '),
    );
  });
  return digestOf(new TextEncoder().encode(lines.join('\n')));
}

/** The session of a case by the reference. */
function referenceVector(golden: GoldenCase): GoldenVector {
  const graph = graphOf(golden);
  const session = sessionOf(golden);
  const start = digestOf(session.state());
  const steps = golden.steps.flatMap(({ input, label }, t): readonly WatchedStep[] => {
    session.forward(at(golden.inputs, input));
    const loss = session.loss(label);
    const rates = ratesOf(golden.rates.findLast(({ firstStep }) => firstStep <= t)!);
    session.backward({ seed: golden.seed, index: t, rates });
    return isWatched(golden, t) ? [{ t, loss, sha256: digestOf(session.state()) }] : [];
  });
  const { mantissaBits } = machineFor(graph);
  const delta = digestOf(session.delta());
  return { mantissaBits, constants: constantsDigest(graph), start, delta, steps };
}

describe.each(tinyCases())('the golden session $name', (golden) => {
  it('is what NUMERICS says', () => expect(specVector(golden)).toEqual(readVector(golden.name)));

  it('is met by the reference', () => expect(referenceVector(golden)).toEqual(readVector(golden.name)));

  it('has its expanding layers summed as NUMERICS says', () => {
    const running = graphOf(golden).ops.flatMap((op) =>
      op.kind === 'inputGradient' && op.accumulation === 'running' ? [op.name] : [],
    );
    const expanding = new SpecSession(golden.inference, golden.scheme).expanding();
    expect(expanding).toEqual(['b1.ex', 'b2.ex']);
    expect(expanding.map((name) => `${name}.backward`)).toEqual(expect.arrayContaining(running));
    expect(running.length).toBeGreaterThan(0);
  });
});

/** What the trial that NUMERICS came from recorded, and what of it does not depend on how gradients are held. */
const RECORDED = { 'kws-sparse': 'A', 'kws-full': 'B', 'kws-last': 'C', 'kws-sparse-long': 'D' } as const;

describeWithShared(GOLDEN_FILES, 'the golden sessions of kws-digits', () => {
  it.each(kwsCases())(
    '$name is met by the reference',
    (golden) => expect(referenceVector(golden)).toEqual(readVector(golden.name)),
    600_000,
  );

  it('begin and end their first forward as recorded', () => {
    for (const golden of kwsCases()) {
      const recorded = goldenOf(RECORDED[golden.name as keyof typeof RECORDED]);
      const session = sessionOf(golden);
      const { input, label } = at(golden.steps, 0);
      session.forward(at(golden.inputs, input));
      const first = { loss_q16_bits: session.loss(label), logits_q16: [...session.logits()] };
      expect(digestOf(session.state())).toBe(recorded.sha256_before);
      expect(recorded.steps[0]).toMatchObject({ t: 0, ...first });
    }
  });

  it('of the last layer alone are as recorded, to the last byte', () => {
    const { steps } = readVector('kws-last');
    const recorded = goldenOf('C').steps.map(({ t, loss_q16_bits, sha256 }) => ({
      t,
      loss: loss_q16_bits,
      sha256,
    }));
    expect(steps).toEqual(recorded);
    expect(at(steps, -1 + steps.length).sha256).toBe(digestOf(goldenState('C')));
    expect(readVector('kws-last').delta).toBe(digestOf(goldenDelta('C')));
  });
});
