import { planStep } from '#libs/firmware/program';
import { kwsDigitsGraph, KWS_SCHEMES } from '#test/support/kws-digits';
import { orThrow } from '../../compile-model';
import { armStep } from '../arm-step';
import { atMost, bytes } from '../bar';
import { type Figure, held, noted } from '../figure';
import type { TrainingRow } from '../row';

const ANCHOR = 'copies and saved tensors alone: 24.6 KB';

export const sram: TrainingRow = {
  name: 'sram',
  summary:
    'training SRAM of kws-digits, sparse: arena, trained copies, masks, scratch; all but the sample store',
  async measure({ note }) {
    const inference = kwsDigitsGraph();
    const figures: Figure[] = [];
    for (const { name, bar, request } of [
      { name: 'layer by layer', bar: 40_000, request: {} },
      { name: 'by channels and rows', bar: 32_000, request: { optimize: 'ram' as const } },
    ]) {
      const step = orThrow(planStep(inference, KWS_SCHEMES.sparse, request));
      note(`sram: ${name}: planned ${bytes(step.plan.peakBytes)}`);
      const arm = await armStep(inference, step);
      const question = { anchor: ANCHOR, bar: atMost(bar), format: bytes };
      const beside = arm.staticRamBytes - arm.plannedBytes;
      figures.push(
        held({ ...question, what: `${name}, planned` }, arm.plannedBytes),
        held({ ...question, what: `${name}, measured on Cortex-M4 (painted)` }, arm.measuredBytes),
        noted(`${name}: session around it`, `${bytes(beside)} static, ${bytes(arm.stackBytes)} stack`),
      );
    }
    return figures;
  },
};
