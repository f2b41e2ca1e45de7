/** Random windows: kernels, strides, dilations and paddings that fit their map. */
import { type Extent2d, type Padding, samePadding } from '#libs/model/ir';
import type { Draws } from '#test/support/draws';

const LARGEST_KERNEL = 7;
const LARGEST_TRANSPOSED_KERNEL = 5;
const LARGEST_STRIDE = 3;

interface Span {
  readonly kernel: number;
  readonly stride: number;
  readonly dilation: number;
  readonly before: number;
  readonly after: number;
}

/** How a window is padded: as TensorFlow's two words say, or any other way (which a file writes as a PAD before). */
type Style = 'valid' | 'same' | 'any';

interface SpanOptions {
  readonly extent: number;
  readonly style: Style;
  readonly mayDilate: boolean;
}

function sides(draws: Draws, { extent, style }: SpanOptions, window: Omit<Span, 'before' | 'after'>) {
  const reach = (window.kernel - 1) * window.dilation + 1;
  if (style === 'valid') return { before: 0, after: 0 };
  if (style === 'same') return samePadding(extent, window.kernel, window.stride, window.dilation);
  return { before: draws.between(0, reach - 1), after: draws.between(0, reach - 1) };
}

/** A window along one dimension that fits and always has a tap on the map if it is not dilated. */
function span(draws: Draws, options: SpanOptions): Span {
  const kernel = draws.between(1, LARGEST_KERNEL);
  const dilation = options.mayDilate && draws.chance(30) ? draws.between(2, 3) : 1;
  const stride = draws.between(1, LARGEST_STRIDE);
  const { before, after } = sides(draws, options, { kernel, stride, dilation });
  const reach = (kernel - 1) * dilation + 1;
  return options.extent + before + after < reach
    ? span(draws, options)
    : { kernel, stride, dilation, before, after };
}

interface DrawnWindow {
  readonly kernel: Extent2d;
  readonly stride: Extent2d;
  readonly dilation: Extent2d;
  readonly padding: Padding;
}

function windowOf(vertical: Span, horizontal: Span): DrawnWindow {
  const both = (of: 'kernel' | 'stride' | 'dilation'): Extent2d => ({
    height: vertical[of],
    width: horizontal[of],
  });
  const padding = {
    top: vertical.before,
    bottom: vertical.after,
    left: horizontal.before,
    right: horizontal.after,
  };
  return { kernel: both('kernel'), stride: both('stride'), dilation: both('dilation'), padding };
}

const STYLES: readonly Style[] = ['valid', 'same', 'any'];

/** A window over a map. */
export function windowOver(draws: Draws, map: Extent2d, mayDilate: boolean): DrawnWindow {
  const style = draws.pick(STYLES);
  const along = (extent: number): Span => span(draws, { extent, style, mayDilate });
  return windowOf(along(map.height), along(map.width));
}

/** A transposed window along one dimension: SAME gives `extent * stride` (after may then be negative), VALID everything. */
function transposedSpan(draws: Draws, extent: number, style: Style): Span {
  const kernel = draws.between(1, LARGEST_TRANSPOSED_KERNEL);
  const stride = draws.between(1, LARGEST_STRIDE);
  const dilation = 1;
  if (style === 'valid') return { kernel, stride, dilation, before: 0, after: 0 };
  if (style === 'same') {
    const before = Math.floor(Math.max(0, kernel - stride) / 2);
    return { kernel, stride, dilation, before, after: kernel - stride - before };
  }
  const most = Math.min(kernel, (extent - 1) * stride + kernel) - 1;
  const before = draws.between(0, most);
  return { kernel, stride, dilation, before, after: draws.between(-2, most - before) };
}

/** A window that is laid over the output for every pixel of the map. */
export function transposedWindow(draws: Draws, map: Extent2d): DrawnWindow {
  const style = draws.pick(STYLES);
  const along = (extent: number): Span => transposedSpan(draws, extent, style);
  return windowOf(along(map.height), along(map.width));
}
