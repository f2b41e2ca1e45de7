/**
 * What the server's REST API answers, as apps/server/src/<feature>/<feature>.dto.ts says. Dates are ISO 8601 text.
 * `null`: there is none (yet); an optional field: the device has not told it.
 */
export interface Page<T> {
  readonly items: readonly T[];
  /** Length of the whole list. */
  readonly total: number;
}

export interface PageRequest {
  readonly skip: number;
  readonly take: number;
}

export interface Fleet {
  readonly id: string;
  readonly name: string;
  readonly modelId: string | null;
  /** Enrolled devices. */
  readonly devices: number;
  readonly createdAt: string;
}

export type DeviceState = 'enrolled' | 'ready' | 'refused' | 'failed';

export interface Build {
  readonly id: string;
  /** Layout of the parameter image. */
  readonly layout: number;
  /** What is trained, as on the wire. */
  readonly scheme: number;
  readonly schemeName: string;
  /** The plan: arena, static data and stack. */
  readonly plannedPeakBytes: number;
  /** The linked program: .data + .bss + stack. */
  readonly elfPeakBytes: number;
  readonly elfFlashBytes: number;
  readonly createdAt: string;
}

export interface Device {
  readonly id: string;
  readonly fleetId: string;
  readonly uid: string;
  readonly label: string | null;
  readonly board: string;
  readonly core: string;
  readonly sramBytes: number;
  readonly flashBytes: number;
  readonly state: DeviceState;
  /** Why it is refused or failed. */
  readonly reason: string | null;
  /** Has a connection now. */
  readonly isOnline: boolean;
  /** Runs the program that was built for it. */
  readonly isProgrammed: boolean;
  readonly lastSeenAt: string | null;
  /** Starts that it counted. */
  readonly boots: number | null;
  readonly enrolledAt: string;
  readonly build: Build | null;
}

/** What a model learns from. */
export interface LossMeasure {
  readonly name: 'crossEntropy' | 'meanSquaredError';
  readonly unit: 'bit' | 'squaredOutput';
  /** Losses of devices are integers: so much of the unit is 1. */
  readonly perUnit: number;
}

/** What tells how good a model is. */
export interface Measure {
  readonly name: 'accuracy' | 'meanSquaredError';
  /** A fraction is 0..1. */
  readonly unit: 'fraction' | 'squaredOutput';
  readonly better: 'higher' | 'lower';
  readonly loss: LossMeasure;
}

/** Values of the measure, of the version that was there before and of this one. */
export interface Judgement {
  readonly on: 'evaluationSet' | 'devices';
  readonly before: number;
  readonly after: number;
}

export interface ModelVersion {
  readonly id: string;
  readonly modelId: string;
  readonly number: number;
  readonly parentId: string | null;
  /** SHA-256 of the .tflite file. */
  readonly fileDigest: string;
  readonly createdAt: string;
  readonly evaluatedItems: number | null;
  readonly evaluatedRight: number | null;
  /** Value of the model's measure on the server's evaluation set. */
  readonly score: number | null;
  /** null: a candidate, which nothing starts from but the campaign that made it. */
  readonly publishedAt: string | null;
  /** How it was compared with the version before; null: it was not. */
  readonly judgement: Judgement | null;
}

export interface Model {
  readonly id: string;
  readonly name: string;
  readonly inputBytes: number;
  readonly classes: number | null;
  /** The name of each class; null: they have only numbers. */
  readonly labels: readonly string[] | null;
  readonly parameters: number;
  /** Multiply-accumulates of one inference. */
  readonly macs: number;
  readonly objective: 'classify' | 'reconstruct' | 'regress';
  readonly measure: Measure;
  /** Why it cannot be trained; null: it can. */
  readonly notTrainable: string | null;
  readonly createdAt: string;
  /** The newest published version. */
  readonly versionId: string;
}

export interface EvaluationSet {
  readonly modelId: string;
  readonly digest: string;
  readonly items: number;
  readonly createdAt: string;
}

export interface ModelDetails extends Model {
  readonly versions: readonly ModelVersion[];
  readonly evaluationSet: EvaluationSet | null;
}

export type CampaignState =
  'draft' | 'running' | 'evaluating' | 'completed' | 'completedWithFailures' | 'failed' | 'aborted';
export type RoundKind = 'train' | 'evaluate';
export type RoundState = 'open' | 'aggregating' | 'committed' | 'abandoned';
export type ExecutionState = 'open' | 'uploading' | 'stored' | 'evaluated' | 'failed' | 'refused' | 'closed';
export type Phase = 'fetching' | 'evaluatingBefore' | 'training' | 'evaluatingAfter' | 'uploading';

export interface Execution {
  readonly id: number;
  readonly deviceId: string;
  readonly attempt: number;
  readonly state: ExecutionState;
  /** Status code of a failure or refusal. */
  readonly status: number | null;
  readonly reason: string | null;
  /** What the device last said it was doing. */
  readonly phase: Phase | null;
  readonly testItems?: number;
  /** Values of the campaign's measure on the device's own test items: of the version that it fetched, of its own trained copy. */
  readonly scoreBefore: number | null;
  readonly scoreAfter: number | null;
  /** Mean on the test set, as devices count losses (`LossMeasure`). */
  readonly lossBefore?: number;
  readonly lossAfter?: number;
  readonly learnedItems?: number;
  readonly steps?: number;
  /** Mean of each pass, as devices count losses. */
  readonly passLosses?: readonly number[];
  readonly guardRestarts?: number;
  /** Why no further pass was made; programs of before do not tell. */
  readonly sessionEnd?: 'passes' | 'lowLoss' | 'noProgress' | 'guard';
  /** Values that came to the end of their range. */
  readonly saturatedWeights?: number;
  readonly saturatedHeadWeights?: number;
  readonly saturatedBiases?: number;
  readonly peakSramBytes?: number;
  readonly peakStackBytes?: number;
  readonly receivedBytes?: number;
  readonly sentBytes?: number;
  readonly createdAt: string;
  readonly endedAt: string | null;
}

export interface Round {
  readonly id: string;
  /** From 1; the final evaluation follows the last training round. */
  readonly number: number;
  readonly kind: RoundKind;
  readonly state: RoundState;
  readonly reason: string | null;
  readonly baseVersionId: string;
  readonly openedAt: string;
  readonly deadlineAt: string;
  readonly closedAt: string | null;
  /** The version that the round made. */
  readonly result: ModelVersion | null;
  readonly executions: readonly Execution[];
}

export interface Campaign {
  readonly id: string;
  readonly fleetId: string;
  readonly name: string;
  readonly baseVersionId: string;
  readonly rounds: number;
  /** Passes of a device over its items, each round. */
  readonly passes: number;
  readonly learningRate: number;
  readonly schedule: 'constant' | 'cosine';
  readonly itemOrder: 'shuffled' | 'balanced';
  /** Early end: losses as devices count them; 0: never. */
  readonly stopBelowLoss: number;
  readonly stopPatience: number;
  readonly stopLeastFall: number;
  /** Which versions other campaigns start from. */
  readonly publishing: 'every' | 'better';
  readonly measure: Measure;
  readonly seed: number;
  /** Deltas that a round needs to make a version. */
  readonly quorum: number;
  readonly roundDeadlineSeconds: number;
  readonly state: CampaignState;
  readonly reason: string | null;
  /** Devices that take part; fixed at the start. */
  readonly participants: readonly string[];
  readonly committedRounds: number;
  readonly createdAt: string;
  readonly startedAt: string | null;
  readonly endedAt: string | null;
}

export interface CampaignDetails extends Campaign {
  readonly roundDetails: readonly Round[];
}

export interface RoundScore {
  readonly round: number;
  readonly before: number | null;
  readonly after: number | null;
}

/** A campaign as one device of the fleet saw it; scores are values of its measure, on the device's own test items. */
export interface ReportRow {
  readonly deviceId: string;
  readonly label: string | null;
  readonly board: string;
  readonly sramBytes: number;
  readonly plannedPeakBytes: number | null;
  readonly elfPeakBytes: number | null;
  readonly measuredPeakBytes: number | null;
  readonly scheme: string | null;
  readonly scoreBefore: number | null;
  readonly rounds: readonly RoundScore[];
  readonly scorePersonalised: number | null;
  readonly scoreFinalGlobal: number | null;
  readonly bytesDown: number;
  readonly bytesUp: number;
  /** Of its last execution; of the device where it had none. */
  readonly state: ExecutionState | DeviceState;
  readonly reason: string | null;
}

export interface Telemetry {
  readonly deviceId: string;
  readonly executionId: number;
  readonly attempt: number;
  readonly phase: Phase;
  /** Training: from 0. */
  readonly pass: number;
  readonly done: number;
  readonly total: number;
  /** Mean so far, as devices count losses. */
  readonly loss: number;
  /** 0 where the model tells no classes apart. */
  readonly right: number;
  readonly peakSramBytes: number;
  readonly peakStackBytes: number;
  readonly at: string;
}

export interface AuditEvent {
  readonly id: number;
  /** Stable: `device.enrolled`, `mqtt.publish-refused`, … */
  readonly code: string;
  /** Whom it is about: a device, a fleet, a campaign, or a stranger. */
  readonly subject: string;
  readonly message: string;
  /** Times within the minute. */
  readonly count: number;
  readonly firstAt: string;
  readonly lastAt: string;
}

export interface Health {
  readonly status: string;
}
