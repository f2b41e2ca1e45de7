import { unwrap } from '#libs/base/result';
import { type DeltaLayout, decodeDelta } from '#libs/fleet/delta';
import { type GeneratedModel, packParameters, sessionLayout } from '#libs/firmware/codegen';
import { planStep, written } from '#libs/firmware/program';
import type { TrainJob } from '#libs/fleet/protocol';
import {
  type Dataset,
  FSDD_FILES,
  fsddDataset,
  type FsddSpeaker,
  readFsdd,
  toInput,
} from '#libs/model/dataset';
import { rateOf } from '#libs/model/quant';
import { goldenOf } from '#test/support/golden-sets';
import { KWS_SCHEMES, kwsDigitsGraph } from '#test/support/kws-digits';
import { Artifact } from '#test/support/scripted-server/index';
import { sharedBytes, sharedText } from '#test/support/shared-files';
import { orderFor } from './order';

const FSDD = 'data/fsdd';
/** As in the model's file: the input that the golden vectors were made for. */
const INPUT = { scale: 0.0157191, zeroPoint: -33 };

export const KWS_SLOT_BYTES = 65_536;
export const KWS_FILES = [`${FSDD}/${FSDD_FILES.features}`];

export interface KwsModel {
  readonly model: GeneratedModel;
  readonly artifact: Artifact;
  readonly decodeDelta: (encoded: Uint8Array) => Uint8Array | undefined;
}

/** Room for what the prefix of kws-digits makes of a recording. */
export const KWS_FEATURE_BYTES = 3120;

/**
 * The demonstration model with its sparse scheme.
 * @param featureBytes beside every recording: what stands before the first trained layer is computed once
 */
export function kwsModel(featureBytes = 0): KwsModel {
  const inference = kwsDigitsGraph();
  const step = unwrap(planStep(inference, KWS_SCHEMES.sparse, { cache: { featureBytes } }));
  const graph = step.training;
  const { model } = unwrap(written(inference, step));
  const parameters = packParameters(inference);
  const { scheme, variables } = sessionLayout(graph);
  const layout: DeltaLayout = {
    schemeId: scheme,
    variables: variables.map(({ name, kind, count }) => ({ tensorName: name, kind, count })),
  };
  const decode = (encoded: Uint8Array): Uint8Array | undefined => {
    const raw = decodeDelta(layout, encoded);
    return raw.ok ? raw.value : undefined;
  };
  return { model, artifact: new Artifact(1, parameters), decodeDelta: decode };
}

/** One speaker's recordings as the device has captured them. */
export function speakerItems(speaker: FsddSpeaker, split = 0): Dataset {
  const corpus = unwrap(
    readFsdd(sharedBytes(`${FSDD}/${FSDD_FILES.features}`), sharedBytes(`${FSDD}/${FSDD_FILES.labels}`)),
  );
  const text = (part: 'adapt' | 'test'): string =>
    sharedText(`${FSDD}/${FSDD_FILES.split(speaker, split, part)}`);
  return toInput(unwrap(fsddDataset(corpus, { speaker, adapt: text('adapt'), test: text('test') })), INPUT);
}

/** The session of golden set D: 10 passes over 100 recordings. */
export function goldenSession({ model, artifact }: KwsModel): TrainJob {
  const { seed, lr } = goldenOf('D');
  return {
    kind: 'train',
    ...orderFor(1, artifact, { layout: model.facts.layout, scheme: model.facts.training?.scheme ?? 0 }),
    seed,
    passes: 10,
    learningRates: [
      { firstStep: 0, weights: rateOf(lr.weights), bias: rateOf(lr.bias), head: rateOf(lr.head) },
    ],
  };
}
