import { type Graph, tensorOf } from '#libs/model/ir';
import { isRead, type Plan, type Schedule, type Segment } from '#libs/firmware/planner';
import { type Life, livesOf } from './lives';
import { element, text, tip } from './svg';

export interface PictureOptions {
  /** Drawn as a line where the arena has a budget. */
  readonly budgetBytes?: number;
}

const WIDTH = 1280;
const HEIGHT = 720;
const MARGIN = { left: 84, right: 24, top: 96, bottom: 64 } as const;
const PLOT = {
  width: WIDTH - MARGIN.left - MARGIN.right,
  height: HEIGHT - MARGIN.top - MARGIN.bottom,
} as const;

const COLOURS = {
  input: '#4e9a51',
  output: '#c2513d',
  map: '#3f72af',
  ring: '#8e6bbf',
  passing: '#c08a2e',
  variable: '#8a8a8a',
  scratch: 'url(#hatch)',
} as const;
type Colour = keyof typeof COLOURS;

const MEANINGS: Readonly<Record<Colour, string>> = {
  input: 'input',
  output: 'output',
  map: 'whole map',
  ring: 'row of a ring',
  passing: 'channels passing',
  variable: 'trained variable',
  scratch: 'scratch of a kernel',
};

const HATCH = element('defs', {}, [
  element(
    'pattern',
    { id: 'hatch', width: 6, height: 6, patternUnits: 'userSpaceOnUse', patternTransform: 'rotate(45)' },
    [
      element('rect', { width: 6, height: 6, fill: '#f6e7c1' }),
      element('line', { x1: 0, y1: 0, x2: 0, y2: 6, stroke: '#b8860b', 'stroke-width': 2 }),
    ],
  ),
]);

const TICKS = 8;

/** Round distances, about `TICKS` of them. */
function ticksTo(end: number): readonly number[] {
  const rough = Math.max(1, end / TICKS);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((each) => each >= rough) ?? rough;
  return Array.from({ length: Math.floor(end / step) + 1 }, (_, i) => i * step);
}

const bytesText = (bytes: number): string => bytes.toString().replace(/\B(?=(\d{3})+$)/g, ',');

/** Where calls and bytes are in the picture: calls to the right, the arena's first byte at the bottom. */
class Scales {
  constructor(
    readonly calls: number,
    readonly bytes: number,
  ) {}

  x(call: number): number {
    return MARGIN.left + (call / Math.max(1, this.calls)) * PLOT.width;
  }

  y(byte: number): number {
    return HEIGHT - MARGIN.bottom - (byte / Math.max(1, this.bytes)) * PLOT.height;
  }
}

function colourOf(graph: Graph, { buffer, tensor }: Life): Colour {
  if (buffer.kind !== 'activation') return buffer.kind;
  if (tensor !== undefined && graph.inputs.includes(tensor)) return 'input';
  if (tensor !== undefined && graph.outputs.includes(tensor)) return 'output';
  if (buffer.planes !== undefined) return 'passing';
  return buffer.ring ? 'ring' : 'map';
}

function tipOf(graph: Graph, { buffer, tensor, begin, end, first, last }: Life): string {
  const what =
    tensor === undefined
      ? buffer.kind === 'scratch'
        ? `scratch of ${graph.ops[buffer.op ?? -1]?.name ?? buffer.name}`
        : buffer.name
      : `${tensorOf(graph, tensor).name} ${tensorOf(graph, tensor).type}[${tensorOf(graph, tensor).shape.join(',')}]`;
  return `${what}\nbytes ${begin}..${end - 1}, calls ${first}..${last}`;
}

function lifeText(graph: Graph, life: Life, scales: Scales): string {
  const { begin, end, first, last } = life;
  const shape = {
    x: scales.x(first),
    y: scales.y(end),
    width: scales.x(last + 1) - scales.x(first),
    height: scales.y(begin) - scales.y(end),
  };
  const colour = colourOf(graph, life);
  const paint = { fill: COLOURS[colour], 'fill-opacity': 0.72, stroke: '#ffffff', 'stroke-width': 0.4 };
  return element('rect', { ...shape, ...paint }, [tip(tipOf(graph, life))]);
}

const FRAME = { stroke: '#444444', 'stroke-width': 1 } as const;
const SMALL = { 'font-size': 11, fill: '#333333' } as const;

function axes(scales: Scales): readonly string[] {
  const bottom = HEIGHT - MARGIN.bottom;
  const rows = ticksTo(scales.bytes).flatMap((byte) => {
    const y = scales.y(byte);
    return [
      element('line', { x1: MARGIN.left, x2: WIDTH - MARGIN.right, y1: y, y2: y, stroke: '#e3e3e3' }),
      text(bytesText(byte), { x: MARGIN.left - 8, y: y + 4, 'text-anchor': 'end', ...SMALL }),
    ];
  });
  const columns = ticksTo(scales.calls)
    .filter(Number.isInteger)
    .flatMap((call) => [
      element('line', { x1: scales.x(call), x2: scales.x(call), y1: bottom, y2: bottom + 5, ...FRAME }),
      text(String(call), { x: scales.x(call), y: bottom + 18, 'text-anchor': 'middle', ...SMALL }),
    ]);
  const middle = MARGIN.top + PLOT.height / 2;
  return [
    ...rows,
    ...columns,
    text('kernel calls, in order', {
      x: MARGIN.left + PLOT.width / 2,
      y: HEIGHT - 30,
      'text-anchor': 'middle',
      ...SMALL,
    }),
    text('bytes of the arena', {
      x: 18,
      y: middle,
      'text-anchor': 'middle',
      transform: `rotate(-90 18 ${middle})`,
      ...SMALL,
    }),
  ];
}

const UNITS: Readonly<
  Record<Segment['unit'], { readonly said: string; readonly fill: string; readonly mark: string }>
> = {
  layer: { said: 'whole maps', fill: '#f7f7f7', mark: COLOURS.map },
  row: { said: 'row by row', fill: '#eef3fb', mark: COLOURS.ring },
  channel: { said: 'by channels', fill: '#fbf5ea', mark: COLOURS.passing },
};

/** Stripes behind everything: which calls are of which segment. */
function segmentsText({ calls, segments }: Schedule, scales: Scales): readonly string[] {
  let from = 0;
  return segments.flatMap(({ ops, unit }, index) => {
    const own = new Set(ops);
    const to = 1 + calls.findLastIndex((call) => !isRead(call) && own.has(call.op));
    const [x, width] = [scales.x(from), scales.x(to) - scales.x(from)];
    const label = `segment ${index}, ${UNITS[unit].said}: calls ${from}..${to - 1}`;
    from = to;
    const { fill, mark } = UNITS[unit];
    return [
      element('rect', { x, y: MARGIN.top, width, height: PLOT.height, fill }, [tip(label)]),
      element(
        'rect',
        {
          x,
          y: MARGIN.top - 8,
          width,
          height: 6,
          fill: mark,
          stroke: '#ffffff',
        },
        [tip(label)],
      ),
    ];
  });
}

function level(
  bytes: number,
  label: string,
  paint: Readonly<Record<string, string | number>>,
  scales: Scales,
) {
  const y = scales.y(bytes);
  return [
    element('line', {
      x1: MARGIN.left,
      x2: WIDTH - MARGIN.right,
      y1: y,
      y2: y,
      'stroke-width': 1.5,
      ...paint,
    }),
    text(`${label} ${bytesText(bytes)}`, {
      x: WIDTH - MARGIN.right - 4,
      y: y - 4,
      'text-anchor': 'end',
      'font-size': 11,
      fill: paint.stroke ?? '#000000',
    }),
  ];
}

/** The lines that matter; labels that would lie on each other are one. */
function levels(
  { peakBytes, lowerBoundBytes }: Plan,
  budgetBytes: number | undefined,
  scales: Scales,
): readonly string[] {
  const isBound = lowerBoundBytes === peakBytes;
  return [
    ...level(peakBytes, isBound ? 'peak, at the lower bound' : 'peak', { stroke: '#a40000' }, scales),
    ...(isBound ? [] : boundLine(lowerBoundBytes, scales)),
    ...(budgetBytes === undefined
      ? []
      : level(budgetBytes, 'budget', { stroke: '#000000', 'stroke-dasharray': '2 3' }, scales)),
  ];
}

function boundLine(bytes: number, scales: Scales): readonly string[] {
  const y = scales.y(bytes);
  const stroke = '#1b7f3b';
  return [
    element('line', {
      x1: MARGIN.left,
      x2: WIDTH - MARGIN.right,
      y1: y,
      y2: y,
      stroke,
      'stroke-dasharray': '8 4',
      'stroke-width': 1.5,
    }),
    text(`lower bound ${bytesText(bytes)}`, { x: MARGIN.left + 4, y: y - 4, 'font-size': 11, fill: stroke }),
  ];
}

function legend(used: ReadonlySet<Colour>): readonly string[] {
  const shown = (Object.keys(COLOURS) as Colour[]).filter((colour) => used.has(colour));
  return shown.flatMap((colour, index) => {
    const x = MARGIN.left + index * 150;
    return [
      element('rect', {
        x,
        y: 56,
        width: 14,
        height: 14,
        fill: COLOURS[colour],
        'fill-opacity': 0.72,
        stroke: '#999999',
      }),
      text(MEANINGS[colour], { x: x + 20, y: 68, 'font-size': 12, fill: '#333333' }),
    ];
  });
}

/** `6 segments, 4 of them row by row`. */
export function segmentsSaid({ segments }: Schedule): string {
  const countOf = (wanted: Segment['unit']): number => segments.filter(({ unit }) => unit === wanted).length;
  const [byRows, byChannels] = [countOf('row'), countOf('channel')];
  if (byRows + byChannels === 0) return 'maps whole';
  if (segments.length === 1) return byRows > 0 ? 'all row by row' : 'all by channels';
  const parts = [
    ...(byRows > 0 ? [`${byRows} of them row by row`] : []),
    ...(byChannels > 0 ? [`${byChannels} by channels`] : []),
  ];
  return `${segments.length} segments, ${parts.join(', ')}`;
}

function heading(plan: Plan): readonly string[] {
  const { graph, schedule, peakBytes, inputsInArena } = plan;
  const details = [
    `arena of ${bytesText(peakBytes)} bytes`,
    `${schedule.calls.length} kernel calls`,
    segmentsSaid(schedule),
    ...(schedule.calls.some(isRead)
      ? ['input read row by row']
      : inputsInArena
        ? ['input in the arena']
        : ['input outside']),
  ];
  return [
    text(graph, { x: MARGIN.left, y: 28, 'font-size': 18, 'font-weight': 'bold', fill: '#111111' }),
    text(details.join('; '), { x: MARGIN.left, y: 46, 'font-size': 12, fill: '#555555' }),
  ];
}

/** The arena over the calls of a schedule: where every map lies and how long, rows of rings one by one. An SVG. */
export function planPicture(graph: Graph, plan: Plan, { budgetBytes }: PictureOptions = {}): string {
  const lives = livesOf(graph, plan);
  // A budget far above everything would press the rest to the ground.
  const isNear = budgetBytes !== undefined && budgetBytes <= 1.5 * plan.peakBytes;
  const scales = new Scales(
    plan.schedule.calls.length,
    Math.max(plan.peakBytes, isNear ? budgetBytes : 0) * 1.04,
  );
  const used = new Set(lives.map((life) => colourOf(graph, life)));
  const size = { width: WIDTH, height: HEIGHT, viewBox: `0 0 ${WIDTH} ${HEIGHT}` };
  const picture = element(
    'svg',
    { xmlns: 'http://www.w3.org/2000/svg', ...size, 'font-family': 'sans-serif' },
    [
      HATCH,
      element('rect', { width: WIDTH, height: HEIGHT, fill: '#ffffff' }),
      ...heading(plan),
      ...legend(used),
      ...segmentsText(plan.schedule, scales),
      ...axes(scales),
      ...lives.map((life) => lifeText(graph, life, scales)),
      ...levels(plan, isNear ? budgetBytes : undefined, scales),
      element('rect', { x: MARGIN.left, y: MARGIN.top, ...PLOT, fill: 'none', ...FRAME }),
    ],
  );
  return `${picture}\n`;
}
