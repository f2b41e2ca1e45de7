import { aggregateRound } from './aggregate-round';
import { evaluateModel, planEvaluation } from './evaluate-model';
import { planProgram } from './plan-program';

/** Slow pure work that runs in a worker thread, so that HTTP and MQTT go on. Arguments and results are plain data. */
export const TASKS = { planProgram, planEvaluation, evaluateModel, aggregateRound };

export type Tasks = typeof TASKS;
export type TaskName = keyof Tasks;
export type TaskInput<N extends TaskName> = Parameters<Tasks[N]>[0];
export type TaskOutput<N extends TaskName> = Awaited<ReturnType<Tasks[N]>>;
