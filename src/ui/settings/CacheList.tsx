import { useId, useRef } from 'react';
import buttons from '../shared/buttons.module.css';
import { useInputEvent } from '../shared/use-input-event';
import styles from './Dialogs.module.css';
import { type CacheDraft, emptyDraft, moved } from './drafts';

interface Props {
  readonly drafts: readonly CacheDraft[];
  /** By place in the list. */
  readonly problems: readonly (string | undefined)[];
  readonly onChange: (drafts: readonly CacheDraft[]) => void;
}

/** The ordered list of caches, to be edited. */
export function CacheList({ drafts, problems, onChange }: Props) {
  return (
    <>
      <ol className={styles.caches}>
        {drafts.map((draft, index) => (
          <li key={draft.id}>
            <CacheFields
              draft={draft}
              number={index + 1}
              problem={problems[index]}
              onChange={(changed) => onChange(drafts.with(index, changed))}
            />
            <div className={styles.order}>
              <button
                type="button"
                className={buttons.quiet}
                disabled={index === 0}
                aria-label={`Move cache ${index + 1} up`}
                onClick={() => onChange(moved(drafts, index, -1))}
              >
                Up
              </button>
              <button
                type="button"
                className={buttons.quiet}
                disabled={index === drafts.length - 1}
                aria-label={`Move cache ${index + 1} down`}
                onClick={() => onChange(moved(drafts, index, 1))}
              >
                Down
              </button>
              <button
                type="button"
                className={buttons.quiet}
                disabled={drafts.length === 1}
                aria-label={`Remove cache ${index + 1}`}
                onClick={() => onChange(drafts.toSpliced(index, 1))}
              >
                Remove
              </button>
            </div>
          </li>
        ))}
      </ol>
      <button type="button" className={buttons.button} onClick={() => onChange([...drafts, emptyDraft()])}>
        Add a cache
      </button>
    </>
  );
}

interface FieldsProps {
  readonly draft: CacheDraft;
  /** From 1. */
  readonly number: number;
  readonly problem: string | undefined;
  readonly onChange: (draft: CacheDraft) => void;
}

function CacheFields({ draft, number, problem, onChange }: FieldsProps) {
  const id = useId();
  const url = useRef<HTMLInputElement>(null);
  useInputEvent(url, (text) => onChange({ ...draft, url: text }));
  return (
    <div className={styles.fields}>
      <label htmlFor={`${id}url`}>Cache {number}</label>
      <input
        id={`${id}url`}
        ref={url}
        defaultValue={draft.url}
        placeholder="nix-community.cachix.org"
        spellCheck={false}
        autoCapitalize="none"
        aria-invalid={problem !== undefined}
        aria-describedby={problem === undefined ? undefined : `${id}problem`}
      />
      {problem !== undefined && (
        <p id={`${id}problem`} className={styles.problem} role="alert">
          {problem}
        </p>
      )}
    </div>
  );
}
