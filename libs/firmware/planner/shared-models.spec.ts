import { unwrap } from '#libs/base/result';
import { INFERENCE_PASSES, runPasses } from '#libs/model/passes';
import { importTflite } from '#libs/model/tflite';
import { describeWithShared, sharedBytes } from '#test/support/shared-files';
import { isRead, placeAll, planMemory, renderPlan } from '.';

/** Bytes of the arena, inputs included, when they were measured. */
const PEAKS = { mlperf_kws: 8_256, person_detect: 37_160, mcunet_vww: 77_048, mcunet_vww_int8io: 77_048 };

const LEAST = { optimize: 'ram', reduceByRows: true } as const;

const STREAMED = {
  'input resident': {
    request: LEAST,
    peaks: { mlperf_kws: 5_104, person_detect: 13_256, mcunet_vww: 21_228, mcunet_vww_int8io: 21_228 },
  },
  'sensor rows': {
    request: { ...LEAST, inputRows: true },
    peaks: { mlperf_kws: 4_772, person_detect: 12_776, mcunet_vww: 15_052, mcunet_vww_int8io: 15_052 },
  },
};

/** Kernel calls within a budget for the arena. */
const QUICK = {
  mlperf_kws: { budgetBytes: 11_000, calls: 13 },
  person_detect: { budgetBytes: 23_000, calls: 195 },
  mcunet_vww: { budgetBytes: 35_000, calls: 115 },
  mcunet_vww_int8io: { budgetBytes: 35_000, calls: 115 },
};

for (const [name, peakBytes] of Object.entries(PEAKS)) {
  const path = `models/${name}/model.tflite`;
  describeWithShared([path], `the plan of ${name}`, () => {
    const graph = runPasses(unwrap(importTflite(sharedBytes(path), { name })), INFERENCE_PASSES);

    it('is proved to be the least possible, and stays within what it took', () => {
      const plan = placeAll(graph, { inputsInArena: true });
      expect(plan.proof).not.toBe('none');
      expect(plan.peakBytes).toBeLessThanOrEqual(peakBytes);
      expect(renderPlan(graph, plan)).toContain('least possible');
    });

    it.each(Object.entries(STREAMED))(
      'stays within what it took row by row: %s',
      (mode, { request, peaks }) => {
        const plan = placeAll(graph, { inputsInArena: true, ...request });
        expect(plan.peakBytes).toBeLessThanOrEqual(peaks[name as keyof typeof PEAKS]);
        expect(renderPlan(graph, plan)).toContain('ring of');
        expect(plan.schedule.calls.some(isRead)).toBe(mode === 'sensor rows');
      },
    );

    it('takes few calls where the budget is what bars allow', () => {
      const { budgetBytes, calls } = QUICK[name as keyof typeof PEAKS];
      const plan = unwrap(planMemory(graph, { inputsInArena: true, optimize: 'speed', budgetBytes }));
      expect(plan.schedule.calls.length).toBeLessThanOrEqual(calls);
    });
  });
}
