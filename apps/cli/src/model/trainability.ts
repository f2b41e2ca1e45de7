import { type Graph, layersOf } from '#libs/model/ir';
import { trainingGraph } from '#libs/model/passes';

/** How far back from its end a model can be trained on a device. */
export interface Trainability {
  readonly head: boolean;
  /** Layers before the head, the last ones, that can be trained too. */
  readonly layersBeforeHead: number;
  /** What stands in the way of more; absent where every layer can be trained. */
  readonly obstacle?: string;
}

/** Tries to train everything, then ever fewer layers before the head. */
export function trainabilityOf(inference: Graph): Trainability {
  let obstacle: string | undefined;
  for (let biasLayers = Math.max(0, layersOf(inference).length - 1); biasLayers >= 0; biasLayers--) {
    const scheme = { name: `last ${biasLayers}`, biasLayers, weightLayers: [] };
    const training = trainingGraph(inference, scheme);
    if (training.ok) return { head: true, layersBeforeHead: biasLayers, ...(obstacle && { obstacle }) };
    obstacle = training.error.message;
  }
  return { head: false, layersBeforeHead: 0, ...(obstacle && { obstacle }) };
}
