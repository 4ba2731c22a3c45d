// What only a browser can tell: words are kept when a tab closes or the connection goes, and lists answer while one types.
import { signIn } from './program.mjs';

const DRAFT = "main .lines a[href^='/me/assessments/']:not([href$='/position'])";

/** Each story returns its complaints; none means that it went well. */
export const stories = {
  async 'a closed tab loses no word'(context) {
    const words = 'Typed just before the tab was closed.';
    const [page, form] = await draft(context);
    await form.locator('textarea').fill(words);
    await page.close({ runBeforeUnload: false });
    const [, again] = await draft(context);
    const kept = await again.locator('textarea').inputValue();
    return kept === words ? [] : [`the note is “${kept}”`];
  },
  async 'a lost connection loses no word'(context) {
    const words = 'Typed in a tunnel.';
    const [page, form] = await draft(context, 1);
    await context.setOffline(true);
    await form.locator('textarea').fill(words);
    await form.getByText('kept in this browser').waitFor();
    await context.setOffline(false);
    await form.getByText('Saved', { exact: true }).waitFor();
    await page.close();
    const fresh = await context.browser().newContext({ baseURL: context.base, storageState: await signInState(context) });
    const [, again] = await draft(fresh, 1);
    const kept = await again.locator('textarea').inputValue();
    await fresh.close();
    return kept === words ? [] : [`the note is “${kept}”`];
  },
  async 'the directory answers while one types'(context) {
    const page = await context.newPage();
    await page.goto('/people');
    await page.locator('input[type=search]').pressSequentially('okaf');
    await page.locator('#found a', { hasText: 'Cy Okafor' }).waitFor();
    await page.locator('#found li').nth(1).waitFor({ state: 'detached' });
    return page.url().includes('q=okaf') ? [] : [`the address is ${page.url()}`];
  },
  async 'a field for a colleague offers names while one types'(context) {
    const page = await context.newPage();
    await page.goto('/me/feedback');
    const field = page.locator('#field-to');
    await field.pressSequentially('okaf');
    const offered = page.locator('#field-to + datalist option');
    await offered.first().waitFor({ state: 'attached' });
    const names = await offered.evaluateAll((all) => all.map((one) => one.value));
    return names.length === 1 && names[0] === 'Cy Okafor' ? [] : [`it offers ${names.join(', ')}`];
  },
  async 'the count of answers goes along'(context) {
    const [page] = await draft(context);
    const count = page.locator('.jump [data-rated]');
    const before = Number(await count.textContent());
    const open = page.locator('form[data-rates]:not(:has([name=state]:checked))').first();
    const form = page.locator(`form[action="${await open.getAttribute('action')}"]`);
    await form.locator('[name=state]:not([value=not-observed])').first().check();
    await form.getByText('Saved', { exact: true }).waitFor();
    const after = Number(await count.textContent());
    await page.reload();
    const kept = Number(await count.textContent());
    return after === before + 1 && kept === after ? [] : [`${before} answers became ${after}, and ${kept} on the page loaded anew`];
  },
};

/** Ada's unfinished self-assessment and the form of one of its statements, with its note unfolded. */
async function draft(context, place = 0) {
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  await page.goto('/me/growth');
  await page.locator(DRAFT).first().click();
  const form = page.locator("form[action*='/answers/']").nth(place + 4);
  await form.waitFor();
  if (!(await form.locator('details[open]').count())) await form.locator('summary', { hasText: 'Note' }).click();
  return [page, form];
}

async function signInState(context) {
  return context.storageState().then(({ cookies }) => ({ cookies, origins: [] }));
}

/** Tells all stories as Ada and adds to the tally. */
export async function tell(browser, program, tally) {
  for (const [name, story] of Object.entries(stories)) {
    const storageState = await signIn(browser, program.base, 'ada');
    const context = await browser.newContext({ baseURL: program.base, storageState });
    context.base = program.base;
    let complaints;
    try {
      complaints = await story(context);
    } catch (error) {
      complaints = [error.message];
    }
    await context.close();
    tally[complaints.length > 0 ? 'failed' : 'passed'] += 1;
    console.log(complaints.length > 0 ? `  FAILED  ${name}\n          ${complaints.join('\n          ')}` : `  ok      ${name}`);
  }
}
