import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Engine } from './engine';

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** What axe-core has to say of the page as it stands: one line for each element of each broken rule. */
export async function axeViolations(engine: Engine): Promise<string[]> {
  return engine.evaluate(`(async () => {
    ${axeSource}
    const { violations } = await axe.run(document, { resultTypes: ['violations'] });
    return violations.flatMap(({ id, help, nodes }) => nodes.map(({ target }) => id + ': ' + help + ' (' + target.join(' ') + ')'));
  })()`);
}

/** A file input outside of the app, so that a dropped file is one that the browser itself read from disk. */
export const DROP_INPUT_ID = 'file-to-drop';

export const ADD_DROP_INPUT = `(() => {
  const input = Object.assign(document.createElement('input'), { type: 'file', id: '${DROP_INPUT_ID}' });
  document.body.append(input);
})()`;

export const DROP_ITS_FILE = `(() => {
  const input = document.getElementById('${DROP_INPUT_ID}');
  const dataTransfer = new DataTransfer();
  dataTransfer.items.add(input.files[0]);
  input.remove();
  const target = document.elementFromPoint(innerWidth / 2, innerHeight / 2) ?? document.body;
  for (const type of ['dragenter', 'dragover', 'drop']) {
    target.dispatchEvent(new DragEvent(type, { dataTransfer, bubbles: true, cancelable: true }));
  }
})()`;

/** Where the page server takes console messages from the hook below. */
export const CONSOLE_PATH = '/-console';

/**
 * For engines whose driver tells nothing of the console: runs first in the page and in its workers, and sends to the page
 * server what is logged, thrown or rejected, and what the page's policy forbade. What the browser itself complains about otherwise
 * (CORS) is not seen by it.
 */
export const CONSOLE_HOOK = `(() => {
  const send = (text) => void fetch('${CONSOLE_PATH}', { method: 'POST', body: String(text), keepalive: true }).catch(() => {});
  for (const level of ['debug', 'log', 'info', 'warn', 'error', 'assert', 'trace']) {
    const original = console[level];
    console[level] = (...values) => { send(level + ': ' + values.map(String).join(' ')); original.apply(console, values); };
  }
  addEventListener('error', (event) => send('uncaught: ' + event.message + ' ' + (event.error?.stack ?? '')));
  addEventListener('securitypolicyviolation', (event) => send('forbidden: ' + event.effectiveDirective + ' ' + event.blockedURI + ' ' + event.sample));
  addEventListener('unhandledrejection', (event) => send('unhandled: ' + event.reason + ' ' + (event.reason?.stack ?? '')));
})();
`;
