import type { BufferKind } from '../../api/memory-map';

export const BUFFER_KINDS = {
  variable: {
    word: 'weights in training',
    meaning: 'trained parameters and their gradients',
    colour: 'var(--fl-variable)',
  },
  activation: {
    word: 'activations',
    meaning: 'what one layer hands to another',
    colour: 'var(--fl-activation)',
  },
  scratch: { word: 'scratch', meaning: 'what a kernel borrows during its call', colour: 'var(--fl-scratch)' },
} satisfies Record<BufferKind, { readonly word: string; readonly meaning: string; readonly colour: string }>;

export const KIND_ORDER = ['variable', 'activation', 'scratch'] as const;

/** A texture each, so that kinds differ without their colours. */
export function KindPatterns({ id }: { readonly id: string }) {
  return (
    <defs>
      <pattern id={`${id}-variable`} width="7" height="7" patternUnits="userSpaceOnUse">
        <rect width="7" height="7" fill={BUFFER_KINDS.variable.colour} />
        <circle cx="3.5" cy="3.5" r="1" fill="#fff" opacity="0.55" />
      </pattern>
      <pattern id={`${id}-activation`} width="7" height="7" patternUnits="userSpaceOnUse">
        <rect width="7" height="7" fill={BUFFER_KINDS.activation.colour} />
      </pattern>
      <pattern
        id={`${id}-scratch`}
        width="6"
        height="6"
        patternUnits="userSpaceOnUse"
        patternTransform="rotate(45)"
      >
        <rect width="6" height="6" fill={BUFFER_KINDS.scratch.colour} />
        <rect width="2" height="6" fill="#fff" opacity="0.5" />
      </pattern>
    </defs>
  );
}

export const kindFill = (id: string, kind: BufferKind): string => `url(#${id}-${kind})`;
