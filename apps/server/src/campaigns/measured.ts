import type { Objective } from '#libs/model/ir';
import type { Measure } from '#libs/model/session';

import { measureOfModel } from '../models/model-facts';

/** What a query for campaigns must include, so that they know their model's measure. */
export const MEASURED = {
  baseVersion: { select: { model: { select: { objective: true, outputScale: true } } } },
} as const;

interface MeasuredRow {
  readonly baseVersion: { readonly model: { readonly objective: string; readonly outputScale: number } };
}

export const measureFromRow = ({ baseVersion: { model } }: MeasuredRow): Measure =>
  measureOfModel({ objective: model.objective as Objective, outputScale: model.outputScale }); // held by a CHECK
