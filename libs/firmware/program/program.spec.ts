import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { graphMacs } from '#libs/model/ir';
import { withDeadChannels } from '#test/support/dead-channels';
import { unwrap } from '#libs/base/result';
import { arenaBudget, boardWith, parseBoard } from '#libs/firmware/boards';
import { structuralContributions } from '#libs/model/scheme';
import { kwsDigitsGraph } from '#test/support/kws-digits';
import {
  evaluationProgram,
  inferenceGraph,
  type InferenceOptions,
  inferenceProgram,
  inputQuantisation,
  planLadder,
  trainingProgram,
  useOf,
} from '.';

const REPOSITORY = resolve(__dirname, '../../..');
const BOARD = join(REPOSITORY, 'firmware-templates', 'boards', 'virtual-m4', 'board.json');
const board = unwrap(parseBoard(JSON.parse(readFileSync(BOARD, 'utf8'))));
const boardOf = (kilobytes: number) => unwrap(boardWith(board, { sramBytes: kilobytes * 1024 }));

describe('a training program', () => {
  const inference = kwsDigitsGraph();
  const searched = unwrap(trainingProgram(inference, boardOf(48)));

  it('fits the arena', () => {
    const { plan, model } = searched;
    expect(plan.peakBytes).toBeLessThanOrEqual(arenaBudget(boardOf(48)));
    expect(model.files.map(({ path }) => path)).toEqual(
      expect.arrayContaining(['model.c', 'model_config.h']),
    );
  });

  it('trains what is searched: more is expected of it than of the largest rung of the ladder that fits', () => {
    const { scheme } = searched;
    const { bias, weights } = structuralContributions(inference);
    const gainOf = ({ biasLayers, weightLayers }: typeof scheme): number =>
      weightLayers.reduce(
        (sum, { layer, ratio }) => sum + (weights[layer]?.find((each) => each.ratio === ratio)?.gain ?? 0),
        bias[biasLayers] ?? 0,
      );
    const budget = arenaBudget(boardOf(48));
    const fitting = planLadder(inference, boardOf(48)).filter(({ plan }) => plan.peakBytes <= budget);
    expect(gainOf(scheme)).toBeGreaterThan(Math.max(...fitting.map((rung) => gainOf(rung.scheme))));
  });

  it('is refused where nothing fits, with the least budget that would do', () => {
    const refusal = trainingProgram(inference, boardOf(8));
    expect(refusal).toMatchObject({ ok: false, error: { code: 'program.does-not-fit' } });
    const [, needed, missing, least] =
      /needs (\d+) .*, (\d+) more; .* is (\d+) bytes/.exec(refusal.ok ? '' : refusal.error.message) ?? [];
    expect(Number(needed) - Number(missing)).toBe(8 * 1024);
    expect(trainingProgram(inference, boardOf(Number(least) / 1024)).ok).toBe(true);
  });
});

describe('an inference program', () => {
  const inference = kwsDigitsGraph();

  it('has its input in the arena, and everything else in the image', () => {
    const { plan, model, parameters } = unwrap(inferenceProgram(inference));
    expect(model.facts).toMatchObject({ inputsInArena: true, arenaBytes: plan.peakBytes });
    expect(parameters.length).toBe(model.facts.parameterBytes);
    expect(plan.peakBytes).toBeGreaterThanOrEqual(plan.lowerBoundBytes);
  });

  it('is refused where it takes more than it may', () => {
    const { plan } = unwrap(inferenceProgram(inference, { optimize: 'ram' }));
    expect(inferenceProgram(inference, { budgetBytes: plan.peakBytes }).ok).toBe(true);
    expect(inferenceProgram(inference, { budgetBytes: plan.peakBytes - 1 })).toMatchObject({
      ok: false,
      error: { code: 'plan.does-not-fit' },
    });
  });

  it('computes constant channels unless told to drop them', () => {
    const dead = withDeadChannels(inference, 1);
    const [all, live] = [false, true].map((dropConstant) => unwrap(inferenceProgram(dead, { dropConstant })));
    expect(all?.inference).toBe(dead);
    expect(graphMacs(live!.inference)).toBeLessThan(graphMacs(dead));
    expect(live!.parameters.length).toBeLessThan(all!.parameters.length);
  });
});

describe('an inference program row by row', () => {
  const inference = kwsDigitsGraph();
  const planOf = (options: InferenceOptions) => unwrap(inferenceProgram(inference, options)).plan;

  it('takes less memory than whole maps, and no more where rows come from a sensor', () => {
    const [whole, least] = [planOf({}), planOf({ optimize: 'ram' })];
    expect(least.peakBytes).toBeLessThan(whole.peakBytes);
    expect(planOf({ optimize: 'ram', inputRows: true }).peakBytes).toBeLessThanOrEqual(least.peakBytes);
  });

  it('is what a budget asks for that whole maps exceed, with few calls', () => {
    const whole = planOf({});
    const tight = planOf({ budgetBytes: whole.peakBytes - 1 });
    expect(tight.peakBytes).toBeLessThan(whole.peakBytes);
    expect(tight.schedule.calls.length).toBeGreaterThan(whole.schedule.calls.length);
    expect(tight.schedule.calls.length).toBeLessThan(planOf({ optimize: 'ram' }).schedule.calls.length);
    expect(planOf({ budgetBytes: whole.peakBytes })).toEqual(whole);
  });

  it('says which inputs it asks for by rows', () => {
    const { facts } = unwrap(inferenceProgram(inference, { inputRows: true })).model;
    expect(facts.inputs.map(({ offset, bytes, rowBytes }) => [offset, bytes, rowBytes])).toEqual([
      [undefined, 1960, 40],
    ]);
    expect(facts.inputsInArena).toBe(false);
  });
});

describe('the normal form of a file', () => {
  it('knows how its input is quantised and what it is good for', () => {
    const inference = kwsDigitsGraph();
    expect(inputQuantisation(inference)).toEqual({
      scale: Math.fround(0.015719066881665997),
      zeroPoint: -33,
    });
    expect(useOf(inference)).toBe('training');
    expect(unwrap(evaluationProgram(inference)).files.length).toBeGreaterThan(0);
  });

  it('is refused as the import refuses it', () => {
    expect(inferenceGraph(new Uint8Array(3), 'short')).toMatchObject({ ok: false });
  });
});
