import { err, fault, ok, type Result } from '#libs/base/result';
import type { Graph } from '#libs/model/ir';
import { type Contributions, structuralContributions } from '#libs/model/scheme';
import type { Workshop } from '#libs/firmware/toolchain';
import type { Terminal } from '../command';
import { readBoard } from '../model/read-board';
import { keepScores, knownScores, scoreDigest } from './cache';
import { contributionsByGradients, noiseRows } from './gradients';
import { measuredScores } from './measure';
import type { Evidence } from './rows';
import { contributionRuns, measuredContributions } from './runs';

/** How gains are known. */
export const METHODS = ['measured', 'gradients', 'structure'] as const;
export type Method = (typeof METHODS)[number];

export interface ContributionRequest {
  readonly shop: Workshop;
  readonly inference: Graph;
  /** The .tflite file. */
  readonly file: Uint8Array;
  readonly evidence: Evidence;
  /** Default: the best that the evidence allows. */
  readonly method: Method | undefined;
  readonly passes: number;
  readonly seed: number;
}

/** Whose compiler flags stand for a program that runs on no board. */
const HOST_BOARD = 'virtual-m4';
const UNIT = 'mean probability of the right class, rows to test on';

/** Refused: `scheme.no-labels` (measuring without), and as the runs are. */
export async function contributionsOf(
  request: ContributionRequest,
  terminal: Terminal,
): Promise<Result<Contributions>> {
  const { inference, evidence } = request;
  const method = request.method ?? (evidence.kind === 'labelled' ? 'measured' : 'gradients');
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
  { shop, inference, file, evidence, passes, seed }: ContributionRequest,
  terminal: Terminal,
): Promise<Result<Contributions>> {
  if (evidence.kind !== 'labelled')
    return err(
      fault(
        'scheme.no-labels',
        'contributions are measured on labelled rows: --data, --labels, --adapt, --test',
      ),
    );
  const { rows } = evidence;
  const runs = contributionRuns(inference);
  const digest = scoreDigest({ model: file, rows, passes, seed, runs });
  const known = knownScores(digest, runs.length);
  if (known) {
    terminal.note(`${runs.length} runs of an earlier call with the same model, rows and settings`);
    return ok(measuredContributions(inference, runs, known, UNIT));
  }
  const board = await readBoard(shop, HOST_BOARD, { sram: undefined });
  if (!board.ok) return board;
  const request = { shop, board: board.value, inference, rows, passes, seed };
  const scores = await measuredScores(request, runs, ({ scheme }, score, done) =>
    terminal.note(`run ${done}/${runs.length}: ${scheme.name} ${score.toFixed(4)}`),
  );
  if (!scores.ok) return scores;
  const kept = await keepScores(digest, scores.value);
  return kept.ok ? ok(measuredContributions(inference, runs, scores.value, UNIT)) : kept;
}
