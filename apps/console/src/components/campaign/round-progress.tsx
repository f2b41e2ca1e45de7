import type { CampaignDetails, Round } from '../../api/types';
import { StatusBar } from '../../charts/status-bar/status-bar';
import { StateMark } from '../state/state-mark';
import { ROUND_STATES, wordsOf } from '../state/states';
import { Deadline } from './deadline';
import { plannedWords, quorumWords, roundTitle, segmentsOfRound } from './round-facts';
import styles from './round-progress.module.css';

/** The round under way, or the last one: who is how far, and until when. */
export function RoundProgress({ campaign }: { readonly campaign: CampaignDetails }) {
  const round = campaign.roundDetails.at(-1);
  if (!round) return <NoRound id={campaign.id} state={campaign.state} />;
  const { quorum, rounds } = campaign;
  const notes = [quorumWords(round, quorum), plannedWords(campaign), round.reason].filter(Boolean);
  return (
    <div>
      <div className={styles.head}>
        <span className={styles.title}>
          <b>{roundTitle(round, rounds)}</b>
          <StateMark state={wordsOf(ROUND_STATES, round.state)} />
        </span>
        {isOpen(round) && (
          <span className={styles.quiet}>
            <Deadline at={round.deadlineAt} />
          </span>
        )}
      </div>
      <StatusBar
        segments={segmentsOfRound(round)}
        {...(round.kind === 'train' && { goal: { name: 'quorum', count: quorum } })}
      />
      {notes.length > 0 && <p className={styles.note}>{sentence(notes.join('; '))}</p>}
    </div>
  );
}

function NoRound({ id, state }: Pick<CampaignDetails, 'id' | 'state'>) {
  if (state !== 'draft') return <p className={styles.note}>No round was opened.</p>;
  return (
    <p className={styles.note}>
      Not started. <code>POST /api/campaigns/{id}/start</code> opens the first round.
    </p>
  );
}

const isOpen = ({ state }: Round): boolean => state === 'open' || state === 'aggregating';
const sentence = (words: string): string => `${words.charAt(0).toUpperCase()}${words.slice(1)}.`;
