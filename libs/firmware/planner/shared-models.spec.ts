import { unwrap } from '#libs/base/result';
import { INFERENCE_PASSES, runPasses } from '#libs/model/passes';
import { importTflite } from '#libs/model/tflite';
import { describeWithShared, sharedBytes } from '#test/support/shared-files';
import { placeAll, renderPlan } from '.';

/** Bytes of the arena, inputs included, when they were measured. */
const PEAKS = { mlperf_kws: 8_256, person_detect: 37_160, mcunet_vww: 77_048, mcunet_vww_int8io: 77_048 };

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
  });
}
