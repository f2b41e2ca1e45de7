import type { Behaviour } from './behaviour';

/** Takes its first execution and is never heard of again, although its connection stands until the broker ends it. */
export const neverAnswers: Behaviour = (stage) => (line) => {
  if (line.startsWith('execution ')) stage.mute();
};
