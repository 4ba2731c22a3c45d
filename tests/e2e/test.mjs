// Opens every page of pages.json as the person it is for, and checks it. A word keeps the pages whose names contain it.
import { readFileSync } from 'node:fs';
import { launch } from './browser.mjs';
import * as checks from './checks.mjs';
import { publish } from './frameworks.mjs';
import { open, signIn, start } from './program.mjs';
import { tell } from './stories.mjs';

const filter = process.argv[2] ?? '';
const everything = JSON.parse(readFileSync(new URL('pages.json', import.meta.url), 'utf8'));
const pages = everything.filter(({ name }) => name.includes(filter));

const program = await start();
const browser = await launch();
await publish(browser, program);
const tally = { passed: 0, failed: 0 };
const states = new Map();
try {
  for (const entry of pages) await checkPage(entry);
  if (filter === '' || filter === 'stories') {
    console.log('stories');
    await tell(browser, program, tally);
  }
} finally {
  await browser.close();
  await program.stop();
}
console.log(`\n${tally.passed} passed, ${tally.failed} failed`);
process.exitCode = tally.failed > 0 ? 1 : 0;

async function checkPage(entry) {
  console.log(`${entry.name} (${entry.persona ?? 'a visitor'}, ${entry.path})`);
  await check('opens, validates and keeps to itself', entry, {}, async (page, complaints) => {
    const answer = await open(page, entry);
    await page.waitForLoadState('networkidle');
    const status = answer.status() === (entry.status ?? 200) ? [] : [`it answers ${answer.status()}`];
    return [...status, ...checks.policy(answer), ...(await checks.html(await answer.text())), ...complaints];
  });
  for (const colorScheme of ['light', 'dark']) {
    await check(`is accessible in ${colorScheme}`, entry, { colorScheme }, async (page) => {
      await open(page, entry);
      return checks.accessibility(page);
    });
  }
  await check('fits a phone', entry, { viewport: { width: 360, height: 740 } }, async (page) => {
    await open(page, entry);
    return checks.width(page);
  });
  await check('works with the keyboard', entry, {}, async (page) => {
    await open(page, entry);
    return checks.keyboard(page);
  });
  await check('works without scripts', entry, { javaScriptEnabled: false }, async (page) => {
    await open(page, entry);
    const complaints = await checks.withoutScript(page);
    for (const form of entry.forms ?? []) complaints.push(...(await sendForm(page, entry, form)));
    return complaints;
  });
}

/** Fills a form in and sends it as somebody without scripts would. */
async function sendForm(page, entry, { button, fill = {}, arrives }) {
  await open(page, entry);
  for (const [name, value] of Object.entries(fill)) await fillIn(page.locator(`[name="${name}"]`).first(), value);
  const [answer] = await Promise.all([page.waitForNavigation(), page.locator(button).first().click()]);
  const path = new URL(page.url()).pathname;
  if (answer.status() >= 400) return [`sending “${button}” answers ${answer.status()}`];
  if (arrives && !new RegExp(arrives).test(path)) return [`sending “${button}” leads to ${path}, not to ${arrives}`];
  return [];
}

async function fillIn(field, value) {
  const kind = await field.evaluate((element) => `${element.localName} ${element.type}`);
  if (kind.startsWith('select')) await field.selectOption(value);
  else if (kind === 'input radio' || kind === 'input checkbox') await field.setChecked(Boolean(value));
  else await field.fill(value);
}

async function check(name, entry, options, run) {
  let complaints;
  const context = await browser.newContext({
    baseURL: program.base,
    storageState: await stateOf(entry.persona),
    reducedMotion: 'reduce',
    viewport: { width: 1280, height: 900 },
    ...options,
  });
  try {
    const page = await context.newPage();
    page.setDefaultTimeout(15_000);
    complaints = await run(page, checks.watch(page, program.base, entry.status));
  } catch (error) {
    complaints = [`it could not be checked: ${error.message}`, ...program.faults()];
  } finally {
    await context.close();
  }
  if (complaints.length === 0) {
    tally.passed += 1;
    console.log(`  ok      ${name}`);
  } else {
    tally.failed += 1;
    console.log(`  FAILED  ${name}`);
    for (const complaint of complaints) console.log(`            ${complaint}`);
  }
}

async function stateOf(persona) {
  if (!states.has(persona)) states.set(persona, await signIn(browser, program.base, persona));
  return states.get(persona);
}
