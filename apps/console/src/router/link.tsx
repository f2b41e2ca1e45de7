import { Anchor, type AnchorProps } from '@mantine/core';
import type { MouseEvent, ReactNode } from 'react';

import { navigate } from './location';

interface LinkProps extends AnchorProps {
  readonly to: string;
  readonly children: ReactNode;
  readonly 'aria-current'?: 'page' | 'true' | undefined;
  readonly 'aria-label'?: string;
  readonly title?: string;
}

/** A link to another screen. A click with a modifier key opens it as the browser does. */
export function Link({ to, children, ...rest }: LinkProps) {
  const follow = (event: MouseEvent): void => {
    if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    navigate(to);
  };
  return (
    <Anchor inherit href={to} onClick={follow} {...rest}>
      {children}
    </Anchor>
  );
}
