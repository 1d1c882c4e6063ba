import { useSettings } from '../../store/hooks';
import buttons from '../shared/buttons.module.css';
import { Dialog } from '../shared/Dialog';
import styles from './Dialogs.module.css';

type Keys = readonly (readonly [keys: readonly string[], what: string])[];

const TREE: Keys = [
  [['↑', '↓', 'k', 'j'], 'entry before, entry after'],
  [['→', 'l'], 'open the directory, or go into it'],
  [['←', 'h'], 'close the directory, or go to the one above'],
  [['Home', 'End', 'PageUp', 'PageDown'], 'first, last, a screen up, a screen down'],
  [['Enter'], 'show a file, open or close a directory, follow a symlink'],
  [['Space'], 'show the entry itself, a symlink too'],
  [['*'], 'open all directories beside this one'],
  [['a … z'], 'go to the entry whose name begins so'],
];

const ANYWHERE: Keys = [
  [['/'], 'go to the input'],
  [['y'], 'copy the link'],
  [['Y'], 'copy the store path'],
  [['d'], 'download the file'],
  [['i'], 'show the narinfo'],
  [['?'], 'this help'],
  [['Esc'], 'close what is open on top'],
];

export function HelpDialog({ onClose }: { readonly onClose: () => void }) {
  const letterKeys = useSettings((settings) => settings.letterKeys);
  return (
    <Dialog title="Keys" onClose={onClose}>
      <KeyTable title="In the tree" keys={TREE} />
      <KeyTable title="Anywhere but in a text field" keys={ANYWHERE} />
      <p className={styles.hint}>
        {letterKeys
          ? 'In the tree, the letters h j k l and y Y d i do what is listed here instead of finding a name. They can be switched off in the settings.'
          : 'Letter keys are switched off in the settings: every letter in the tree goes to an entry.'}
      </p>
      <p className={styles.hint}>
        Paste a store path anywhere, or drop a file: a NAR (also compressed), a nix-store --export stream, a
        narinfo, a listing or a derivation.
      </p>
    </Dialog>
  );
}

function KeyTable({ title, keys }: { readonly title: string; readonly keys: Keys }) {
  return (
    <>
      <h3 className={styles.heading}>{title}</h3>
      <dl className={styles.keys}>
        {keys.map(([names, what]) => (
          <div key={what}>
            <dt>
              {names.map((name) => (
                <kbd key={name} className={buttons.key}>
                  {name}
                </kbd>
              ))}
            </dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
    </>
  );
}
