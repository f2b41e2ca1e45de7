import {
  type Conv2d,
  type DepthwiseConv2d,
  type FullyConnected,
  type Graph,
  isLayer,
  layersOf,
  type Op,
  perTensor,
  producerOf,
  tensorOf,
} from '#libs/model/ir';

type Convolution = Conv2d | DepthwiseConv2d | FullyConnected;

const isConvolution = (op: Op): op is Convolution =>
  op.kind === 'conv2d' || op.kind === 'depthwiseConv2d' || op.kind === 'fullyConnected';

/** A 1x1 convolution over channels, or a fully connected layer. */
export function isPointwise(graph: Graph, op: Op): boolean {
  if (op.kind === 'fullyConnected') return true;
  const [, height, width] = op.kind === 'conv2d' ? tensorOf(graph, op.weights).shape : [];
  return height === 1 && width === 1;
}

/** Zero point of an int8 tensor whose lower clamp is real zero: files may fold a ReLU into the range and name none. */
const RELU_ZERO_POINT = -128;

/** Keeps the output of `op` negative values? The input of the graph counts as such. */
function isLinear(graph: Graph, op: Op | undefined): boolean {
  if (op === undefined || !isConvolution(op)) return true;
  return op.activation === 'none' && perTensor(tensorOf(graph, op.output)).zeroPoint !== RELU_ZERO_POINT;
}

/**
 * A block begins at a convolution that reads a linear tensor (the end of a bottleneck, an ADD, a pool, the input), and
 * at a spatial convolution that does not follow the pointwise convolution which begins its block: so MobileNetV2's
 * blocks are expand-depthwise-project, MobileNetV1's depthwise-pointwise, and the stem is a block of its own. A fully connected layer
 * is one, too.
 */
function beginsBlock(graph: Graph, op: Convolution, begins: ReadonlySet<Op>): boolean {
  if (op.kind === 'fullyConnected') return true;
  const producer = producerOf(graph, op.input);
  if (isLinear(graph, producer)) return true;
  const followsExpansion = producer !== undefined && begins.has(producer) && isPointwise(graph, producer);
  return !isPointwise(graph, op) && !followsExpansion;
}

/** Layer numbers (N8) of every block, front to back; the head belongs to none. */
export function blocksOf(graph: Graph): readonly (readonly number[])[] {
  const begins = new Set<Op>();
  const blocks: number[][] = [];
  layersOf(graph)
    .slice(0, -1)
    .forEach((op, layer) => {
      if (!isLayer(op) || !isConvolution(op)) return;
      if (beginsBlock(graph, op, begins)) {
        begins.add(op);
        blocks.push([]);
      }
      blocks.at(-1)?.push(layer);
    });
  return blocks;
}
