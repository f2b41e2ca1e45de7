import { type Graph, isLayer, layersOf, type Op } from '#libs/model/ir';
import type { TrainedLayers } from './trained-layers';

/** The number of a layer in N8, -1 for other operators. */
export const layerNumber = (graph: Graph, op: Op): number => (isLayer(op) ? layersOf(graph).indexOf(op) : -1);

/** Is anything of this operator trained (its bias at least)? */
export const isTrainedLayer = (graph: Graph, op: Op, trained: TrainedLayers): boolean =>
  layerNumber(graph, op) >= trained.first;
