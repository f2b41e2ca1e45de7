import { StateMark } from '../state/state-mark';

/** Whether devices can train a model, and if not, why. */
export function TrainableMark({ notTrainable }: { readonly notTrainable: string | null }) {
  if (notTrainable === null) {
    return <StateMark state={{ tone: 'good', word: 'can be trained', meaning: 'devices can train it' }} />;
  }
  return (
    <>
      <StateMark state={{ tone: 'off', word: 'inference only', meaning: notTrainable }} />
      <div>{notTrainable}</div>
    </>
  );
}
