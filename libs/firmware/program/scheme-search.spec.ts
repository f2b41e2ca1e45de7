import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type Fault, unwrap } from '#libs/base/result';
import { arenaBudget, boardWith, parseBoard } from '#libs/firmware/boards';
import { trainabilityFault } from '#libs/model/passes';
import { type Contributions, namedScheme, schemeLadder, structuralContributions } from '#libs/model/scheme';
import { kwsDigitsGraph } from '#test/support/kws-digits';
import { findSchemes, fittingRungs, PlannedPeaks, planStep, searchTraining } from '.';

jest.setTimeout(240_000);

const REPOSITORY = resolve(__dirname, '../../..');
const BOARD = join(REPOSITORY, 'firmware-templates', 'boards', 'virtual-m4', 'board.json');
const board = unwrap(parseBoard(JSON.parse(readFileSync(BOARD, 'utf8'))));
const boardOf = (kilobytes: number) => unwrap(boardWith(board, { sramBytes: kilobytes * 1024 }));

/** What a scheme gains, of the ratios that were asked about. */
const gainOf = (
  { bias, weights }: Contributions,
  { biasLayers, weightLayers }: ReturnType<typeof namedScheme>,
): number =>
  weightLayers.reduce(
    (sum, { layer, ratio }) => sum + (weights[layer]?.find((each) => each.ratio === ratio)?.gain ?? 0),
    bias[biasLayers] ?? 0,
  );

function faultOf(result: ReturnType<typeof searchTraining>): Fault {
  if (result.ok) throw new Error('nothing was refused');
  return result.error;
}

describe('a searched step', () => {
  const inference = kwsDigitsGraph();
  const contributions = structuralContributions(inference);
  const peaks = new PlannedPeaks(inference);

  it('fits as it is planned, and gains no less than any rung of the ladder that fits', () => {
    const budget = arenaBudget(boardOf(40));
    const { scheme, candidate, plan } = unwrap(searchTraining(inference, boardOf(40), { peaks }));
    expect(trainabilityFault(inference, scheme)).toBeUndefined();
    expect(plan.peakBytes).toBeLessThanOrEqual(budget);
    expect(gainOf(contributions, scheme)).toBeCloseTo(candidate.gain, 9);
    for (const rung of schemeLadder(inference))
      if (gainOf(contributions, rung) > candidate.gain)
        expect(peaks.peak(rung, budget).peakBytes).toBeGreaterThan(budget);
  });

  it('is refused where not even the head fits, and where its difference is too large', () => {
    const tooSmall = faultOf(searchTraining(inference, boardOf(8)));
    expect(tooSmall.code).toBe('program.does-not-fit');
    const enough = Number(/set aside is (\d+) bytes/.exec(tooSmall.message)?.[1]) / 1024;
    expect(searchTraining(inference, boardOf(enough), { peaks })).toMatchObject({ ok: true });
    const uploading = (uploadBytes: number) => ({ limits: { uploadBytes }, peaks });
    const tooLong = faultOf(searchTraining(inference, boardOf(32), uploading(10)));
    expect(tooLong.code).toBe('scheme.upload-too-small');
    const upload = Number(/takes (\d+) bytes/.exec(tooLong.message)?.[1]);
    expect(searchTraining(inference, boardOf(32), uploading(upload))).toMatchObject({ ok: true });
    expect(searchTraining(inference, boardOf(32), uploading(upload - 1))).toMatchObject({ ok: false });
  });

  it('is limited to a number of trained layers, as rungs beside it are', () => {
    const limited = (trainedLayers: number) =>
      unwrap(findSchemes(inference, boardOf(40), { limits: { trainedLayers }, peaks }));
    const gains = [0, 1, 4, 8].map((layers) => limited(layers).candidates[0]!.gain);
    expect(gains).toEqual(gains.toSorted((a, b) => a - b));
    expect(new Set(gains).size).toBe(gains.length);
    expect(fittingRungs(limited(4)).map(({ scheme }) => scheme.name)).toEqual(['sparse-b6', 'last']);
  });

  it('tells of every budget whether a step fits it, and has a step that does', () => {
    const fresh = new PlannedPeaks(inference);
    const scheme = { name: 'three', biasLayers: 9, weightLayers: [{ layer: 12, ratio: 0.5 }] };
    const least = unwrap(planStep(inference, scheme, { optimize: 'ram' })).plan.peakBytes;
    for (const budget of [100_000, least + 400, least, least - 400, 1000]) {
      const { peakBytes, likelyBytes } = fresh.peak(scheme, budget);
      expect(likelyBytes).toBeLessThanOrEqual(peakBytes);
      expect([budget, peakBytes <= budget]).toEqual([budget, budget >= least]);
      if (peakBytes > budget) continue;
      const step = unwrap(planStep(inference, scheme, { optimize: 'speed', budgetBytes: budget }));
      expect(step.plan.peakBytes).toBeLessThanOrEqual(budget);
    }
  });

  it('counts arenas with gradients of int8 where steps may have them', () => {
    const all = namedScheme(inference, 'bias');
    const narrow = new PlannedPeaks(inference, { gradients: 'auto' });
    const least = unwrap(planStep(inference, all, { optimize: 'ram', gradients: 'int8' })).plan.peakBytes;
    expect(peaks.peak(all, least).peakBytes).toBeGreaterThan(least);
    expect(narrow.peak(all, least).peakBytes).toBeLessThanOrEqual(least);
    const plan = { optimize: 'speed', budgetBytes: least, gradients: 'auto' } as const;
    expect(unwrap(planStep(inference, all, plan)).plan.peakBytes).toBeLessThanOrEqual(least);
  });

  it('has rungs of the ladder beside it that fit, with gains by the same measure', () => {
    const found = unwrap(findSchemes(inference, boardOf(40), { peaks }));
    const rungs = fittingRungs(found, 2);
    expect(rungs.map(({ scheme }) => scheme.name)).toEqual(['sparse-b5', 'pointwise-b6']);
    for (const { scheme, gain, peakBytes } of [...rungs, ...found.candidates]) {
      expect(gain).toBeCloseTo(gainOf(contributions, scheme), 9);
      expect(peakBytes).toBeLessThanOrEqual(arenaBudget(boardOf(40)));
    }
    const gains = [...found.candidates, ...rungs].map(({ gain }) => gain);
    expect(Math.max(...gains)).toBe(found.candidates[0]?.gain);
  });
});
