// What the demonstration does not have and pages must bear all the same: a second version of its framework, and
// ladders of eight and of sixteen levels. Published through the pages, by somebody who looks after frameworks.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { signIn } from './program.mjs';

const SAMPLE = fileURLToPath(new URL('../../crates/framework/sample', import.meta.url));
const PILLARS = ['Craft', 'People', 'Direction'];
const AREAS = ['Bread', 'Pastry', 'Ovens and machines', 'Teaching', 'Feedback', 'Shop and guests', 'Planning', 'Cost'];
const RUNGS = [
  'Apprentice', 'Junior baker', 'Baker', 'Experienced baker', 'Senior baker', 'Lead baker', 'Staff baker', 'Principal baker',
  'Shift guide', 'Bakery guide', 'Senior bakery guide', 'Head of a bakery', 'Head of bakeries', 'Director', 'Senior director', 'Fellow',
];
const REACH = ['one thing at a time, with help', 'the daily work alone', 'work that others depend on', 'a whole shift', 'several bakeries', 'what the whole house bakes in years to come'];

/** Publishes all of them. */
export async function publish(browser, program) {
  const storageState = await signIn(browser, program.base, 'cy');
  const context = await browser.newContext({ baseURL: program.base, storageState });
  try {
    for (const framework of [ladder('bakery', 'Bakery', 8), ladder('great-bakery', 'Great bakery', 16), secondVersion(program.path)]) {
      const page = await context.newPage();
      page.setDefaultTimeout(15_000);
      await page.goto('/frameworks/new');
      const file = { name: `${framework.id}.json`, mimeType: 'application/json', buffer: Buffer.from(JSON.stringify(framework)) };
      await page.locator('input[type=file]').setInputFiles(file);
      await page.locator('main form button').first().click();
      await page.getByRole('button', { name: 'Publish for everybody' }).click();
      await page.waitForURL(`**/frameworks/${framework.id}`);
      await page.close();
    }
  } finally {
    await context.close();
  }
}

/** The demonstration's framework as it may look a year later. */
function secondVersion(program) {
  const folder = mkdtempSync(join(tmpdir(), 'espalier-e2e-'));
  try {
    const file = join(folder, 'sample.json');
    execFileSync(program, ['framework', 'export', SAMPLE, '--out', file]);
    const framework = JSON.parse(readFileSync(file, 'utf8'));
    framework.version = '2.0.0';
    const statement = (id) => framework.statements.find((one) => one.id === id);
    statement('sco2').text = 'Moves a whole department forward alone, and can show it.';
    statement('sco3').at.where = { level: 'coach' };
    framework.statements.push({ ...statement('las1'), id: 'las9', text: 'Writes down for those who come later why something was decided.' });
    framework.statements = framework.statements.filter(({ id }) => id !== 'las2');
    framework.levels.find(({ id }) => id === 'staff').name = 'Principal Agile Coach';
    return framework;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function ladder(id, name, height) {
  const slug = (text) => text.toLowerCase().replaceAll(/[^a-z]+/g, '-');
  const levels = RUNGS.slice(0, height).map((rung, rank) => ({ id: slug(rung), name: rung, rank }));
  const competencies = AREAS.map((area, at) => ({ id: slug(area), name: area, pillar: slug(PILLARS[at % 3]) }));
  const statements = competencies.flatMap((area, row) =>
    levels.flatMap((level, at) =>
      // Here and there a cell says nothing, as cells do.
      (row * 3 + at) % 7 === 6
        ? []
        : [...Array(1 + ((row + at) % 2)).keys()].map((order) => ({
            id: `${area.id}.${level.id}.${order}`,
            text: order === 0 ? `In ${area.name.toLowerCase()}, answers for ${REACH[Math.floor((at * REACH.length) / height)]} (step ${at + 1}).` : `Shows ${at < 3 ? 'a colleague' : `${at} colleagues`} how ${area.name.toLowerCase()} is done well here.`,
            order,
            must: true,
            at: { subject: { competency: area.id }, where: { level: level.id } },
          })),
    ),
  );
  return {
    schema: 1, id, name, version: '1.0.0', locale: 'en',
    summary: 'What good work looks like in our bakeries, from the first day to the last big oven.',
    levels,
    paths: levels.slice(1).map((level, at) => ({ from: levels[at].id, to: level.id })),
    pillars: PILLARS.map((pillar) => ({ id: slug(pillar), name: pillar })),
    competencies, statements,
  };
}
