import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { unwrap } from '#libs/base/result';
import { arenaBudget, boardWith, parseBoard } from '#libs/firmware/boards';
import { trainabilityFault } from '#libs/model/passes';
import { type Contributions, namedScheme, schemeLadder, structuralContributions } from '#libs/model/scheme';
import { kwsDigitsGraph } from '#test/support/kws-digits';
import { PlannedPeaks, planStep, searchTraining } from '.';

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
        expect(peaks.peakBytes(rung, budget)).toBeGreaterThan(budget);
  });

  it('is refused where not even the head fits, and where its difference is too large', () => {
    expect(searchTraining(inference, boardOf(8))).toMatchObject({
      ok: false,
      error: { code: 'program.does-not-fit' },
    });
    expect(searchTraining(inference, boardOf(32), { limits: { uploadBytes: 10 }, peaks })).toMatchObject({
      ok: false,
      error: { code: 'scheme.upload-too-small' },
    });
  });

  it('remembers peaks: what fits at one budget fits with more, what fails fails with less', () => {
    const fresh = new PlannedPeaks(inference);
    const last = namedScheme(inference, 'last');
    const least = fresh.peakBytes(last, 1000);
    expect(least).toBeGreaterThan(1000);
    expect(fresh.peakBytes(last, 500)).toBe(least);
    const roomy = unwrap(planStep(inference, last, { optimize: 'speed', budgetBytes: 100_000 })).plan
      .peakBytes;
    expect(new PlannedPeaks(inference).peakBytes(last, 100_000)).toBe(roomy);
  });
});
