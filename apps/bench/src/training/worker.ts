/** A thread of the training bench: runs sessions and evaluations on the compiled model until told to stop. */
import { parentPort, workerData } from 'node:worker_threads';
import { compileWasm, WasmModel } from '#libs/firmware/toolchain';
import {
  type Learner,
  NO_ITEMS,
  runSession,
  type SessionPlan,
  type SessionRecord,
  type SessionRow,
  type SessionRows,
} from '#libs/model/session';

/** A session on a parameter image, or an evaluation of one. */
export type SpeechTask =
  | {
      readonly kind: 'session';
      readonly parameters: Uint8Array;
      readonly rows: SessionRows;
      readonly plan: SessionPlan;
    }
  | { readonly kind: 'evaluation'; readonly parameters: Uint8Array; readonly rows: readonly SessionRow[] };

/** How many of the rows were right. */
export interface Evaluation {
  readonly items: number;
  readonly right: number;
}

export type SpeechAnswer =
  | { readonly kind: 'session'; readonly record: SessionRecord }
  | { readonly kind: 'evaluation'; readonly evaluation: Evaluation };

const compiled = compileWasm(workerData as Uint8Array);

const learnerOver = (model: WasmModel): Learner => ({
  forward: (features) => void model.forward(features),
  predict: () => model.predict(),
  loss: (label) => model.loss(label),
  backward: (step) => model.backward(step),
  restart: () => model.load(),
  delta: () => model.delta(),
  saturated: () => model.saturated(),
});

function evaluated(model: WasmModel, rows: readonly SessionRow[]): Evaluation {
  return rows.reduce<Evaluation>(({ items, right }, { features, label }) => {
    model.forward(features);
    return { items: items + 1, right: right + (model.predict() === label ? 1 : 0) };
  }, NO_ITEMS);
}

function answerTo(task: SpeechTask): SpeechAnswer {
  const model = new WasmModel(compiled, task.parameters);
  if (task.kind === 'evaluation') return { kind: task.kind, evaluation: evaluated(model, task.rows) };
  const { rows, plan } = task;
  const { classes } = model.facts;
  return { kind: task.kind, record: runSession(learnerOver(model), { classes, rows, plan }) };
}

parentPort?.on('message', (task: SpeechTask) => parentPort?.postMessage(answerTo(task)));
