import type { Target } from './engine';

/** Elements that may have a role without saying so, by HTML-AAM. */
const IMPLICIT: Readonly<Record<string, string>> = {
  button: 'button, summary, input[type=button], input[type=submit]',
  checkbox: 'input[type=checkbox]',
  dialog: 'dialog[open]',
  heading: 'h1, h2, h3, h4, h5, h6',
  link: 'a[href]',
  main: 'main',
  progressbar: 'progress',
  region: 'section[aria-label], section[aria-labelledby]',
  row: 'tr',
  status: 'output',
  table: 'table',
  textbox: 'input:not([type]), input[type=text], input[type=url], textarea',
};

/**
 * Body of a function that answers the visible elements that may be the target, below its argument or in the whole
 * page. Whether a name really is the element's is left to the browser; here only what cannot have it is dropped, since
 * asking takes a request for each.
 */
export function candidatesScript(target: Target): string {
  if ('css' in target) return `return [...${ROOT}.querySelectorAll(${JSON.stringify(target.css)})]`;
  if ('fileInput' in target) return fileInputsScript(target.fileInput);
  const { role, name, level } = target;
  const implicit = IMPLICIT[role];
  const selector = [`[role=${role}]`, ...(implicit ? [`:is(${implicit}):not([role])`] : [])].join(', ');
  const part = typeof name === 'string' ? name.trim() : '';
  return `const squeeze = (text) => (text ?? '').replace(/\\s+/g, ' ');
    const part = squeeze(${JSON.stringify(part)});
    const texts = (one) => [one.textContent, one.title, one.getAttribute('aria-label'), one.alt, one.placeholder, one.value,
      ...[...(one.labels ?? [])].map((label) => label.textContent),
      ...(one.getAttribute('aria-labelledby') ?? '').split(' ').map((id) => document.getElementById(id)?.textContent)];
    return [...${ROOT}.querySelectorAll(${JSON.stringify(selector)})].filter((one) =>
      one.checkVisibility({ visibilityProperty: true }) && !one.closest('[aria-hidden=true], [inert]') &&
      ${level === undefined ? 'true' : `one.getAttribute('aria-level') === '${level}'`} &&
      (!part || squeeze(texts(one).join(' ')).includes(part)));`;
}

/** WebKit names a file input after the file in it, so its label is looked up here. A file input may well be invisible. */
function fileInputsScript(label: string): string {
  return `return [...${ROOT}.querySelectorAll('input[type=file]')].filter((one) =>
    [one.getAttribute('aria-label'), ...[...one.labels].map((label) => label.textContent)]
      .some((text) => text?.trim() === ${JSON.stringify(label)}));`;
}

const ROOT = '(arguments[0] ?? document)';

/** Keys that have no character, by their code points in the WebDriver recommendation. */
const KEYS: Readonly<Record<string, string>> = {
  Backspace: '\ue003',
  Tab: '\ue004',
  Enter: '\ue007',
  Shift: '\ue008',
  Control: '\ue009',
  Alt: '\ue00a',
  Escape: '\ue00c',
  Space: ' ',
  PageUp: '\ue00e',
  PageDown: '\ue00f',
  End: '\ue010',
  Home: '\ue011',
  ArrowLeft: '\ue012',
  ArrowUp: '\ue013',
  ArrowRight: '\ue014',
  ArrowDown: '\ue015',
  Delete: '\ue017',
};

export function keyValue(key: string): string {
  const value = KEYS[key] ?? key;
  if ([...value].length !== 1) throw new Error(`no key named ${key}`);
  return value;
}
