// What every page must do. Each check gives back a list of complaints; an empty list is a pass.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { HtmlValidate } from 'html-validate';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

const validator = new HtmlValidate({
  root: true,
  extends: ['html-validate:standard', 'html-validate:a11y', 'html-validate:document'],
  rules: {
    // The content security policy forbids them, so they would silently do nothing.
    'no-inline-style': 'error',
    // In a form a button sends it; that is what it is for.
    'no-implicit-button-type': 'off',
    'no-missing-references': 'error',
    'prefer-native-element': 'error',
    'long-title': 'off',
    // Everything is served by the program itself.
    'require-sri': 'off',
    // Both spellings are right, and templates may use either.
    'void-style': 'off',
    'doctype-style': 'off',
    'no-trailing-whitespace': 'off',
    'attr-quotes': 'off',
    'attribute-boolean-style': 'off',
    'attribute-empty-style': 'off',
    'no-raw-characters': ['error', { relaxed: true }],
  },
});

/** The document as it was sent, before any script touched it. */
export async function html(text) {
  const report = await validator.validateString(text);
  return report.results.flatMap((result) =>
    result.messages.map(({ line, column, ruleId, message }) => `${line}:${column} ${message} (${ruleId})`),
  );
}

/** What a screen reader, a colour-blind reader or a keyboard would stumble over, as far as a machine can tell. */
export async function accessibility(page) {
  await page.evaluate(axe);
  // What can be tapped is at least 24 pixels high and wide, or stands apart: axe asks for it only when told.
  const options = { resultTypes: ['violations'], rules: { 'target-size': { enabled: true } } };
  const { violations } = await page.evaluate((options) => globalThis.axe.run(document, options), options);
  return violations.flatMap(({ id, help, nodes }) =>
    nodes.slice(0, 5).map((node) => `${id}: ${help} — ${node.target.join(' ')} ${node.html.slice(0, 160)}`),
  );
}

/** Remembers what a page complains about and whom it asks, from now on. That it was refused is expected of a refusal. */
export function watch(page, base, status = 200) {
  const complaints = [];
  const host = new URL(base).host;
  page.on('console', (message) => {
    const isExpected = status >= 400 && message.text().includes(`responded with a status of ${status}`);
    if (message.type() === 'error' && !isExpected) complaints.push(`console: ${message.text()}`);
  });
  page.on('pageerror', (error) => complaints.push(`script: ${error.message}`));
  page.on('request', (request) => {
    const url = new URL(request.url());
    if (['http:', 'https:', 'ws:', 'wss:'].includes(url.protocol) && url.host !== host) {
      complaints.push(`asks another host: ${request.url()}`);
    }
  });
  return complaints;
}

/** The policy that keeps scripts and styles of others away. */
export function policy(answer) {
  const policy = answer.headers()['content-security-policy'];
  if (!policy) return ['there is no content security policy'];
  return ["'unsafe-inline'", "'unsafe-eval'", ' * ', 'http:', 'https:']
    .filter((hole) => ` ${policy.replaceAll(';', ' ; ')} `.includes(hole))
    .map((hole) => `the content security policy allows ${hole.trim()}`);
}

/** Nothing makes the page itself wider than the window. */
export async function width(page) {
  return page.evaluate(() => {
    const wide = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth <= wide && document.body.scrollWidth <= wide) return [];
    const isScrolledInside = (element) => {
      for (let above = element.parentElement; above && above !== document.body; above = above.parentElement) {
        if (getComputedStyle(above).overflowX !== 'visible') return true;
      }
      return false;
    };
    const guilty = [...document.body.querySelectorAll('*')]
      .filter((element) => element.getBoundingClientRect().right > wide + 0.5 && !isScrolledInside(element))
      .slice(0, 3)
      .map((element) => element.cloneNode(false).outerHTML.slice(0, 120));
    return [`${document.documentElement.scrollWidth} px wide in a window of ${wide}: ${guilty.join(' ')}`];
  });
}

/** Without scripts there is still a page, and every form can be sent. */
export async function withoutScript(page) {
  const complaints = [];
  if (!(await page.locator('h1').first().isVisible())) complaints.push('no heading can be seen without scripts');
  for (const form of await page.locator('form').all()) {
    const outline = await form.evaluate((element) => element.cloneNode(false).outerHTML.slice(0, 160));
    const id = await form.getAttribute('id');
    const inside = form.locator('button:not([type=button]):not([type=reset]), input[type=submit], input[type=image]');
    const outside = id ? page.locator(`[form="${id}"]`) : null;
    if ((await inside.count()) + (outside ? await outside.count() : 0) === 0) {
      complaints.push(`a form has no button to send it: ${outline}`);
    }
  }
  const scripted = await page.locator('a[href^="javascript:"], a[href="#"], [onclick]').count();
  if (scripted > 0) complaints.push(`${scripted} elements only work with scripts`);
  return complaints;
}

/** Every stop of the Tab key looks different while it has the focus, and stands where it can be seen. */
export async function keyboard(page, most = 300) {
  const complaints = [];
  const seen = new Set();
  await page.evaluate(() => document.activeElement?.blur());
  for (let stop = 0; stop < most; stop += 1) {
    await page.keyboard.press('Tab');
    const report = await page.evaluate(lookAtFocus);
    if (report === null || seen.has(report.place)) break;
    seen.add(report.place);
    if (report.complaint) complaints.push(`${report.complaint}: ${report.outline}`);
  }
  return complaints;
}

// Runs in the page.
function lookAtFocus() {
  const element = document.activeElement;
  if (!element || element === document.body || element === document.documentElement) return null;
  const place = [];
  for (let at = element; at.parentElement; at = at.parentElement) {
    place.unshift([...at.parentElement.children].indexOf(at));
  }
  const looks = () =>
    [element, element.parentElement, element.labels?.[0], element.nextElementSibling]
      .filter(Boolean)
      .map((part) => {
        const style = getComputedStyle(part);
        // An outline that takes the focus and draws nothing is no change that anybody sees.
        const outline = style.outlineStyle === 'none' ? 'none' : `${style.outlineWidth} ${style.outlineColor}`;
        return [outline, style.boxShadow, style.borderColor, style.borderWidth, style.backgroundColor, style.textDecoration, style.transform].join();
      })
      .join('|');

  const box = element.getClientRects()[0];
  const around = element.labels?.[0]?.getClientRects()[0] ?? box;
  let complaint = null;
  if (!box || !around || around.width < 1 || around.height < 1) {
    complaint = 'the focus is on something without size';
  } else {
    const x = Math.min(Math.max(around.left + around.width / 2, 0), innerWidth - 1);
    const y = Math.min(Math.max(around.top + around.height / 2, 0), innerHeight - 1);
    const top = document.elementFromPoint(x, y);
    const isSeen = top && (element.contains(top) || top.contains(element) || element.labels?.[0]?.contains(top));
    if (!isSeen) complaint = 'the focus is hidden behind something';
  }

  const focused = looks();
  element.blur();
  const blurred = looks();
  element.focus({ preventScroll: true, focusVisible: true });
  if (focused === blurred) complaint ??= 'the focus cannot be seen';
  return { place: place.join('.'), complaint, outline: element.cloneNode(false).outerHTML.slice(0, 160) };
}
