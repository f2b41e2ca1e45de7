import { err, fault, ok, type Result } from '#libs/base/result';
import { type Graph, objectiveOf } from '#libs/model/ir';
import { trainingGraph } from '#libs/model/passes';
import { type Contributions, namedScheme, structuralContributions } from '#libs/model/scheme';
import type { Workshop } from '#libs/firmware/toolchain';
import type { Terminal } from '../command';
import { contributionsByGradients, noiseRows } from './gradients';
import { meanOf, scoresOf } from './measure';
import type { Evidence } from './rows';
import { contributionRuns, measuredContributions, ratesOfRun } from './runs';

/** How gains are known. */
export const METHODS = ['measured', 'gradients', 'structure'] as const;
export type Method = (typeof METHODS)[number];

/** The best that the evidence allows. */
export const bestMethod = ({ kind }: Evidence): Method => (kind === 'labelled' ? 'measured' : 'gradients');

export interface ContributionRequest {
  readonly shop: Workshop;
  readonly inference: Graph;
  /** The .tflite file. */
  readonly file: Uint8Array;
  readonly evidence: Evidence;
  readonly method: Method;
  readonly passes: number;
  readonly seed: number;
}

const UNIT = 'mean probability of the right class, rows to test on';

/** Refused: `scheme.no-labels` (measuring without), `scheme.no-classes`, and as the runs are. */
export async function contributionsOf(
  request: ContributionRequest,
  terminal: Terminal,
): Promise<Result<Contributions>> {
  const { inference, evidence } = request;
  const { method } = request;
  if (method === 'structure') return ok(structuralContributions(inference));
  if (method === 'measured') return measured(request, terminal);
  switch (evidence.kind) {
    case 'labelled':
      return contributionsByGradients(inference, evidence.rows.adapt);
    case 'rows':
      return contributionsByGradients(
        inference,
        evidence.rows.map((features) => ({ features })),
      );
    case 'none':
      return contributionsByGradients(inference, noiseRows(inference));
  }
}

async function measured(
  { evidence, seed, ...request }: ContributionRequest,
  terminal: Terminal,
): Promise<Result<Contributions>> {
  if (evidence.kind !== 'labelled')
    return err(
      fault(
        'scheme.no-labels',
        'contributions are measured on labelled rows: --data, --labels, --adapt, --test',
      ),
    );
  const { inference } = request;
  if (!tellsClassesApart(inference))
    return err(
      fault(
        'scheme.no-classes',
        `${inference.name} tells no classes apart, so nothing is right: --by structure`,
      ),
    );
  const runs = contributionRuns(inference);
  const sessions = runs.map((run) => ({ scheme: run.scheme, rates: ratesOfRun(run), seed }));
  const scores = await scoresOf({ ...request, rows: evidence.rows }, sessions, terminal);
  if (!scores.ok) return scores;
  return ok(measuredContributions(inference, runs, scores.value.map(meanOf), UNIT));
}

/** Probabilities of right classes are what is measured. */
function tellsClassesApart(inference: Graph): boolean {
  const training = trainingGraph(inference, namedScheme(inference, 'last'));
  return training.ok && objectiveOf(training.value) === 'classify';
}
