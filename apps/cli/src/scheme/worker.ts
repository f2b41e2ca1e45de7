/** A thread of the contribution analysis: trains a compiled model on the rows, and tells how right it then is. */
import { parentPort, workerData } from 'node:worker_threads';
import { at } from '#libs/base/result';
import { shufflePass } from '#libs/base/rng';
import { compileWasm, WasmModel } from '#libs/firmware/toolchain';
import {
  type LearningRates,
  ratesAt,
  type SessionRow,
  type SessionRows,
  sessionSchedule,
} from '#libs/model/session';

/** What every run of a thread needs. */
export interface ScoreModel {
  readonly rows: SessionRows;
  readonly parameters: Uint8Array;
  readonly passes: number;
}

export interface ScoreTask {
  /** WebAssembly of the step. */
  readonly program: Uint8Array;
  readonly rates: LearningRates;
  readonly seed: number;
}

/** The probability that the trained model gives the right class, of every row to test on, to six digits. */
export type Score = readonly number[];

const { rows, parameters, passes } = workerData as ScoreModel;

function trained({ program, rates, seed }: ScoreTask): WasmModel {
  const model = new WasmModel(compileWasm(program), parameters);
  const schedule = sessionSchedule(rates, passes * rows.adapt.length);
  const order = rows.adapt.map((_, index) => index);
  let index = 0;
  for (let pass = 0; pass < passes; pass++) {
    shufflePass(order, seed, pass);
    for (const row of order) {
      const { features, label } = at(rows.adapt, row);
      model.forward(features);
      model.loss(label);
      model.backward({ seed, index, rates: ratesAt(schedule, index, 0) });
      index += 1;
    }
  }
  return model;
}

const LOGIT_UNITS = 65536;

/** Softmax of logits in log2 units with 16 fractional bits. */
function probabilityOf(model: WasmModel, { features, label }: SessionRow): number {
  const logits = model.logits(features);
  const largest = Math.max(...logits);
  const powers = Array.from(logits, (logit) => 2 ** ((logit - largest) / LOGIT_UNITS));
  return (powers[label] ?? 0) / powers.reduce((sum, power) => sum + power, 0);
}

const rounded = (probability: number): number => Math.round(probability * 1e6) / 1e6;

parentPort?.on('message', (task: ScoreTask) => {
  const model = trained(task);
  const score: Score = rows.test.map((row) => rounded(probabilityOf(model, row)));
  parentPort?.postMessage(score);
});
