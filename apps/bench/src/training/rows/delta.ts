import { equalBytes } from '#libs/base/bytes';
import { decodeDelta, type DeltaLayout, encodeDelta } from '#libs/fleet/delta';
import { kwsDigitsGraph, KWS_SCHEMES } from '#test/support/kws-digits';
import { orThrow } from '../../compile-model';
import { atMost, bytes, count, ratio } from '../bar';
import { withCrew } from '../crew';
import { digitsProgram, PASSES, planOf } from '../digits';
import { encoderMemory } from '../encoder-memory';
import { held } from '../figure';
import type { TrainingRow } from '../row';
import { seedOf } from '../settings';
import { mean, recordingsFor, sessionRows } from '../speakers';

const RATE = 0.02;
const WEIGHT_BYTES = 1;
const BIAS_BYTES = 4;
const ENCODER_BYTES = 1023;

/** Weights as int8, biases as int32: what a plain upload of the trained numbers takes. */
const plainBytes = ({ variables }: DeltaLayout): number =>
  variables.reduce((sum, { kind, count: n }) => sum + n * (kind === 'bias' ? BIAS_BYTES : WEIGHT_BYTES), 0);

/** A delta as it travels, and whether it comes back bit for bit. */
interface Upload {
  readonly bytes: number;
  readonly isLossless: boolean;
}

function uploadOf(layout: DeltaLayout, raw: Uint8Array): Upload {
  const encoded = orThrow(encodeDelta(layout, raw));
  return {
    bytes: encoded.length,
    isLossless: equalBytes(orThrow(decodeDelta(layout, encoded)), raw),
  };
}

export const delta: TrainingRow = {
  name: 'delta',
  summary: "upload of a session's delta: kws-digits, sparse, 10 epochs at .02",
  async measure({ settings, note }) {
    const inference = kwsDigitsGraph();
    const recordings = recordingsFor(inference, settings.data);
    const { binary, parameters, layout } = await digitsProgram(inference, KWS_SCHEMES.sparse);
    const [split = 0] = settings.splits;
    const uploads = await withCrew(binary, (crew) =>
      Promise.all(
        settings.speakers.map(async (speaker) => {
          const { adapt, test } = sessionRows(recordings(speaker, split));
          // The rows to test on decide nothing: one will do.
          const rows = { adapt, test: test.slice(0, 1) };
          const plan = planOf(seedOf(split), PASSES, RATE);
          const upload = uploadOf(layout, (await crew.session({ parameters, rows, plan })).delta);
          note(`delta: ${speaker}, split ${split}: ${bytes(upload.bytes)} bytes`);
          return upload;
        }),
      ),
    );
    const plain = plainBytes(layout);
    const sizes = uploads.map((upload) => upload.bytes);
    const largest = Math.max(...sizes);
    const lossy = uploads.filter(({ isLossless }) => !isLossless).length;
    const { stateBytes, stackBytes } = await encoderMemory();
    const question = { bar: atMost(0.65), format: ratio };
    return [
      held(
        {
          ...question,
          what: `mean of ${uploads.length} sessions over raw (${bytes(mean(sizes))} of ${bytes(plain)} B)`,
          anchor: 'per-layer Rice 9,530 of 15,080 B (.632)',
        },
        mean(sizes) / plain,
      ),
      held({ ...question, what: `the largest of them (${bytes(largest)} B)` }, largest / plain),
      held({ what: 'sessions whose delta does not come back', bar: atMost(0), format: count }, lossy),
      held(
        {
          what: `SRAM of the encoder (state ${stateBytes}, stack ${stackBytes})`,
          bar: atMost(ENCODER_BYTES),
          format: bytes,
        },
        stateBytes + stackBytes,
      ),
    ];
  },
};
