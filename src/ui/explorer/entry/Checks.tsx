import { classes } from '../../shared/classes';
import hidden from '../../shared/visually-hidden.module.css';
import styles from './Checks.module.css';
import { CHECK_LABELS, CHECK_STATES, type CheckName, type CheckState } from './checks';

// In written order; the names are those of CHECK_LABELS.
const NAMES = Object.keys(CHECK_LABELS) as CheckName[];

/** Where the verdicts stand. Nothing is checked yet, and that is what it says. */
export function Checks() {
  return (
    <div className={styles.checks}>
      {NAMES.map((name) => (
        <Check key={name} name={name} state="unchecked" />
      ))}
      <p className={styles.words}>None of this is checked yet: you see and save the bytes as they come.</p>
    </div>
  );
}

function Check({ name, state }: { readonly name: CheckName; readonly state: CheckState }) {
  const { mark, word } = CHECK_STATES[state];
  return (
    <span data-check={name} data-state={state} className={classes(styles.check, styles[state])}>
      <span aria-hidden="true">{mark} </span>
      {CHECK_LABELS[name]}
      <span className={hidden.hidden}> {word}</span>
    </span>
  );
}
